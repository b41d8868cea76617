"""Years on the command line: `2021`, `2019-2021`, `2019,2021` and mixtures of these."""

import re
from argparse import ArgumentTypeError

from imaatlas_spark.errors import ArgumentRefused

_PART = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")


def parse_years(text: str) -> tuple[int, ...]:
    """The years that `text` names, ascending, each once."""
    years: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise ArgumentRefused(f"--years '{text}' is not understood: write 2021, 2019-2021 or 2019,2021")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise ArgumentRefused(f"--years '{text}' runs backwards: write {last}-{first}")
        years.update(range(first, last + 1))
    return tuple(sorted(years))


def parse_year(text: str) -> int:
    """An argument type: one year."""
    if not re.fullmatch("[0-9]{4}", text) or int(text) == 0:
        raise ArgumentTypeError(f"'{text}' is no year: write four digits, as in 2025")
    return int(text)


def in_words(years: tuple[int, ...]) -> str:
    """`2019, 2020 and 2021`."""
    *init, last = map(str, years)
    return f"{', '.join(init)} and {last}" if init else last
