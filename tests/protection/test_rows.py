"""The sums of a year through the solver and the audit, as executors see them."""

from random import Random

import pyarrow as pa
import pytest

from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.audit.auditor import Auditor
from imaatlas_spark.protection.before import MARKS
from imaatlas_spark.protection.cards.structure import structure_of
from imaatlas_spark.protection.clusters.cascade import Cascade
from imaatlas_spark.protection.figures import Layout, YearFacts
from imaatlas_spark.protection.rows import figures_of
from imaatlas_spark.protection.solver import Solver
from tests.protection.small import IN_HOUSE, LISTS, PERSONS, PROTECTION, card, houses

YEAR, PEOPLE = 2021, 1000
MUNICIPALITIES = {"11001": [3, 40, 17, 0, 2, 9], "11002": [1, 1, 60, 0, 30], "11004": [25, 25]}
STRUCTURE = structure_of([houses()], PROTECTION)
FACTS = {YEAR: YearFacts({}, {})}
LAYOUT = Layout(STRUCTURE.shown, {}, {"stat_003_007": frozenset(LEVELS)}, 1)
SOLVER = Solver(STRUCTURE, {YEAR: LAYOUT}, FACTS, PROTECTION)
AUDITOR = Auditor(STRUCTURE, (), FACTS, PROTECTION)


def sums() -> list[dict[str, object]]:
    above = [("country", "01000", None), ("region", "02000", "01000"), ("province", "10000", "02000")]
    above.append(("arrondissement", "11000", "10000"))
    everybody = sum(map(sum, MUNICIPALITIES.values()))
    places = [(*place, everybody, PEOPLE * 13) for place in above]
    for code, sectors in MUNICIPALITIES.items():
        places.append(("municipality", code, "11000", sum(sectors), PEOPLE * len(sectors)))
        places += [("sector", f"{code}-{at}", code, number, PEOPLE) for at, number in enumerate(sectors)]
    names = ("geo_level", "geo_code", "parent_code", "numerator", "denominator")
    new = {"code": "stat_003_007", **dict.fromkeys(MARKS, False)}
    return [new | dict(zip(names, place, strict=True)) for place in places]


def hidden_of(rows: list[dict[str, object]]) -> pa.Table:
    return SOLVER.protected(YEAR, 0, pa.Table.from_pylist(rows))


def test_the_same_cells_are_hidden_whatever_the_order_of_the_rows() -> None:
    expected = hidden_of(sums())
    assert expected.num_rows > 0
    for seed in range(3):
        shuffled = sums()
        Random(seed).shuffle(shuffled)
        assert hidden_of(shuffled).equals(expected)


def marked(hidden: pa.Table) -> pa.Table:
    areas = set(zip(hidden["geo_level"].to_pylist(), hidden["geo_code"].to_pylist(), strict=True))
    rows = [{**row, "conf_status": "C" if (row["geo_level"], row["geo_code"]) in areas else "F"} for row in sums()]
    return pa.Table.from_pylist(rows)


def test_the_audit_finds_nothing_in_what_the_solver_has_hidden() -> None:
    hidden = hidden_of(sums())
    assert not any(hidden["unproven"].to_pylist())
    assert AUDITOR.faults(YEAR, marked(hidden), hidden)["fault"].to_pylist() == []


def test_the_audit_misses_each_cell_and_each_witness_that_is_taken_away() -> None:
    hidden = hidden_of(sums())
    for at in range(hidden.num_rows):
        fewer = pa.concat_tables([hidden.slice(0, at), hidden.slice(at + 1)])
        assert AUDITOR.faults(YEAR, marked(hidden), fewer).num_rows > 0
        assert AUDITOR.faults(YEAR, marked(fewer), hidden).num_rows > 0


def test_parts_of_an_area_without_figures_are_refused() -> None:
    rows = [row for row in sums() if row["geo_code"] != "11002"]
    with pytest.raises(ReleaseRefused, match="municipality 11002 has parts and no figures"):
        hidden_of(rows)


def test_an_amount_that_two_cards_show_has_the_members_of_both() -> None:
    """The plain statistic and its cube, whichever comes first."""
    cube = card("cube_003_007", IN_HOUSE, PERSONS, ("sex",), protects="persons", complement=True, denominator="public")
    numbers = {"_T": 60, "F": 25, "M": 35}
    place = {"geo_level": "country", "geo_code": "01000", "parent_code": None, "denominator": PEOPLE}
    rows = [{"code": "cube_003_007", "sex": sex, "numerator": number, **place} for sex, number in numbers.items()]
    rows.append({"code": "stat_003_007", "sex": "_T", "numerator": numbers["_T"], **place})
    for cards in ((cube, houses()), (houses(), cube)):
        structure = structure_of(cards, PROTECTION)
        levels = {each.code: frozenset(LEVELS) for each in cards}
        layout = Layout(structure.shown, {"sex": ("F", "M")}, levels, 1)
        figures = figures_of(pa.Table.from_pylist(rows), structure, layout, FACTS[YEAR])
        found = dict(
            zip(layout.members(IN_HOUSE, "country"), figures.values[IN_HOUSE]["country", "01000"], strict=True)
        )
        assert found == {(sex,): number for sex, number in numbers.items()}


@pytest.mark.parametrize("cluster", [0, 1])
def test_an_area_without_parts_names_an_amount_of_its_own_cluster(
    cluster: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    structure = structure_of([houses(), LISTS], PROTECTION)
    layout = Layout(structure.shown, {}, dict.fromkeys(("stat_003_007", "stat_003_005"), frozenset(LEVELS)), 1)
    monkeypatch.setattr(Cascade, "stuck", {("municipality", "11001"): 1})
    rows = pa.Table.from_pylist([*sums(), *({**row, "code": "stat_003_005"} for row in sums())])
    hidden = Solver(structure, {YEAR: layout}, FACTS, PROTECTION).protected(YEAR, cluster, rows).to_pylist()
    ((amount,),) = ([row["amount"]] for row in hidden if row["status"] == "X")
    of_cluster = [at for pattern in structure.clusters[cluster] for at in structure.patterns[pattern]]
    assert amount in {structure.components[at].name for at in of_cluster}
