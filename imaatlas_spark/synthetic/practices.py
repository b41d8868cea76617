"""Who cares for whom: the posts of GPs along the street, the practices that they form, medical houses.

Twelve neighbouring posts form practices by one of a few patterns, so the practice of a post follows from its number
and no table has to be asked.
"""

import datetime as dt
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from imaatlas_spark.synthetic.parameters import POSTS_IN_A_BLOCK, GpPractices, MedicalHouses, Territory
from imaatlas_spark.synthetic.persons import day_number
from imaatlas_spark.synthetic.randomness import Dice, Key, choose, lookup, whole

NEVER = day_number(dt.date(9999, 12, 31))
FIRST_PRACTICE, FIRST_HOUSE, FIRST_INSTITUTION = 500_000, 800_000, 71_000_000
FIRST_GP, FIRST_HOUSE_DOCTOR, FIRST_LOCUM = 10_000_000, 15_000_000, 16_000_000


@dataclass(frozen=True)
class GpPosts:
    """The posts of GPs, numbered along the street."""

    count: int
    dice: Dice
    parameters: GpPractices

    @classmethod
    def for_nation(cls, persons: int, dice: Dice, parameters: GpPractices) -> "GpPosts":
        return cls(max(1, round(persons / parameters.persons_per_gp)), dice, parameters)

    @property
    def locums(self) -> int:
        return max(2, self.count // 20)

    def chosen_by(self, place: Column, *patient: Key) -> Column:
        """The post for someone who looks for a GP at `place`: the one there, or the next if its list is full."""
        post = whole(place * self.count)
        short = self.dice.chance(self.parameters.share_short_list, "short list", post)
        room = F.when(short, 0.05 + 0.5 * self.dice.uniform("room", post)).otherwise(1.0)
        taken_on = self.dice.uniform("taken on", *patient) < room
        return F.when(taken_on, post).otherwise((post + 1) % self.count)

    def first_of_practice(self, post: Column) -> Column:
        """The number of the first post of a post's practice."""
        starts = [start for p in self.parameters.patterns for start, _ in p.start_and_size]
        return post - post % POSTS_IN_A_BLOCK + lookup(starts, self._row_of_pattern(post))

    def size_of_practice(self, post: Column) -> Column:
        """How many posts a post's practice has; the last one of the street may be cut short."""
        sizes = [size for p in self.parameters.patterns for _, size in p.start_and_size]
        return F.least(lookup(sizes, self._row_of_pattern(post)), self.count - self.first_of_practice(post))

    def _row_of_pattern(self, post: Column) -> Column:
        patterns = self.parameters.patterns
        drawn = self.dice.uniform("pattern", whole(post / POSTS_IN_A_BLOCK))
        return (
            choose(drawn, range(len(patterns)), [p.weight for p in patterns]) * POSTS_IN_A_BLOCK
            + post % POSTS_IN_A_BLOCK
        )

    def holder(self, post: Column, day: Column) -> Column:
        """provider_id of the GP who holds a post on a day."""
        return FIRST_GP + 2 * post.cast("long") + (day >= self.succeeded_on(post)).cast("int")

    def succeeded_on(self, post: Column) -> Column:
        """The day on which a successor takes over, or `NEVER`."""
        first, last = (day_number(dt.date(year, 1, 1)) for year in self.parameters.succeeded_between)
        day = first + self.dice.below(last - first, "day of succession", post)
        return F.when(self.dice.chance(self.parameters.share_succeeded, "succession", post), day).otherwise(NEVER)

    def locum(self, *contact: Key) -> Column:
        """provider_id of a GP who is a member of no practice."""
        return FIRST_LOCUM + self.dice.below(self.locums, "which locum", *contact).cast("long")


@dataclass(frozen=True)
class Houses:
    """Medical houses, numbered through; each region has some."""

    in_region: dict[str, int]

    @classmethod
    def for_nation(cls, persons: int, parameters: MedicalHouses, territory: Territory) -> "Houses":
        people, enrolled = territory.population.by_code, parameters.enrolled_2019.by_code
        members = {region: persons * people[region] / sum(people.values()) * enrolled[region] for region in people}
        return cls({region: max(1, round(each / parameters.persons_per_house)) for region, each in members.items()})

    @property
    def count(self) -> int:
        return sum(self.in_region.values())

    def nearest(self, region: str, place_in_region: float) -> int:
        """The house of those who live there."""
        regions = list(self.in_region)
        before = sum(self.in_region[each] for each in regions[: regions.index(region)])
        return before + int(place_in_region * self.in_region[region])
