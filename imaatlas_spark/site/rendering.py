"""Pages from templates: what every page of a language shares."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from imaatlas_spark.site.files import compact, embedded, write_text
from imaatlas_spark.site.texts import texts

_INDENTATION = re.compile(r"\n\s+")  # of templates, for those who read them; there are thousands of pages


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("imaatlas_spark.site"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["embedded"] = lambda data: Markup(embedded(data))
    made.filters["quoted"] = compact  # a string of a style: quotes and backslashes as in JSON
    return made


@dataclass(frozen=True)
class Pages:
    """Writes the pages of one site. `languages`: in the order of the switch."""

    folder: Path
    languages: tuple[str, ...]
    synthetic: bool
    unprotected: bool

    @cached_property
    def _templates(self) -> Environment:
        return _environment()

    def write(self, kind: str, language: str, path: str, **content: Any) -> None:
        """`path` is the page's address below the folder of its language."""
        html = self._templates.get_template(f"{kind}.html").render(
            kind=kind,
            language=language,
            languages=self.languages,
            names_of_languages={each: texts(each)["language_name"] for each in self.languages},
            t=texts(language),
            path=path,
            root="/".join([".."] * (path.count("/") + 1)),
            synthetic=self.synthetic,
            unprotected=self.unprotected,
            **{"summary": "", **content},
        )
        write_text(self.folder / language / path, _INDENTATION.sub("\n", html))

    def write_door(self) -> None:
        """`index.html`: the choice of a language."""
        doors = [(each, texts(each)["language_name"], texts(each)["site"]) for each in self.languages]
        title = texts(self.languages[0])["site"]
        html = self._templates.get_template("door.html").render(languages=self.languages, title=title, doors=doors)
        write_text(self.folder / "index.html", html)
