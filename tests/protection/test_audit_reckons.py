"""What the audit works out for itself, and what it takes the solver's word for: unproven, withheld and loose cells."""

import numpy as np

from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.figures import YearFacts
from imaatlas_spark.schemas.protection import LOOSE, WITHHELD
from tests.protection.small import (
    ASSIGNED,
    EVERYBODY,
    GMD,
    IN_HOUSE,
    LISTS,
    OF_OUTSIDE,
    OUTSIDE,
    PROTECTION,
    WITH_CONTACT,
    WITH_GMD,
    card,
    houses,
)
from tests.protection.test_audit import BY_SEX, MANY, YEAR, Move, Row, Statuses, faults, in_house, laid_out


def unproven(amount: Amount, *areas: str) -> Statuses:
    return {(amount, area, "_T"): ("A", True) for area in areas}


def by_sex(area: str, *cells: tuple[str, int, str]) -> list[Row]:
    return [Row("cube_000_001", area, member, value, None, status) for member, value, status in cells]


def test_nobody_counts_less_than_nobody() -> None:
    """50 less 48 are the two of M1 and M2 together: each is at most two."""
    rows = [in_house("M", 50, "F"), in_house("M1", 1, "C"), in_house("M2", 1, "C"), in_house("M3", 48, "F")]
    told = faults(rows, [], houses(), statuses=unproven(IN_HOUSE, "M1", "M2"))
    assert [each.rsplit(": ", 1)[1] for each in told] == ["what is shown leaves 2, not 5"] * 2


def test_where_no_practice_is_nobody_is_assigned() -> None:
    """M3 has no practices, as everybody may know: 6,000 less 4,000 are those of the two practices of M1."""
    figures = {"M": (6000, 11, "F"), "M1": (2000, 2, "C"), "M2": (4000, 9, "F"), "M3": (0, 0, "C")}
    rows = [Row("stat_003_005", area, "_T", *of_area) for area, of_area in figures.items()]
    parts = {ASSIGNED: {("municipality", "M"): (1000, 1000), ("sector", "M2"): (1000, 1000)}}
    told = faults(rows, [], LISTS, statuses=unproven(ASSIGNED, "M1"), dominance=parts)
    assert [each.rsplit(": ", 1)[1] for each in told] == ["what is shown leaves 0, not 400"]


def test_a_count_is_no_less_than_one_that_lies_within_it() -> None:
    """Of 51 persons 47 are in a house, as is shown, so 47 to 51 have a GMD, as 50 do."""
    rows = [in_house("M", 47, "F", 51), Row("stat_003_001", "M", "_T", 50, 51, "C")]
    told = faults(rows, [], houses(), WITH_GMD, statuses=unproven(GMD, "M"))
    assert f"{GMD.name} of municipality M less {IN_HOUSE.name} of municipality M: what is shown leaves 4, not 5" in told


def test_a_public_whole_less_the_other_half_tells_of_a_half() -> None:
    """997 of 1,000 are shown to be outside."""
    rows = [in_house("M1", 3, "C"), Row("stat_003_015", "M1", "_T", 900, 997, "F")]
    told = faults(rows, [], houses(), OF_OUTSIDE, statuses=unproven(IN_HOUSE, "M1"))
    assert f"{IN_HOUSE.name} of sector M1: what is shown leaves 0, not 5" in told


def test_what_a_zone_shows_tells_of_its_municipalities() -> None:
    """Z is A and B."""
    rows = [in_house("A", 3, "C"), in_house("B", 40, "F"), in_house("Z", 43, "F", 2 * MANY)]
    told = faults(rows, [], houses(), statuses=unproven(IN_HOUSE, "A"))
    assert [each.rsplit(": ", 1)[1] for each in told] == ["what is shown leaves 0, not 5"]


def test_what_the_members_show_tells_of_the_last() -> None:
    rows = by_sex("M", ("_T", 60, "F"), ("M", 3, "C"), ("F", 57, "F"))
    told = faults(rows, [], BY_SEX, statuses={(IN_HOUSE, "M", "M"): (WITHHELD, False)})
    assert any("what is shown leaves 0, not 5" in each for each in told)


def test_a_half_moves_against_the_other() -> None:
    """Three in the house and 997 outside, 990 of them with a contact: with eight more in the house 989 are left."""
    rows = [in_house("M1", 3, "C"), Row("stat_003_015", "M1", "_T", 990, 997, "C")]

    def is_told(by: int) -> bool:
        told = faults(rows, [Move(IN_HOUSE, "M1", "_T", 0, by)], houses(), OF_OUTSIDE)
        return f"witness 0: {WITH_CONTACT.name} of sector M1 is more than {OUTSIDE.name}" in told

    assert is_told(8)
    assert not is_told(7)


def test_no_more_is_asked_for_than_public_and_earlier_figures_leave() -> None:
    """An earlier release shows the four of M: its sectors are known to hold 0 to 4 each."""
    rows = [in_house("M", 4, "F", above_is_known=True), in_house("M1", 3, "C"), in_house("M2", 1, "C")]
    moves = [Move(IN_HOUSE, "M1", "_T", 0, -3), Move(IN_HOUSE, "M2", "_T", 0, 3)]
    moves += [Move(IN_HOUSE, "M1", "_T", 1, 1), Move(IN_HOUSE, "M2", "_T", 1, -1)]
    assert faults(rows, moves, houses()) == []
    assert any("witnesses span 3, not 4" in each for each in faults(rows, moves[:2], houses()))


def test_those_not_counted_are_known_where_both_numbers_were_told_before() -> None:
    for above, below, is_told in ((True, True, False), (False, True, True), (True, False, True)):
        row = in_house("M", 997, "F", above_is_known=above, below_is_known=below)
        assert any("sensitive and shown" in each for each in faults([row], [], houses())) is is_told


def test_what_is_left_of_an_unproven_count_needs_no_witness() -> None:
    """50 with a GMD, 47 of them in a house: nothing is shown of the 50, nor known to move."""
    rows = [in_house("M", 47, "F"), Row("stat_003_001", "M", "_T", 50, MANY, "C")]
    assert faults(rows, [], houses(), WITH_GMD, statuses=unproven(GMD, "M")) == []
    assert any("span 0, not 5" in each for each in faults(rows, [], houses(), WITH_GMD))


def test_beside_what_is_unproven_a_zero_may_be_shown() -> None:
    """It tells of nobody; 3 may be any number, for the total is hidden."""
    rows = by_sex("M", ("_T", 3, "C"), ("M", 3, "C"), ("F", 0, "F"))
    statuses = {(IN_HOUSE, "M", sex): ("A", True) for sex in ("_T", "M")}
    assert faults(rows, [], BY_SEX, statuses=statuses) == []


def test_a_total_is_withheld_only_where_its_amount_is_shown_nowhere() -> None:
    withheld = {(IN_HOUSE, "A", "_T"): (WITHHELD, False), (IN_HOUSE, "B", "_T"): (WITHHELD, False)}
    assert faults([in_house("A", 3, "C"), in_house("B", 40, "C")], [], houses(), statuses=withheld) == []
    told = faults([in_house("A", 3, "C"), in_house("B", 40, "F")], [], houses(), statuses=withheld)
    assert any("witnesses span 0, not 5" in each for each in told)


def test_a_breakdown_is_withheld_in_all_areas_of_a_level_or_in_none() -> None:
    rows = by_sex("A", ("_T", 60, "F"), ("M", 3, "C"), ("F", 57, "C"))
    rows += by_sex("B", ("_T", 60, "F"), ("M", 30, "F"), ("F", 30, "F"))
    withheld = {(IN_HOUSE, "A", sex): (WITHHELD, False) for sex in ("M", "F")}
    told = faults(rows, [], BY_SEX, statuses=withheld)
    assert len([each for each in told if "of municipality B, " in each and "declared to be withheld" in each]) == 2
    known = [row._replace(above_is_known=row.area == "B") for row in rows]  # nothing new is told of B
    assert faults(known, [], BY_SEX, statuses=withheld) == []


def test_parts_need_not_follow_their_area_where_it_is_loose_and_none_of_them_shows() -> None:
    def told(of_first: str, is_loose: bool) -> list[str]:
        rows = [in_house("M", 60, "C", 2 * MANY), in_house("M1", 30, of_first), in_house("M2", 30, "C")]
        statuses = {(IN_HOUSE, "M", "any"): (LOOSE, False)} if is_loose else {}
        return faults(rows, [Move(IN_HOUSE, "M", "_T", 0, 5)], houses(), statuses=statuses)

    assert told("C", is_loose=True) == []
    assert any("the areas of" in each for each in told("C", is_loose=False))
    assert any("the areas of" in each for each in told("F", is_loose=True))


def test_a_member_moves_no_farther_than_all_of_any_member_who_live_there() -> None:
    """Three persons live in M. All are men with a GMD, one in a house; how many men there are is not published."""
    gmd = card("cube_000_002", GMD, None, ("sex",), protects="persons")
    cards = (BY_SEX, gmd, EVERYBODY)
    rows = by_sex("M", ("_T", 1, "C"), ("M", 1, "C"), ("F", 0, "C"))
    rows += [row._replace(code="cube_000_002", numerator=3 * row.numerator) for row in rows]
    rows.append(Row("stat_000_001", "M", "_T", 3, None, "F"))
    auditor = Auditor(structure_of(cards, PROTECTION), ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION)
    secrets = auditor.audit(YEAR, *laid_out(rows, [])).secrets
    assert {int(need) for need in secrets.need} == {3}
    assert (secrets.less >= 0).any()  # the two who are not in a house among them


def test_what_an_earlier_release_shows_is_reckoned_with_though_its_row_is_hidden_now() -> None:
    """60 less the 57 that whoever has the earlier release knows."""
    rows = [in_house("M", 60, "F"), in_house("M1", 3, "C"), in_house("M2", 57, "C", above_is_known=True)]
    told = faults(rows, [], houses(), statuses=unproven(IN_HOUSE, "M1"))
    assert [each.rsplit(": ", 1)[1] for each in told] == ["what is shown leaves 0, not 5"]


def test_hiding_what_an_earlier_release_shows_makes_no_room() -> None:
    auditor = Auditor(structure_of([houses()], PROTECTION), ("sex",), {YEAR: YearFacts({}, {})}, PROTECTION)
    for is_known in (False, True):
        rows = [in_house("M", 60, "F", above_is_known=is_known), in_house("M1", 3, "C"), in_house("M2", 57, "F")]
        audit = auditor.audit(YEAR, *laid_out(rows, []))
        of_whole = np.array([audit.found.name(cell).endswith("M") for cell in range(len(audit.found.keys))])
        assert audit.would_have_room(audit.worked_out(), of_whole) is not is_known


def test_parts_make_their_area_only_where_all_of_them_are_published() -> None:
    """How many of M3 are in a house is told nowhere."""
    rows = [in_house("M", 60, "F", 3 * MANY), in_house("M1", 3, "C"), in_house("M2", 40, "F")]
    other = Row("stat_003_001", "M3", "_T", 500, MANY, "F")
    move = Move(IN_HOUSE, "M1", "_T", 0, 5)
    assert faults([*rows, other], [move], houses(), WITH_GMD) == []
    assert any("the areas of" in each for each in faults(rows, [move], houses(), WITH_GMD))
