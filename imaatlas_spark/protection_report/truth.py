"""What was counted or summed of a year on a map, whether it is shown or hidden."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from imaatlas_spark.configuration.disclosure import Protection
from imaatlas_spark.protection.cards.amounts import Amount
from imaatlas_spark.protection.cards.expressions import CONTRIBUTORS, UNITS, Expression, Wanted
from imaatlas_spark.protection.cards.structure import Structure
from imaatlas_spark.protection_report.editions import CELL, Edition
from imaatlas_spark.schemas.protection import LOOSE

_NOWHERE = pl.DataFrame(schema={**dict.fromkeys(CELL, pl.String), "value": pl.Int64})


@dataclass(frozen=True)
class Truth:
    """told: by name of an amount its values; columns CELL and value."""

    structure: Structure
    told: Mapping[str, pl.DataFrame]

    @staticmethod
    def of(edition: Edition) -> "Truth":
        """What releases show, and for the rest what `protection/amounts` tells."""
        parts: dict[str, list[pl.DataFrame]] = defaultdict(list)
        for card in edition.structure.shown:
            if card.code in edition.rows:
                for amount, column in ((card.above, "numerator"), (card.below, "denominator")):
                    if amount is not None:
                        shown = edition.rows[card.code].select(*CELL, pl.col(column).alias("value"))
                        parts[amount.name].append(shown.drop_nulls("value"))
        for kept in edition.kept.values():
            amounts = kept.filter(pl.col("status") != LOOSE).drop_nulls("value")
            for (name,), of_amount in amounts.group_by("amount"):
                parts[str(name)].append(of_amount.select(*CELL, "value"))
        told = {name: pl.concat(each).unique(CELL, keep="first", maintain_order=True) for name, each in parts.items()}
        return Truth(edition.structure, _with_other_halves(edition.structure, told))

    def value(self, amount: Amount) -> pl.DataFrame | None:
        """An amount wherever it is told, itself or by its parts; None: nowhere."""
        own, made = self.told.get(amount.name), None
        if amount in self.structure.expressions:
            made = self.value_of(self.structure.expressions[amount])
        found = [each for each in (own, made) if each is not None]
        return pl.concat(found).unique(CELL, keep="first", maintain_order=True) if found else None

    def value_of(self, expression: Expression) -> pl.DataFrame | None:
        """An expression wherever all of its parts are told; None: one is told nowhere."""
        parts = [(self.structure.components[at], sign) for at, sign in expression.terms]
        summed: pl.DataFrame | None = None
        for amount, sign in (*parts, *expression.known):
            if amount.name not in self.told:
                return None
            part = self.told[amount.name].with_columns(pl.col("value") * sign)
            summed = part if summed is None else _added(summed, part)
        return summed

    def sensitive_from(self, protection: Protection) -> dict[int, pl.DataFrame | None]:
        """By pattern, the least threshold at which each cell is sensitive itself; columns CELL and least.

        None: the tables do not tell, as it depends on who contributes to a sum, or on the largest unit.
        """
        found: dict[int, list[pl.DataFrame] | None] = {at: [] for at in range(len(self.structure.patterns))}
        for wanted in self.structure.wanted:
            pattern = self.structure.pattern_of[wanted.owner]
            judged, so_far = self._judged(wanted), found[pattern]
            found[pattern] = None if judged is None or so_far is None else [*so_far, judged]
        lowest = 0 if protection.zero_is_sensitive.value else 1
        return {pattern: None if parts is None else _least(parts, lowest) for pattern, parts in found.items()}

    def _judged(self, wanted: Wanted) -> pl.DataFrame | None:
        """The count of persons by which something is judged; None: the tables do not tell.

        What is told of no cell, as a statistic that it takes is not published, is judged in none.
        """
        if not isinstance(wanted.judged, Expression):
            return None if wanted.kind == UNITS else self.told.get(wanted.judged.name)
        judged = self.value_of(wanted.judged)
        if judged is None or wanted.kind != CONTRIBUTORS:
            return _NOWHERE if judged is None else judged
        summed = self.value_of(wanted.expression)
        return _NOWHERE if summed is None else judged.join(summed.filter(pl.col("value") > 0), on=CELL, how="semi")


def _with_other_halves(structure: Structure, told: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What a shown amount that is a public whole less another tells of that other one."""
    found = dict(told)
    for amount, expression in structure.expressions.items():
        if expression.known and len(expression.terms) == 1 and amount.name in told:
            ((component, sign),) = expression.terms
            name = structure.components[component].name
            rest = told[amount.name].with_columns(pl.col("value") * sign)
            for whole, sign_of_whole in expression.known:
                if whole.name not in told:
                    break
                rest = _added(rest, told[whole.name].with_columns(pl.col("value") * -sign * sign_of_whole))
            else:
                parts = [each for each in (told.get(name), rest) if each is not None]
                found[name] = pl.concat(parts).unique(CELL, keep="first", maintain_order=True)
    return found


def _added(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    joined = one.join(other.rename({"value": "more"}), on=CELL)
    return joined.select(*CELL, (pl.col("value") + pl.col("more")).alias("value"))


def _least(judged: Sequence[pl.DataFrame], lowest: int) -> pl.DataFrame:
    """A count below the threshold is sensitive: from one more than the smallest count on."""
    counts = pl.concat([_NOWHERE, *judged]).filter(pl.col("value") >= lowest)
    return counts.group_by(CELL).agg((pl.min("value") + 1).alias("least"))
