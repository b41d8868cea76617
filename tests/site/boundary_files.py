"""Boundary files for the tests: GeoJSON from the reference maps, which are never copied into the project."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely.geometry

_REFERENCE = Path(__file__).parent.parent.parent.parent / "shared" / "reference"


def reference_municipalities(year: int) -> list[dict[str, Any]]:
    """The municipalities of a year as features in WGS84, named as Statbel does; skips where there is no file."""
    path = _REFERENCE / f"municipalities_{year}.topo.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there: the reference maps stay outside the project")
    topology = json.loads(path.read_text(encoding="utf-8"))
    (east, north), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[list[list[float]]] = []
    for steps in topology["arcs"]:
        x = y = 0
        arcs.append([])
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            arcs[-1].append([x * east + left, y * north + bottom])
    [collection] = topology["objects"].values()
    return [
        {
            "type": "Feature",
            "properties": {"cd_munty_refnis": each["properties"]["nis"]},
            "geometry": {"type": "MultiPolygon", "coordinates": _polygons(each, arcs)},
        }
        for each in collection["geometries"]
    ]


def _polygons(geometry: dict[str, Any], arcs: list[list[list[float]]]) -> list[list[list[list[float]]]]:
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    return [[_ring(ring, arcs) for ring in polygon] for polygon in polygons]


def _ring(ring: list[int], arcs: list[list[list[float]]]) -> list[list[float]]:
    points: list[list[float]] = []
    for arc in ring:
        line = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        points += line[1:] if points else line
    return points


def geojson(path: Path, features: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def as_sectors(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two sectors of each municipality, as `made_warehouse` names them: what lies far from its border, and the rest.

    A line inside meets no border, so that neighbours still share every point.
    """
    sectors = []
    for feature in features:
        whole, nis = shapely.geometry.shape(feature["geometry"]), feature["properties"]["cd_munty_refnis"]
        inside = whole.buffer(-0.008)
        parts = [whole] if inside.is_empty else [inside, whole.difference(inside)]
        for number, part in enumerate(parts):
            properties = {"cd_sector": f"{nis}A{number:02d}-"}
            sectors.append({"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(part)})
    return sectors
