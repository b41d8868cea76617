"""The nasty deliveries: whole by the contract, the same for the same seed, and nasty indeed."""

from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from .compute import Tables, compute
from .deliveries import read_delivery
from .geography import LEVELS
from .nasty import REASONS, Draw, draw_nasty_delivery, write_nasty_codelists
from .parameters import Parameters
from .small_country import write_conf
from .statistics import ALL

YEARS = (2018, 2019)
WITHIN = dict(pairwise(LEVELS))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A delivery of 2017-2019 in the small country, in whose code lists the codes come and go."""
    directory = tmp_path_factory.mktemp("nasty")
    write_conf(directory / "conf")
    write_nasty_codelists(directory / "conf", seed=2, years=YEARS)
    draw_nasty_delivery(directory / "one", Draw(seed=1, persons=120), conf_dir=directory / "conf", years=(2017, *YEARS))
    return directory


@pytest.fixture(scope="module")
def tables(drawn: Path) -> Tables:
    return compute(
        drawn / "one",
        drawn / "conf",
        YEARS,
        first_year=2017,
        parameters=Parameters(active_practice_contacts=20),
        release_dates={(code, year): date(year + 1, 12, 1) for code in ALL for year in YEARS},
    )


def test_a_seed_draws_the_same_delivery(drawn: Path) -> None:
    draw_nasty_delivery(drawn / "two", Draw(seed=1, persons=120), conf_dir=drawn / "conf", years=(2017, *YEARS))
    files = sorted(path.relative_to(drawn / "one") for path in (drawn / "one").rglob("*.*"))
    assert files == sorted(path.relative_to(drawn / "two") for path in (drawn / "two").rglob("*.*"))
    assert all((drawn / "one" / path).read_bytes() == (drawn / "two" / path).read_bytes() for path in files)


def test_every_rule_has_its_persons(tables: Tables) -> None:
    assert {row.attribution_rule for row in tables.person_year} == {1, 2, 3, 4, 5, None}
    assert any(row.in_medical_house and row.attribution_rule in (1, 2, 3) for row in tables.person_year)
    assert any(row.ff_mh >= 6 and not row.in_medical_house for row in tables.person_year)
    assert {19, 20, 21} <= {row.contacts for row in tables.practice_year}
    assert {row.is_active for row in tables.practitioner_year if row.income * 20 == row.median_income} == {True}
    assert {row.is_active for row in tables.practitioner_year} == {True, False}


def test_every_reason_goes_to_quarantine(drawn: Path) -> None:
    target = drawn / "faulty"
    draw = Draw(seed=2, persons=120, faulty_per_thousand=50)
    draw_nasty_delivery(target, draw, conf_dir=drawn / "conf", years=[2019])
    delivery = read_delivery(target, [2019], [2019], Parameters(max_quarantined_share=Parameters.active_income_share))
    reasons = {reason for reason, _ in delivery.quarantine["claims", 2019]}
    assert reasons == set(REASONS) - {"two faults"}
    assert delivery.quarantine["population", 2019]


@pytest.mark.parametrize("code", ALL)
def test_children_and_the_unknown_make_the_parent(tables: Tables, code: str) -> None:
    """From the municipality to the region nothing is lost; a sector, or any residence, may be unknown."""
    totals: dict[Any, int] = defaultdict(int)
    rows = tables.statistics[code]
    for row in rows:
        cell = [row.get(name) for name in ("age_class", "sex", "increased_reimbursement")]
        totals[row["year"], row["geo_level"], *cell] += row["numerator"]
    for year, level, *cell in list(totals):
        if level in ("municipality", "arrondissement", "province"):
            assert totals[year, level, *cell] == totals[year, WITHIN[level], *cell]
        elif level != "country":
            assert totals[year, level, *cell] <= totals[year, WITHIN[level], *cell]
