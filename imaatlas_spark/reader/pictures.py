"""Pictures for a report, with matplotlib: a map of hexagons, a series that is cut where it breaks."""

from pathlib import Path
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.patches import Patch, RegularPolygon

from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.geography import load_geography
from imaatlas_spark.geography.tiles import load_tiles
from imaatlas_spark.reader.quintiles import places_on_the_scale, quintiles
from imaatlas_spark.schemas.statuses import CANNOT_EXIST, SUPPRESSED

# Five classes from light to dark (ColorBrewer YlGnBu): told apart by colour-blind readers and on a grey print.
CLASSES = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
_ROW_HEIGHT = 3**0.5 / 2  # of hexagons that are one wide
_RADIUS = 0.5773
_HATCHES = {SUPPRESSED: "....", CANNOT_EXIST: "////"}  # hidden is dotted, what cannot exist is hatched
CAPTION = "A hexagon for each municipality: no borders. Positions: GeoNames (CC BY 4.0)."


def tile_map(axes: Axes, values: pl.DataFrame, geography_folder: Path) -> None:
    """Draw the figures of one year, level and member as hexagons, coloured by quintile; columns as `Atlas.values`.

    `geography_folder`: `conf/geography`. An area covers the hexagons of the municipalities that have become it.
    Raises NotInAtlas where `values` are of several years, levels or members.
    """
    year_of_map, level = int(_only(values, "geography")), str(_only(values, "geo_level"))
    if values["geo_code"].is_duplicated().any():
        raise NotInAtlas("a map shows one figure of each area: choose one year and one member of each dimension")
    geography = load_geography(geography_folder)
    shown = {row["geo_code"]: row for row in values.iter_rows(named=True)}
    bounds = quintiles(values["value"].to_list())
    for tile in load_tiles(geography_folder, geography):
        nis = geography.recode(tile.nis, year_of_map)
        code = geography.place(nis, level, year_of_map) if nis else None
        row = shown.get(code or "")
        centre = (tile.column + 0.5 * (tile.row % 2), -tile.row * _ROW_HEIGHT)
        axes.add_patch(RegularPolygon(centre, 6, radius=_RADIUS, **_style(row, bounds)))
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.set_axis_off()
    _add_legend(axes, bounds, {row["obs_status"]: row["obs_status_label"] for row in shown.values()})
    axes.text(0, -0.02, CAPTION, transform=axes.transAxes, fontsize=7)


def broken_line(axes: Axes, series: pl.DataFrame, label: str) -> None:
    """Draw a series (`Atlas.series`): the line stops where figures do not compare with those before."""
    piece = series["break_since"].is_not_null() | series["redrawn"].is_not_null()
    colour = None
    for (_,), rows in series.with_columns(piece.cast(pl.Int32).cum_sum().alias("piece")).group_by(
        "piece", maintain_order=True
    ):
        (line,) = axes.plot(rows["year"], rows["value"], marker="o", color=colour, label=None if colour else label)
        colour = line.get_color()
    for year in series.filter(pl.col("break_since").is_not_null())["year"]:
        axes.axvline(year - 0.5, color="0.6", linewidth=0.8, linestyle="--")
    axes.set_xticks(sorted(series["year"].unique()))
    axes.spines[["top", "right"]].set_visible(False)


def _only(values: pl.DataFrame, column: str) -> Any:
    found = values[column].unique()
    if len(found) != 1:
        raise NotInAtlas(f"a map shows one {column}: these figures have {', '.join(map(str, found.sort()))}")
    return found[0]


def _style(row: dict[str, Any] | None, bounds: list[float]) -> dict[str, Any]:
    style: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.4}
    if row is None:
        return style | {"facecolor": "none"}
    value = row["value"]
    if value is None:
        return style | {"facecolor": "white", "edgecolor": "0.4", "hatch": _HATCHES.get(str(row["obs_status"]), "xx")}
    if value == 0:
        return style | {"facecolor": "white", "edgecolor": "0.8"}
    place = next(number for number, bound in enumerate(bounds) if value <= bound)
    return style | {"facecolor": _colours(len(bounds))[place]}


def _colours(number: int) -> list[str]:
    return [CLASSES[place] for place in places_on_the_scale(number)]


def _add_legend(axes: Axes, bounds: list[float], labels: dict[str, str]) -> None:
    lows = [None, *bounds[:-1]]
    handles = [
        Patch(facecolor=colour, edgecolor="0.6", label=f"≤ {high:,.4g}" if low is None else f"{low:,.4g} - {high:,.4g}")
        for colour, low, high in zip(_colours(len(bounds)), lows, bounds, strict=True)
    ]
    handles += [
        Patch(facecolor="white", edgecolor="0.4", hatch=hatch, label=labels[status])
        for status, hatch in _HATCHES.items()
        if status in labels
    ]
    axes.legend(handles=handles, loc="lower left", frameon=False, fontsize=7)
