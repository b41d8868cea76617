"""What code, cards, rules and tests cite is there: every section of the definitions and of the data contract."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_PAGES = {"definitions": ROOT / "docs/definitions.md", "data contract": ROOT / "docs/data_contract.md"}
_SECTION = r"([0-9]+(?:\.[0-9]+)?)"
_CITATION = re.compile(rf"\b(definitions|data contract), sections? {_SECTION}(?: and (?:section )?{_SECTION})?", re.I)
_HEADING = re.compile(r"^#{2,3} ([0-9]+(?:\.[0-9]+)?)\.? ", re.MULTILINE)
_PLACES = ("imaatlas_spark", "jobs", "conf", "tests", "tools", "benchmarks", "docs")
_ENDINGS = {".py", ".toml", ".csv", ".md"}


def citing_files() -> list[Path]:
    return sorted(path for place in _PLACES for path in (ROOT / place).rglob("*") if path.suffix in _ENDINGS)


def citations(text: str) -> list[tuple[str, str]]:
    """(page, section) of every citation, across line ends."""
    flat = re.sub(r"\s*\n\s*(#|\"|\*)?\s*", " ", text)
    return [
        (match[1].lower(), section) for match in _CITATION.finditer(flat) for section in match.groups()[1:] if section
    ]


def sections_of(page: str) -> set[str]:
    return set(_HEADING.findall(_PAGES[page].read_text(encoding="utf-8")))


def test_every_section_that_is_cited_exists() -> None:
    found = [(path, *each) for path in citing_files() for each in citations(path.read_text(encoding="utf-8"))]
    dangling = [(path, page, section) for path, page, section in found if section not in sections_of(page)]
    assert len(found) > 60
    assert not dangling


def test_a_citation_is_found_across_the_end_of_a_line() -> None:
    assert citations("as it stands (definitions,\n    section 3.6) and in the data contract, sections 1 and 4") == [
        ("definitions", "3.6"),
        ("data contract", "1"),
        ("data contract", "4"),
    ]
