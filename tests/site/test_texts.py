"""The words of the site: the same keys in each language, and numbers as the browser writes them."""

from collections.abc import Iterator
from typing import Any

import pytest

from imaatlas_spark.site.texts import LANGUAGES, number, texts


def keys(of: Any, path: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every key with the blanks of its sentence."""
    if isinstance(of, dict):
        for key, value in of.items():
            yield from keys(value, f"{path}.{key}")
    elif isinstance(of, list):
        for position, value in enumerate(of):
            yield from keys(value, f"{path}.{position}")
    else:
        yield path, tuple(sorted(part.partition("}")[0] for part in of.split("{")[1:]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    assert dict(keys(texts(language))) == dict(keys(texts("nl")))


@pytest.mark.parametrize(
    ("value", "decimals", "language", "expected"),
    [
        (1234.5, 1, "nl", "1.234,5"),
        (1234.5, 1, "fr", "1\u202f234,5"),
        (1234.5, 1, "en", "1,234.5"),
        (62.25, 1, "en", "62.3"),
        (0.5, 0, "nl", "1"),
        (7, 0, "nl", "7"),
        (4.8859, 2, "nl", "4,89"),
    ],
)
def test_numbers(value: float, decimals: int, language: str, expected: str) -> None:
    assert number(value, decimals, language) == expected
