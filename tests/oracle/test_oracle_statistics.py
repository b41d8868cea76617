"""Areas, figures and statuses, worked out by hand from definitions, sections 4 and 5."""

from datetime import date
from typing import Any

import pytest

from .compute import Tables
from .geography import arrondissement_of, province_of, region_of
from .parameters import Parameters
from .small_cases import Run, figure, forfaits, gmd, income, insured, line
from .statistics import ALL


@pytest.mark.parametrize(
    ("nis", "expected"),
    [
        ("11056", ("11000", "10000", "02000")),
        ("21004", ("21000", "21000", "04000")),
        ("23027", ("23000", "20001", "02000")),
        ("24062", ("24000", "20001", "02000")),
        ("25072", ("25000", "20002", "03000")),
        ("46030", ("46000", "40000", "02000")),
        ("57096", ("57000", "50000", "03000")),
        ("63079", ("63000", "60000", "03000")),
        ("73110", ("73000", "70000", "02000")),
        ("84077", ("84000", "80000", "03000")),
        ("92094", ("92000", "90000", "03000")),
    ],
)
def test_areas_above_a_municipality(nis: str, expected: tuple[str, str, str]) -> None:
    assert (arrondissement_of(nis), province_of(nis), region_of(nis)) == expected


def test_the_grid_is_complete(computed: Run) -> None:
    rows = computed([], statistics=ALL).statistics["stat_003_007"]
    areas = [(row["geo_level"], row["geo_code"]) for row in rows]
    assert areas == [
        *(("arrondissement", f"{two}000") for two in (11, 21, 24, 25, 44, 46, 57)),
        ("country", "01000"),
        *(("municipality", nis) for nis in ("11002", "11056", "21004", "24062", "25072", "44084", "46003", "57096")),
        *(("province", code) for code in ("10000", "20001", "20002", "21000", "40000", "50000")),
        *(("region", code) for code in ("02000", "03000", "04000")),
        *(("sector", code) for code in ("21004A00-", "44001A00-", "44029A00-", "44084B00-", "44084D00-")),
    ]
    assert {row["geography"] for row in rows} == {2021}


@pytest.mark.parametrize(("year", "municipalities"), [(2018, 9), (2019, 8), (2024, 8), (2025, 7)])
def test_municipalities_of_each_vintage(computed: Run, year: int, municipalities: int) -> None:
    rows = computed([], year=year, statistics=ALL).statistics["stat_003_005"]
    assert sum(row["geo_level"] == "municipality" for row in rows) == municipalities


@pytest.fixture
def four_persons(computed: Run) -> Tables:
    """Practice 10 has 4 contacts, 20 has 1, the house 30 has 6 forfaits; 3 make a practice active.

    1 lives in a sector and is seen by 10 (twice) and 20; 2 is enrolled in 30 and seen by 10 once;
    3 has an image and no contact; 4, of unknown residence, age and sex, has a GMD and one visit at 10.
    """
    population = [
        insured(1, sector="44001A00-", MAJOR_COVERAGE_YN=1),
        insured(2, "21004", PP0020=1),
        insured(3, "11002", PP0015=1996),
        insured(4, None, PP0015=None, PP0020=None, MAJOR_COVERAGE_YN=None),
    ]
    lines = [
        line("2021-03-01"),
        line("2021-03-02"),
        line("2021-03-03", by=200),
        line(SS00010=2),
        forfaits(3000, 6, SS00010=2),
        line(code="459115", SS00010=3, SS00065B="580"),
        line(SS00010=4),
        gmd("2021-04-01", SS00010=4),
    ]
    return computed(lines, population=population, parameters=Parameters(active_practice_contacts=3), statistics=ALL)


@pytest.mark.parametrize(
    ("code", "area", "expected"),
    [
        ("stat_003_014", "01000", (3, 2, 1.5)),
        ("stat_003_014", "44001A00-", (2, 1, 2.0)),
        ("stat_003_014", "02000", (2, 1, 2.0)),
        ("stat_003_014", "21004", (0, 0, None)),
        ("stat_003_005", "01000", (3, 2, 1.5)),
        ("stat_003_005", "44084", (3, 2, 1.5)),
        ("stat_003_007", "01000", (1, 4, 2500.0)),
        ("stat_003_007", "04000", (1, 1, 10000.0)),
        ("stat_003_001", "01000", (2, 4, 50.0)),
        ("stat_003_006", "01000", (2, 2, 1.0)),
        ("stat_003_011", "01000", (7, 8, 87.5)),
        ("stat_003_012", "01000", (9, 11, 100 * 9 / 11)),
        ("stat_003_012", "44000", (2, 3, 100 * 2 / 3)),
        ("stat_003_015", "01000", (2, 3, 100 * 2 / 3)),
        ("stat_013_007", "10000", (1, 1, 100.0)),
        ("stat_020_033", "01000", (0, None, 0.0)),
    ],
)
def test_figures(four_persons: Tables, code: str, area: str, expected: tuple[Any, ...]) -> None:
    assert figure(four_persons, code, area) == expected


def test_dimensions_have_totals_and_the_unknown_are_in_them_only(four_persons: Tables) -> None:
    assert figure(four_persons, "cube_013_007", age_class="_T") == (1, 4, 25.0)
    assert figure(four_persons, "cube_013_007", age_class="20-29") == (1, 1, 100.0)
    assert figure(four_persons, "cube_013_007", age_class="40-49") == (0, 2, 0.0)
    assert figure(four_persons, "cube_013_003", age_class="_T") == (0, 4, 0.0)
    assert figure(four_persons, "cube_013_005", age_class="90+") == (0, 0, None)
    total = {"age_class": "_T", "sex": "_T", "increased_reimbursement": "_T"}
    assert figure(four_persons, "cube_003_014", **total) == (3, 2, 1.5)
    assert figure(four_persons, "cube_003_014", **total | {"sex": "F"}) == (2, 1, 2.0)
    assert figure(four_persons, "cube_003_014", **total | {"sex": "M"}) == (0, 0, None)
    assert figure(four_persons, "cube_003_014", **total | {"increased_reimbursement": "yes"}) == (2, 1, 2.0)
    assert figure(four_persons, "cube_003_014", age_class="40-49", sex="F", increased_reimbursement="no")[1] == 0
    by_sector = [row for row in four_persons.statistics["cube_003_014"] if row["geo_level"] == "sector"]
    assert len(by_sector) == 5 * (10 + 2 + 2 + 1), "one dimension at a time"
    assert all(sum(row[name] == "_T" for name in total) >= 2 for row in by_sector)
    assert len(four_persons.statistics["cube_003_014"]) - len(by_sector) == 25 * 11 * 3 * 3


@pytest.mark.parametrize(
    ("age", "expected"), [(0, "0-9"), (9, "0-9"), (10, "10-19"), (89, "80-89"), (90, "90+"), (125, "90+")]
)
def test_age_classes(computed: Run, age: int, expected: str) -> None:
    rows = computed([], population=[insured(PP0015=2021 - age)], statistics=ALL).statistics["cube_013_007"]
    assert {row["age_class"] for row in rows if row["denominator"]} == {"_T", expected}


def test_levels_and_first_years(computed: Run) -> None:
    smallest = {}
    for year in (2004, 2005, 2014, 2016, 2018, 2019):
        statistics = computed([], year=year, statistics=ALL).statistics
        smallest[year] = {code: {row["geo_level"] for row in rows} for code, rows in statistics.items() if rows}
    with_sectors = {year: {code for code, levels in of.items() if "sector" in levels} for year, of in smallest.items()}
    later = {year: {"stat_003_007"} for year in (2005, 2014, 2016, 2018)}
    assert with_sectors == {2004: set(), **later, 2019: {"stat_003_007", "stat_003_014", "cube_003_014"}}
    assert [len(smallest[year]) for year in (2004, 2014, 2016, 2018, 2019)] == [7, 7, 11, 13, 14]
    assert "municipality" not in smallest[2019]["stat_020_033"]


def test_status_and_release(computed: Run) -> None:
    release = date(2020, 12, 15)
    tables = computed(
        [line("2019-03-01"), income("50", SS00015=date(2019, 3, 1))], year=2019, release=release, statistics=ALL
    )
    status = {code: {row["obs_status"] for row in rows} for code, rows in tables.statistics.items()}
    assert status["stat_003_014"] == status["cube_003_014"] == {"B", "M"}
    assert status["stat_003_007"] == {"A", "M"}
    assert status["stat_020_033"] == {"P"}
    assert {row["release_date"] for rows in tables.statistics.values() for row in rows} == {release}
    later = computed([], year=2019, release=date(2021, 12, 15), statistics=ALL).statistics["stat_020_033"]
    assert {row["obs_status"] for row in later} == {"A"}
    broken = computed([line("2008-03-01"), gmd("2008-03-01")], year=2008, statistics=ALL).statistics
    breaks = {code for code, rows in broken.items() if any(row["obs_status"] == "B" for row in rows)}
    assert breaks == {f"stat_003_{number}" for number in ("001", "005", "006", "011", "012", "015")}
