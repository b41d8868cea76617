"""Attacks a warehouse: which sensitive amounts can be worked out from what it publishes?

    python -m tests.attacker --warehouse DIR --years 2019-2021 [--municipalities 50] [--sample 0] [--seed 1]
        [--suppression published|small|greedy] [--list 1]

`--sample`: so many sensitive amounts of each kind and year, drawn by chance (0: all). `--suppression`: in place of what
is published, the same tables where only sensitive cells are hidden, or in each sum one more: to see that the attack
bites. `--list`: so many of what is known of each kind. Exit code 1 when something is known more narrowly than it needs.
"""

import argparse
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import Random

from imaatlas_spark.periods import parse_years
from tests.attacker.attacker import Attacker
from tests.attacker.load import Attacked
from tests.attacker.sensitive import Secret, secrets
from tests.attacker.suppression import SUPPRESSIONS


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
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--suppression", choices=list(SUPPRESSIONS), default="published")
    parser.add_argument("--list", type=int, default=1)
    asked = parser.parse_args()
    known = sum(attacked(asked, year) for year in asked.years)
    return 1 if known else 0


def attacked(asked: argparse.Namespace, year: int) -> int:
    """How many sensitive amounts of a year are known."""
    started = time.monotonic()

    def tell(line: str) -> None:
        print(f"  {time.monotonic() - started:4.0f} s: {line}", file=sys.stderr, flush=True)

    published = Attacked(asked.warehouse, year, asked.municipalities, asked.seed).knowledge()
    knowledge = SUPPRESSIONS[asked.suppression](published)
    found = list(secrets(knowledge))
    tried = sampled(found, asked.sample, asked.seed)
    tell(f"{len(found)} sensitive amounts, {len(tried)} of them are tried")
    known = Attacker(knowledge, tell).known(tried)
    print(
        f"{year}: {len(knowledge.cells)} cells, {len(knowledge.cells - knowledge.shown.keys())} hidden; "
        f"{len(tried)} of {len(found)} sensitive amounts tried, {len(known)} known ({time.monotonic() - started:.0f} s)"
    )
    leaks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for secret, interval in known:
        cell = secret.terms[0][0]
        leaks[secret.name, cell.level].append(f"{cell}: {interval.least:g}..{interval.most:g}, need {secret.need:g}")
    for kind, lines in sorted(leaks.items()):
        print(f"  {' '.join(kind)}: {len(lines)}", *lines[: asked.list], sep="\n    ", flush=True)
    return len(known)


if __name__ == "__main__":
    sys.exit(main())
