"""What a competent analyst writes from the sheets: every statistic and level a query of its own over the claims.

Views instead of tables, so that every query begins at the delivered lines again; no hints. The figures are right.
"""

from collections.abc import Iterator

from pyspark.sql import SparkSession

from benchmarks.rivals.definitions import Definitions
from benchmarks.rivals.delivered_files import alike_files
from benchmarks.rivals.spark_session import session
from benchmarks.rivals.task import FIGURES, SESSION, Figures, Stopwatch, Task, figures_of
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.geography import COUNTRY
from imaatlas_spark.periods import first_day, last_day
from imaatlas_spark.schemas.inputs import CLAIMS, POPULATION, REGISTERS, Source

_MATCHES = "{column} RLIKE '^(?:{pattern})\\\\z'"


def run(task: Task, watch: Stopwatch) -> Figures:
    with watch.phase(SESSION):
        spark = session(task, "naive")
    try:
        return figures(spark, task, watch)
    finally:
        spark.stop()


def figures(spark: SparkSession, task: Task, watch: Stopwatch) -> Figures:
    definitions = Definitions.of(task)
    found: Figures = {}
    with watch.phase(FIGURES):
        _delivered_views(spark, task, definitions)
        for name, query in {**_registers(definitions), **_variables(definitions)}.items():
            spark.sql(query).createOrReplaceTempView(name)
        for card in definitions.cards:
            for level in card.levels(task.year):
                for query in _QUERIES[card.code](definitions, level):
                    rows = [row.asDict() | {"geo_level": level} for row in spark.sql(query).collect()]
                    found |= figures_of(card.code, task.year, rows, card.dimensions)
    return found


def _delivered_views(spark: SparkSession, task: Task, definitions: Definitions) -> None:
    """The accepted rows: every fault is looked for again whenever they are read."""
    of_years = []
    for year in task.years:
        faults = definitions.claim_faults(year, _MATCHES)
        good = " AND ".join(f"NOT coalesce({condition}, FALSE)" for condition in faults.values())
        _delivered(spark, task, CLAIMS, f"claims/year={year}", f"claims_{year}")
        of_years.append(
            f"""SELECT {year} AS year, SS00010 AS person_id, SS00015 AS service_date, right(SS00020, 6) AS code,
                SS00050 AS cases, SS00060 AS amount, SS00065 AS provider_id, SS00065B AS qualification,
                PRACTITIONER_CAT AS category, SS00075 AS institution_id, NWE_YN AS nwe
            FROM claims_{year} WHERE {good} AND BOOKED_MONTH <= {definitions.last_booked_month(year)}"""
        )
    spark.sql(" UNION ALL ".join(of_years)).createOrReplaceTempView("lines")
    _delivered(spark, task, POPULATION, f"population/year={task.year}", "population")
    for register in REGISTERS:
        _delivered(spark, task, register, register.name, register.name)
    for name in ("fte_income_medians", "sectors"):
        spark.read.csv(str(task.delivery / f"{name}.csv"), header=True).createOrReplaceTempView(name)
    for name, table in (("recoding", definitions.recoding), ("places", definitions.places)):
        spark.createDataFrame(table).createOrReplaceTempView(name)


def _delivered(spark: SparkSession, task: Task, source: Source, folder: str, view: str) -> None:
    columns = [f"CAST({column.name} AS {column.type}) AS {column.name}" for column in source.columns]
    frames = [
        spark.read.parquet(*files.paths).selectExpr(*columns) for files in alike_files(task.delivery / folder, source)
    ]
    first, *others = frames
    for frame in others:
        first = first.unionByName(frame)
    first.createOrReplaceTempView(view)


def _registers(definitions: Definitions) -> dict[str, str]:
    year = definitions.year
    valid = f"valid_from <= DATE '{last_day(year)}' AND (valid_to IS NULL OR valid_to >= DATE '{first_day(year)}')"

    def in_year(register: str, key: str) -> str:
        return f"""
            SELECT {key}, municipality FROM (
                SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY valid_from DESC) AS place
                FROM {register} WHERE {valid}) latest
            LEFT JOIN recoding ON latest.nis = recoding.code WHERE place = 1"""

    return {
        "practice_addresses": in_year("practices", "practice_id"),
        "practitioner_addresses": in_year("practitioners", "provider_id"),
        "sectors_of_year": f"""
            SELECT DISTINCT sector, municipality FROM sectors JOIN recoding ON left(sector, 5) = recoding.code
            WHERE sector NOT LIKE '%ZZZZ' AND {valid}""",
    }


def _with_practice(condition: str, register: str, key: str) -> str:
    """Lines added up, each with the practice of its day: of several memberships the latest, then the lowest id."""
    return f"""
        SELECT year, person_id, practice_id, service_date, code, cases FROM (
            SELECT summed.*, practice_id, row_number() OVER (
                PARTITION BY year, person_id, summed.{key}, service_date, code
                ORDER BY valid_from DESC, practice_id) AS place
            FROM (
                SELECT year, person_id, {key}, service_date, code, sum(cases) AS cases FROM lines
                WHERE {condition} GROUP BY year, person_id, {key}, service_date, code) summed
            JOIN {register} register ON summed.{key} = register.{key} AND service_date >= valid_from
                AND (valid_to IS NULL OR service_date <= valid_to))
        WHERE place = 1"""


def _variables(definitions: Definitions) -> dict[str, str]:
    year, rules = definitions.year, definitions.rules
    capped = year >= rules.daily_cap_from
    events = " OR ".join(f"year = {each} AND {definitions.has_code('gmd', each)}" for each in range(year - 2, year + 1))
    regular = _with_practice(f"year = {year} AND {definitions.is_regular_contact}", "practice_members", "provider_id")
    forfaits = f"year = {year} AND {definitions.has_code('medical_house_forfait')}"
    return {
        "regular_contacts": f"""
            SELECT person_id, practice_id, service_date, code, sum(cases) AS net FROM ({regular})
            GROUP BY person_id, practice_id, service_date, code HAVING sum(cases) > 0""",
        "forfaits": f"""
            SELECT person_id, practice_id, sum(net) AS forfaits,
                min(CASE WHEN net > 0 THEN service_date END) AS first_forfait FROM (
                SELECT person_id, practice_id, service_date, sum(cases) AS net
                FROM ({_with_practice(forfaits, "practices", "institution_id")})
                GROUP BY person_id, practice_id, service_date, code)
            GROUP BY person_id, practice_id HAVING sum(net) > 0""",
        "gmd_events": f"""
            SELECT year, person_id, practice_id, service_date AS event_date
            FROM ({_with_practice(events, "practice_members", "provider_id")})
            GROUP BY year, person_id, practice_id, service_date, code HAVING sum(cases) > 0""",
        "person_practice": f"""
            SELECT person_id, practice_id, coalesce(forfaits, 0) AS forfaits,
                coalesce(regular, 0) + coalesce(forfaits, 0) AS contacts,
                least(first_regular, first_forfait) AS first_contact
            FROM (
                SELECT person_id, practice_id, {"count(DISTINCT service_date)" if capped else "sum(net)"} AS regular,
                    min(service_date) AS first_regular
                FROM regular_contacts GROUP BY person_id, practice_id)
            FULL JOIN forfaits USING (person_id, practice_id)""",
        "active_practices": f"""
            SELECT practice_id FROM person_practice GROUP BY practice_id
            HAVING sum(contacts) >= {rules.active_practice_contacts}""",
        "candidates": f"""
            SELECT person_id, practice_id, coalesce(contacts, 0) AS contacts, first_contact, event_of_year,
                event_before,
                coalesce(sum(contacts) OVER (PARTITION BY person_id), 0) AS person_contacts,
                coalesce(sum(forfaits) OVER (PARTITION BY person_id), 0) >= {rules.medical_house_forfaits}
                    AND forfaits > 0 AND row_number() OVER (
                        PARTITION BY person_id ORDER BY forfaits DESC NULLS LAST, practice_id) = 1 AS in_house
            FROM person_practice FULL JOIN (
                SELECT person_id, practice_id, max(CASE WHEN year = {year} THEN event_date END) AS event_of_year,
                    max(CASE WHEN year < {year} THEN event_date END) AS event_before
                FROM gmd_events GROUP BY person_id, practice_id) USING (person_id, practice_id)""",
        "assignments": """
            SELECT person_id, practice_id, coalesce(in_house, FALSE) AS in_medical_house FROM (
                SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY rule,
                    CASE WHEN rule = 1 THEN event_of_year WHEN rule <= 3 THEN event_before END DESC,
                    CASE WHEN rule = 5 THEN contacts END DESC,
                    CASE WHEN rule = 5 THEN first_contact END, practice_id) AS place
                FROM (
                    SELECT *, CASE
                        WHEN event_of_year IS NOT NULL THEN 1
                        WHEN event_before IS NOT NULL AND contacts > 0 THEN 2
                        WHEN event_before IS NOT NULL AND person_contacts = 0 THEN 3
                        WHEN in_house THEN 4
                        WHEN contacts > 0 THEN 5 END AS rule
                    FROM candidates)
                WHERE rule IS NOT NULL)
            WHERE place = 1""",
        "persons": f"""
            SELECT person_id, claimed.municipality, sectors_of_year.sector,
                CASE WHEN {year} - birth_year BETWEEN 0 AND {rules.oldest_age} THEN {year} - birth_year END AS age
            FROM (
                SELECT PP0010 AS person_id, PP0015 AS birth_year,
                    CASE WHEN known THEN in_december ELSE in_june END AS municipality,
                    CASE WHEN known THEN PP0055_1231 ELSE PP0055_0630 END AS sector
                FROM (
                    SELECT population.*, december.municipality AS in_december, june.municipality AS in_june,
                        december.municipality IS NOT NULL OR coalesce(PP0025_1231 RLIKE '^[1-9][0-9]{{2}}\\\\z'
                            AND NOT PP0025_1231 RLIKE '^99[59]\\\\z', FALSE) AS known
                    FROM population LEFT JOIN recoding december ON PP0025_1231 = december.code
                    LEFT JOIN recoding june ON PP0025_0630 = june.code
                    WHERE PP0010 IS NOT NULL)) claimed
            LEFT JOIN sectors_of_year ON claimed.sector = sectors_of_year.sector
                AND claimed.municipality = sectors_of_year.municipality""",
    }


def _in_areas(rows: str, level: str) -> str:
    """The rows of a view with the area of `level` in which they lie; those that lie in none are left out."""
    if level == "country":
        return f"(SELECT *, '{COUNTRY}' AS geo_code FROM {rows})"
    if level == "sector":
        return f"(SELECT *, sector AS geo_code FROM {rows} WHERE sector IS NOT NULL)"
    return f"(SELECT * FROM {rows} JOIN places USING (municipality) WHERE geo_level = '{level}')"


def _contacts_per_person(definitions: Definitions, level: str) -> Iterator[str]:
    """stat_003_014: from 2019 a contact is a person, a practice and a day."""
    capped = definitions.year >= definitions.rules.daily_cap_from
    contacts = "count(DISTINCT person_id, practice_id, service_date)" if capped else "sum(net)"
    yield f"""
        SELECT geo_code, {contacts} AS numerator,
            count(DISTINCT person_id) AS denominator
        FROM {_in_areas("persons", level)}
        JOIN regular_contacts USING (person_id) JOIN active_practices USING (practice_id)
        LEFT ANTI JOIN (SELECT person_id FROM assignments WHERE in_medical_house) USING (person_id)
        GROUP BY geo_code"""


def _persons_per_practice(definitions: Definitions, level: str) -> Iterator[str]:
    """stat_003_005: an active practice that stands in no register has no address."""
    yield f"""
        SELECT geo_code, count(DISTINCT person_id) AS numerator, count(DISTINCT practice_id) AS denominator
        FROM {_in_areas("(SELECT * FROM active_practices LEFT JOIN practice_addresses USING (practice_id))", level)}
        LEFT JOIN (SELECT person_id, practice_id FROM assignments JOIN persons USING (person_id)) USING (practice_id)
        GROUP BY geo_code"""


def _medical_house_persons(definitions: Definitions, level: str) -> Iterator[str]:
    """stat_003_007"""
    yield f"""
        SELECT geo_code, count(DISTINCT CASE WHEN in_medical_house THEN person_id END) AS numerator,
            count(DISTINCT person_id) AS denominator
        FROM {_in_areas("persons", level)} LEFT JOIN assignments USING (person_id) GROUP BY geo_code"""


def _geneticists(definitions: Definitions, level: str) -> Iterator[str]:
    """stat_020_033"""
    year, (group,) = definitions.year, definitions.profession_groups
    active = f"""
        (SELECT provider_id, municipality FROM (
            SELECT provider_id, sum(amount) AS income FROM lines WHERE year = {year} AND provider_id IN (
                SELECT provider_id FROM lines
                WHERE year = {year} AND {definitions.is_physician} AND {definitions.qualified(group)})
            GROUP BY provider_id)
        JOIN fte_income_medians ON profession_group = '{group}' AND year = {year}
        LEFT JOIN practitioner_addresses USING (provider_id)
        WHERE income >= CAST(median_eur AS DECIMAL(18, 2)) * {definitions.rules.active_income_share})"""
    yield f"""
        SELECT geo_code, count(DISTINCT provider_id) AS numerator, NULL AS denominator
        FROM {_in_areas(active, level)} GROUP BY geo_code"""


def _imaging_by_specialists(definitions: Definitions, level: str) -> Iterator[str]:
    """cube_013_007: the age classes, then their total."""
    seen = f"""
        SELECT DISTINCT person_id AS seen FROM lines
        WHERE year = {definitions.year} AND {definitions.is_imaging_by_specialist}
        GROUP BY person_id, service_date, code HAVING sum(cases) > 0"""
    for member in (definitions.member("age_class"), f"'{TOTAL}'"):
        yield f"""
            SELECT * FROM (
                SELECT geo_code, {member} AS age_class, count(DISTINCT seen) AS numerator,
                    count(DISTINCT person_id) AS denominator
                FROM {_in_areas("persons", level)} LEFT JOIN ({seen}) ON person_id = seen
                GROUP BY ALL)
            WHERE age_class IS NOT NULL"""


_QUERIES = {
    "stat_003_014": _contacts_per_person,
    "stat_003_005": _persons_per_practice,
    "stat_003_007": _medical_house_persons,
    "stat_020_033": _geneticists,
    "cube_013_007": _imaging_by_specialists,
}
