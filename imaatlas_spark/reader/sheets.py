"""The sheet of a statistic, with what its names say in the metadata of the warehouse."""

import html
from dataclasses import dataclass

from imaatlas_spark.configuration.labels import Labels
from imaatlas_spark.configuration.sheet import Names
from imaatlas_spark.reader.store import Store
from imaatlas_spark.schemas.metadata import LANGUAGES, MEMBERS, STATISTICS, VARIABLES
from imaatlas_spark.schemas.spec import Table


@dataclass(frozen=True)
class Sheet:
    """Sections in the agency's order, each a heading with its paragraphs. Printed as text, in a notebook as a list."""

    code: str
    language: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return "\n\n".join("\n".join((heading, *(f"  {each}" for each in texts))) for heading, texts in self.sections)

    def _repr_html_(self) -> str:
        rows = (
            f"<dt><b>{html.escape(heading)}</b></dt>" + "".join(f"<dd>{html.escape(each)}</dd>" for each in texts)
            for heading, texts in self.sections
        )
        return f'<dl lang="{self.language}">{"".join(rows)}</dl>'


def names_of_sheet(store: Store) -> Names:
    """What cards name by code: statistics, source variables, dimensions."""
    return Names(
        statistics=_labels(store, STATISTICS, "code", "title"),
        variables=_labels(store, VARIABLES, "variable", "label"),
        dimensions=_labels(store, MEMBERS, "dimension", "dimension"),
    )


def _labels(store: Store, table: Table, key: str, label: str) -> dict[str, Labels]:
    columns = [f"{label}_{language}" for language in LANGUAGES]
    rows = store.frame(table).select(key, *columns).unique().sort(key)
    return {name: Labels(**dict(zip(LANGUAGES, texts, strict=True))) for name, *texts in rows.iter_rows()}
