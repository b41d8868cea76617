"""Mistakes by kind: each is refused in one line that names the place, what was found and how to mend it."""

from pathlib import Path

import pytest

from imaatlas_spark.conf_files import read_toml, validated
from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.errors import ConfigurationRefused
from tests.conftest import ROOT
from tests.unit.edits import edited, refuses

CARD, CONTACTS, PRACTITIONERS = (f"statistics/{code}.toml" for code in ("cube_013_007", "stat_003_014", "stat_020_033"))
DIMENSIONS, RULES, NOMENCLATURE = "dimensions.toml", "rules.toml", "codelists/nomenclature.csv"
LOYALTY = "statistics/stat_003_012.toml"
IN_HOUSE = '{ column = "in_medical_house", is = false }'
HEADER = "code,code_group,valid_from,valid_to,label,source"

MISTAKES = {
    # names of what is not there
    "a related code": (CARD, '"stat_013_007"', '"stat_013_077"', "related stat_013_077 has no card and is not"),
    "related to itself": (CARD, '"stat_013_007"', '"cube_013_007"', "cube_013_007 is related to itself"),
    "a source variable": (CARD, '"IMAG_SPEC_N"', '"IMAG_SPEC"', "IMAG_SPEC is no source variable"),
    "a dimension": (CARD, '"age_class"', '"age"', "age is no dimension of person_year in dimensions.toml: there are"),
    "a reading": (CONTACTS, 'reading = "R-18"', 'reading = "R-99"', "reading R-99, which rules.toml does not have"),
    "a column": (CARD, '"imag_spec_n"', '"imag_n"', "person_year has no column imag_n: it has year"),
    # names twice
    "a dimension twice": (CARD, '["age_class"]', '["age_class", "age_class"]', "dimensions names age_class twice"),
    "a variable twice": (CARD, '["IMAG_SPEC_N"]', '["IMAG_SPEC_N", "IMAG_SPEC_N"]', "names IMAG_SPEC_N twice"),
    "a related twice": (CARD, '["stat_013_007"', '["stat_013_007", "stat_013_007"', "related names stat_013_007 twice"),
    # texts
    "an empty title": (CARD, 'nl = "Medische beeldvorming arts-specialist"', 'nl = " "', "title.nl: is empty"),
    "no keyword": (CARD, 'nl = ["Zorgverstrekkingen", "Zorgverleners"]', "nl = []", "keywords.nl: is empty"),
    "no source variable": (CARD, '["IMAG_SPEC_N"]', "[]", "source_variables: is empty"),
    "a text that is a list": (CARD, "[title]\nnl = ", "[title]\nnl = [1]\n# ", "title.nl: text in quotes is expected"),
    "a table that is a text": (
        CARD,
        "[release]",
        'release = "Q4"\n[released]',
        "unknown key released (is it release?)",
    ),
    # years
    "a break before": (
        CONTACTS,
        "[[breaks]]\nyear = 2019",
        "[[breaks]]\nyear = 2017",
        "a break in 2017 breaks nothing",
    ),
    "a break to come": (CONTACTS, "[[breaks]]\nyear = 2019", "[[breaks]]\nyear = 2031", "a break in 2031 is not known"),
    "a level before": (CONTACTS, "from = 2017", "from = 2016", "smallest_level must begin in available_since"),
    "a date as text": (
        CARD,
        "= 2025-11-17",
        '= "17/11/2025"',
        "a date is expected, as in 2025-09-05; found '17/11/2025'",
    ),
    "a date as number": (CARD, "= 2025-11-17", "= 20251117", "a date is expected, as in 2025-09-05; found 20251117"),
    "a quarter as text": (
        CARD,
        "quarter = 4",
        'quarter = "4"',
        "release.quarter: a whole number is expected; found '4'",
    ),
    "a release of the far future": (CARD, "years_after = 2", "years_after = 8000", "years_after"),
    "provisional at once": (PRACTITIONERS, "provisional_years_after = 1", "provisional_years_after = 0", "found 0"),
    # conditions
    "two operators": (CARD, "at_least = 1", "at_least = 1, at_most = 2", "exactly one of: is, at_least, at_most"),
    "no operator": (CARD, ", at_least = 1", "", "exactly one of: is, at_least, at_most, between, in"),
    "a bound as text": (CARD, "at_least = 1", 'at_least = "1"', "at_least: a whole number is expected; found '1'"),
    "a bound that is true": (CARD, "at_least = 1", "at_most = true", "at_most: a whole number is expected; found true"),
    "a range backwards": (CARD, "at_least = 1", "between = [9, 1]", "between [9, 1] on imag_spec_n runs backwards"),
    "half a range": (CARD, "at_least = 1", "between = [1]", "between.1: is missing"),
    "in nothing": (CARD, "at_least = 1", "in = []", "in [] on imag_spec_n: different values are expected"),
    "in twice the same": (CARD, "at_least = 1", "in = [1, 1]", "in [1, 1] on imag_spec_n: different values"),
    "in of two kinds": (CARD, "at_least = 1", 'in = [1, "2"]', "imag_spec_n is INT: it cannot be '2'"),
    "a fraction": (CONTACTS, "is = false", "is = 1.5", "where.0.is: true, false, a whole number or text is expected"),
    "a list": (CONTACTS, "is = false", "is = [1]", "where.0.is: true, false, a whole number or text is expected"),
    "a value that never is": (CARD, "at_least = 1 }", 'at_least = 1 }, { column = "sex", is = 3 }', "sex is never 3"),
    "a range of booleans": (CONTACTS, "is = false", "between = [0, 1]", "between needs an integer column"),
    "conditions that are none": (CONTACTS, f"[{IN_HOUSE}]", IN_HOUSE, "where: a list is expected; found a table"),
    # measures
    "a median": (CONTACTS, 'sum = "regcontact_active"', 'median = "regcontact_active"', "is no ratio of sums"),
    "a quantile": (CONTACTS, 'measure = "mean"', 'measure = "quantile"', "is no ratio of sums"),
    "rows and a sum": (CONTACTS, 'count = "rows"', 'count = "rows"\nsum = "age"', 'either count = "rows" or sum ='),
    "a sum of keys": (CONTACTS, 'sum = "regcontact_active"', 'sum = "person_id"', "its sum says nothing"),
    "a scale of its own": (CARD, "scale = 100", "scale = 1000", 'with another scale it is a measure = "rate"'),
    "a rate of nothing": (CARD, 'measure = "percentage"', 'measure = "rate"', 'measure = "rate" needs unit_text'),
    "a scale of nothing": (
        CARD,
        "scale = 100",
        "scale = 0",
        "scale: it must be a number above 0, as 100 or 0.5",
    ),
    "a scale below nothing": (CARD, "scale = 100", "scale = -0.5", "scale: it must be a number above 0"),
    "a scale without end": (CARD, "scale = 100", "scale = inf", "scale: it must be a number above 0"),
    "a scale that is none": (CARD, "scale = 100", "scale = nan", "scale: it must be a number above 0"),
    "a scale as text": (CARD, "scale = 100", 'scale = "100"', "scale: it must be a number above 0"),
    "a true scale": (CARD, "scale = 100", "scale = true", "scale: it must be a number above 0"),
    "half a scale": (CARD, "scale = 100", "scale = 0.5", "scale 0.5 contradicts measure percentage: it is 100"),
    "a measure in a list": (CARD, 'measure = "percentage"', 'measure = ["mean"]', "is expected; found ['mean']"),
    "a measure in a table": (CARD, 'measure = "percentage"', "measure = { a = 1 }", "is expected; found a table"),
    "no measure": (CARD, 'measure = "percentage"', "measure = []", "measure: 'mean', "),
    # disclosure
    "contributors by sector": (
        LOYALTY,
        'level = "municipality"',
        'level = "sector"',
        "contributors are counted down to the municipality",
    ),
    "contributors of members": (
        LOYALTY,
        "dimensions = []",
        'dimensions = ["sex"]',
        "contributors are counted for whole",
    ),
    "units that are counted": (
        "statistics/stat_003_005.toml",
        'sum = "assigned_persons"',
        'count = "rows"',
        "protects = units looks at the largest parts of a sum",
    ),
    # codes
    "a code of its own": (CARD, 'code = "cube_013_007"', 'code = "images"', "images is no code of the agency"),
    "the agency's code": (CARD, 'definition = "sheet"', 'definition = "own"', "looks like a code of the agency"),
    "the agency's name": (CARD, 'definition = "sheet"', 'definition = "own"', "the citation names IMA_AIM"),
    # other files
    "semicolons": (NOMENCLATURE, HEADER, HEADER.replace(",", ";"), "separated by ';': save it with commas"),
    "tabs": (NOMENCLATURE, HEADER, HEADER.replace(",", "\t"), "separated by a tab: save it with commas"),
    "a column less": (NOMENCLATURE, HEADER, "code,code_group", "found code,code_group"),
    "a quote in the header": (NOMENCLATURE, HEADER, '"code"x' + HEADER[4:], "line 1: "),
    "a header in a quote": (NOMENCLATURE, HEADER, '"' + HEADER, "line 1: "),
    "a row after blank lines": (NOMENCLATURE, HEADER + "\n", HEADER + "\n\n\n0,gmd,1,,a,b\n", "line 4, valid_from: "),
    "a row after a label of two lines": (
        NOMENCLATURE,
        HEADER + "\n",
        HEADER + '\n000000,gmd,2000-01-01,2000-12-31,"a\nb",c\n0,gmd,1,,a,b\n',
        "line 4, valid_from: ",
    ),
    "a number without an end": (RULES, "from = 2001, value = 21", f"from = 2001, value = {'9' * 5000}", "valid TOML"),
    "a number without an end, as computers write it": (
        RULES,
        "from = 2001, value = 21",
        f"from = 0x{'f' * 5000}, value = 21",
        "from is an integer of more than 64 bits",
    ),
    "a number beyond all bounds": (
        RULES,
        "from = 2001, value = 21",
        f"from = 2001, value = 1e{'9' * 30}",
        "valid TOML",
    ),
    "brackets without an end": (RULES, "from = 2001, value = 21", f"from = 2001, value = {'[' * 5000}", "valid TOML"),
    "a gap": (
        RULES,
        "from = 2001, value = 1250",
        "from = 2001, to = 2004, value = 1 }, { from = 2006, value = 2",
        "2005",
    ),
    "periods that are none": (RULES, "periods = [{ from = 2001, value = 21 }]", "periods = 21", "a list is expected"),
    "a year as text": (RULES, "from = 2001, value = 21", 'from = "2003", value = 21', "found '2003'"),
    "a member's value": (
        DIMENSIONS,
        'code = "F", value = 2',
        'code = "F", value = [2]',
        "members.1.value: true, false",
    ),
    "a value of two members": (DIMENSIONS, 'code = "F", value = 2', 'code = "F", value = 1', "two members stand for"),
    "a member that never is": (
        DIMENSIONS,
        'code = "F", value = 2',
        'code = "F", value = 3',
        "sex is never 3: write one of",
    ),
    "a column of the table": (DIMENSIONS, "[age_class]", "[numerator]", "has a column numerator already"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused(tmp_path: Path, mistake: str) -> None:
    file, right, wrong, told = MISTAKES[mistake]
    with refuses(ConfigurationRefused, file.rsplit("/", maxsplit=1)[-1], told) as refused:
        load_configuration(edited(tmp_path, file, right, wrong))
    said = str(refused.value)
    for inside in ("Declared", "instance of", "function-", "literal[", "0001-01-01", "9999", "Input should"):
        assert inside not in said


def test_all_mistakes_of_a_card_are_told_at_once(tmp_path: Path) -> None:
    conf = edited(tmp_path, CONTACTS, "scale = 1", "scale = 10")
    path = conf / CONTACTS
    text = path.read_text(encoding="utf-8").replace('"residence"', '"practice"').replace("year = 2019", "year = 2010")
    path.write_text(text, encoding="utf-8")
    with refuses(
        ConfigurationRefused, "scale 10 contradicts", "geography_anchor practice goes with", "a break in 2010"
    ):
        load_configuration(conf)


def test_an_unknown_key_is_told_beside_the_one_that_is_missing(tmp_path: Path) -> None:
    conf = edited(tmp_path, CARD, "[title]", "[titel]")
    with refuses(ConfigurationRefused, "title: is missing", "unknown key titel (is it title?): known are code"):
        load_configuration(conf)


def test_all_rows_of_a_list_are_looked_at(tmp_path: Path) -> None:
    conf = edited(tmp_path, NOMENCLATURE, HEADER, f"{HEADER}\n10107,gp_contact,,,,a test\n101076,gmd,1/1/2020,,,a test")
    with refuses(
        ConfigurationRefused, "line 2, code", "found '10107'", "line 3, valid_from", "'1/1/2020' is not a date"
    ):
        load_configuration(conf)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('languages = ["en"]', 'languages = [["en"]]', "languages.0: 'nl', 'fr' or 'en' is expected; found ['en']"),
        ('languages = ["en"]', 'languages = ["en"]\nnotes = 1', "notes: a list is expected; found 1"),
        ('languages = ["en"]', 'languages = ["en"]\nbreaks = { year = 2020 }', "breaks: a list is expected"),
        ('languages = ["en"]', 'languages = ["en"]\nnotes = [1]', "notes.0: a table of its own keys is expected"),
    ],
)
def test_a_mistake_in_a_card_of_ones_own_is_refused(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    """Its texts are looked at before anything is known to be of the type it should be."""
    card = tmp_path / "ages_of_contacts.toml"
    text = (ROOT / f"docs/examples/statistics/{card.name}").read_text(encoding="utf-8")
    assert right in text
    card.write_text(text.replace(right, wrong), encoding="utf-8")
    with refuses(ConfigurationRefused, card.name, told):
        validated(Card, read_toml(card), str(card))
