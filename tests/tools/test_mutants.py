"""Each mutant still finds the rule that it breaks: a rule that is written anew takes its mutant along."""

import pytest

from tools.mutants import MUTANTS, ROOT


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_finds_its_rule(name: str) -> None:
    file, rule, broken = MUTANTS[name]
    assert rule != broken
    text = (ROOT / file).read_text(encoding="utf-8")
    assert rule in text, f"{file} no longer says {rule!r}: bring the mutant {name!r} of tools/mutants.py up to date"
