"""What the site says in each language (`texts/*.toml`), and how it writes numbers and dates."""

import datetime as dt
import tomllib
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from imaatlas_spark.errors import ArgumentRefused

LANGUAGES = ("nl", "fr", "en")
_SEPARATORS = {"nl": (".", ","), "fr": ("\u202f", ","), "en": (",", ".")}


@cache
def texts(language: str) -> dict[str, Any]:
    """The words of a language, by key."""
    if language not in LANGUAGES:
        raise ArgumentRefused(f"--languages: {language} is not there: known are {', '.join(LANGUAGES)}")
    return tomllib.loads((files("imaatlas_spark.site") / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


def number(value: float, decimals: int, language: str) -> str:
    """A number as the browser writes it: halves go up, thousands apart."""
    thousands, point = _SEPARATORS[language]
    exact = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    whole, _, fraction = f"{exact:,f}".partition(".")
    return whole.replace(",", thousands) + (point + fraction if fraction else "")


def date(day: dt.date, language: str) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}" if language != "nl" else f"{day.day}/{day.month}/{day.year}"
