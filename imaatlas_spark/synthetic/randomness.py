"""Chance without a generator: every random number is a hash of what it is about.

A number depends on the seed, on its purpose and on the things it belongs to (a person, a year, a line), and on nothing
else: not on partitions, cores or the order of rows. Asking twice gives the same answer.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pyspark.sql import Column
from pyspark.sql import functions as F

Key: TypeAlias = Column | int
Number: TypeAlias = Column | float

_UNIT = 2.0**-53


@dataclass(frozen=True)
class Dice:
    seed: int

    def uniform(self, purpose: str, *keys: Key) -> Column:
        """A number in [0, 1) for each combination of whole `keys`."""
        first, *others = (_whole(key) for key in keys)
        hashed = F.xxhash64(first.bitwiseXOR(F.lit(_digest(f"{self.seed}/{purpose}"))), *others)
        return F.shiftrightunsigned(hashed, 11) * F.lit(_UNIT)

    def below(self, bound: Key, purpose: str, *keys: Key) -> Column:
        """A whole number in [0, bound)."""
        return whole(self.uniform(purpose, *keys) * bound)

    def chance(self, probability: Number, purpose: str, *keys: Key) -> Column:
        """True with `probability`."""
        return self.uniform(purpose, *keys) < probability


def whole(number: Column) -> Column:
    """The whole part of a number that is not negative. Never null: Spark computes a join key twice when it might be."""
    return F.coalesce(number.cast("int"), F.lit(0))


def fixed_uniform(purpose: str, key: str) -> float:
    """A number in (0, 1) that belongs to the map, not to a draw: the same for every seed."""
    return (_digest(f"{purpose}/{key}") % 2**52 + 0.5) / 2**52


def lookup(values: Sequence[int] | Sequence[float] | Sequence[str], index: Column) -> Column:
    """The value at `index` (from 0); never null."""
    return F.array(*map(F.lit, values))[index]


def choose(uniform: Column, values: Sequence[int] | Sequence[float] | Sequence[str], weights: Sequence[int]) -> Column:
    """One of the values, by their weights; never null. Spark folds the list to one literal: small code."""
    share = math.gcd(*weights)
    repeated = F.concat(
        *(F.array_repeat(F.lit(value), weight // share) for value, weight in zip(values, weights, strict=True))
    )
    return repeated[whole(uniform * (sum(weights) // share))]


def shifted_geometric(uniform: Column, mean: Column) -> Column:
    """1, 2, 3, ... with the given mean: most have few, some have many."""
    stop = F.lit(1.0) / F.greatest(mean, F.lit(1.0 + 1e-9))
    return whole(F.log1p(-uniform) / F.log1p(-stop)) + 1


def _whole(key: Key) -> Column:
    return F.lit(key).cast("long") if isinstance(key, int) else key.cast("long")


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
