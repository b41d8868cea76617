"""Attacks a warehouse: which sensitive amounts can be worked out from what it publishes?

    python -m tests.attacker --warehouse DIR --years 2019-2021 [--municipalities 50] [--sample 2000] [--seed 1]

`--sample`: so many sensitive amounts of each kind and year, drawn by chance (0: all). Exit code 1 when one of them is
known more narrowly than it needs.
"""

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import Random

from imaatlas_spark.periods import parse_years
from tests.attacker.load import Attacked
from tests.attacker.sensitive import Attacker, Secret, secrets


def sampled(found: list[Secret], size: int, seed: int) -> list[Secret]:
    by_kind: dict[tuple[str, str], list[Secret]] = defaultdict(list)
    for secret in found:
        by_kind[secret.name, secret.terms[0][0].level].append(secret)
    drawn = Random(seed)
    return [
        secret
        for _, kind in sorted(by_kind.items())
        for secret in (drawn.sample(kind, size) if 0 < size < len(kind) else kind)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--years", type=parse_years, required=True)
    parser.add_argument("--municipalities", type=int, default=50)
    parser.add_argument("--sample", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    known = 0
    for year in asked.years:
        started = time.monotonic()
        knowledge = Attacked(asked.warehouse, year, asked.municipalities, asked.seed).knowledge()
        attacker = Attacker(knowledge)
        found = list(secrets(knowledge))
        leaks: dict[tuple[str, str], list[str]] = defaultdict(list)
        tried = sampled(found, asked.sample, asked.seed)
        for secret in tried:
            interval = attacker.interval(secret)
            if attacker.knows(secret):
                kind = secret.name, secret.terms[0][0].level
                leaks[kind].append(f"{secret.terms[0][0]}: {interval.least:g}..{interval.most:g}, need {secret.need:g}")
        known += sum(map(len, leaks.values()))
        print(
            f"{year}: {len(knowledge.cells)} cells, {len(knowledge.cells - knowledge.shown.keys())} hidden; "
            f"{len(tried)} of {len(found)} sensitive amounts tried, {sum(map(len, leaks.values()))} known "
            f"({time.monotonic() - started:.0f} s)"
        )
        for kind, lines in sorted(leaks.items()):
            print(f"  {' '.join(kind)}: {len(lines)}, the first: {lines[0]}")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
