"""The audit refuses each thing that may be wrong with what would be published, and nothing that is right."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pytest

from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.figures import YearFacts
from imaatlas_spark.schemas.protection import WITHHELD
from tests.protection.small import (
    ASSIGNED,
    CONTACTS,
    IN_HOUSE,
    LISTS,
    PERSONS,
    PROTECTION,
    WITH_ACTIVE,
    card,
    houses,
)

YEAR, MANY = 2021, 1000
Moves = dict[int, dict[str, int]]  # by witness and area


class Row(NamedTuple):
    """A row as it would be published, with the sums that it is made of; one dimension at most."""

    code: str
    area: str
    sex: str
    numerator: int
    denominator: int | None
    conf_status: str
    was_hidden: bool = False
    above_is_known: bool = False
    below_is_known: bool = False


def in_house(area: str, number: int, status: str, people: int = MANY, **told: bool) -> Row:
    """Persons of medical houses, and everybody."""
    return Row("stat_003_007", area, "_T", number, people, status, **told)


class Move(NamedTuple):
    """How far a cell moves in a witness."""

    amount: Amount
    area: str
    sex: str
    witness: int
    by: int


Statuses = Mapping[tuple[Amount, str, str], tuple[str, bool]]


def faults(
    rows: Sequence[Row],
    moves: Sequence[Move],
    *cards: Shown,
    statuses: Statuses | None = None,
    dominance: Mapping[Amount, Mapping[tuple[str, str], tuple[int, int]]] | None = None,
) -> list[str]:
    """What the audit says. statuses: of hidden cells, and whether they are unproven. Areas: see `_place`."""
    groups = {YEAR: {"zone": {"A": "Z", "B": "Z"}}}
    facts = {YEAR: YearFacts({}, dominance or {})}
    auditor = Auditor(structure_of(cards, PROTECTION), ("sex",), facts, PROTECTION, groups)
    told = auditor.faults(YEAR, *laid_out(rows, moves, statuses))
    return [str(fault) for fault in told["fault"].to_pylist()]


def laid_out(rows: Sequence[Row], moves: Sequence[Move], statuses: Statuses | None = None) -> tuple[pa.Table, pa.Table]:
    """The rows as they would be published, and the hidden cells as the solver returns them."""
    published = [{**row._asdict(), **_place(row.area)} for row in rows]
    cells = {**{(move.amount, move.area, move.sex): ("A", False) for move in moves}, **(statuses or {})}
    hidden = [
        {
            **_place(area),
            "amount": amount.name,
            "sex": sex,
            "status": status,
            "unproven": unproven,
            "witnesses": [move.witness for move in moves if move[:3] == (amount, area, sex)],
            "moves": [move.by for move in moves if move[:3] == (amount, area, sex)],
        }
        for (amount, area, sex), (status, unproven) in cells.items()
    ]
    text = ("geo_level", "geo_code", "parent_code", "amount", "sex", "status")
    schema = pa.schema([(name, pa.string()) for name in text])
    for name, kind in (("unproven", pa.bool_()), ("witnesses", pa.list_(pa.int32())), ("moves", pa.list_(pa.int64()))):
        schema = schema.append(pa.field(name, kind))
    return pa.Table.from_pylist(published), pa.Table.from_pylist(hidden, schema)


def _place(area: str) -> dict[str, str | None]:
    """M1, M2, ... are sectors of the municipality M; A, B and C are municipalities, A and B of the zone Z."""
    if area in {"Z", "01000"}:
        return {"geo_level": "zone" if area == "Z" else "country", "geo_code": area, "parent_code": None}
    if area in {"A", "B", "C"}:
        return {"geo_level": "municipality", "geo_code": area, "parent_code": None}
    level, parent = ("municipality", None) if area == "M" else ("sector", "M")
    return {"geo_level": level, "geo_code": area, "parent_code": parent}


def audited(
    figures: dict[str, int], hidden: Iterable[str], moves: Moves, people: dict[str, int] | None = None
) -> list[str]:
    """Medical-house persons of sectors M1, M2, ... of one municipality, which is all of the country here."""
    people = people or {name: MANY if name.startswith("M") and name != "M" else 10 * MANY for name in figures}
    rows = [
        Row("stat_003_007", name, "_T", value, people[name], "C" if name in set(hidden) else "F")
        for name, value in figures.items()
    ]
    moved = [Move(IN_HOUSE, name, "_T", witness, by) for witness, of in moves.items() for name, by in of.items()]
    return faults(rows, moved, houses())


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

    def told(moves: list[tuple[Amount, str, int, int]]) -> list[str]:
        rows = [
            Row("stat_003_014", name, "_T", contacts, persons, "F" if name == "M" else "C")
            for name, (persons, contacts) in at.items()
        ]
        return faults(rows, [Move(amount, name, "_T", witness, by) for amount, name, witness, by in moves], mean)

    persons = [(WITH_ACTIVE, "M1", 0, 5), (WITH_ACTIVE, "M2", 0, -5)]
    contacts = [(CONTACTS, "M1", 0, 5), (CONTACTS, "M2", 0, -5)]
    assert any("span 5, not 12" in each for each in told([*persons, *contacts]))  # a fifth of 60 contacts
    assert told([*persons, *contacts, (CONTACTS, "M1", 1, -12), (CONTACTS, "M2", 1, 12)]) == []
    assert any("is more than" in each for each in told([(CONTACTS, "M1", 0, -57), (CONTACTS, "M2", 0, 57)]))


def test_an_amount_that_is_hidden_in_one_table_and_shown_in_another_is_found() -> None:
    shown_again = card("cube_003_007", IN_HOUSE, PERSONS, protects="persons", complement=True, denominator="public")
    rows = [Row(code, "M1", "_T", 40, MANY, status) for code, status in (("stat_003_007", "C"), ("cube_003_007", "F"))]
    assert any("shown in another" in each for each in faults(rows, [], houses(), shown_again))


def test_an_amount_that_is_another_number_in_another_table_is_found() -> None:
    again = card("cube_003_007", IN_HOUSE, PERSONS, protects="persons", complement=True, denominator="public")
    rows = [Row(code, "M1", "_T", value, MANY, "F") for code, value in (("stat_003_007", 40), ("cube_003_007", 41))]
    assert any("not the same number" in each for each in faults(rows, [], houses(), again))


BY_SEX = card("cube_000_001", IN_HOUSE, None, ("sex",), protects="persons")


def of_both_sexes(total: str) -> list[Row]:
    return [
        Row("cube_000_001", "M", member, value, None, status)
        for member, value, status in (("_T", 60, total), ("M", 3, "C"), ("F", 57, "C"))
    ]


def test_members_that_do_not_make_their_total_in_a_witness_are_found() -> None:
    def told(by: int) -> list[str]:
        return faults(of_both_sexes("F"), [Move(IN_HOUSE, "M", "M", 0, 5), Move(IN_HOUSE, "M", "F", 0, by)], BY_SEX)

    assert told(-5) == []
    assert any("the members of" in each for each in told(-4))


def test_one_practice_that_outweighs_the_others_is_sensitive() -> None:
    rows = [Row("stat_003_005", "M", "_T", 4000, 5, "F")]
    for parts, is_told in (((3600, 350), True), ((1000, 900), False)):
        told = faults(rows, [], LISTS, dominance={ASSIGNED: {("municipality", "M"): parts}})
        assert any("sensitive and shown" in each for each in told) is is_told


def test_few_persons_of_many_practices_are_sensitive() -> None:
    """Three practices with one patient each."""
    parts = {ASSIGNED: {("municipality", "M"): (1, 1)}}
    for number, is_told in ((3, True), (30, False)):
        told = faults([Row("stat_003_005", "M", "_T", number, 3, "F")], [], LISTS, dominance=parts)
        assert any("sensitive and shown" in each for each in told) is is_told


def test_what_is_declared_unproven_must_lie_in_an_area_of_which_nothing_is_shown() -> None:
    unproven = {(IN_HOUSE, "M", "M"): ("A", True)}
    assert faults(of_both_sexes("C"), [], BY_SEX, statuses=unproven) == []
    assert any("witnesses span 0" in each for each in faults(of_both_sexes("F"), [], BY_SEX, statuses=unproven))


def test_of_a_breakdown_that_is_declared_to_be_withheld_no_member_is_shown() -> None:
    withheld = {(IN_HOUSE, "M", sex): (WITHHELD, False) for sex in ("M", "F")}
    assert faults(of_both_sexes("F"), [], BY_SEX, statuses=withheld) == []
    rows = [row._replace(conf_status="F") if row.sex == "F" else row for row in of_both_sexes("F")]
    assert any("declared to be withheld" in each for each in faults(rows, [], BY_SEX, statuses=withheld))


def test_what_arithmetic_tells_is_found_whatever_is_declared() -> None:
    """3 of 3 and 4 of 4 are hidden, 7 of 7 is shown: nothing is unknown, with witnesses or without."""
    figures = {"M": 7, "M1": 3, "M2": 4}
    rows = [
        Row("stat_003_007", name, "_T", value, value, "F" if name == "M" else "C") for name, value in figures.items()
    ]
    unproven = {(IN_HOUSE, name, "_T"): ("A", True) for name in ("M1", "M2")}
    told = faults(rows, [], houses(), statuses=unproven)
    assert [each.rsplit(": ", 1)[1] for each in told] == [
        "what is shown leaves 0, not 3",
        "what is shown leaves 0, not 4",
    ]
    roomy = [row._replace(denominator=MANY) for row in rows]
    assert faults(roomy, [], houses(), statuses=unproven) == []


def test_the_order_of_rows_and_cells_changes_nothing() -> None:
    moves = [Move(IN_HOUSE, "M", "M", 0, 5), Move(IN_HOUSE, "M", "F", 0, -4), Move(IN_HOUSE, "M", "F", 1, 3)]
    expected = faults(of_both_sexes("F"), moves, BY_SEX)
    assert len(expected) > 1
    assert faults(of_both_sexes("F")[::-1], moves[::-1], BY_SEX) == expected


def audited_with_zone(hidden: str, moves: dict[str, int]) -> list[str]:
    figures = {"A": 3, "B": 40, "C": 17, "Z": 43}
    rows = [
        Row("stat_003_007", area, "_T", value, MANY, "C" if area in hidden else "F") for area, value in figures.items()
    ]
    return faults(rows, [Move(IN_HOUSE, area, "_T", 0, by) for area, by in moves.items()], houses())


def test_a_group_moves_as_its_municipalities_do() -> None:
    assert audited_with_zone("AB", {"A": 5, "B": -5}) == []
    assert any("the municipalities of" in fault for fault in audited_with_zone("AC", {"A": 5, "C": -5}))
    assert audited_with_zone("ACZ", {"A": 5, "C": -5, "Z": 5}) == []
    assert any("which is shown" in fault for fault in audited_with_zone("AC", {"A": 5, "C": -5, "Z": 5}))


def test_a_small_figure_that_an_earlier_release_tells_is_known() -> None:
    small = Row("stat_003_007", "M", "_T", 3, MANY, "F")
    assert faults([small], [], houses())
    assert faults([small._replace(above_is_known=True)], [], houses()) == []
    assert faults([small._replace(below_is_known=True)], [], houses())


def test_what_an_earlier_release_hides_is_not_shown_where_people_live() -> None:
    row = Row("stat_003_007", "M", "_T", 40, MANY, "F", was_hidden=True)
    assert any("an earlier release hides it" in fault for fault in faults([row], [], houses()))
    assert faults([row._replace(numerator=0, denominator=0)], [], houses()) == []


def test_what_an_earlier_release_shows_stands_still() -> None:
    """The same number, though its row is hidden now: whoever has the earlier release is not led astray."""
    rows = [Row("stat_003_007", area, "_T", 40, MANY, "C", above_is_known=area == "A") for area in "AB"]
    rows.append(Row("stat_003_007", "M", "_T", 80, 2 * MANY, "F"))
    moves = [Move(IN_HOUSE, "A", "_T", 0, 5), Move(IN_HOUSE, "B", "_T", 0, -5)]
    assert any("which an earlier release shows" in fault for fault in faults(rows, moves, houses()))
