"""What codes and totals are called where no configuration names them: Dutch, French, English, in this order."""

TOTAL_LABEL = ("Totaal", "Total", "Total")

# The codes are SDMX's (CL_OBS_STATUS, CL_CONF_STATUS); the labels say what they mean in these tables.
CODE_LABELS = {
    "obs_status": {
        "A": ("Normale waarde", "Valeur normale", "Normal value"),
        "B": ("Breuk in de reeks", "Rupture de série", "Break in the series"),
        "E": (
            "Geraamd: niet exact op deze kaart om te zetten",
            "Estimé : ne peut être transposé exactement sur cette carte",
            "Estimated: cannot be put on this map exactly",
        ),
        "M": (
            "Kan niet bestaan: de noemer is 0",
            "Ne peut exister : le dénominateur est 0",
            "Cannot exist: the denominator is 0",
        ),
        "P": ("Voorlopig", "Provisoire", "Provisional"),
        "Q": ("Niet getoond: vertrouwelijk", "Non publié : confidentiel", "Not shown: confidential"),
    },
    "conf_status": {
        "F": ("Vrij te verspreiden", "Libre de diffusion", "Free for publication"),
        "C": ("Vertrouwelijk", "Confidentiel", "Confidential"),
    },
    "geo_level": {
        "country": ("land", "pays", "country"),
        "region": ("gewest", "région", "region"),
        "province": ("provincie", "province", "province"),
        "arrondissement": ("arrondissement", "arrondissement", "arrondissement"),
        "municipality": ("gemeente", "commune", "municipality"),
        "sector": ("statistische sector", "secteur statistique", "statistical sector"),
    },
}


def class_label(code: str) -> tuple[str, str, str]:
    """What a class is called: as its code, `90+` in words."""
    if not code.endswith("+"):
        return (code, code, code)
    least = code.removesuffix("+")
    return (f"{least} of meer", f"{least} ou plus", f"{least} or more")
