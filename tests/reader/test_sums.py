"""What the Atlas adds up: both halves, of parts that do not overlap, and nothing that is hidden."""

from typing import Any

import pytest

from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.reader import EVERY, Atlas
from tests.reader.conftest import COUNT, MEAN, SHARE
from tests.reader.published import figure, people

LEUVEN, ANTWERP, HERENT = "24062", "11002", "24038"
OLD = ["70-79", "80-89", "90+"]  # members 7, 8 and 9 in the order of the classes


def test_combining_sums_both_halves_and_never_averages(atlas: Atlas) -> None:
    (row,) = atlas.combine(SHARE, [LEUVEN, ANTWERP], years=2020, age_class=OLD).iter_rows(named=True)
    above = sum(figure(nis, 2020, member) for nis in (LEUVEN, ANTWERP) for member in (7, 8, 9))
    below = sum(people(nis, member) for nis in (LEUVEN, ANTWERP) for member in (7, 8, 9))
    assert (row["numerator"], row["denominator"], row["value"]) == (above, below, 100 * above / below)
    assert (row["parts"], row["areas"], row["age_class"]) == (6, [ANTWERP, LEUVEN], OLD)
    assert row["area_names"] == ["Antwerpen", "Leuven"]
    assert row["obs_status"] == "A"


def test_a_hidden_part_hides_the_sum(atlas: Atlas) -> None:
    (row,) = atlas.combine(SHARE, [LEUVEN, HERENT], years=2020).iter_rows(named=True)
    assert (row["numerator"], row["denominator"], row["value"]) == (None, None, None)
    assert (row["obs_status"], row["conf_status"], row["obs_status_label"]) == ("Q", "C", "Niet getoond: vertrouwelijk")


def test_a_sum_of_counts_has_no_denominator(atlas: Atlas) -> None:
    (row,) = atlas.combine(COUNT, [LEUVEN, ANTWERP], years=2020).iter_rows(named=True)
    counted = figure(LEUVEN, 2020, 0) + figure(ANTWERP, 2020, 0)
    assert (row["numerator"], row["denominator"], row["value"]) == (counted, None, float(counted))


def test_a_break_in_a_part_is_a_break_in_the_sum(atlas: Atlas) -> None:
    (row,) = atlas.combine(MEAN, [LEUVEN, ANTWERP], years=2019).iter_rows(named=True)
    assert row["obs_status"] == "B"


@pytest.mark.parametrize(
    ("areas", "options", "why"),
    [
        ([LEUVEN, "02000"], {}, "areas of several levels may overlap"),
        (LEUVEN, {"age_class": ["_T", "90+"]}, "members of age_class overlap"),
        (LEUVEN, {"age_class": ["90+", "90+"]}, "members of age_class overlap"),
        (LEUVEN, {"age_class": EVERY}, "members of age_class overlap"),
    ],
)
def test_what_overlaps_is_not_added_up(atlas: Atlas, areas: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(NotInAtlas, match=why):
        atlas.combine(SHARE, areas, years=2020, **options)


def test_a_sum_that_would_lack_a_part_is_refused(atlas: Atlas) -> None:
    """54007 (Mouscron) became 57096 in 2019."""
    with pytest.raises(NotInAtlas, match="54007 has no figure in 2019 on the map of 2019"):
        atlas.combine(MEAN, ["54007", LEUVEN])
