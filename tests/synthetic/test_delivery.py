"""What is drawn is a delivery of contract section 1, says that it is synthetic, and holds what real deliveries hold."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.synthetic.delivery import draw
from tests.conftest import CONF
from tests.engine import Engine
from tests.synthetic.conftest import PERSONS, YEARS, Drawn

pytestmark = pytest.mark.spark

COLUMNS = {
    "claims/year=2019": {
        "SS00010": pa.int64(),
        "SS00015": pa.date32(),
        "SS00020": pa.string(),
        "SS00050": pa.int32(),
        "SS00060": pa.decimal128(12, 2),
        "SS00065": pa.int64(),
        "SS00065B": pa.string(),
        "PRACTITIONER_CAT": pa.string(),
        "SS00075": pa.int64(),
        "NWE_YN": pa.int32(),
        "BOOKED_MONTH": pa.int32(),
    },
    "population/year=2019": {
        "PP0010": pa.int64(),
        "PP0015": pa.int32(),
        "PP0020": pa.int32(),
        "PP0025_0630": pa.string(),
        "PP0025_1231": pa.string(),
        "PP0055_0630": pa.string(),
        "PP0055_1231": pa.string(),
        "MAJOR_COVERAGE_YN": pa.int32(),
    },
    "practices": {
        "practice_id": pa.int64(),
        "practice_type": pa.string(),
        "institution_id": pa.int64(),
        "nis": pa.string(),
        "valid_from": pa.date32(),
        "valid_to": pa.date32(),
    },
    "practice_members": {
        "practice_id": pa.int64(),
        "provider_id": pa.int64(),
        "valid_from": pa.date32(),
        "valid_to": pa.date32(),
    },
    "practitioners": {
        "provider_id": pa.int64(),
        "nis": pa.string(),
        "valid_from": pa.date32(),
        "valid_to": pa.date32(),
    },
}


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


@pytest.mark.parametrize("table", COLUMNS)
def test_every_file_has_the_columns_and_types_of_the_contract(table: str, drawn: Drawn) -> None:
    assert files(drawn.folder / table)
    for path in files(drawn.folder / table):
        schema = pq.read_schema(path)
        assert dict(zip(schema.names, schema.types, strict=True)) == COLUMNS[table]


@pytest.mark.parametrize("table", COLUMNS)
def test_every_column_of_every_file_says_that_it_is_synthetic(table: str, drawn: Drawn) -> None:
    for path in files(drawn.folder / table):
        schema = json.loads(pq.read_schema(path).metadata[b"org.apache.spark.sql.parquet.row.metadata"])
        assert all(column["metadata"]["comment"].startswith("SYNTHETIC") for column in schema["fields"])


def test_the_small_files_say_that_they_are_synthetic(drawn: Drawn) -> None:
    assert (drawn.folder / "README.txt").read_text().startswith("SYNTHETIC NATION")
    told = json.loads((drawn.folder / "_SYNTHETIC.json").read_text())
    assert (told["synthetic"], told["persons"], told["years"]) == (True, PERSONS, list(YEARS))
    assert drawn.count("sectors", "name_nl NOT LIKE 'SYNTHETIC%' OR name_fr NOT LIKE 'SYNTHETIC%'") == 0
    assert drawn.count("fte_income_medians", "source <> 'placeholder, not official'") == 0


def test_the_headers_of_the_small_files_are_those_of_the_contract(drawn: Drawn) -> None:
    headers = {}
    for name in ("sectors.csv", "fte_income_medians.csv"):
        with (drawn.folder / name).open(encoding="utf-8") as file:
            headers[name] = next(csv.reader(file))
    assert headers["sectors.csv"] == ["sector", "name_nl", "name_fr", "valid_from", "valid_to"]
    assert headers["fte_income_medians.csv"][:3] == ["profession_group", "year", "median_eur"]


def test_the_population_of_a_year_is_the_insured_and_those_who_died(drawn: Drawn) -> None:
    for (count,) in drawn.ask("SELECT count(*) FROM {population} GROUP BY year"):
        assert PERSONS < count < 1.03 * PERSONS
    assert drawn.ask("SELECT PP0010, year FROM {population} GROUP BY ALL HAVING count(*) > 1") == []


@pytest.mark.parametrize(
    ("what", "table", "condition"),
    [
        ("corrections", "claims", "SS00050 = -1 AND SS00060 < 0"),
        ("several cases on a line", "claims", "SS00020 = '101076' AND SS00050 = 2"),
        ("late bookings", "claims", "(BOOKED_MONTH // 100 - year) * 12 + BOOKED_MONTH % 100 = 22"),
        ("bookings in the last month", "claims", "(BOOKED_MONTH // 100 - year) * 12 + BOOKED_MONTH % 100 = 21"),
        ("codes of seven digits", "claims", "SS00020 LIKE '0______'"),
        ("night and weekend", "claims", "NWE_YN = 1 AND SS00020 = '104252'"),
        ("supplements", "claims", "SS00020 = '101113'"),
        ("lines without qualification", "claims", "SS00065B IS NULL AND PRACTITIONER_CAT = '10'"),
        ("lines without provider", "claims", "SS00065 IS NULL AND PRACTITIONER_CAT = '10'"),
        ("GPs without a practice", "claims", "SS00065 NOT IN (SELECT provider_id FROM {practice_members})"),
        ("imaging by a radiologist", "claims", "SS00065B = '930'"),
        ("forfaits", "claims", "SS00020 = '109616' AND SS00075 IN (SELECT institution_id FROM {practices})"),
        ("faulty lines", "claims", "SS00010 IS NULL OR SS00020 = '10107'"),
        ("birth years unknown", "population", "PP0015 IS NULL"),
        ("addresses abroad", "population", "PP0025_1231 BETWEEN '100' AND '899' AND len(PP0025_1231) = 3"),
        ("addresses unknown", "population", "PP0025_1231 IS NULL AND PP0025_0630 IS NULL"),
        ("the dead", "population", "PP0025_1231 IS NULL AND PP0025_0630 IS NOT NULL"),
        ("newborns", "population", "PP0015 = year"),
        ("sectors not localisable", "population", "PP0055_1231 LIKE '%ZZZZ'"),
        ("sectors with an old prefix", "population", "year > 2018 AND left(PP0055_1231, 5) <> PP0025_1231"),
        ("ended sectors", "sectors", "valid_to IS NOT NULL AND sector NOT LIKE '%ZZZZ'"),
        ("later sectors", "sectors", "valid_from > '2012' AND sector NOT LIKE '%ZZZZ'"),
        ("group practices", "practices", "practice_type = 'group'"),
        ("successors", "practice_members", "valid_to IS NOT NULL"),
        ("practitioners who moved", "practitioners", "valid_to IS NOT NULL"),
    ],
)
def test_it_holds(what: str, table: str, condition: str, drawn: Drawn) -> None:
    names = {name: f"{{{name}}}" for name in ("practices", "practice_members")}
    assert drawn.count(table, condition.format(**names)) > 0, what


def test_some_have_a_second_contact_with_a_practice_on_one_day(drawn: Drawn) -> None:
    twice = """
        SELECT SS00010, SS00015, SS00065 FROM {claims}
        WHERE SS00065B IN ('003', '004') AND NWE_YN = 0 AND SS00050 = 1 AND SS00020 LIKE '10_0__'
        GROUP BY ALL HAVING count(DISTINCT SS00020) > 1"""
    assert drawn.ask(twice)


def test_who_joins_or_leaves_a_medical_house_has_less_than_twelve_forfaits(drawn: Drawn) -> None:
    forfaits = """
        SELECT DISTINCT sum(SS00050) FROM {claims} WHERE SS00020 = '109616' GROUP BY SS00010, year"""
    numbers = {int(number) for (number,) in drawn.ask(forfaits)}
    assert 12 in numbers
    assert numbers & {5, 6, 7}


def share_at_a_distance(drawn: Drawn, qualified: str, period: str) -> float:
    """Of the contacts in hours: those with a code of consultations at a distance."""
    contacts = f"""
        SELECT avg((SS00020 IN ('101135', '101990', '101835'))::INT) FROM {{claims}}
        WHERE {period} AND NWE_YN = 0 AND SS00050 = 1 AND SS00065B {qualified} AND left(SS00020, 3) IN ('101', '103')
        AND SS00020 NOT IN ('101091', '101113')"""
    return float(drawn.ask(contacts)[0][0])


def test_a_fifth_of_the_contacts_of_the_spring_of_2020_take_place_at_a_distance_and_a_tenth_later(
    drawn: Drawn,
) -> None:
    gp = "IN ('000', '001', '003', '004', '006')"
    assert share_at_a_distance(drawn, gp, "SS00015 < '2020-03-14'") == 0
    assert 0.18 < share_at_a_distance(drawn, gp, "SS00015 BETWEEN '2020-03-14' AND '2020-06-14'") < 0.22
    assert 0.08 < share_at_a_distance(drawn, gp, "SS00015 >= '2020-06-15'") < 0.12


def test_one_in_ten_contacts_at_a_distance_is_no_gps(drawn: Drawn) -> None:
    by_gps = """
        SELECT avg((SS00065B = '992')::INT) FROM {claims}
        WHERE SS00020 IN ('101135', '101990', '101835') AND SS00065B IS NOT NULL"""
    assert 0.08 < float(drawn.ask(by_gps)[0][0]) < 0.12


def test_geneticists_earn_exactly_the_threshold_and_just_less(drawn: Drawn) -> None:
    incomes = """
        SELECT sum(SS00060) FROM {claims} WHERE year = 2019 AND SS00065B = '348' GROUP BY SS00065"""
    median = drawn.ask("SELECT median_eur FROM {fte_income_medians} WHERE year = '2019'")[0][0]
    threshold = 5 * int(float(median)) / 100
    found = {float(income) for (income,) in drawn.ask(incomes)}
    assert threshold in found
    everyone = "SELECT sum(SS00060) FROM {claims} WHERE year = 2019 AND SS00020 = '970001' GROUP BY SS00065"
    assert any(0.9 * threshold < float(income) < threshold for (income,) in drawn.ask(everyone))


def test_the_engine_accepts_it(drawn: Drawn, spark: SparkSession, tmp_path: Path) -> None:
    engine = Engine.at(spark, CONF, tmp_path / "warehouse")
    engine.ingest(drawn.folder, YEARS[:1])
    accepted = spark.read.format("delta").load(str(tmp_path / "warehouse" / "inputs" / "claims")).count()
    delivered = drawn.count("claims", f"year = {YEARS[0]}")
    assert 0 < delivered - accepted < 0.001 * delivered


def test_a_nation_of_one_person_is_a_delivery_too(
    nation, spark: SparkSession, tmp_path: Path, configuration: Configuration
) -> None:
    draw(spark, nation(1), str(tmp_path / "delivery"), (2021,))
    Engine.at(spark, CONF, tmp_path / "warehouse").ingest(tmp_path / "delivery", (2021,))
