"""Small series: a line as wide as a word, cut at a break, a hidden value or a missing year."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.site.summary import Point

_WIDTH, _HEIGHT, _MARGIN = 100, 28, 4  # in pixels, as atlas.css says of the tables and cards that they stand in


def spark(points: Sequence[Point], card: Card, label: str) -> Markup:
    """The picture; `label` says in words what it shows, for those who do not see it."""
    values = [point.value for point in points if point.value is not None]
    if not values:
        return Markup("")
    first, last = points[0].year, points[-1].year
    low, high = min(values), max(values)

    def place(point: Point) -> str:
        across = 0.5 if first == last else (point.year - first) / (last - first)
        up = 0.5 if low == high else ((point.value or 0) - low) / (high - low)
        x = _MARGIN + across * (_WIDTH - 2 * _MARGIN)
        return f"{x:.0f} {_HEIGHT - _MARGIN - up * (_HEIGHT - 2 * _MARGIN):.0f}"

    lines = [[place(point) for point in stretch] for stretch in _stretches(points, card)]
    path = "".join("M" + "L".join(line) for line in lines if len(line) > 1)
    newest = next(point for point in reversed(points) if point.value is not None)
    dots = [line[0] for line in lines if len(line) == 1 and line[0] != place(newest)]
    circles = "".join(map(_circle, [*dots, place(newest)]))  # the last one is shown as the newest
    drawn = f'<path d="{path}"/>{circles}' if path else circles
    return Markup(f'<svg role="img" aria-label="{escape(label)}">{drawn}</svg>')


def _circle(at: str) -> str:
    x, y = at.split()
    return f'<circle cx="{x}" cy="{y}" r="3"/>'


def _stretches(points: Sequence[Point], card: Card) -> list[list[Point]]:
    """Runs of years that compare: no break, hidden value or missing year between."""
    found: list[list[Point]] = []
    before: Point | None = None
    for point in points:
        joined = (
            before is not None
            and before.value is not None
            and before.year == point.year - 1
            and not card.has_break_in(point.year)
        )
        if point.value is not None:
            if joined and found:
                found[-1].append(point)
            else:
                found.append([point])
        before = point
    return found
