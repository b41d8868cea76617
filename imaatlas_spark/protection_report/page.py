"""The report as a folder: a page with a picture for each year and map, and the same numbers as CSV."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from imaatlas_spark.output_folder import written_aside
from imaatlas_spark.protection_report import words
from imaatlas_spark.protection_report.counting import THRESHOLDS, Counts, Line

PAGE, CELLS, WITHHELD = "protection.html", "cells.csv", "withheld.csv"
KIND = "report of protection"
_LABEL, _WIDE, _HIGH = 250, 300, 20  # of the picture: room for words, the bars at 100 %, a line


@dataclass(frozen=True)
class Bar:
    """A line of the picture: from the left what is sensitive itself, then what is hidden besides."""

    line: Line
    is_first: bool
    top: int

    @property
    def sensitive(self) -> float:
        return self.line.sensitive_share * _WIDE / 100

    @property
    def besides(self) -> float:
        return (self.line.hidden_share - self.line.sensitive_share) * _WIDE / 100


def write_report(report: Sequence[Counts], output: Path) -> None:
    """`output` is written whole, or stays as it is."""
    with written_aside(output) as folder:
        folder.mkdir()
        (folder / PAGE).write_text(_page(report), encoding="utf-8", newline="\n")
        _write_csv(folder / CELLS, _HEAD_OF_CELLS, (row for counts in report for row in _cells(counts)))
        _write_csv(folder / WITHHELD, _HEAD_OF_WITHHELD, (row for counts in report for row in _withheld(counts)))


def bars(counts: Counts) -> list[Bar]:
    """Of all lines in which something is hidden."""
    found: list[Bar] = []
    for line in counts.lines:
        if line.hidden:
            is_first = not found or found[-1].line.statistic != line.statistic
            found.append(Bar(line, is_first, _HIGH * len(found)))
    return found


def _page(report: Sequence[Counts]) -> str:
    environment = Environment(
        loader=PackageLoader("imaatlas_spark.protection_report"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html").render(
        report=[(counts, bars(counts)) for counts in report],
        words=words,
        thresholds=THRESHOLDS,
        files=(CELLS, WITHHELD),
        label=_LABEL,
        wide=_WIDE,
        high=_HIGH,
    )


_KEYS = ("year", "geography", "statistic", "geo_level")
_HEAD_OF_CELLS = (
    *(*_KEYS, "dimensions", "cells", "sensitive", "hidden", "percent_sensitive", "percent_hidden"),
    *("percent_persons_hidden", *(f"sensitive_at_{threshold}" for threshold in THRESHOLDS)),
)
_HEAD_OF_WITHHELD = (*_KEYS, "why", "areas", "of_areas", "codes")


def _cells(counts: Counts) -> Iterable[tuple[object, ...]]:
    for line in counts.lines:
        shares = (line.sensitive_share, line.hidden_share, line.persons_share)
        yield (
            *(counts.edition.year, counts.edition.geography, line.statistic, line.geo_level, line.dimensions),
            *(line.cells, line.sensitive, line.hidden),
            *(None if each is None else f"{each:.4f}" for each in shares),
            *line.at,
        )


def _withheld(counts: Counts) -> Iterable[tuple[object, ...]]:
    """codes: none where it is every area of the level."""
    for each in counts.withheld:
        codes = "" if each.is_every_area else " ".join(each.areas)
        yield (
            *(counts.edition.year, counts.edition.geography, each.statistic, each.geo_level, each.why),
            *(len(each.areas), each.of_areas, codes),
        )


def _write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """None is an empty field."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
