"""Small years of a small country: areas as a tree, figures as plain numbers, cards as the real ones declare them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.configuration.disclosure import Disclosure, Protection
from imaatlas_spark.protection.arrays import Truth
from imaatlas_spark.protection.cards.amounts import AT_LEAST, IS, Amount
from imaatlas_spark.protection.cards.shown import Shown
from imaatlas_spark.protection.cards.structure import Structure, structure_of
from imaatlas_spark.protection.clusters.cascade import Cascade
from imaatlas_spark.protection.clusters.cluster import Cluster
from imaatlas_spark.protection.figures import Area, Before, Figures, Layout

PROTECTION = load_configuration(Path(__file__).parents[2] / "conf").protection
LEVELS = ("country", "municipality", "sector")

PERSONS = Amount("person_year", None, frozenset())
IN_HOUSE = Amount("person_year", None, frozenset({("in_medical_house", IS, True)}))
OUTSIDE = Amount("person_year", None, frozenset({("in_medical_house", IS, False)}))
WITH_CONTACT = Amount("person_year", None, frozenset({("in_medical_house", IS, False), ("regcontact", AT_LEAST, 1)}))
WITH_ACTIVE = Amount(
    "person_year", None, frozenset({("in_medical_house", IS, False), ("regcontact_active", AT_LEAST, 1)})
)
GMD = Amount("person_year", None, frozenset({("has_gmd", IS, True)}))
CONTACTS = Amount("person_year", "regcontact_active", frozenset({("in_medical_house", IS, False)}))
PRACTICES = Amount("practice_year", None, frozenset())
ASSIGNED = Amount("practice_year", "assigned_persons", frozenset())


def card(code: str, above: Amount, below: Amount | None, dimensions: Iterable[str] = (), **disclosure: object) -> Shown:
    return Shown(code, above, below, tuple(dimensions), Disclosure.model_validate(disclosure), None)


def houses(*dimensions: str) -> Shown:
    """A proportion of persons whose denominator is public."""
    return card(
        "stat_003_007", IN_HOUSE, PERSONS, dimensions, protects="persons", complement=True, denominator="public"
    )


EVERYBODY = card("stat_000_001", PERSONS, None, protects="public")
WITH_GMD = card("stat_003_001", GMD, PERSONS, protects="persons", complement=True, denominator="public")
OF_OUTSIDE = card("stat_003_015", WITH_CONTACT, OUTSIDE, protects="persons", complement=True)
LISTS = card("stat_003_005", ASSIGNED, PRACTICES, protects="units", denominator="public")


def as_table(rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows whose denominators are numbers, also where there are none."""
    table = pa.Table.from_pylist(list(rows))
    at = table.column_names.index("denominator")
    return table.set_column(at, "denominator", table["denominator"].cast(pa.int64()))


@dataclass(frozen=True)
class Year:
    """A protected year."""

    cascade: Cascade

    @property
    def cluster(self) -> Cluster:
        return self.cascade.cluster

    def hidden(self, amount: Amount, *where: str) -> bool:
        """`where`: the code of an area, then members."""
        code, *members = where
        structure = self.cluster.structure
        pattern = structure.pattern_of[structure.components.index(amount)]
        area = next(each for each in _areas(self.cluster.figures) if each[1] == code)
        level = self.cluster.level(area[0])
        position = level.members[level.patterns.index(pattern)].index(_member(self.cluster, members))
        return bool(hidden_cells(self.cascade)[pattern, area][position])

    def failed(self) -> int:
        """How many cells no witnesses move far enough, and how many witnesses are not followed."""
        return sum(map(len, self.cascade.limited.values())) + sum(self.cascade.stuck.values())


def _member(cluster: Cluster, members: Iterable[str]) -> tuple[str, ...]:
    return tuple(members) or cluster.layout.total


def hidden_cells(cascade: Cascade) -> dict[tuple[int, Area], Truth]:
    """The hidden cells of each pattern and area."""
    found = {}
    for parent, block in cascade.blocks.items():
        areas = cascade.cluster.figures.children[parent]
        level = cascade.cluster.level(areas[0][0])
        for at, pattern in enumerate(level.patterns):
            for row, area in enumerate(areas):
                found[pattern, area] = block.hidden[at][row]
    return found


def _areas(figures: Figures) -> list[Area]:
    return [area for children in figures.children.values() for area in children]


@dataclass(frozen=True)
class Country:
    """tree: municipality to its sectors (or to none). codes: of the dimensions."""

    tree: Mapping[str, Iterable[str]]
    cards: tuple[Shown, ...]
    values: Mapping[Amount, Mapping[str, object]]
    codes: Mapping[str, tuple[str, ...]]
    levels: tuple[str, ...] = LEVELS
    dominance: Mapping[Amount, Mapping[str, tuple[int, int]]] | None = None
    before: Mapping[tuple[str, str], tuple[bool, bool]] | None = None

    def protected(self, protection: Protection = PROTECTION) -> Year:
        structure = structure_of(self.cards, protection)
        (patterns,) = [tuple(at for cluster in structure.clusters for at in cluster)]
        cluster = Cluster(structure, patterns, self.layout(protection), self.figures(structure), protection)
        cascade = Cascade(cluster)
        cascade.protect()
        return Year(cascade)

    def layout(self, protection: Protection) -> Layout:
        levels = {each.code: frozenset(self.levels) for each in self.cards}
        return Layout(self.cards, self.codes, levels, protection.sector_dimensions.value)

    def figures(self, structure: Structure) -> Figures:
        municipalities = tuple(("municipality", code) for code in self.tree)
        country = ("country", "01000")
        children: dict[Area | None, tuple[Area, ...]] = {None: (country,), country: municipalities}
        children |= {
            ("municipality", code): tuple(("sector", each) for each in sectors)
            for code, sectors in self.tree.items()
            if list(sectors)
        }
        level_of = {code: level for areas in children.values() for level, code in areas}
        values = {
            amount: {
                (level_of[code], code): np.atleast_1d(np.array(numbers, dtype=np.int64))
                for code, numbers in of_areas.items()
            }
            for amount, of_areas in self.values.items()
        }
        dominance = {
            amount: {(level_of[code], code): pair for code, pair in pairs.items()}
            for amount, pairs in (self.dominance or {}).items()
        }
        places = {
            (structure.patterns_of_card(code) or 0, (level_of[area], area), self.layout(PROTECTION).total): told
            for (code, area), told in (self.before or {}).items()
        }
        before = Before(
            frozenset(place for place, (was_hidden, _) in places.items() if was_hidden),
            frozenset(
                (component, area, member)
                for (pattern, area, member), (_, is_known) in places.items()
                if is_known
                for component in structure.patterns[pattern]
            ),
        )
        return Figures(children, values, dominance, before)
