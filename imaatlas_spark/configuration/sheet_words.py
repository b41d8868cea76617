"""The words of a sheet that are not in the card: headings, units, levels. Dutch as the agency's sheets have them."""

from collections.abc import Mapping

Words = Mapping[str, str]

HEADINGS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "title": "var",
        "description": "Beschrijving",
        "unit": "Codering",
        "remarks": "Opmerkingen",
        "frequency": "Frequentie en timing van update",
        "smallest_level": "Kleinst beschikbare geografische niveau",
        "formula": "Berekeningswijze",
        "available": "Beschikbaar",
        "dimensions": "Kenmerken",
        "citation": "Aanbevolen referentie",
        "updated": "Metadata laatst bijgewerkt",
        "code": "Code",
        "variables": "Bronvariabelen",
        "related": "Verwante variabelen",
        "keywords": "Trefwoorden",
        "readings": "Lezingen van het project",
        "translation": "Vertaling",
    },
    "fr": {
        "title": "var",
        "description": "Description",
        "unit": "Codage",
        "remarks": "Remarques",
        "frequency": "Fréquence et calendrier de mise à jour",
        "smallest_level": "Plus petit niveau géographique disponible",
        "formula": "Mode de calcul",
        "available": "Disponible",
        "dimensions": "Caractéristiques",
        "citation": "Référence recommandée",
        "updated": "Dernière mise à jour des métadonnées",
        "code": "Code",
        "variables": "Variables sources",
        "related": "Variables apparentées",
        "keywords": "Mots-clés",
        "readings": "Lectures du projet",
        "translation": "Traduction",
    },
    "en": {
        "title": "var",
        "description": "Description",
        "unit": "Coding",
        "remarks": "Remarks",
        "frequency": "Frequency and timing of updates",
        "smallest_level": "Smallest geographical level available",
        "formula": "Calculation",
        "available": "Available",
        "dimensions": "Characteristics",
        "citation": "Recommended reference",
        "updated": "Metadata last updated",
        "code": "Code",
        "variables": "Source variables",
        "related": "Related variables",
        "keywords": "Keywords",
        "readings": "Readings of the project",
        "translation": "Translation",
    },
}
UNITS: Mapping[str, Words] = {
    "mean": {"nl": "Aantal", "fr": "Nombre", "en": "Number"},
    "count": {"nl": "Aantal", "fr": "Nombre", "en": "Number"},
    "percentage": {"nl": "%", "fr": "%", "en": "%"},
    "rate_per_10000": {"nl": "Aantal per 10.000", "fr": "Nombre pour 10\u202f000", "en": "Number per 10,000"},
}
FREQUENCY: Words = {
    "nl": "jaarlijks in Q{quarter} worden de statistieken van kalenderjaar -{years} toegevoegd.",
    "fr": "chaque année, au T{quarter}, les statistiques de l'année civile -{years} sont ajoutées.",
    "en": "each year in Q{quarter} the statistics of calendar year -{years} are added.",
}
OF_PRACTITIONERS: Words = {  # as the sheets of the series on practitioners say it
    "nl": "jaarlijks in Q{quarter} worden cijfers voor het kalenderjaar -{years} toegevoegd",
    "fr": "chaque année, au T{quarter}, des chiffres pour l'année civile -{years} sont ajoutés",
    "en": "each year in Q{quarter} figures for calendar year -{years} are added",
}
LEVELS_IN_WORDS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "region": "gewest",
        "province": "provincie",
        "arrondissement": "arrondissement",
        "municipality": "gemeente",
        "sector": "statistische sector",
    },
    "fr": {
        "region": "région",
        "province": "province",
        "arrondissement": "arrondissement",
        "municipality": "commune",
        "sector": "secteur statistique",
    },
    "en": {
        "region": "region",
        "province": "province",
        "arrondissement": "arrondissement",
        "municipality": "municipality",
        "sector": "statistical sector",
    },
}
# What stands in a card or a variable without an address begins so; a page says it in its own language.
WITHOUT_SHEET = ("no public sheet", "named by")
NO_SHEET: Words = {
    "nl": "Geen eigen openbare fiche.",
    "fr": "Pas de fiche publique propre.",
    "en": "No public sheet of its own.",
}
SINCE: Words = {"nl": "vanaf", "fr": "à partir de", "en": "from"}
TRANSLATION: Words = {
    "nl": "",
    "fr": "Les textes français sont une traduction du projet ; la fiche de l'AIM fait foi.",
    "en": "The English texts are the project's translation; the sheet of IMA-AIM is authoritative.",
}
OWN_LANGUAGE: Words = {
    "nl": "De teksten van deze statistiek bestaan enkel in: {}.",
    "fr": "Les textes de cette statistique n'existent qu'en : {}.",
    "en": "The texts of this statistic exist only in: {}.",
}
