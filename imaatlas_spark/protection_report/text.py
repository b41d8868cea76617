"""The report on a terminal, or in a file that it is redirected to."""

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table

from imaatlas_spark.protection_report.counting import THRESHOLDS, Counts, Line
from imaatlas_spark.protection_report.words import (
    INSIDE,
    REASONS,
    areas_of,
    notes,
    number,
    protected_with,
    share,
    title,
)

_WIDTH = 110  # where nobody says how wide the paper is


def print_report(report: Sequence[Counts], stream: TextIO | None = None) -> None:
    """`stream`: None: standard output."""
    console = Console(file=stream, highlight=False)
    if not console.is_terminal:
        console = Console(file=stream, highlight=False, width=_WIDTH)
    console.print(INSIDE, style="bold")
    for counts in report:
        console.print(f"\n{title(counts)}: {protected_with(counts)}", style="bold")
        told = [line for line in counts.lines if line.hidden]
        console.print(_table(told))
        if len(told) < len(counts.lines):
            console.print(f"Nothing is hidden in {len(counts.lines) - len(told)} more of {len(counts.lines)} lines.")
        for each in counts.withheld:
            console.print(
                f"Withheld: {each.statistic}, {each.geo_level}, {areas_of(each)}: {REASONS[each.why]}.", markup=False
            )
        for note in notes(counts):
            console.print(note)


def _table(lines: Iterable[Line]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("statistic", "level"):
        table.add_column(name, no_wrap=True)
    for name in ("dimensions", "cells", "sensitive", "hidden", "% cells", "% persons"):
        table.add_column(name, justify="right")
    for threshold in THRESHOLDS:
        table.add_column(f"at {threshold}", justify="right")
    for line in lines:
        table.add_row(
            *(line.statistic, line.geo_level, str(line.dimensions)),
            *map(number, (line.cells, line.sensitive, line.hidden)),
            *map(share, (line.hidden_share, line.persons_share)),
            *map(number, line.at),
        )
    return table
