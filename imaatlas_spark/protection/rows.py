"""The sums of a year as Arrow rows to figures, a protected cluster back to rows: what travels to executors."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imaatlas_spark.configuration.dimensions import UNKNOWN
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography.codes import LEVELS
from imaatlas_spark.protection.arrays import Whole
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.figures import Area, Figures, Layout, Member, YearFacts
from imaatlas_spark.schemas.protection import LOOSE
from imaatlas_spark.schemas.statuses import CONFIDENTIAL, FREE


def figures_of(rows: pa.Table, structure: Structure, layout: Layout, facts: YearFacts) -> Figures:
    """`rows`: code, geo_level, geo_code, parent_code, the dimensions of the layout, numerator, denominator.

    Rows of nowhere or of unknown members are left out: what is unknown stands still in every witness.
    """
    known = pc.is_valid(rows["geo_code"])
    for name in layout.dimensions:
        known = pc.and_(known, pc.not_equal(rows[name], UNKNOWN))
    rows = rows.filter(known)
    members, member = _members(rows, layout.dimensions)
    codes, levels = (rows[name].to_numpy(zero_copy_only=False) for name in ("code", "geo_level"))
    values: dict[Amount, dict[Area, Whole]] = {}
    for card in structure.shown:
        for level in (*LEVELS, *layout.groups):
            at = np.flatnonzero((codes == card.code) & (levels == level))
            for amount, name in ((card.above, "numerator"), (card.below, "denominator")):
                if amount is not None and len(at):
                    shown = layout.members(amount, level)
                    position = np.array([shown.index(each) if each in shown else -1 for each in members])[member[at]]
                    column = rows.select(["geo_code", name]).take(pa.array(at))
                    _read(column, level, position, len(shown), values.setdefault(amount, {}))
    for amount, counted in facts.contributors.items():
        values[amount] = {area: np.array([number], dtype=np.int64) for area, number in counted.items()}
    of_country = rows.filter(pc.is_in(rows["geo_level"], pa.array(LEVELS)))
    return Figures(_children(of_country), values, facts.dominance)


def with_status(rows: pa.Table, cells: pa.Table, cluster: Cluster) -> pa.Table:
    """The rows with conf_status, as they would be published: those of hidden cells are confidential."""
    pattern_of = {card.code: cluster.structure.patterns_of_card(card.code) for card in cluster.structure.shown}
    patterns = pa.array([pattern_of[code] for code in rows["code"].to_pylist()], pa.int32())
    place = ("pattern", "geo_level", "geo_code", *cluster.layout.dimensions)
    hidden = cells.filter(pc.not_equal(cells["status"], LOOSE))
    is_hidden = pc.is_in(_joined(rows.append_column("pattern", patterns), place), _joined(hidden, place))
    is_own = pc.is_in(patterns, pa.array(cluster.patterns, pa.int32()))
    is_hidden = pc.or_(is_hidden, pc.and_(pc.is_valid(patterns), pc.invert(is_own)))
    return rows.append_column("conf_status", pc.if_else(is_hidden, CONFIDENTIAL, FREE))


def _joined(rows: pa.Table, columns: Iterable[str]) -> pa.Array:
    """The columns of each row as one text."""
    parts = (pc.fill_null(rows[name].cast(pa.string()), "") for name in columns)
    return pc.binary_join_element_wise(*parts, "\t").combine_chunks()


def _members(rows: pa.Table, dimensions: Sequence[str]) -> tuple[list[Member], Whole]:
    """The combinations of members that there are, and the number of each row's."""
    combined = np.zeros(rows.num_rows, dtype=np.int64)
    codes = []
    for name in dimensions:
        encoded = rows[name].combine_chunks().dictionary_encode()
        codes.append(encoded.dictionary.to_pylist())
        combined = combined * len(codes[-1]) + encoded.indices.to_numpy()
    numbers, member = np.unique(combined, return_inverse=True)
    sizes = [len(each) for each in codes]
    places = zip(*np.unravel_index(numbers, sizes), strict=True) if sizes else [()] * len(numbers)
    return [tuple(of[at] for of, at in zip(codes, place, strict=True)) for place in places], member


def _read(column: pa.Table, level: str, position: Whole, length: int, into: dict[Area, Whole]) -> None:
    """geo_code and a number by row; `position`: of its member, -1: none. Another card may have told of other members
    of the same amount."""
    codes = column["geo_code"].combine_chunks().dictionary_encode()
    areas = [(level, code) for code in codes.dictionary.to_pylist()]
    nothing = np.zeros(length, dtype=np.int64)
    numbers = np.stack([into.get(area, nothing) for area in areas])
    told = column[1].combine_chunks().to_numpy()  # refuses a null
    numbers[codes.indices.to_numpy()[position >= 0], position[position >= 0]] = told[position >= 0]
    into.update(zip(areas, numbers, strict=True))


def _children(rows: pa.Table) -> dict[Area | None, tuple[Area, ...]]:
    """Of each area, and of None, the areas of the next level in it."""
    areas = rows.group_by(["geo_level", "geo_code", "parent_code"]).aggregate([])
    children: dict[Area | None, list[Area]] = {}
    for level, code, parent in zip(*(areas[name].to_pylist() for name in areas.column_names), strict=True):
        above = None if parent is None else (LEVELS[LEVELS.index(level) - 1], parent)
        children.setdefault(above, []).append((level, code))
    known = {area for areas in children.values() for area in areas}
    lost = sorted(parent for parent in children if parent is not None and parent not in known)
    if lost:
        raise ReleaseRefused(
            f"{' '.join(lost[0])} has parts and no figures of its own: nothing is published; look at the geography"
        )
    return {parent: tuple(sorted(areas)) for parent, areas in children.items()}


def columns_of(dimensions: Iterable[str]) -> str:
    """The rows that `Solver.protected` returns, as DDL.

    Grain: year, amount, geo_level, geo_code, members. need: how wide the values of the cell must be. lowest, highest:
    how far they reach. unproven: no witnesses reach the need; what the cell belongs to is withheld. witnesses: those
    that move the cell; moves: how far each does.
    """
    members = "".join(f"{name} STRING, " for name in dimensions)
    return (
        f"year INT, pattern INT, amount STRING, geo_level STRING, geo_code STRING, {members}status STRING, "
        "need BIGINT, lowest BIGINT, highest BIGINT, unproven BOOLEAN, witnesses ARRAY<INT>, moves ARRAY<BIGINT>"
    )
