"""What a delivery is refused for, and what the refusal must name."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa

from tests.deliveries.delivered import PERSON, PRACTICE, PROVIDER, claims_of, persons_of
from tests.deliveries.spoiled import (
    called,
    case,
    claims_with,
    claims_without,
    content,
    garbled,
    medians,
    population_with,
    practices,
    practitioners,
    register_with,
    sectors,
    sparse,
    truncated,
    twice,
    without_file,
    without_folder,
)
from tests.oracle.small_cases import insured, member, practice, practitioner

_GROUP = "clinical_geneticist"
_MEDIANS, _SECTORS = "fte_income_medians.csv", "sectors.csv"
_CLAIMS_2021, _POPULATION_2021 = "claims/year=2021", "population/year=2021"
_PART = "part-0.parquet"
_HEADER = b"sector,name_nl,name_fr,valid_from,valid_to\n"
_NOON = dt.datetime(2021, 3, 1, 12, tzinfo=dt.UTC)

MISSING = [
    case("no practices", without_folder("practices"), "/practices"),
    case("no practice_members", without_folder("practice_members"), "/practice_members"),
    case("no practitioners", without_folder("practitioners"), "/practitioners"),
    case("no claims of a year", without_folder("claims", "year=2021"), _CLAIMS_2021),
    case("no population of a year", without_folder("population", "year=2021"), _POPULATION_2021),
    case("a folder of a year without a file", without_file("claims", "year=2021", _PART), _CLAIMS_2021),
    case("no medians", without_file(_MEDIANS), _MEDIANS),
    case("no sectors", without_file(_SECTORS), _SECTORS),
    *(
        case(
            f"claims without {name}",
            claims_without(name),
            _CLAIMS_2021 + "/" + _PART,
            f"column {name} is missing",
            "expected",
        )
        for name in ("SS00010", "SS00075", "BOOKED_MONTH")
    ),
    case(
        "population without a sector",
        lambda delivery: delivery.write("population", persons_of(), year=2021, without="PP0055_0630"),
        _POPULATION_2021 + "/" + _PART,
        "column PP0055_0630 is missing",
        "expected STRING",
    ),
    case(
        "practices without valid_to",
        lambda delivery: delivery.write("practices", [practice(PRACTICE)], without="valid_to"),
        "practices/" + _PART,
        "column valid_to is missing",
        "expected DATE",
    ),
    case(
        "one of two files lacks a column",
        lambda delivery: delivery.write("claims", claims_of(2021), year=2021, name="part-1.parquet", without="NWE_YN"),
        "part-1.parquet",
        "column NWE_YN is missing",
    ),
    case("medians without a column", content(b"profession_group,year\nx,2021\n", _MEDIANS), _MEDIANS, "median_eur"),
    case("sectors without a column", content(b"sector,valid_from\n44084B00-,2001-01-01\n", _SECTORS), _SECTORS, "name"),
]

UNREADABLE = [
    case("garbage instead of claims", content(b"garbage" * 99, "claims", "year=2021", _PART), _CLAIMS_2021, _PART),
    case("an empty file", content(b"", "population", "year=2021", _PART), _POPULATION_2021, _PART),
    case("garbage instead of a register", content(b"garbage" * 99, "practitioners", _PART), "practitioners/" + _PART),
    case("truncated claims", truncated("claims", "year=2021", _PART), _CLAIMS_2021, _PART),
    case("a truncated register", truncated("practices", _PART), "practices/" + _PART),
    case("medians that are not UTF-8", content(b"profession_group,year,median_eur\n\xff,2021,1\n", _MEDIANS), _MEDIANS),
    case("a median with an open quote", content(b'profession_group,year,median_eur\n"x,2021,1\n', _MEDIANS), _MEDIANS),
    case("a list of sectors that fills the disk", sparse(300_000_000, _SECTORS), _SECTORS, "100 MB"),
    case("a line without an end", content(b"sector" * 10**6, _SECTORS), _SECTORS, "line 1"),
]

# The footer reads well: found when the rows are read.
GARBLED = [
    case("garbage in a page of the date", garbled("SS00015", "claims", 2021), _CLAIMS_2021),
    case("garbage in a page of the amount", garbled("SS00060", "claims", 2021), _CLAIMS_2021),
    case("garbage in a page of the provider, that no check asks for", garbled("SS00065", "claims", 2021), _CLAIMS_2021),
    case("garbage in a page of the institution", garbled("SS00075", "claims", 2021), _CLAIMS_2021),
    case("garbage in a page of the person", garbled("PP0010", "population", 2021), _POPULATION_2021),
    case("garbage in a page of the sector", garbled("PP0055_1231", "population", 2021), _POPULATION_2021),
    case("garbage in a page of the practice", garbled("practice_id", "practices"), "practices"),
    case("garbage in a page of an address", garbled("nis", "practices"), "practices"),
    case("garbage in a page of a member", garbled("provider_id", "practice_members"), "practice_members"),
    case("garbage in a page of a practitioner's address", garbled("nis", "practitioners"), "practitioners"),
]

WRONG_TYPE = [
    case("cases as text", claims_with(SS00050=(pa.string(), "1")), "SS00050", "expected INT"),
    case("cases as double", claims_with(SS00050=(pa.float64(), 1.0)), "SS00050", "expected INT"),
    case("cases as decimal", claims_with(SS00050=(pa.decimal128(9, 0), Decimal(1))), "SS00050", "expected INT"),
    case("night as boolean", claims_with(NWE_YN=(pa.bool_(), False)), "NWE_YN", "expected INT"),
    case("amount as double", claims_with(SS00060=(pa.float64(), 20.0)), "SS00060", "expected DECIMAL(12,2)"),
    case("amount as cents", claims_with(SS00060=(pa.int64(), 2000)), "SS00060", "expected DECIMAL(12,2)"),
    case("date as timestamp", claims_with(SS00015=(pa.timestamp("us"), _NOON)), "SS00015", "expected DATE"),
    case("date as text", claims_with(SS00015=(pa.string(), "2021-03-01")), "SS00015", "expected DATE"),
    case("code as number", claims_with(SS00020=(pa.int32(), 101076)), "SS00020", "expected STRING"),
    case("code as bytes", claims_with(SS00020=(pa.binary(), b"101076")), "SS00020", "expected STRING"),
    case("qualification as number", claims_with(SS00065B=(pa.int32(), 3)), "SS00065B", "expected STRING"),
    case("person as text", claims_with(SS00010=(pa.string(), "1")), "SS00010", "expected BIGINT"),
    case("a list of codes", claims_with(SS00020=(pa.list_(pa.string()), ["101076"])), "SS00020", "expected STRING"),
    case("municipality as number", population_with("PP0025_1231", pa.int32(), 44084), "PP0025_1231", "expected STRING"),
    case("birth year as date", population_with("PP0015", pa.date32(), dt.date(1980, 1, 1)), "PP0015", "expected INT"),
    case(
        "a practice's address as number",
        register_with("practices", practice(PRACTICE), "nis", pa.int64(), 44084),
        "practices/" + _PART,
        "nis",
        "expected STRING",
    ),
    case(
        "a membership's beginning as timestamp",
        register_with("practice_members", member(PRACTICE, PROVIDER), "valid_from", pa.timestamp("ms"), _NOON),
        "practice_members/" + _PART,
        "valid_from",
        "expected DATE",
    ),
    case("a column in two cases", claims_with(ss00050=(pa.int32(), 1)), "SS00050", "twice"),
    case("a column twice", twice("SS00050"), _PART, "SS00050", "twice"),
    case("a column in small letters", called("SS00050", "ss00050"), "SS00050 is missing", "'ss00050'"),
    case("a column with a space", called("SS00050", "SS00050 "), "SS00050 is missing", "'SS00050 '"),
    case("a structure of amounts", claims_with(SS00060=(pa.struct([("eur", pa.int64())]), {"eur": 1})), "nested"),
    case("a map of codes", claims_with(SS00020=(pa.map_(pa.string(), pa.string()), [("a", "b")])), "nested"),
    case("a decimal that is too wide", claims_with(SS00060=(pa.decimal256(50, 2), Decimal(1))), "DECIMAL(50,2)"),
    case(
        "a decimal that is a digit too wide", claims_with(SS00060=(pa.decimal256(39, 2), Decimal(1))), "DECIMAL(39,2)"
    ),
    case("a half-precision amount", claims_with(SS00060=(pa.float16(), 1.0)), "SS00060", "FLOAT16"),
    case("a time instead of a date", claims_with(SS00015=(pa.time32("ms"), 1)), "SS00015", "expected DATE"),
]

DOES_NOT_FIT = [
    case("tenths of cents", claims_with(SS00060=(pa.decimal128(12, 3), Decimal("20.005"))), "SS00060", "DECIMAL(12,2)"),
    case(
        "an amount that is too large",
        claims_with(SS00060=(pa.decimal128(18, 2), Decimal("10000000000.00"))),
        "SS00060",
        "DECIMAL(12,2)",
    ),
    case(
        "the last of very many decimals",
        claims_with(SS00060=(pa.decimal128(38, 34), Decimal("20.0000000000000000000000000000000001"))),
        "SS00060",
        "DECIMAL(12,2)",
    ),
    case("cases beyond INT", claims_with(SS00050=(pa.int64(), 2**31)), "SS00050", "INT"),
    case("cases below INT", claims_with(SS00050=(pa.int64(), -(2**31) - 1)), "SS00050", "INT"),
    case("unsigned cases beyond INT", claims_with(SS00050=(pa.uint32(), 2**31)), "SS00050", "INT"),
    case("a month beyond INT", claims_with(BOOKED_MONTH=(pa.int64(), 20_210_300_000)), "BOOKED_MONTH", "INT"),
    case("a person beyond BIGINT", claims_with(SS00010=(pa.uint64(), 2**63)), "SS00010", "BIGINT"),
    case("a birth year beyond INT", population_with("PP0015", pa.int64(), 2**40), "PP0015", "INT"),
    case(
        "a provider beyond BIGINT",
        register_with("practitioners", practitioner(PROVIDER), "provider_id", pa.uint64(), 2**64 - 1),
        "practitioners",
        "provider_id",
        "BIGINT",
    ),
]

_ETERNITY = 2_147_483_647  # days, as some databases write the date `infinity`
OUT_OF_TIME = [
    case(
        f"{source}, {column} {name}",
        register_with(source, row, column, pa.date32(), days),
        f"{source}/{_PART}",
        f"column {column}",
        "years 1 to 9999",
    )
    for source, row in (
        ("practices", practice(PRACTICE)),
        ("practice_members", member(PRACTICE, PROVIDER)),
        ("practitioners", practitioner(PROVIDER)),
    )
    for column, name, days in (
        ("valid_to", "infinity", _ETERNITY),
        ("valid_from", "minus infinity", -_ETERNITY - 1),
        ("valid_to", "a day after 9999", 2_932_897),
        ("valid_from", "a day before year 1", -719_163),
    )
]

_BARE = "spaces around it"
PADDED = [
    case("a padded municipality", population_with("PP0025_1231", pa.string(), "44084     "), "PP0025_1231", _BARE),
    case("a padded sector", population_with("PP0055_1231", pa.string(), "44084B00- "), "PP0055_1231", _BARE),
    case("a sector before the end of a line", population_with("PP0055_0630", pa.string(), "44084B00-\r"), _BARE),
    case("a municipality after a space", population_with("PP0025_0630", pa.string(), " 44084"), _BARE, _PART),
    case("a padded address of a practice", practices(practice(PRACTICE, nis="44084 ")), "column nis", _BARE),
    case("a padded address of a practitioner", practitioners(practitioner(PROVIDER, nis="44084\t")), "nis", _BARE),
]

CONTRADICTIONS = [
    case(
        "a person with two rows",
        lambda delivery: delivery.write("population", [*persons_of(), insured(PERSON, nis="11002")], year=2021),
        _POPULATION_2021,
        "PP0010",
        "one row",
    ),
    case(
        "the same row of a person in two files",
        lambda delivery: delivery.write("population", persons_of(), year=2021, name="part-1.parquet"),
        _POPULATION_2021,
        "PP0010",
        "one row",
    ),
    case(
        "overlapping rows of a practice",
        practices(practice(PRACTICE, last="2021-06-30"), practice(PRACTICE, first="2021-06-30")),
        "practices",
        "valid_from",
        "overlap",
    ),
    case(
        "an open row of a practice before another",
        practices(practice(PRACTICE), practice(PRACTICE, first="2021-07-01", last="2021-12-31")),
        "practices",
        "overlap",
    ),
    case(
        "two rows of a practice on the same days",
        practices(practice(PRACTICE, nis="11002"), practice(PRACTICE)),
        "practices",
        "overlap",
    ),
    case(
        "a long row over two short ones of a practitioner",
        practitioners(
            practitioner(PROVIDER, last="2021-12-31"),
            practitioner(PROVIDER, first="2005-01-01", last="2005-12-31"),
            practitioner(PROVIDER, first="2007-01-01", last="2007-12-31"),
        ),
        "practitioners",
        "valid_from",
        "overlap",
    ),
    case(
        "a practice that ends before it begins",
        practices(practice(PRACTICE, first="2021-02-01", last="2021-01-31")),
        "practices",
        "valid_to",
    ),
    case("a practice without a beginning", practices(practice(PRACTICE) | {"valid_from": None}), "valid_from", "DATE"),
    case("a practice without an id", practices(practice(PRACTICE) | {"practice_id": None}), "practice_id", "BIGINT"),
    case("an unknown practice type", practices(practice(PRACTICE, practice_type="duo")), "practice_type", "solo"),
    case("a practice type in capitals", practices(practice(PRACTICE, practice_type="Solo")), "practice_type", "solo"),
    case("a practice without a type", practices(practice(PRACTICE, practice_type=None)), "practice_type"),
    case(
        "a member of an unknown practice",
        lambda delivery: delivery.write("practice_members", [member(PRACTICE + 1, PROVIDER)]),
        "practice_members",
        "practice_id",
    ),
    case("a register of practices without a row", practices(), "practice"),
]

MEDIANS = [
    case("a median of zero", medians((_GROUP, 2021, "0.00")), _MEDIANS, "line 2", "median_eur", "positive"),
    case("a negative median", medians((_GROUP, 2021, "-1")), _MEDIANS, "median_eur", "positive"),
    case("a median in words", medians((_GROUP, 2020, 1), (_GROUP, 2021, "much")), "line 3", "median_eur", "positive"),
    case("a median that is missing", medians((_GROUP, 2021, "")), _MEDIANS, "median_eur", "positive"),
    case("a median that is no number", medians((_GROUP, 2021, "NaN")), _MEDIANS, "median_eur", "positive"),
    case("an infinite median", medians((_GROUP, 2021, "inf")), _MEDIANS, "median_eur", "positive"),
    case("a median with an exponent", medians((_GROUP, 2021, "1e5")), _MEDIANS, "median_eur", "positive"),
    case("a median with less than a cent", medians((_GROUP, 2021, "1.005")), _MEDIANS, "median_eur", "cent"),
    case("a median in thousands", medians((_GROUP, 2021, "100.000")), _MEDIANS, "median_eur", "two decimals"),
    case("two medians of a year", medians((_GROUP, 2021, 1), (_GROUP, 2021, 2)), _MEDIANS, "line 3", "twice"),
    case("a median of no year", medians((_GROUP, "MMXXI", 1)), _MEDIANS, "year", "expected INT"),
    case("a median of a padded group", medians((f"{_GROUP} ", 2021, 1)), _MEDIANS, "line 2", "space around it"),
    case("a median of nobody", medians(("", 2021, 1)), _MEDIANS, "profession_group", "expected STRING"),
    case(
        "a decimal comma, that makes one field too many",
        content(b"profession_group,year,median_eur\nclinical_geneticist,2021,1000,50\n", _MEDIANS),
        _MEDIANS,
        "line 2",
    ),
    case("no median at all", medians(), _MEDIANS),
    case("a sector without a beginning", sectors(("44084B00-", "", "", "", "")), _SECTORS, "line 2", "valid_from"),
    case("a Belgian date", sectors(("44084B00-", "", "", "01/01/2001", "")), _SECTORS, "valid_from", "DATE"),
    case("no such day", sectors(("44084B00-", "", "", "2001-02-30", "")), _SECTORS, "valid_from", "DATE"),
    case("a sector backwards", sectors(("44084B00-", "", "", "2001-02-01", "2001-01-31")), _SECTORS, "valid_to"),
    case("no sector at all", sectors(), _SECTORS),
    *(
        case(
            f"the sector '{code}'",
            sectors(("44084B00-", "", "", "2001-01-01", ""), (code, "", "", "2001-01-01", "")),
            _SECTORS,
            "line 3",
            "column sector",
            "nine characters",
        )
        for code in (
            "44084B00- ",
            " 44084B00-",
            "44084B00",
            "44084B00-0",
            "44084b00-",
            "B4408400-",
            "44084",
            "44084B0 -",
            "44084B0\u00e9-",
            "\u0664\u0664084B00-",
        )
    ),
    case("a sector without a name", sectors(("", "", "", "2001-01-01", "")), _SECTORS, "line 2", "column sector"),
    case("sectors between semicolons", content(b"sector;name_nl;name_fr;valid_from;valid_to\n", _SECTORS), "';'"),
    case("sectors between tabs", content(b"sector\tname_nl\tname_fr\tvalid_from\tvalid_to\n", _SECTORS), "a tab"),
    case("sectors in UTF-16", content("sector,name_nl".encode("utf-16"), _SECTORS), _SECTORS, "UTF-16"),
    case("a list of nothing", content(b"", _SECTORS), _SECTORS, "empty"),
    case("a NUL in a name", content(_HEADER + b"44084B00-,na\0am,nom,2001-01-01,\n", _SECTORS), "line 2", "NUL"),
    case("a field too few", content(_HEADER + b"44084B00-,naam,nom,2001-01-01\n", _SECTORS), "line 2", "4 fields"),
    case("a column of sectors twice", content(b"sector,sector,name_nl\n", _SECTORS), "column sector", "repeated"),
    case("a column of sectors in two cases", content(b"sector,name_nl,Sector\n", _SECTORS), "repeated"),
    case("a column in capitals", content(_HEADER.upper(), _SECTORS), "column sector is missing", "'SECTOR'"),
]

EMPTY_YEAR = [
    case("claims without a row", lambda delivery: delivery.write("claims", [], year=2021), _CLAIMS_2021),
    case("nobody insured", lambda delivery: delivery.write("population", [], year=2021), _POPULATION_2021),
]

SEEN_BEFORE_SPARK = [*MISSING, *UNREADABLE, *WRONG_TYPE, *MEDIANS, *EMPTY_YEAR]
SEEN_IN_THE_ROWS = [*GARBLED, *DOES_NOT_FIT, *OUT_OF_TIME, *PADDED, *CONTRADICTIONS]
ABOUT_REGISTERS = {each.name for each in CONTRADICTIONS}
