"""Each trap of docs/protection.md: a pattern that leaks, as somebody can work out, and what is hidden instead."""

import pytest

from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.structure import structure_of
from tests.protection.ranges import World
from tests.protection.small import (
    ASSIGNED,
    CONTACTS,
    EVERYBODY,
    GMD,
    IN_HOUSE,
    LISTS,
    OF_OUTSIDE,
    OUTSIDE,
    PERSONS,
    PRACTICES,
    PROTECTION,
    WITH_ACTIVE,
    WITH_CONTACT,
    WITH_GMD,
    Country,
    Year,
    card,
    houses,
)

WIDTH = 5
MANY = 1000


def sectors_of_one(values: list[int], people: list[int] | None = None, whole: int | None = None) -> tuple[World, Year]:
    """A country of one municipality, M, with sectors M1, M2, ... that hold `values` medical-house persons."""
    codes = [f"M{number}" for number in range(1, len(values) + 1)]
    people = people or [MANY] * len(values)
    total = sum(values) if whole is None else whole
    in_house = {"01000": total, "M": total, **dict(zip(codes, values, strict=True))}
    persons = {"01000": sum(people), "M": sum(people), **dict(zip(codes, people, strict=True))}
    year = Country({"M": codes}, (houses(),), {IN_HOUSE: in_house, PERSONS: persons}, {}).protected()
    world = World(in_house, (("01000", ("M",)), ("M", tuple(codes))), highest=persons)
    return world, year


def hidden_areas(world: World, year: Year, amount: Amount = IN_HOUSE) -> set[str]:
    return {name for name in world.values if year.hidden(amount, name)}


def test_one_small_sector_alone_is_found_by_subtraction() -> None:
    world, year = sectors_of_one([3, 40, 17])
    assert world.width("M1", {"M1"}) == 0
    assert hidden_areas(world, year) == {"M1", "M3"}
    assert world.width("M1", {"M1", "M3"}) >= WIDTH


def test_two_small_sectors_whose_sum_is_small_need_a_third() -> None:
    world, year = sectors_of_one([3, 56, 1])
    assert world.width("M1", {"M1", "M3"}) < WIDTH
    assert hidden_areas(world, year) == {"M1", "M2", "M3"}


def test_small_sectors_that_protect_each_other_need_no_cover() -> None:
    world, year = sectors_of_one([3, 4, 90])
    assert hidden_areas(world, year) == {"M1", "M2"}
    assert world.width("M1", {"M1", "M2"}) >= WIDTH


def test_where_everybody_counts_the_whole_has_to_move() -> None:
    """7 of the 7 of a municipality are all 3 and all 4 of its sectors, hidden or not."""
    values = {"01000": 17, "M": 7, "N": 10, "M1": 3, "M2": 4, "N1": 5, "N2": 5}
    persons = {"01000": 47, "M": 7, "N": 40, "M1": 3, "M2": 4, "N1": 20, "N2": 20}
    tree = {"M": ("M1", "M2"), "N": ("N1", "N2")}
    year = Country(tree, (houses(),), {IN_HOUSE: values, PERSONS: persons}, {}).protected()
    world = World(values, (("01000", ("M", "N")), *tree.items()), highest=persons)
    assert world.width("M1", {"M1", "M2"}) == 0
    hidden = hidden_areas(world, year)
    assert {"M", "M1", "M2", "N"} <= hidden
    assert world.width("M1", hidden) == 3
    assert world.width("M2", hidden) == 4


def test_nearly_everybody_tells_of_the_few_others() -> None:
    world, year = sectors_of_one([497, 120, 130], [500, 400, 400])
    assert world.width("M1", {"M1"}) == 0
    hidden = hidden_areas(world, year)
    assert "M1" in hidden
    assert len(hidden) == 2
    assert world.width("M1", hidden) >= WIDTH


AGES, SEXES = ("young", "old"), ("M", "F")


def square(cells: dict[str, tuple[int, int, int]]) -> tuple[World, Year]:
    """One municipality, ages x sex; `cells` by age: M, F and the total. The denominator is not broken down."""
    ages = tuple(cells)
    rows = {**cells, "_T": tuple(sum(row[at] for row in cells.values()) for at in range(3))}
    order = [("_T", row) for row in (rows["_T"],)] + [(age, cells[age]) for age in ages]
    numbers = [row[at] for _, row in order for at in (2, 0, 1)]
    codes = {"age_class": ages, "sex": SEXES}
    values = {IN_HOUSE: {"01000": numbers, "M": numbers}, PERSONS: {"01000": MANY, "M": MANY}}
    counted = card("cube_000_001", IN_HOUSE, None, ("age_class", "sex"), protects="persons")
    shown = (counted, EVERYBODY)
    year = Country({"M": ()}, shown, values, codes, levels=("country", "municipality")).protected()
    named = {f"{age},{sex}": row[at] for age, row in rows.items() for sex, at in (("M", 0), ("F", 1), ("_T", 2))}
    sums = [(f"{age},_T", (f"{age},M", f"{age},F")) for age in rows]
    sums += [(f"_T,{sex}", tuple(f"{age},{sex}" for age in ages)) for sex in ("M", "F", "_T")]
    return World(named, tuple(sums)), year


def hidden_members(world: World, year: Year, area: str = "M") -> set[str]:
    return {name for name in world.values if year.hidden(IN_HOUSE, area, *name.split(","))}


def test_a_square_of_small_cells_is_not_enough() -> None:
    world, year = square({"a": (3, 7, 10), "b": (0, 9, 9), "c": (20, 60, 80), "d": (30, 50, 80)})
    assert world.width("a,M", {"a,M", "a,F", "b,M", "b,F"}) < WIDTH
    hidden = hidden_members(world, year)
    assert "a,M" in hidden
    assert world.width("a,M", hidden) >= WIDTH


def test_zeros_may_be_hidden_where_people_live() -> None:
    world, _ = sectors_of_one([10, 3, 1, 1, 0, 0])
    assert world.width("M3", {"M2", "M3", "M4"}) >= WIDTH  # 3 + 1 + 1: just enough
    narrow, other = sectors_of_one([10, 1, 1, 0])
    assert narrow.width("M2", {"M2", "M3"}) < WIDTH
    hidden = hidden_areas(narrow, other)
    assert narrow.width("M2", hidden) >= WIDTH
    assert narrow.width("M3", hidden) >= WIDTH
    nobody, third = sectors_of_one([10, 3, 0], [MANY, MANY, 0])
    assert not third.hidden(IN_HOUSE, "M3")  # nobody lives there: it is no cover
    assert nobody.width("M2", hidden_areas(nobody, third)) >= WIDTH


def two_municipalities(values: dict[str, int], tree: dict[str, tuple[str, ...]]) -> tuple[World, Year]:
    persons = {name: MANY * max(1, len(tree.get(name, ()))) for name in values} | {"01000": 10 * MANY}
    country = Country(tree, (houses(),), {IN_HOUSE: values, PERSONS: persons}, {})
    sums = [("01000", tuple(tree))] + [(name, sectors) for name, sectors in tree.items() if sectors]
    return World(values, tuple(sums)), country.protected()


def test_a_hidden_municipality_moves_with_its_sectors() -> None:
    values = {"01000": 383, "A": 3, "B": 80, "C": 300, "A1": 3, "A2": 0, "B1": 40, "B2": 40, "C1": 200, "C2": 100}
    tree = {"A": ("A1", "A2"), "B": ("B1", "B2"), "C": ("C1", "C2")}
    world, year = two_municipalities(values, tree)
    assert world.width("A", {"A", "B", "A1", "A2"}) == 0
    hidden = hidden_areas(world, year)
    assert {"A", "A1"} <= hidden
    assert world.width("A", hidden) >= WIDTH
    assert world.width("A1", hidden) >= WIDTH


def test_a_denominator_that_is_another_statistics_complement_is_hidden_with_it() -> None:
    values = {
        IN_HOUSE: {"01000": 60, "A": 3, "B": 27, "C": 30},
        OUTSIDE: {"01000": 2940, "A": 997, "B": 973, "C": 970},
        WITH_CONTACT: {"01000": 2400, "A": 800, "B": 800, "C": 800},
        PERSONS: {"01000": 3000, "A": 1000, "B": 1000, "C": 1000},
    }
    year = Country({"A": (), "B": (), "C": ()}, (houses(), OF_OUTSIDE), values, {}).protected()
    structure = year.cluster.structure
    assert structure.patterns_of_card("stat_003_007") == structure.patterns_of_card("stat_003_015")
    assert year.hidden(IN_HOUSE, "A")
    assert year.hidden(WITH_CONTACT, "A")  # the row: value, numerator and the denominator that would tell


def test_an_other_half_is_shown_in_no_more_dimensions_than_the_first() -> None:
    """98 of 100 young persons are outside: nothing would hide the two others, whom no card shows by age."""
    outside = card("cube_003_015", WITH_CONTACT, OUTSIDE, ("age_class",), protects="persons", complement=True)
    with pytest.raises(
        ConfigurationRefused, match=r"cube_003_015 shows .* by age_class, but no card shows the rest of the total"
    ):
        structure_of([houses(), outside], PROTECTION)
    assert structure_of([houses("age_class"), outside], PROTECTION).clusters


def test_few_persons_of_three_practices_are_hidden() -> None:
    values = {
        PRACTICES: {"01000": 11, "A": 3, "B": 4, "C": 4},
        ASSIGNED: {"01000": 8003, "A": 3, "B": 4000, "C": 4000},
    }
    parts = {"01000": (1000, 1000), "A": (1, 1), "B": (1000, 1000), "C": (1000, 1000)}
    country = Country(dict.fromkeys("ABC", ()), (LISTS,), values, {}, dominance={ASSIGNED: parts})
    assert country.protected().hidden(ASSIGNED, "A")


def test_a_statistic_and_the_total_of_its_cube_have_one_status() -> None:
    plain, cube = houses(), houses("sex")
    cube = card("cube_003_007", IN_HOUSE, PERSONS, ("sex",), protects="persons", complement=True, denominator="public")
    rows = {"01000": [60, 30, 30], "A": [3, 3, 0], "B": [27, 12, 15], "C": [30, 15, 15]}
    people = {"01000": [3000, 1500, 1500], **{code: [1000, 500, 500] for code in "ABC"}}
    values = {IN_HOUSE: rows, PERSONS: people}
    year = Country({"A": (), "B": (), "C": ()}, (plain, cube), values, {"sex": SEXES}).protected()
    structure = year.cluster.structure
    assert structure.patterns_of_card("stat_003_007") == structure.patterns_of_card("cube_003_007")
    assert year.hidden(IN_HOUSE, "A", "_T")


def test_contacts_of_few_persons_are_hidden_with_the_persons_and_move_enough() -> None:
    mean = card("stat_003_014", CONTACTS, WITH_ACTIVE, protects="persons")
    values = {
        WITH_ACTIVE: {"01000": 200, "A": 2, "B": 98, "C": 100},
        CONTACTS: {"01000": 1260, "A": 60, "B": 600, "C": 600},
    }
    values[PERSONS] = {"01000": 3000, "A": 1000, "B": 1000, "C": 1000}
    year = Country({"A": (), "B": (), "C": ()}, (mean, EVERYBODY), values, {}).protected()
    assert year.hidden(CONTACTS, "A")
    assert year.failed() == 0
    hidden = {name for name in "ABC" if year.hidden(CONTACTS, name)}
    world = World(values[CONTACTS], (("01000", ("A", "B", "C")),))
    assert world.width("A", hidden) >= 12  # 20 % of 60


def test_a_figure_of_two_practices_or_of_one_that_outweighs_is_hidden() -> None:
    values = {
        PRACTICES: {"01000": 19, "A": 2, "B": 5, "C": 6, "D": 6},
        ASSIGNED: {"01000": 18_000, "A": 2_000, "B": 4_000, "C": 6_000, "D": 6_000},
    }
    parts = {"01000": (3_600, 1_000), "A": (1_000, 1_000), "B": (3_600, 350), "C": (1_000, 1_000), "D": (1_000, 1_000)}
    country = Country({"A": (), "B": (), "C": (), "D": ()}, (LISTS,), values, {}, dominance={ASSIGNED: parts})
    year = country.protected()
    assert year.hidden(ASSIGNED, "A")  # two practices
    assert year.hidden(ASSIGNED, "B")  # 4,000 - 3,600 - 350 = 50, less than 10 % of 3,600
    hidden = {name for name in "ABCD" if year.hidden(ASSIGNED, name)}
    world = World(values[ASSIGNED], (("01000", ("A", "B", "C", "D")),))
    assert world.width("A", hidden) >= 400
    assert world.width("B", hidden) >= 800


def test_what_an_earlier_release_showed_is_no_cover() -> None:
    values = {IN_HOUSE: {"01000": 60, "M": 60, "M1": 3, "M2": 40, "M3": 17}}
    values[PERSONS] = {"01000": 3 * MANY, "M": 3 * MANY, "M1": MANY, "M2": MANY, "M3": MANY}
    before = {("stat_003_007", "M3"): (False, True)}
    year = Country({"M": ("M1", "M2", "M3")}, (houses(),), values, {}, before=before).protected()
    assert not year.hidden(IN_HOUSE, "M3")
    assert year.hidden(IN_HOUSE, "M2")


def test_what_an_earlier_release_hid_stays_hidden() -> None:
    values = {IN_HOUSE: {"01000": 100, "M": 100, "M1": 23, "M2": 60, "M3": 17}}
    values[PERSONS] = {"01000": 3 * MANY, "M": 3 * MANY, "M1": MANY, "M2": MANY, "M3": MANY}
    before = {("stat_003_007", "M1"): (True, False), ("stat_003_007", "M3"): (True, False)}
    year = Country({"M": ("M1", "M2", "M3")}, (houses(),), values, {}, before=before).protected()
    assert year.hidden(IN_HOUSE, "M1")
    assert year.hidden(IN_HOUSE, "M3")
    assert not year.hidden(IN_HOUSE, "M2")


def test_a_municipality_of_few_people_asks_the_levels_above_to_yield() -> None:
    """Its only sector is all of it: what is shown of the municipality is the sector's."""
    values = {"01000": 303, "H": 3, "B": 300, "H1": 3, "B1": 150, "B2": 150}
    persons = {"01000": 1088, "H": 88, "B": 1000, "H1": 88, "B1": 500, "B2": 500}
    country = Country({"H": ("H1",), "B": ("B1", "B2")}, (houses(),), {IN_HOUSE: values, PERSONS: persons}, {})
    year = country.protected()
    world = World(values, (("01000", ("H", "B")), ("H", ("H1",)), ("B", ("B1", "B2"))), highest=persons)
    hidden = hidden_areas(world, year)
    assert {"H", "H1", "B"} <= hidden
    assert world.width("H1", hidden) >= WIDTH
    assert year.failed() == 0


def test_nobody_in_a_house_anywhere_hides_nothing() -> None:
    world, year = sectors_of_one([0, 0, 0])
    assert hidden_areas(world, year) == set()


def test_conditions_that_imply_others_are_nested() -> None:
    values = {
        IN_HOUSE: {"01000": 147, "A": 47, "B": 50, "C": 50},
        GMD: {"01000": 850, "A": 50, "B": 400, "C": 400},
        PERSONS: {"01000": 3000, "A": 1000, "B": 1000, "C": 1000},
    }
    year = Country({"A": (), "B": (), "C": ()}, (houses(), WITH_GMD), values, {}).protected()
    assert year.hidden(IN_HOUSE, "A")  # 50 - 47 persons have a GMD and are not in a house


def test_a_small_difference_hides_the_statistic_that_is_broken_down_least() -> None:
    """503 persons had a contact, 500 of them with an active practice: one of the two is hidden, not that with ages."""
    mean = card("cube_003_014", CONTACTS, WITH_ACTIVE, ("sex",), protects="persons")
    of_both = {"01000": [1500, 750, 750], **{code: [500, 250, 250] for code in "ABC"}}
    values = {
        WITH_ACTIVE: of_both,
        CONTACTS: {code: [5 * number for number in numbers] for code, numbers in of_both.items()},
        WITH_CONTACT: {"01000": 1703, "A": 503, "B": 600, "C": 600},
        OUTSIDE: {"01000": 2700, "A": 900, "B": 900, "C": 900},
        IN_HOUSE: {"01000": 300, "A": 100, "B": 100, "C": 100},
        PERSONS: {"01000": 3000, "A": 1000, "B": 1000, "C": 1000},
    }
    cards = (mean, OF_OUTSIDE, houses())
    year = Country({"A": (), "B": (), "C": ()}, cards, values, {"sex": SEXES}).protected()
    assert year.failed() == 0
    assert not any(year.hidden(WITH_ACTIVE, code, member) for code in "ABC" for member in ("_T", *SEXES))
    hidden = {name for name in "ABC" if year.hidden(WITH_CONTACT, name)}
    assert "A" in hidden
    assert World(values[WITH_CONTACT], (("01000", ("A", "B", "C")),)).width("A", hidden) >= WIDTH


def test_a_small_figure_is_hidden_though_nothing_below_it_can_move() -> None:
    """The persons of a municipality have no known sector: its sectors, where nobody lives, cannot follow it."""
    values = {"01000": 101, "H": 1, "B": 100, "H1": 0, "B1": 50, "B2": 50}
    persons = {"01000": 1002, "H": 2, "B": 1000, "H1": 0, "B1": 500, "B2": 500}
    country = Country({"H": ("H1",), "B": ("B1", "B2")}, (houses(),), {IN_HOUSE: values, PERSONS: persons}, {})
    assert country.protected().hidden(IN_HOUSE, "H")
