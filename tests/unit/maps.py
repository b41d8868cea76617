"""Small maps made by hand."""

from imaatlas_spark.geography import Change, Geography, Municipality, NamedArea, ancestors

Period = tuple[str, str]


def small_map(municipalities: dict[str, Period], *changes: tuple[str, str, str, str]) -> Geography:
    """A map of `code: (valid_from, valid_to)` and of changes (date, old, new, kind); not checked, names left open.

    The areas above the municipalities are there from the first to the last of their municipalities.
    """
    lives: dict[tuple[str, str], list[Period]] = {}
    for nis, period in municipalities.items():
        for level, code in ancestors(nis).items():
            lives.setdefault((level, code), []).append(period)
    names = {"name_nl": "", "name_fr": ""}
    return Geography(
        tuple(
            Municipality.model_validate({"nis": nis, **names, "valid_from": first, "valid_to": last})
            for nis, (first, last) in municipalities.items()
        ),
        tuple(
            Change.model_validate(
                {"date": date, "old_nis": old, "new_nis": new, "kind": kind, "partial_transfer": False}
            )
            for date, old, new, kind in changes
        ),
        tuple(
            NamedArea.model_validate(
                {
                    **{"code": code, "level": level, "name_de": "", **names},
                    "valid_from": min(first for first, _ in periods),
                    "valid_to": "" if any(not last for _, last in periods) else max(last for _, last in periods),
                }
            )
            for (level, code), periods in lives.items()
            if level != "municipality"
        ),
    )
