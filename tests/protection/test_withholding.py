"""A breakdown whose cells are mostly sensitive is not shown at its level, nor below it."""

import numpy as np
import pytest

from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.clusters.asked import asked_for
from imaatlas_spark.protection.clusters.cascade import Cascade
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.clusters.withholding import Withheld, withheld_cells, withheld_levels, without
from tests.protection.small import EVERYBODY, IN_HOUSE, PERSONS, PROTECTION, Country, card

MANY = 1000
CODES = {"age_class": ("young", "old"), "sex": ("M", "F")}


def cluster_of(municipality: list[int], dimensions: tuple[str, ...] = ("age_class", "sex")) -> Cluster:
    """Two municipalities alike; numbers: total by sex (all, M, F), then of the young, then of the old."""
    counted = card("cube_000_001", IN_HOUSE, None, dimensions, protects="persons")
    shown = (counted, EVERYBODY)
    values = {
        IN_HOUSE: {"01000": (2 * np.array(municipality)).tolist(), "A": municipality, "B": municipality},
        PERSONS: {"01000": 2 * MANY, "A": MANY, "B": MANY},
    }
    country = Country({"A": (), "B": ()}, shown, values, CODES, levels=("country", "municipality"))
    structure = structure_of(shown, PROTECTION)
    return Cluster(structure, (0,), country.layout(PROTECTION), country.figures(structure), PROTECTION)


SMALL = [10, 6, 4, 5, 3, 2, 5, 3, 2]  # 4, 3, 2, 3 and 2 of nine are sensitive
LARGE = [70, 33, 37, 33, 3, 30, 37, 30, 7]


def test_a_level_whose_cells_are_mostly_small_shows_totals_alone() -> None:
    cluster = cluster_of(SMALL)
    withheld = withheld_levels(cluster)
    assert withheld == (Withheld(0, "municipality"),)
    cut = without(cluster, withheld)
    assert cut.layout.members(IN_HOUSE, "municipality") == (("_T", "_T"),)
    assert len(cut.layout.members(IN_HOUSE, "country")) == 9
    assert cut.figures.values[IN_HOUSE]["municipality", "A"].tolist() == [10]
    (cells,) = withheld_cells(cluster, withheld)
    hidden = {
        (cells.areas[row][1], cells.members[column]): value
        for row, column, value in zip(cells.row, cells.column, cells.values, strict=True)
    }
    assert len(hidden) == 16
    assert ("A", ("_T", "_T")) not in hidden
    assert hidden["A", ("_T", "M")] == 6


def test_a_level_with_few_small_cells_keeps_its_breakdown() -> None:
    assert withheld_levels(cluster_of(LARGE)) == ()


def test_one_dimension_is_not_withheld_by_its_share() -> None:
    assert withheld_levels(cluster_of([6, 3, 3], ("age_class",))) == ()


def test_what_is_withheld_of_areas_is_withheld_of_their_parts() -> None:
    """Of the sectors, which are all of a municipality, one dimension at a time is shown: nothing of that is small."""
    numbers, of_sector = [15, 8, 7, 8, 4, 4, 7, 4, 3], [15, 8, 7, 8, 7]
    counted = card("cube_000_001", IN_HOUSE, None, ("age_class", "sex"), protects="persons")
    shown = (counted, EVERYBODY)
    values = {
        IN_HOUSE: {"01000": numbers, "A": numbers, "A1": of_sector},
        PERSONS: {"01000": MANY, "A": MANY, "A1": MANY},
    }
    country = Country({"A": ("A1",)}, shown, values, CODES)
    structure = structure_of(shown, PROTECTION)
    cluster = Cluster(structure, (0,), country.layout(PROTECTION), country.figures(structure), PROTECTION)
    levels = ("country", "municipality", "sector")
    assert withheld_levels(cluster) == tuple(Withheld(0, level) for level in levels)


def mostly_small(everybody: list[int]) -> Cluster:
    """Two municipalities alike. everybody: the people of each: all, the young, the old."""
    numbers = [12, 8, 4, 4, 4, 0, 8, 4, 4]  # 4 is sensitive, five of nine
    counted = card("cube_000_001", IN_HOUSE, None, ("age_class", "sex"), protects="persons")
    shown = (counted, card("cube_013_005", PERSONS, None, ("age_class",), protects="public"))
    values = {
        IN_HOUSE: {"01000": (2 * np.array(numbers)).tolist(), "A": numbers, "B": numbers},
        PERSONS: {"01000": (2 * np.array(everybody)).tolist(), "A": everybody, "B": everybody},
    }
    country = Country({"A": (), "B": ()}, shown, values, CODES, levels=("country", "municipality"))
    structure = structure_of(shown, PROTECTION)
    return Cluster(structure, (0,), country.layout(PROTECTION), country.figures(structure), PROTECTION)


def asked_of(everybody: list[int]) -> dict[tuple[str, str, str], int]:
    """What is asked for, by area, age and sex."""
    cluster = mostly_small(everybody)
    withheld = withheld_levels(cluster)
    assert withheld == (Withheld(0, "municipality"),)
    return {(each.area[1], *each.member): each.width for each in asked_for(cluster, withheld)}


def test_where_everybody_of_an_age_counts_the_area_above_has_to_move() -> None:
    """The young are 4 of 4 in both municipalities, or 4 of 5: 8 of 8, or of 10, would tell too much of both."""
    assert asked_of([20, 4, 16]) == {("01000", "young", "_T"): 8}
    assert asked_of([20, 5, 15]) == {("01000", "young", "_T"): 10}


def test_where_others_leave_room_nothing_is_asked_for() -> None:
    assert asked_of([20, 9, 11]) == {}


def test_where_everybody_counts_the_totals_have_to_move_too() -> None:
    of_totals = {("A", "_T", "_T"): 4, ("B", "_T", "_T"): 4}
    assert asked_of([12, 4, 8]) == {**of_totals, ("01000", "young", "_T"): 8}


@pytest.mark.parametrize(("everybody", "is_hidden"), [([20, 4, 16], True), ([20, 9, 11], False)])
def test_what_is_asked_for_is_hidden(everybody: list[int], is_hidden: bool) -> None:
    cluster = mostly_small(everybody)
    withheld = withheld_levels(cluster)
    cascade = Cascade(without(cluster, withheld), tuple(asked_for(cluster, withheld)))
    cascade.protect()
    young = cluster.level("country").members[0].index(("young", "_T"))
    assert bool(cascade.blocks[None].hidden[0][0, young]) is is_hidden


def test_values_are_those_of_the_areas_that_are_asked_for() -> None:
    cluster = cluster_of(SMALL)
    cluster.block(("country", "01000"))  # which reads all municipalities
    members = cluster.level("municipality").members[0]
    municipalities = [("municipality", "B")]
    assert cluster.values(0, municipalities, members).tolist() == [SMALL]
