"""The audit refuses each thing that may be wrong with what would be published, and nothing that is right."""

from collections.abc import Iterable

import pytest

from imaatlas_spark.protection.amounts import Amount
from imaatlas_spark.protection.audit import Audit, Cell, Knowledge, Move, Row
from imaatlas_spark.protection.structure import Shown, nesting_of
from tests.protection.small import (
    ASSIGNED,
    CONTACTS,
    IN_HOUSE,
    PERSONS,
    PRACTICES,
    PROTECTION,
    WITH_ACTIVE,
    card,
    houses,
)

MANY = 1000
Moves = dict[int, dict[str, int]]  # by witness and area


def audited(
    figures: dict[str, int], hidden: Iterable[str], moves: Moves, people: dict[str, int] | None = None
) -> list[str]:
    """Medical-house persons of sectors M1, M2, ... of one municipality, which is all of the country here."""
    people = people or {name: MANY if name.startswith("M") and name != "M" else 10 * MANY for name in figures}
    rows = [
        Row("stat_003_007", *_place(name), (), value, people[name], "C" if name in set(hidden) else "F")
        for name, value in figures.items()
    ]
    return list(Audit(rows, _moves(IN_HOUSE, figures, moves), _knowledge(houses())).faults())


def _place(name: str) -> tuple[str, str, str | None]:
    return ("municipality", name, None) if name == "M" else ("sector", name, "M")


def _moves(amount: Amount, figures: Iterable[str], moves: Moves) -> list[Move]:
    cells = {name: Cell(amount, *_place(name)[:2], ()) for name in figures}
    return [Move(cells[name], witness, by) for witness, of in moves.items() for name, by in of.items()]


def _knowledge(*cards: Shown, **more: object) -> Knowledge:
    return Knowledge({each.code: each for each in cards}, PROTECTION, nesting_of(PROTECTION), {}, {}, **more)  # type: ignore[arg-type]


FIGURES = {"M": 60, "M1": 3, "M2": 40, "M3": 17}
GOOD: Moves = {0: {"M1": 5, "M3": -5}}


def test_what_is_hidden_well_passes() -> None:
    assert audited(FIGURES, ["M1", "M3"], GOOD) == []


@pytest.mark.parametrize(
    ("hidden", "moves", "fault"),
    [
        ([], {}, "M1 is sensitive and shown"),
        (["M1", "M3"], {}, "witnesses span 0, not 5"),
        (["M1", "M3"], {0: {"M1": 4, "M3": -4}}, "witnesses span 4, not 5"),
        (
            ["M1", "M3"],
            {0: {"M1": 5, "M2": -5}},
            "moves rows of person_year where in_medical_house is True of sector M2",
        ),
        (["M1", "M3"], {0: {"M1": 5, "M3": -4}}, "the areas of"),
        (["M1", "M3"], {0: {"M1": 18, "M3": -18}}, "negative"),
        (["M1", "M3"], {0: {"M1": 998, "M3": -998}}, "is more than rows of person_year"),
        (["M1", "M3"], {0: {"M1": 5, "M3": -5, "M": 1}}, "moves rows of person_year where in_medical_house is True of"),
    ],
)
def test_each_thing_that_is_wrong_is_told(hidden: list[str], moves: Moves, fault: str) -> None:
    assert any(fault in each for each in audited(FIGURES, hidden, moves))


def test_the_few_who_are_left_are_sensitive_too() -> None:
    figures, people = {"M": 747, "M1": 497, "M2": 250}, {"M": 900, "M1": 500, "M2": 400}
    assert any("less" in each and "sensitive and shown" in each for each in audited(figures, [], {}, people))
    assert audited(figures, ["M1", "M2"], {0: {"M1": -5, "M2": 5}}, people) == []


def test_both_halves_of_a_mean_are_judged_by_the_persons_below_the_line() -> None:
    mean = card("stat_003_014", CONTACTS, WITH_ACTIVE, protects="persons")
    at = {"M": (100, 400), "M1": (4, 60), "M2": (96, 340)}

    def faults(moves: list[tuple[Amount, str, int, int]]) -> list[str]:
        rows = [
            Row("stat_003_014", *_place(name), (), contacts, persons, "F" if name == "M" else "C")
            for name, (persons, contacts) in at.items()
        ]
        found = [Move(Cell(amount, *_place(name)[:2], ()), witness, by) for amount, name, witness, by in moves]
        return list(Audit(rows, found, _knowledge(mean)).faults())

    persons = [(WITH_ACTIVE, "M1", 0, 5), (WITH_ACTIVE, "M2", 0, -5)]
    contacts = [(CONTACTS, "M1", 0, 5), (CONTACTS, "M2", 0, -5)]
    assert any("span 5, not 12" in each for each in faults([*persons, *contacts]))  # a fifth of 60 contacts
    assert faults([*persons, *contacts, (CONTACTS, "M1", 1, -12), (CONTACTS, "M2", 1, 12)]) == []
    assert any("is more than" in each for each in faults([(CONTACTS, "M1", 0, -57), (CONTACTS, "M2", 0, 57)]))


def test_an_amount_that_is_hidden_in_one_table_and_shown_in_another_is_found() -> None:
    shown_again = card("cube_003_007", IN_HOUSE, PERSONS, protects="persons", complement=True, denominator="public")
    rows = [
        Row(code, *_place("M1"), (), 40, MANY, status)
        for code, status in (("stat_003_007", "C"), ("cube_003_007", "F"))
    ]
    assert any("shown in another" in each for each in Audit(rows, [], _knowledge(houses(), shown_again)).faults())


def test_members_that_do_not_make_their_total_in_a_witness_are_found() -> None:
    counted = card("cube_000_001", IN_HOUSE, None, ("sex",), protects="persons")
    rows = [
        Row("cube_000_001", *_place("M"), (member,), value, None, status)
        for member, value, status in (("_T", 60, "F"), ("M", 3, "C"), ("F", 57, "C"))
    ]

    def faults(by: int) -> list[str]:
        cells = [Cell(IN_HOUSE, "municipality", "M", (member,)) for member in ("M", "F")]
        return list(Audit(rows, [Move(cells[0], 0, 5), Move(cells[1], 0, by)], _knowledge(counted)).faults())

    assert faults(-5) == []
    assert any("the members of" in each for each in faults(-4))


def test_one_practice_that_outweighs_the_others_is_sensitive() -> None:
    mean = card("stat_003_005", ASSIGNED, PRACTICES, protects="units", denominator="public")
    rows = [Row("stat_003_005", *_place("M"), (), 4000, 5, "F")]
    for parts, is_told in (((3600, 350), True), ((1000, 900), False)):
        knowledge = Knowledge(
            {mean.code: mean}, PROTECTION, nesting_of(PROTECTION), {}, {ASSIGNED: {("municipality", "M"): parts}}
        )
        assert any("sensitive and shown" in each for each in Audit(rows, [], knowledge).faults()) is is_told


def test_what_is_declared_unproven_must_lie_in_an_area_of_which_nothing_is_shown() -> None:
    counted = card("cube_000_001", IN_HOUSE, None, ("sex",), protects="persons")
    cell = Cell(IN_HOUSE, "municipality", "M", ("M",))

    def faults(total: str) -> list[str]:
        rows = [
            Row("cube_000_001", *_place("M"), (member,), value, None, status)
            for member, value, status in (("_T", 60, total), ("M", 3, "C"), ("F", 57, "C"))
        ]
        return list(Audit(rows, [], _knowledge(counted, unproven=frozenset({cell}))).faults())

    assert faults("C") == []
    assert any("witnesses span 0" in each for each in faults("F"))


def audited_with_zone(moves: Moves, hidden: Iterable[str]) -> list[str]:
    """Municipalities A (3), B (40) and C (17) of the country; A and B make the zone Z."""
    figures = {"01000": 60, "A": 3, "B": 40, "C": 17, "Z": 43}
    place = {"01000": ("country", "01000"), "Z": ("zone", "Z")}
    rows = [
        Row(
            "stat_003_007",
            *place.get(name, ("municipality", name)),
            None if name in place else "01000",
            (),
            value,
            MANY * 100,
            "C" if name in set(hidden) else "F",
        )
        for name, value in figures.items()
    ]
    cells = {name: Cell(IN_HOUSE, *place.get(name, ("municipality", name)), ()) for name in figures}
    moved = [Move(cells[name], witness, by) for witness, of in moves.items() for name, by in of.items()]
    zone = ("zone", "Z")
    return list(Audit(rows, moved, _knowledge(houses(), groups={"A": [zone], "B": [zone]})).faults())


def test_a_group_moves_as_its_municipalities_do() -> None:
    assert audited_with_zone({0: {"A": 5, "B": -5}}, "AB") == []
    apart = {0: {"A": 5, "C": -5}}
    assert any("the municipalities of" in fault and "zone Z" in fault for fault in audited_with_zone(apart, "AC"))
    with_zone = {0: {"A": 5, "C": -5, "Z": 5}}
    assert not any("zone Z do not move" in fault for fault in audited_with_zone(with_zone, "ACZ"))
    assert any("which is shown" in fault for fault in audited_with_zone(with_zone, "AC"))


def test_a_small_figure_that_an_earlier_release_tells_is_known() -> None:
    row = Row("stat_003_007", "municipality", "M", None, (), 3, MANY, "F")
    assert list(Audit([row], [], _knowledge(houses())).faults())
    assert not list(Audit([row._replace(is_known=True)], [], _knowledge(houses())).faults())
