"""Text in the three languages of the Atlas."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from imaatlas_spark.conf_files import Declared

Language = Literal["nl", "fr", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "fr", "en")
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Labels(Declared):
    nl: Text
    fr: Text
    en: Text

    def in_language(self, language: str) -> str:
        return str(getattr(self, language))
