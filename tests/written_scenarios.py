"""Scenarios as they are written (`scenarios/README.md`): what they deliver and expect, and how what differs is told."""

import csv
import datetime as dt
import json
import shutil
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from imaatlas_spark.configuration.counters import YearTables, load_counters
from imaatlas_spark.schemas.inputs import CLAIMS, POPULATION, PRACTICE_MEMBERS, PRACTICES, PRACTITIONERS, Source
from imaatlas_spark.schemas.spec import Table, TableColumn
from tests.conftest import CONF
from tests.examples import EXAMPLES
from tests.written_rows import SCENARIOS, Row, write_rows

YEAR_TABLES = YearTables.of(
    counter for conf in (CONF, SCENARIOS, EXAMPLES) for counter in load_counters(conf / "source_variables").values()
).by_unit
YEARS = (2018, 2019, 2021)
IDS_APART = 10_000_000
SOURCES = (CLAIMS, POPULATION, PRACTICES, PRACTICE_MEMBERS, PRACTITIONERS)
KEYS = {
    "person_year": ("year", "person_id"),
    "practice_year": ("year", "practice_id"),
    "practitioner_year": ("year", "provider_id", "profession_group"),
}
AREA = ("year", "geo_level", "geo_code")
IDS = frozenset(
    (
        "SS00010",
        "SS00065",
        "SS00075",
        "PP0010",
        "person_id",
        "practice_id",
        "provider_id",
        "institution_id",
        "pat_attrib",
    )
)

# The defaults of README.md, written as they would be in a cell.
DEFAULTS: Mapping[Source, Mapping[str, str]] = {
    CLAIMS: {
        "SS00010": "1",
        "SS00020": "101076",
        "SS00050": "1",
        "SS00060": "20.00",
        "SS00065": "100",
        "SS00065B": "003",
        "PRACTITIONER_CAT": "10",
        "SS00075": "null",
        "NWE_YN": "0",
    },
    POPULATION: {
        "PP0015": "1980",
        "PP0020": "2",
        "PP0025_0630": "44021",
        "PP0025_1231": "44021",
        "PP0055_0630": "null",
        "PP0055_1231": "null",
        "MAJOR_COVERAGE_YN": "0",
    },
    PRACTICES: {
        "practice_type": "group",
        "institution_id": "null",
        "nis": "44021",
        "valid_from": "2000-01-01",
        "valid_to": "null",
    },
    PRACTICE_MEMBERS: {"valid_from": "2000-01-01", "valid_to": "null"},
    PRACTITIONERS: {"nis": "44021", "valid_from": "2000-01-01", "valid_to": "null"},
}
STANDING_PRACTICES = (
    {"practice_id": "10", "practice_type": "solo"},
    {"practice_id": "20"},
    {"practice_id": "30", "practice_type": "medical_house", "institution_id": "3000"},
    {"practice_id": "40", "practice_type": "medical_house", "institution_id": "4000"},
)
STANDING_MEMBERS = (("10", "100"), ("10", "101"), ("20", "200"), ("30", "300"), ("40", "400"))

PARSERS: Mapping[str, Callable[[str], Any]] = {
    "INT": int,
    "BIGINT": int,
    "STRING": str,
    "DOUBLE": float,
    "DATE": dt.date.fromisoformat,
    "BOOLEAN": {"true": True, "false": False}.__getitem__,
    "DECIMAL": Decimal,
}

Cells = Mapping[str, str]


def read_cells(path: Path) -> list[Cells]:
    """The rows of a CSV file without their empty cells."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        cells: list[Cells] = [
            {name: cell.strip() for name, cell in row.items() if cell and cell.strip()} for row in rows
        ]
    assert cells, f"{path} has no row"
    return cells


class Turned(NamedTuple):
    """A value as `rules.toml` writes it, in one year or (0) in all."""

    value: str
    year: int

    def instead_of(self, usual: str) -> str:
        """What stands in the place of the usual value, which other years keep."""
        if not self.year:
            return self.value
        in_year = f"{{ from = {self.year}, to = {self.year}, value = {self.value} }}"
        return f"{usual}, to = {self.year - 1} }}, {in_year}, {{ from = {self.year + 1}, value = {usual}"


@dataclass(frozen=True)
class Scenario:
    """A folder, and what is added to each of its ids so that scenarios share a delivery without meeting."""

    folder: Path
    shift: int

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def expected(self) -> dict[str, list[Cells]]:
        """Table or statistic to its expected rows."""
        return {path.stem.removeprefix("expected_"): read_cells(path) for path in self.folder.glob("expected_*.csv")}

    @property
    def readings(self) -> dict[str, Turned]:
        """Parameters of `rules.toml` that the scenario turns, each with its value and its year."""
        path = self.folder / "readings.csv"
        rows = read_cells(path) if path.is_file() else []
        return {cells["parameter"]: Turned(cells["value"], int(cells.get("year", 0))) for cells in rows}

    @property
    def has_figures(self) -> bool:
        """A statistic sums over everybody, so that it is published of the scenario's own rows (`OwnRows`)."""
        return bool(self.expected.keys() - YEAR_TABLES.keys())

    def typed(self, cells: Cells, columns: Iterable[TableColumn]) -> Row:
        """The cells as values, ids shifted."""
        known = {column.name: column for column in columns}
        row = {}
        for name in cells.keys() - {"why", "exists"}:
            assert name in known, f"{self.name}: there is no column {name}, there are {', '.join(known)}"
            row[name] = self._value(known[name], cells[name])
        return row

    def _value(self, column: TableColumn, cell: str) -> Any:
        if cell == "null":
            return None
        try:
            value = PARSERS[column.type.split("(", maxsplit=1)[0]](cell)
        except (ValueError, KeyError, ArithmeticError) as error:
            raise AssertionError(f"{self.name}: {column.name} cannot be {cell!r}") from error
        return value + self.shift if column.name in IDS else value

    def delivered(self, source: Source) -> Iterator[Row]:
        """The scenario's rows of a source, complete; those of claims and population with their year."""
        for cells in self._cells(source):
            row = self.typed({**DEFAULTS[source], **cells}, (TableColumn("year", "INT", ""), *source.columns))
            if source is CLAIMS:
                day = row["SS00015"]
                yield {"BOOKED_MONTH": day.year * 100 + day.month, **row, "year": day.year}
            elif source is POPULATION:
                yield from ({**row, "year": year} for year in ([row["year"]] if "year" in row else YEARS))
            else:
                yield row

    def _cells(self, source: Source) -> Iterable[Cells]:
        path = self.folder / f"{source.name}.csv"
        if path.is_file():
            return read_cells(path)
        practices = {cells["practice_id"] for cells in self._cells(PRACTICES)} if source is PRACTICE_MEMBERS else set()
        standing: dict[Source, Iterable[Cells]] = {
            PRACTICES: STANDING_PRACTICES,
            PRACTICE_MEMBERS: [
                {"practice_id": practice, "provider_id": provider}
                for practice, provider in STANDING_MEMBERS
                if practice in practices
            ],
            POPULATION: [{"PP0010": person} for person in sorted(self._persons())] if source is POPULATION else [],
        }
        return standing.get(source, [])

    def _persons(self) -> set[str]:
        claims = {cells.get("SS00010", DEFAULTS[CLAIMS]["SS00010"]) for cells in self._cells(CLAIMS)}
        return claims | {cells["person_id"] for cells in self.expected.get("person_year", ())}

    def check_files(self) -> None:
        """A file that nobody reads is a test that cannot fail."""
        known = {f"{source.name}.csv" for source in SOURCES} | {"readings.csv", "README.md"}
        odd = {path.name for path in self.folder.iterdir() if not path.name.startswith("expected_")} - known
        assert not odd, f"{self.name}: nobody reads {', '.join(sorted(odd))}"
        assert self.expected, f"{self.name} expects nothing"


ALL = tuple(
    Scenario(folder, IDS_APART * number)
    for number, folder in enumerate(
        sorted(path for folder in (SCENARIOS, EXAMPLES / "scenarios") for path in folder.iterdir() if path.is_dir()),
        start=1,
    )
    if folder.name not in {"codelists", "source_variables"}
)
USUAL = tuple(scenario for scenario in ALL if not scenario.readings)
TURNED = tuple(scenario for scenario in ALL if scenario.readings)
WITH_FIGURES = tuple(scenario for scenario in USUAL if scenario.has_figures)


def write_delivery(folder: Path, scenarios: Iterable[Scenario], years: Iterable[int]) -> None:
    """One delivery of all scenarios; a year that would be empty gets a line and a person that say nothing."""
    scenarios, years = tuple(scenarios), tuple(years)
    for source in (PRACTICES, PRACTICE_MEMBERS, PRACTITIONERS):
        write_rows(folder / source.name, source, [row for each in scenarios for row in each.delivered(source)])
    nobody = Scenario(SCENARIOS, 0)
    fillers = {
        CLAIMS: {**DEFAULTS[CLAIMS], "SS00020": "999999", "SS00065": "null"},
        POPULATION: {**DEFAULTS[POPULATION], "PP0010": "1"},
    }
    for source, cells in fillers.items():
        of_year: dict[int, list[Row]] = defaultdict(list)
        for row in (row for each in scenarios for row in each.delivered(source)):
            of_year[row["year"]].append(row)
        for year in years:
            filler = nobody.typed(cells, source.columns)
            if source is CLAIMS:
                filler |= {"SS00015": dt.date(year, 1, 1), "BOOKED_MONTH": year * 100 + 1}
            write_rows(folder / source.name / f"year={year}", source, of_year.pop(year, [filler]))
        assert not (source is CLAIMS and of_year), f"claims of {sorted(of_year)}: the years are {years}"
    shutil.copy(SCENARIOS / "sectors.csv", folder)
    (folder / "fte_income_medians.csv").write_text(medians(years), encoding="utf-8")


def medians(years: Iterable[int]) -> str:
    """Those of the scenarios; a profession group that they do not know has one too, so that it can be added."""
    text = (SCENARIOS / "fte_income_medians.csv").read_text(encoding="utf-8").rstrip("\n")
    files = [path for conf in (CONF, EXAMPLES) for path in (conf / "statistics").glob("*.toml")]
    cards = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    groups = sorted({card["profession_group"] for card in cards if "profession_group" in card})
    unknown = [group for group in groups if f"\n{group}," not in text]
    return "\n".join([text, *(f"{group},{year},100000.00" for group in unknown for year in years), ""])


def readings_of(scenarios: Iterable[Scenario]) -> dict[str, str]:
    """The readings that scenarios turn: they share a build, so no two may turn one to different values."""
    rules = tomllib.loads((CONF / "rules.toml").read_text(encoding="utf-8"))
    turned: dict[str, Turned] = {}
    for scenario in scenarios:
        for name, value in scenario.readings.items():
            assert turned.setdefault(name, value) == value, f"{scenario.name}: another scenario turns {name} otherwise"
    return {name: each.instead_of(json.dumps(rules[name]["periods"][0]["value"])) for name, each in turned.items()}


def differences(scenario: Scenario, name: str, table: Table, key: tuple[str, ...], actual: list[Row]) -> list[str]:
    """What the expected rows of one table say that the actual ones do not, a line each."""
    by_key = {tuple(row[column] for column in key): row for row in actual}
    assert len(by_key) == len(actual), f"{name}: {key} is no key"
    found = []
    seen = set()
    for cells in scenario.expected[name]:
        expected = scenario.typed(cells, table.columns)
        missing = [column for column in key if column not in expected]
        assert not missing, f"{scenario.name}, {name}: {dict(cells)} lacks {missing}"
        place = tuple(expected[column] for column in key)
        assert place not in seen, f"{scenario.name}, {name}: {dict(cells)} stands twice"
        seen.add(place)
        row = by_key.get(place)
        case = ", ".join(f"{column} {cells.get(column, expected[column])}" for column in key)
        story = f"{name} of {case} ({cells.get('why', 'no reason given')})"
        if (row is not None) == (cells.get("exists") == "no"):
            found.append(f"{story}: {'there must be no row' if row else 'there is no row'}")
        elif row is not None:
            wrong = [
                f"{column} is {shown(scenario, column, row[column])}, expected {cells[column]}"
                for column in sorted(expected)
                if row[column] != expected[column]
            ]
            found += [f"{story}: {'; '.join(wrong)}"] if wrong else []
    return found


def shown(scenario: Scenario, column: str, value: Any) -> str:
    """A value as the scenario would write it."""
    if value is None:
        return "null"
    return str(value - scenario.shift if column in IDS else value)
