"""What the report counts, worked out by hand from the table of `made.py`."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection_report.counting import MOSTLY_SENSITIVE, PARTS_DO_NOT_FOLLOW, UNPROVEN, Counts, Line
from imaatlas_spark.protection_report.editions import editions
from imaatlas_spark.reader.store import Store
from tests.protection_report.made import (
    CONTACT,
    HOUSES,
    IMAGES,
    LOYALTY,
    MEAN,
    PRACTICES,
    PRACTITIONERS,
    YEAR,
    Made,
    made,
)

MUNICIPALITY = "municipality"


def report(found: Made, folder: Path) -> list[Counts]:
    store = Store.at(found.write(folder / "warehouse"))
    return [Counts.of(found.configuration, edition) for edition in editions(found.configuration, store, [YEAR])]


@pytest.fixture(scope="module")
def counts(configuration: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Counts:
    (only,) = report(made(configuration), tmp_path_factory.mktemp("report"))
    return only


def line(counts: Counts, code: str, level: str = MUNICIPALITY, dimensions: int = 0) -> Line:
    (found,) = (
        each for each in counts.lines if (each.statistic, each.geo_level, each.dimensions) == (code, level, dimensions)
    )
    return found


def test_sensitive_cells_and_those_that_cover_them(counts: Counts) -> None:
    houses = line(counts, HOUSES)
    assert (houses.cells, houses.sensitive, houses.hidden) == (5, 3, 4)
    assert (houses.sensitive_share, houses.hidden_share) == (60, 80)
    mean = line(counts, MEAN)
    assert (mean.cells, mean.sensitive, mean.hidden) == (5, 1, 4)
    assert line(counts, PRACTICES).sensitive == 1  # two practices


def test_persons_in_hidden_cells(counts: Counts) -> None:
    """In houses 3 + 40 + 7 + 196 of 396; others with a contact 450 + 500 + 650 + 1 of 2,401."""
    assert line(counts, HOUSES).persons_share == pytest.approx(100 * 246 / 396)
    assert line(counts, CONTACT).persons_share == pytest.approx(100 * 1601 / 2401)
    assert line(counts, HOUSES, "country").persons_share == 0


def test_contacts_are_no_persons_and_one_or_two_hidden_cells_are_not_told(counts: Counts) -> None:
    assert line(counts, MEAN).persons_share is None
    assert line(counts, LOYALTY).persons_share is None
    assert line(counts, PRACTICES).persons_share is None  # one hidden cell of a count of persons
    assert line(counts, PRACTICES, "country").persons_share == 0
    assert line(counts, IMAGES, dimensions=1).persons_share is None  # two


def test_other_thresholds(counts: Counts) -> None:
    """At 3, 5, 10, 20.

    In houses: 3, 7, 4 of 200 not in one; a single other with a contact in 11007, and 3 without.
    With an active practice: one person in 11007. One person more has any contact in 11001, ten in 11002, three in
    11004, 20 in 11005: that counts for the statistic of any contact, which has fewer dimensions.
    """
    assert line(counts, HOUSES).at == line(counts, CONTACT).at == (2, 3, 3, 4)
    assert line(counts, MEAN).at == (1, 1, 1, 1)
    assert line(counts, HOUSES, "country").at == (0, 0, 0, 0)
    assert line(counts, IMAGES, dimensions=1).at == (1, 1, 1, 1)
    assert line(counts, PRACTITIONERS, "country").at == (0, 0, 0, 0)


def test_at_the_threshold_in_use_as_many_are_sensitive_as_protection_has_found(counts: Counts) -> None:
    for code in (HOUSES, CONTACT, MEAN):
        assert line(counts, code).at[1] == line(counts, code).sensitive


def test_what_the_tables_do_not_tell_of_other_thresholds(counts: Counts) -> None:
    assert line(counts, LOYALTY).at == line(counts, PRACTICES).at == (None,) * 4


def test_members_of_dimensions_are_lines_of_their_own(counts: Counts) -> None:
    assert line(counts, IMAGES).hidden == 0
    by_age = line(counts, IMAGES, dimensions=1)
    assert (by_age.cells, by_age.sensitive, by_age.hidden) == (2, 0, 2)


def test_breakdowns_that_are_withheld(counts: Counts) -> None:
    told = {(each.statistic, each.geo_level, each.why, each.areas, each.is_every_area) for each in counts.withheld}
    assert told == {
        (IMAGES, MUNICIPALITY, MOSTLY_SENSITIVE, ("11001",), True),
        (LOYALTY, MUNICIPALITY, UNPROVEN, ("11001",), False),
    }


def test_areas_whose_parts_do_not_follow(configuration: Configuration, tmp_path: Path) -> None:
    """Told of the statistics of the cluster that are shown for such areas and for their parts."""
    found = made(configuration)
    found.keep(Amount.above(found.card(CONTACT)), "arrondissement 11000", "X", 0)
    (counts,) = report(found, tmp_path)
    loose = [each for each in counts.withheld if each.why == PARTS_DO_NOT_FOLLOW]
    assert [(each.statistic, each.geo_level, each.areas) for each in loose] == [(HOUSES, "arrondissement", ("11000",))]
    assert line(counts, HOUSES, "arrondissement").hidden == 0


def test_the_latest_release_counts(configuration: Configuration, tmp_path: Path) -> None:
    """There is an earlier one that hid nothing, and was not protected."""
    found = made(configuration)
    earlier = found.releases[HOUSES]["release_date"].replace(year=2022)
    found.rows[HOUSES] += [{**row, "release_date": earlier, "conf_status": "F"} for row in found.rows[HOUSES]]
    found.earlier[HOUSES] = {**found.releases[HOUSES], "release_date": earlier, "protection_threshold": None}
    (counts,) = report(found, tmp_path)
    assert (line(counts, HOUSES).cells, line(counts, HOUSES).hidden) == (5, 4)


def test_a_release_is_told_of_as_its_own_run_has_left_it(configuration: Configuration, tmp_path: Path) -> None:
    """A later run, of which nothing is the latest release here, has found everything sensitive."""
    found = made(configuration)
    found.later_kept = [{**row, "status": "A"} for row in found.kept]
    (counts,) = report(found, tmp_path)
    assert line(counts, HOUSES).sensitive == 3


def test_a_release_of_the_same_figures_is_told_of_as_its_run_has_read_it(
    configuration: Configuration, tmp_path: Path
) -> None:
    """It had nothing to hide anew; a later run has found everything sensitive."""
    found = made(configuration)
    found.later_kept = [{**row, "status": "A"} for row in found.kept]
    found.runs[0].update(versions_read=found.runs[0]["versions_written"], versions_written=[])
    (counts,) = report(found, tmp_path)
    assert line(counts, HOUSES).sensitive == 3


def test_a_map_that_follows_from_another_keeps_no_values(configuration: Configuration, tmp_path: Path) -> None:
    found = made(configuration)
    for row in found.kept:
        row["value"] = None
    (counts,) = report(found, tmp_path)
    houses = line(counts, HOUSES)
    assert (houses.sensitive, houses.hidden, houses.persons_share) == (3, 4, None)
    assert houses.at == line(counts, MEAN).at == (None,) * 4
