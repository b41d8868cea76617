"""A small delivery in places that merge, move and stay; and a configuration with a level, a dimension, a profession."""

import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from tests.conftest import CONF
from tests.deliveries.delivered import Delivery
from tests.engine import Engine, conf_with, only_cards
from tests.oracle.geography import arrondissement_of, province_of, region_of
from tests.oracle.small_cases import Row, forfaits, insured, line, member, practice, practitioner

YEARS = (2018, 2019, 2025)
NO_MAP = ""  # residence unknown


class Place(NamedTuple):
    """Its code in 2018, 2019 and 2025, how many live there, how many of them are enrolled in a medical house."""

    codes: tuple[str, str, str]
    people: int
    enrolled: tuple[int, int, int]
    sector: str | None = None

    def code(self, year: int) -> str:
        return self.codes[YEARS.index(year)]

    def enrolled_in(self, year: int) -> int:
        return self.enrolled[YEARS.index(year)]


PLACES = {
    "Antwerp": Place(("11002", "11002", "11002"), 7, (2, 3, 4), "11002A00-"),
    "Borsbeek": Place(("11007", "11007", "11002"), 3, (1, 1, 2), "11007A00-"),
    "Zwijndrecht": Place(("11056", "11056", "46030"), 4, (2, 1, 3), "11056A00-"),
    "Beveren": Place(("46003", "46003", "46030"), 5, (1, 2, 0)),
    "Bilzen": Place(("73006", "73006", "73110"), 4, (1, 0, 2)),
    "Hoeselt": Place(("73032", "73032", "73110"), 2, (1, 1, 1)),
    "Ghent": Place(("44021", "44021", "44021"), 6, (3, 2, 1)),
    "Brussels": Place(("21004", "21004", "21004"), 5, (1, 2, 2)),
    "Liège": Place(("62063", "62063", "62063"), 6, (2, 2, 3), "62063A00-"),
    "La Louvière": Place(("55022", "58001", "58001"), 5, (2, 1, 3), "55022A00-"),
    "Silly": Place(("55039", "51068", "51068"), 3, (1, 1, 0)),
    "Soignies": Place(("55040", "55040", "55040"), 2, (0, 1, 1)),
    "Bastogne": Place(("82003", "82003", "82039"), 2, (1, 0, 1)),
    "Bertogne": Place(("82005", "82005", "82039"), 1, (0, 1, 0)),
    "nowhere known": Place((NO_MAP, NO_MAP, NO_MAP), 3, (1, 0, 1)),
}
SECTORS = [
    (place.sector, "", "", "2001-01-01", "2020-12-31" if name == "Liège" else "")
    for name, place in PLACES.items()
    if place.sector
]
GENETICIST, ONCOLOGIST = 900, 901
AGES_IN_2019 = (None, 0, 19, 20, 39, 45, 79, 80, 99)

Area = tuple[str, str]


def areas_of(nis: str) -> dict[str, str]:
    if nis == NO_MAP:
        return {"country": "01000"}
    above = {"arrondissement": arrondissement_of(nis), "province": province_of(nis), "region": region_of(nis)}
    return {"country": "01000", **above, "municipality": nis}


def expected_persons(year: int, map_year: int) -> dict[Area, tuple[int, int]]:
    """Medical-house persons and persons of every area that has any: data of `year` on the map of `map_year`."""
    found: dict[Area, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for name, place in PLACES.items():
        areas = areas_of(place.code(map_year))
        if place.sector and not (name == "Liège" and map_year > 2020):
            areas["sector"] = place.sector
        for area in areas.items():
            found[area] = (found[area][0] + place.enrolled_in(year), found[area][1] + place.people)
    return dict(found)


def expected_ages(year: int, width: int, open_from: int) -> tuple[Counter[str], Counter[str]]:
    """Medical-house persons and persons of the country by age class, `_T` the total."""
    enrolled: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for person, _, is_enrolled in persons(year):
        old = AGES_IN_2019[person % len(AGES_IN_2019)]
        classes = {"_T"}
        if old is not None:
            low = (old + year - 2019) // width * width
            classes.add(f"{low}-{low + width - 1}" if low < open_from else f"{open_from}+")
        people.update(classes)
        enrolled.update(classes if is_enrolled else ())
    return enrolled, people


def persons(year: int) -> list[tuple[int, Place, bool]]:
    """(person, place, enrolled in a medical house)."""
    homes = [(place, number < place.enrolled_in(year)) for place in PLACES.values() for number in range(place.people)]
    return [(person, place, enrolled) for person, (place, enrolled) in enumerate(homes, start=1)]


def person_row(person: int, place: Place, year: int) -> Row:
    age = AGES_IN_2019[person % len(AGES_IN_2019)]
    born = None if age is None else 2019 - age
    return insured(person, place.code(year) or None, place.sector, PP0015=born)


def claims_of(year: int) -> list[Row]:
    """Enrolled: twelve forfaits. The others: two contacts on one day, in Zwijndrecht with a practice of its own."""
    day, rows = f"{year}-03-01", []
    for person, place, enrolled in persons(year):
        provider = 200 if place is PLACES["Zwijndrecht"] else 100
        claim = forfaits(3000, 12, day) if enrolled else line(day, by=provider, SS00050=2)
        rows.append({**claim, "SS00010": person})
    for provider, qualification in ((GENETICIST, "348"), (ONCOLOGIST, "591")):
        income = {"SS00065B": qualification, "SS00060": Decimal("9000.00")}
        rows.append(line(day, "888888", provider, **income))
    return rows


def write_delivery(folder: Path) -> None:
    delivery = Delivery(folder)
    for year in YEARS:
        delivery.write("claims", claims_of(year), year=year)
        people = [person_row(person, place, year) for person, place, _ in persons(year)]
        delivery.write("population", people, year=year)
    house = practice(30, "55022", practice_type="medical_house", institution_id=3000)
    delivery.write("practices", [practice(10, "11007"), practice(20, "11056"), house])
    delivery.write("practice_members", [member(10, 100), member(20, 200), member(30, 300)])
    delivery.write("practitioners", [practitioner(GENETICIST, "73032"), practitioner(ONCOLOGIST, "82005")])
    groups = ("clinical_geneticist", "medical_oncologist")
    delivery.write_medians([(group, year, "100000.00") for group in groups for year in (2019, 2025)])
    delivery.write_sectors(SECTORS)


@dataclass(frozen=True)
class World:
    """`own` is what stood there when every year was published on its own map; `both` also has them on that of 2025."""

    engine: Engine
    own: dict[str, list[Row]]
    both: dict[str, list[Row]]

    def figures(self, code: str, year: int, geography: int) -> dict[Area, tuple[int, int | None]]:
        return {area: (row["numerator"], row["denominator"]) for area, row in self.rows(code, year, geography).items()}

    def rows(self, code: str, year: int, geography: int) -> dict[Area, Row]:
        names = self.engine.run.configuration.cards[code].dimensions
        rows = [row for row in self.both[code] if (row["year"], row["geography"]) == (year, geography)]
        rows = [row for row in rows if all(row[name] == "_T" for name in names)]
        found = {(row["geo_level"], row["geo_code"]): row for row in rows}
        assert len(found) == len(rows), "an area stands twice"
        return found


# One of each kind: the others are the same to what is tested here.
CARDS = {"stat_003_005", "stat_003_007", "stat_003_014", "stat_020_033", "cube_013_007"}

# Antwerp lies in zone A, but Borsbeek, which it absorbs, in none; nor do Liège and all the others.
ZONES = {"11002": "A", "21004": "A", "73006": "B", "73032": "B", "44021": "B"}


def write_conf(folder: Path) -> Path:
    """The shipped configuration, and what a user may add to it without code."""
    conf = conf_with(CONF, folder, active_practice_contacts="1")
    only_cards(conf, CARDS)
    level = conf / "geography/groupings/care_zone.csv"
    level.parent.mkdir()
    rows = [f"{nis},{zone},Zone {zone},Zone {zone},," for nis, zone in ZONES.items()]
    level.write_text("\n".join(["nis,group_code,name_nl,name_fr,valid_from,valid_to", *rows]) + "\n")
    with (conf / "dimensions.toml").open("a", encoding="utf-8") as dimensions:
        dimensions.write(
            '\n[age_class_20]\nunit = "person_year"\ncolumn = "age"\nclasses = { width = 20, open_from = 80 }\n'
            'title = { nl = "Leeftijd", fr = "Âge", en = "Age class of 20 years" }\n'
        )
    with (conf / "codelists/qualifications.csv").open("a", encoding="utf-8") as qualifications:
        qualifications.write("591,medical_oncologist,,,Medical oncologist,made up\n")
    in_house = {'column = "imag_spec_n", at_least = 1': 'column = "in_medical_house", is = true'}
    add_card(conf, "cube_013_007", "cube_999_001", {'["age_class"]': '["age_class_20"]', **in_house})
    add_card(conf, "stat_020_033", "stat_999_002", {'"clinical_geneticist"': '"medical_oncologist"'})
    return conf


def with_impossible_card(conf: Path, folder: Path) -> Path:
    """More contacts than persons, published as a percentage."""
    copy = shutil.copytree(conf, folder)
    contacts = {'count = "rows"\nwhere = [{ column = "imag_spec_n", at_least = 1 }]': 'sum = "all_contacts"'}
    add_card(copy, "cube_013_007", "stat_999_003", {**contacts, "complement = true": "complement = false"})
    return copy


def add_card(conf: Path, source: str, code: str, changes: dict[str, str]) -> None:
    """A card written from one that stands there."""
    text = (conf / f"statistics/{source}.toml").read_text(encoding="utf-8")
    for old, new in {f'code = "{source}"': f'code = "{code}"', **changes}.items():
        assert text.count(old) == 1, (source, old, text.count(old))
        text = text.replace(old, new)
    (conf / f"statistics/{code}.toml").write_text(text, encoding="utf-8")
