"""The whole configuration of a run, loaded and checked at once, before Spark starts."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from imaatlas_spark.configuration.cards import Card, load_cards
from imaatlas_spark.configuration.codelists import CodeList, load_nomenclature, load_qualifications
from imaatlas_spark.configuration.dimensions import Dimensions, load_dimensions
from imaatlas_spark.configuration.rules import Rules, load_rules
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography import Geography, load_geography


@dataclass(frozen=True)
class Configuration:
    folder: Path
    rules: Rules
    nomenclature: CodeList
    qualifications: CodeList
    geography: Geography
    dimensions: Dimensions
    cards: dict[str, Card]
    fingerprint: str
    definitions: str  # the part of the fingerprint that source variables depend on: rules and code lists


def load_configuration(folder: Path) -> Configuration:
    """Load and check everything under `folder`; the first fault is a `ConfigurationRefused` that names it."""
    if not folder.is_dir():
        raise ConfigurationRefused(f"the configuration folder {folder} does not exist: give it with --conf-dir")
    qualifications = load_qualifications(folder / "codelists")
    dimensions = load_dimensions(folder / "dimensions.toml")
    return Configuration(
        folder=folder,
        rules=load_rules(folder / "rules.toml"),
        nomenclature=load_nomenclature(folder / "codelists"),
        qualifications=qualifications,
        geography=load_geography(folder / "geography"),
        dimensions=dimensions,
        cards=load_cards(folder / "statistics", dimensions, qualifications.groups),
        fingerprint=_fingerprint(folder, folder.rglob("*")),
        definitions=_fingerprint(folder, [folder / "rules.toml", *(folder / "codelists").rglob("*")]),
    )


def _fingerprint(folder: Path, paths: Iterable[Path]) -> str:
    """One hash over every file that can change a figure: rules, dimensions, cards, code lists, geography."""
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.suffix in {".toml", ".csv"}):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
