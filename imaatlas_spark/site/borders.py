"""Borders of the user's own: GeoJSON of statistical sectors or municipalities, as Statbel publishes it.

Every polygon is put to its municipality of the oldest map in use (the *cells*); shared borders are simplified once, so
that neighbours keep touching, and cut into arcs. Every area of every later map is a union of cells: pages dissolve
them by leaving out the arcs that have the same area on both sides. Sectors are drawn as they are, those of an
arrondissement in one file.
"""

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.geography import Geography
from imaatlas_spark.geography.codes import NOT_LOCALISABLE

_SECTOR, _MUNICIPALITY = re.compile(r"[0-9]{5}[0-9A-Z-]{4}"), re.compile(r"[0-9]{5}")
_SECTOR_NAMES = ("cd_sector", "sector", "cs")
_MUNICIPALITY_NAMES = ("cd_munty_refnis", "cd_refnis", "refnis", "nis", "nis_code", "niscode")
# (left, bottom, right, top) around Belgium.
_LAMBERT_2008 = (510_000, 510_000, 810_000, 760_000)
_WGS84 = (2.3, 49.3, 6.6, 51.7)
_LAMBERT_72 = (15_000, 15_000, 310_000, 260_000)
_METRES_PER_DEGREE, _LATITUDE = 111_320.0, 50.5
WIDTH = 10_000  # of the picture, in the whole numbers that arcs are written in


@dataclass(frozen=True)
class Cell:
    """A territory: of a municipality of the oldest map in use, or of a sector."""

    code: str
    shape: BaseGeometry


@dataclass(frozen=True)
class Territories:
    """What a boundary file holds, by code. `sectors`: none, where it is a file of municipalities."""

    municipalities: list[Cell]
    sectors: list[Cell]


def read_territories(path: Path, geography: Geography, map_years: Iterable[int]) -> Territories:
    """A boundary file, in metres. Refused: another country, vintage or projection; what is not valid."""
    features = _features(path)
    shapes = _projected(path, [_shape(path, feature) for feature in features])
    codes = [_code(path, feature) for feature in features]
    oldest = min(map_years)
    recoding = geography.recoding(oldest)
    by_municipality: dict[str, list[BaseGeometry]] = defaultdict(list)
    by_sector: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, shape in zip(codes, shapes, strict=True):
        by_municipality[_municipality(path, code, recoding, oldest)].append(shape)
        if _SECTOR.fullmatch(code):
            by_sector[code].append(shape)
    missing = sorted(set(geography.municipalities_in(oldest)) - set(by_municipality))
    if missing:
        raise ArgumentRefused(
            f"--boundaries {path} has no {missing[0]} of {oldest}: give all sectors, or all municipalities of {oldest}"
        )
    return Territories(_cells(by_municipality), _cells(by_sector))


def _cells(parts_of: dict[str, list[BaseGeometry]]) -> list[Cell]:
    return [Cell(code, shapely.union_all(parts)) for code, parts in sorted(parts_of.items())]


def borders(cells: Sequence[Cell], most_bytes: int = 150_000, metres: float = 50.0) -> dict[str, Any]:
    """`geo/borders.js`: arcs and cells, simplified by `metres` or more until they fit in `most_bytes`.

    arcs: [x, y, step, step, ...] in whole numbers, y to the south. cells: [code, rings, x, y of a point inside]; a ring
    is a list of arcs, ~i where arc i runs backwards.
    """
    while True:
        drawn = _drawn(cells, metres)
        if len(json.dumps(drawn, separators=(",", ":"))) <= most_bytes:
            return drawn
        metres *= 1.5


def _drawn(cells: Sequence[Cell], tolerance: float) -> dict[str, Any]:
    whole = np.array([cell.shape for cell in cells], dtype=object)
    simple = shapely.orient_polygons(shapely.coverage_simplify(whole, tolerance))
    left, _, right, top = shapely.total_bounds(simple)
    scale = WIDTH / (right - left)
    rings_of = [[_whole(ring, left, top, scale) for ring in _rings(shape)] for shape in simple]
    arcs = _Arcs(rings_of)
    rows = []
    for cell, shape, rings in zip(cells, simple, rings_of, strict=True):
        [(x, y)] = _whole(shapely.get_coordinates(shape.representative_point()), left, top, scale)
        rows.append([cell.code, [arcs.of(ring) for ring in rings if len(ring) > 2], x, y])
    return {"kind": "borders", "arcs": [_steps(line) for line in arcs.lines], "cells": rows}


Point = tuple[int, int]


def _rings(shape: BaseGeometry) -> list[np.ndarray]:
    """The coordinates of every ring of a polygon or of several, open: the last point is not the first."""
    return [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(shapely.get_parts(shape))]


def _whole(coordinates: np.ndarray, left: float, top: float, scale: float) -> list[Point]:
    """Points on the grid of the picture, none twice in a row."""
    grid = np.rint((coordinates - (left, top)) * (scale, -scale)).astype(int)
    points = [(int(x), int(y)) for x, y in grid]
    return [
        point
        for point, before in zip(points, points[-1:] + points[:-1], strict=True)
        if point != before or len(points) == 1
    ]


def _steps(line: Sequence[Point]) -> list[int]:
    """The first point, then steps."""
    steps = [*line[0]]
    for (x, y), (next_x, next_y) in itertools.pairwise(line):
        steps += [next_x - x, next_y - y]
    return steps


class _Arcs:
    """Rings cut where the neighbours change, each piece once."""

    def __init__(self, rings_of: Sequence[Sequence[Sequence[Point]]]) -> None:
        self.lines: list[tuple[Point, ...]] = []
        self._known: dict[tuple[Point, ...], int] = {}
        self._owners: dict[tuple[Point, Point], list[int]] = defaultdict(list)
        beside: dict[Point, set[Point]] = defaultdict(set)
        for cell, rings in enumerate(rings_of):
            for ring in rings:
                for start, end in _segments(ring):
                    self._owners[min(start, end), max(start, end)].append(cell)
                    beside[start].add(end)
                    beside[end].add(start)
        self._crossings = {point for point, others in beside.items() if len(others) > 2}

    def of(self, ring: Sequence[Point]) -> list[int]:
        """A ring as arcs."""
        cuts = [index for index in range(len(ring)) if self._is_cut(ring, index)]
        first = cuts[0] if cuts else min(range(len(ring)), key=lambda index: ring[index])
        turned = [*ring[first:], *ring[:first], ring[first]]
        places = [cut - first for cut in cuts] or [0]
        ends = [*places[1:], len(ring)]
        return [self._arc(tuple(turned[start : end + 1])) for start, end in zip(places, ends, strict=True)]

    def _is_cut(self, ring: Sequence[Point], index: int) -> bool:
        """Whether the neighbour is another one before than after a point."""
        before, here, after = ring[index - 1], ring[index], ring[(index + 1) % len(ring)]
        owners = [self._owners[min(here, other), max(here, other)] for other in (before, after)]
        return here in self._crossings or owners[0] != owners[1]

    def _arc(self, line: tuple[Point, ...]) -> int:
        if line in self._known:
            return self._known[line]
        if line[::-1] in self._known:
            return ~self._known[line[::-1]]
        self._known[line] = len(self.lines)
        self.lines.append(line)
        return self._known[line]


def _segments(ring: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(ring, [*ring[1:], ring[0]], strict=True))


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ArgumentRefused(f"--boundaries {path} cannot be read as GeoJSON: {error}") from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not features or not all(isinstance(each, dict) for each in features):
        raise ArgumentRefused(f"--boundaries {path} is no GeoJSON FeatureCollection with features")
    return [each for each in features if not _code(path, each).endswith(NOT_LOCALISABLE)]


def _code(path: Path, feature: dict[str, Any]) -> str:
    """The code of a sector, or else of a municipality, among the properties of a feature, whatever their case."""
    properties = feature.get("properties") or {}
    named = {str(name).lower().rstrip("0123456789"): str(value).strip() for name, value in properties.items()}
    for names, code in ((_SECTOR_NAMES, _SECTOR), (_MUNICIPALITY_NAMES, _MUNICIPALITY)):
        for name in names:
            if code.fullmatch(named.get(name, "")):
                return named[name]
    raise ArgumentRefused(
        f"--boundaries {path}: a feature has no code of a Belgian sector (cd_sector) or municipality "
        f"(cd_munty_refnis); it has {', '.join(map(str, properties)) or 'no properties'}"
    )


def _shape(path: Path, feature: dict[str, Any]) -> BaseGeometry:
    code = _code(path, feature)
    try:
        shape = shapely.from_geojson(json.dumps(feature.get("geometry")))
    except (shapely.GEOSException, TypeError) as error:
        raise ArgumentRefused(f"--boundaries {path}: the border of {code} cannot be read: {error}") from error
    if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        raise ArgumentRefused(f"--boundaries {path}: {code} has no polygon")
    flat = shapely.force_2d(shape)
    if not flat.is_valid:
        why = shapely.is_valid_reason(flat)
        raise ArgumentRefused(f"--boundaries {path}: the border of {code} is not valid ({why}): mend the file first")
    return flat


def _projected(path: Path, shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Shapes in metres. WGS84 is laid flat at the latitude of Brussels: that is near enough for a picture."""
    bounds = shapely.total_bounds(shapes)
    if _inside(bounds, _LAMBERT_2008):
        return shapes
    if _inside(bounds, _WGS84):
        east = _METRES_PER_DEGREE * np.cos(np.radians(_LATITUDE))
        return list(shapely.transform(np.array(shapes, dtype=object), lambda at: at * (east, _METRES_PER_DEGREE)))
    lies = "is in Belgian Lambert 72" if _inside(bounds, _LAMBERT_72) else "does not lie in Belgium"
    raise ArgumentRefused(
        f"--boundaries {path} {lies} (from {bounds[0]:.0f}, {bounds[1]:.0f} to {bounds[2]:.0f}, {bounds[3]:.0f}): "
        "give it in Lambert 2008 (EPSG:3812) or in WGS84 longitude and latitude"
    )


def _inside(bounds: Sequence[float], box: Sequence[float]) -> bool:
    return bool(bounds[0] >= box[0] and bounds[1] >= box[1] and bounds[2] <= box[2] and bounds[3] <= box[3])


def _municipality(path: Path, code: str, recoding: dict[str, str], oldest: int) -> str:
    if code[:5] not in recoding:
        raise ArgumentRefused(
            f"--boundaries {path}: {code} is nothing of {oldest} or before, and the site has figures on the map of "
            f"{oldest}: give sectors, or municipalities of {oldest}"
        )
    return recoding[code[:5]]
