"""A CSV of figures and, beside it, what its columns mean: CSV on the Web (W3C)."""

import json
from typing import Any

import polars as pl

from imaatlas_spark.metadata.content import Told, Words

_MEANS: dict[str, tuple[str, Words]] = {
    "year": ("gYear", {"nl": "referentiejaar", "fr": "année de référence", "en": "reference year"}),
    "geo_level": ("string", {"nl": "geografisch niveau", "fr": "niveau géographique", "en": "geographical level"}),
    "geo_code": ("string", {"nl": "code van het gebied", "fr": "code de la zone", "en": "code of the area"}),
    "area_name_nl": ("string", {"nl": "naam, Nederlands", "fr": "nom, néerlandais", "en": "name, Dutch"}),
    "area_name_fr": ("string", {"nl": "naam, Frans", "fr": "nom, français", "en": "name, French"}),
    "geography": ("gYear", {"nl": "jaar van de kaart", "fr": "année de la carte", "en": "year of the map"}),
    "numerator": ("integer", {"nl": "teller", "fr": "numérateur", "en": "numerator"}),
    "denominator": ("integer", {"nl": "noemer", "fr": "dénominateur", "en": "denominator"}),
    "value": ("double", {"nl": "waarde", "fr": "valeur", "en": "value"}),
    "obs_status": ("string", {"nl": "status (SDMX)", "fr": "statut (SDMX)", "en": "status (SDMX)"}),
    "conf_status": (
        "string",
        {"nl": "vertrouwelijkheid (SDMX)", "fr": "confidentialité (SDMX)", "en": "confidentiality (SDMX)"},
    ),
    "release_date": ("date", {"nl": "datum van de uitgave", "fr": "date de publication", "en": "release date"}),
    "synthetic": ("boolean", {"nl": "door toeval getrokken", "fr": "tiré au hasard", "en": "drawn by chance"}),
}
_REQUIRED = {"year", "geo_level", "geo_code", "geography", "obs_status", "conf_status", "release_date"}


def csv_rows(statistic: Told) -> pl.DataFrame:
    """The figures with the names of areas in Dutch and French. Grain: year, area, members."""
    rows: pl.DataFrame = statistic.rows
    for language in ("nl", "fr"):
        named = statistic.atlas.names(language).areas.rename({"area_name": f"area_name_{language}"})
        rows = rows.join(named, on=["geo_level", "geo_code"], how="left", maintain_order="left")
    columns = [name for name in _MEANS if name in rows.columns]
    before = columns.index("numerator")
    return rows.select(*columns[:before], *statistic.dimensions, *columns[before:])


def csvw(statistic: Told, file: str, columns: list[str]) -> str:
    """The JSON that describes the CSV `file` with `columns`."""
    described: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": file,
        "dc:title": _by_language(statistic.title),
        "dc:description": _by_language(statistic.description),
        "dc:publisher": statistic.publisher,
        "dc:bibliographicCitation": statistic.citation,
        "dc:modified": statistic.released.isoformat(),
        "tableSchema": {
            "columns": [_column(statistic, name) for name in columns],
            "primaryKey": ["year", "geo_level", "geo_code", *statistic.dimensions],
        },
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _column(statistic: Told, name: str) -> dict[str, Any]:
    if name in statistic.dimensions:
        titles = {language: statistic.atlas.names(language).dimensions[name] for language in ("nl", "fr", "en")}
        codes = "|".join(_literal(code) for code in statistic.atlas.members(name))
        return {
            "name": name,
            "titles": name,
            "dc:description": _by_language(titles),
            "datatype": {"base": "string", "format": f"^({codes})$"},
            "required": True,
        }
    kind, means = _MEANS[name]
    described: dict[str, Any] = {"name": name, "titles": name, "dc:description": _by_language(means), "datatype": kind}
    if name in _REQUIRED:
        described["required"] = True
    if name == "value":
        described["dc:format"] = _by_language(statistic.unit)
    return described


def _literal(code: str) -> str:
    """A code in a regular expression."""
    return "".join(f"\\{sign}" if sign in r"\.[]{}()*+?^$|" else sign for sign in code)


def _by_language(words: Words) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in words.items()]
