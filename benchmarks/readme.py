"""The tables of README.md: each benchmark keeps its own between two markers."""

from collections.abc import Iterable, Sequence
from pathlib import Path

README = Path(__file__).with_name("README.md")


def show(name: str, shown: str, readme: Path = README) -> None:
    """Put `shown` between the markers of `name`, in the place of what stood there."""
    begin, end = markers(name)
    before, rest = readme.read_text(encoding="utf-8").split(begin)
    readme.write_text(f"{before}{begin}\n{shown}\n{end}{rest.split(end)[1]}", encoding="utf-8")


def markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def table(header: str, rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table: what a row is about on the left, its figures on the right."""
    columns = header.count("|")
    return [f"| {header} |", "| --- |" + " ---: |" * columns, *(f"| {' | '.join(row)} |" for row in rows)]
