"""The whole configuration of a run, loaded and checked at once, before Spark starts."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from imaatlas_spark.conf_files import content_of
from imaatlas_spark.configuration.card_checks import CardContext, load_cards
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.codelists import (
    COUNTED_GROUPS,
    CodeList,
    load_nomenclature,
    load_qualifications,
    refuse_unnamed_groups,
)
from imaatlas_spark.configuration.counters import (
    Counter,
    YearTables,
    code_groups_of,
    load_counters,
    qualification_groups_of,
    refuse_unknown_groups,
)
from imaatlas_spark.configuration.dimensions import Dimensions, load_dimensions
from imaatlas_spark.configuration.disclosure import Protection, load_protection
from imaatlas_spark.configuration.labels import Labels
from imaatlas_spark.configuration.rule_texts import with_numbers
from imaatlas_spark.configuration.rules import Rules, load_rules
from imaatlas_spark.configuration.strangers import files_below, may_be_configuration, refuse_strangers
from imaatlas_spark.configuration.variables import Variable, load_atlas, load_variables
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography import Geography, load_geography

# Source variables depend on these, and on the municipalities of their year.
_DEFINITIONS = {"rules.toml", "codelists", "source_variables"}


@dataclass(frozen=True)
class Configuration:
    folder: Path
    rules: Rules
    counters: dict[str, Counter]  # by column, in the order of their columns
    year_tables: YearTables
    variables: dict[str, Variable]
    atlas: dict[str, Labels]  # titles of the Atlas's statistics, also of those without a card
    nomenclature: CodeList
    qualifications: CodeList
    geography: Geography
    dimensions: Dimensions
    cards: dict[str, Card]
    protection: Protection
    fingerprint: str
    definitions: str  # the part of the fingerprint that source variables depend on: rules, counters, code lists

    @property
    def counted_groups(self) -> tuple[str, ...]:
        """The groups of codes that a source variable counts."""
        of_counters = code_groups_of(self.counters.values())
        return (*COUNTED_GROUPS, *(group for group in of_counters if group not in COUNTED_GROUPS))


def load_configuration(folder: Path) -> Configuration:
    """Load and check everything under `folder`; the first fault is a `ConfigurationRefused` that names it."""
    _refuse_what_is_no_folder(folder)
    files = files_below(folder)
    refuse_strangers(folder, files)
    rules, counters = load_rules(folder / "rules.toml"), load_counters(folder / "source_variables")
    nomenclature = load_nomenclature(folder / "codelists", code_groups_of(counters.values()))
    qualifications = load_qualifications(folder / "codelists")
    refuse_unknown_groups(folder / "source_variables", counters.values(), qualifications.groups)
    tables = YearTables.of(counters.values())
    dimensions = load_dimensions(folder / "dimensions.toml", tables.by_unit)
    variables = load_variables(folder / "variables.toml", counters.values())
    atlas = load_atlas(folder / "atlas.toml")
    context = CardContext(
        dimensions,
        qualifications.groups,
        tables.by_unit,
        variables,
        atlas,
        rules.reading_ids,
        rules.values("physician_categories"),
    )
    written = load_cards(folder / "statistics", context)
    cards = {code: with_numbers(card, rules, folder / "statistics") for code, card in written.items()}
    named = {*qualification_groups_of(counters.values()), *(card.profession_group or "" for card in cards.values())}
    refuse_unnamed_groups(folder / "codelists", qualifications, named)
    return Configuration(
        folder=folder,
        rules=rules,
        counters=counters,
        year_tables=tables,
        variables=variables,
        atlas=atlas,
        nomenclature=nomenclature,
        qualifications=qualifications,
        geography=load_geography(folder / "geography"),
        dimensions=dimensions,
        cards=cards,
        protection=load_protection(folder / "protection.toml", tables.by_unit),
        fingerprint=_fingerprint(folder, files),
        definitions=_fingerprint(folder, [path for path in files if path.relative_to(folder).parts[0] in _DEFINITIONS]),
    )


def _refuse_what_is_no_folder(folder: Path) -> None:
    try:
        os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigurationRefused(
            f"the configuration folder {folder} does not exist: give it with --conf-dir"
        ) from error
    except OSError as error:
        raise ConfigurationRefused(
            f"the configuration folder {folder} cannot be read: {error.strerror}: "
            "give another with --conf-dir, or mend its name or rights"
        ) from error


def _fingerprint(folder: Path, paths: Iterable[Path]) -> str:
    """One hash over every file that can change a figure: rules, dimensions, cards, code lists, geography."""
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if may_be_configuration(path)):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + content_of(path) + b"\0")
    return digest.hexdigest()
