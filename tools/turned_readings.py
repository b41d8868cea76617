"""Readings turned one by one: the configuration of each turn, and by how much the national figures move with it."""

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.colors import SymLogNorm
from matplotlib.figure import Figure

from imaatlas_spark.configuration.rules import Rules

AS_READ = "as read"

Figures = dict[str, dict[str, float | None]]  # of each turn: code to the figure of Belgium


class Turn(NamedTuple):
    """A reading turned to one of its values; `name` None: nothing is turned."""

    name: str | None
    label: str
    value: Any


def turns(rules: Rules) -> Iterator[Turn]:
    """Everything as it is read, then every reading turned to each of its values."""
    yield Turn(None, AS_READ, None)
    for name, parameter in sorted(rules.parameters.items(), key=lambda item: item[1].id or ""):
        for value in parameter.alternatives:
            written = value if isinstance(value, str) else json.dumps(value)
            yield Turn(name, f"{parameter.id} {name}: {written}", value)


def turned_conf(conf: Path, turn: Turn, target: Path) -> Path:
    """A copy of a configuration in which one reading is turned, in all years."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(conf, target)
    if turn.name is not None:
        rules = target / "rules.toml"
        text, found = re.subn(
            rf"(\[{turn.name}\]\n(?:.+\n)*?)periods = .+",
            lambda match: f"{match[1]}periods = [{{ from = 2001, value = {json.dumps(turn.value)} }}]",
            rules.read_text(encoding="utf-8"),
        )
        assert found == 1, turn.name
        rules.write_text(text, encoding="utf-8")
    return target


def unprotected(conf: Path) -> None:
    """Turn protection off in a configuration: for those who compare figures."""
    parameters = conf / "protection.toml"
    text, found = re.subn(r"(\[threshold\]\nvalue = )\d+", r"\g<1>1", parameters.read_text(encoding="utf-8"))
    assert found == 1
    parameters.write_text(text, encoding="utf-8")


def kept_figures(path: Path) -> Figures:
    """The figures of the turns that were built before."""
    figures: Figures = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                figures.setdefault(row["turn"], {})[row["code"]] = float(row["figure"]) if row["figure"] else None
    return figures


def keep_figures(path: Path, figures: Figures) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["turn", "code", "figure"])
        for turn, of_turn in figures.items():
            writer.writerows([turn, code, figure] for code, figure in sorted(of_turn.items()))


def changes(figures: Figures) -> dict[str, dict[str, float]]:
    """By how many per cent each figure moves, by turn and code; a figure that is missing or 0 is left out."""
    usual = figures[AS_READ]
    return {
        turn: {
            code: 100 * (figure - before) / before
            for code, figure in sorted(of_turn.items())
            if figure is not None and (before := usual.get(code))
        }
        for turn, of_turn in figures.items()
        if turn != AS_READ
    }


def as_table(moved: dict[str, dict[str, float]]) -> str:
    """A row for each turn, a column for each statistic; what does not move is a point."""
    codes = sorted({code for of_turn in moved.values() for code in of_turn})
    head = ["| reading turned | " + " | ".join(codes) + " |", "| --- |" + " ---: |" * len(codes)]
    rows = [
        f"| {turn} | " + " | ".join(_percent(of_turn.get(code, 0.0)) for code in codes) + " |"
        for turn, of_turn in moved.items()
    ]
    return "\n".join([*head, *rows])


def _percent(change: float) -> str:
    return f"{change:+.2f}" if abs(change) >= 0.005 else "·"


def draw_picture(moved: dict[str, dict[str, float]], path: Path) -> None:
    """The table as a picture: how dark a field is says how far a figure moves, on a scale that shows small moves."""
    codes = sorted({code for of_turn in moved.values() for code in of_turn})
    fields = [[of_turn.get(code, 0.0) for code in codes] for of_turn in moved.values()]
    figure = Figure(figsize=(11, 0.4 * len(moved) + 2), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(fields, cmap="RdBu", norm=SymLogNorm(0.1, vmin=-100, vmax=100), aspect="auto")
    axes.set_xticks(range(len(codes)), codes, rotation=60, ha="right")
    axes.set_yticks(range(len(moved)), list(moved))
    for row, of_turn in enumerate(fields):
        for column, change in enumerate(of_turn):
            if abs(change) >= 0.005:
                ink = "white" if abs(change) >= 3 else "black"
                axes.text(column, row, f"{change:+.1f}", ha="center", va="center", fontsize=7, color=ink)
    figure.colorbar(image, label="per cent (synthetic nation)")
    figure.savefig(path, dpi=120)
