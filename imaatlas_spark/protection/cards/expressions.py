"""Sums of what the cards publish: what is never negative, and what may be sensitive."""

from dataclasses import dataclass

from imaatlas_spark.protection.cards.amounts import Amount

PERSONS, CONTRIBUTORS, UNITS = "persons", "contributors", "units"


@dataclass(frozen=True)
class Expression:
    """A sum of components with signs, and of public amounts with signs."""

    terms: tuple[tuple[int, int], ...]
    known: tuple[tuple[Amount, int], ...]

    @staticmethod
    def of_known(amount: Amount) -> "Expression":
        return Expression((), ((amount, 1),))

    def less(self, other: "Expression") -> "Expression":
        terms, known = dict(self.terms), dict(self.known)
        for component, sign in other.terms:
            terms[component] = terms.get(component, 0) - sign
        for amount, sign in other.known:
            known[amount] = known.get(amount, 0) - sign
        return Expression(
            tuple(sorted((key, sign) for key, sign in terms.items() if sign)),
            tuple(sorted(((key, sign) for key, sign in known.items() if sign), key=lambda each: each[0].name)),
        )


@dataclass(frozen=True)
class Bound:
    """The expression is never negative. follows: see `blocks.block.Inequality`.

    level: the only one where that holds; None: all of them.
    """

    expression: Expression
    follows: bool
    level: str | None = None


@dataclass(frozen=True)
class Wanted:
    """What may be sensitive: an expression, by which rule, and by which count of persons it is judged.

    kind: PERSONS (`judged` is the count itself), CONTRIBUTORS (a sum; `judged` counts who contributes), UNITS.
    level: the only one where it is; None: all of them.
    """

    expression: Expression
    owner: int
    kind: str
    judged: Expression | Amount
    level: str | None = None
