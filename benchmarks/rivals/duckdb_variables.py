"""Claim lines to year tables in DuckDB SQL: every query a rule of definitions, section 3, by its name."""

from benchmarks.rivals.definitions import Definitions

Queries = dict[str, str]


def of_claims(definitions: Definitions) -> Queries:
    """What the lines say of a person with a practice (definitions, section 3)."""
    year = definitions.year
    capped = year >= definitions.rules.daily_cap_from
    events = " OR ".join(f"year = {each} AND {definitions.has_code('gmd', each)}" for each in range(year - 2, year + 1))
    return {
        "regular_contacts": f"""
            WITH regular_lines AS (
                SELECT person_id, practice_id, service_date, code, cases
                FROM lines JOIN practice_of_provider USING (provider_id)
                WHERE year = {year} AND listed AND {definitions.is_regular_contact}
                    AND service_date BETWEEN begins AND ends),
            nets AS (
                SELECT person_id, practice_id, service_date, sum(cases) AS net
                FROM regular_lines GROUP BY person_id, practice_id, service_date, code HAVING sum(cases) > 0),
            days AS (
                SELECT person_id, practice_id, service_date, {"1" if capped else "sum(net)"} AS contacts
                FROM nets GROUP BY person_id, practice_id, service_date)
            SELECT person_id, practice_id, sum(contacts)::BIGINT AS regular_contacts, min(service_date) AS first_regular
            FROM days GROUP BY person_id, practice_id""",
        "forfaits": f"""
            WITH nets AS (
                SELECT person_id, practice_id, service_date, sum(cases) AS net
                FROM lines JOIN practice_of_institution USING (institution_id)
                WHERE year = {year} AND listed AND {definitions.has_code("medical_house_forfait")}
                    AND service_date BETWEEN begins AND ends
                GROUP BY person_id, practice_id, service_date, code)
            SELECT person_id, practice_id, sum(net)::BIGINT AS forfaits,
                min(service_date) FILTER (net > 0) AS first_forfait
            FROM nets GROUP BY person_id, practice_id HAVING sum(net) > 0""",
        "gmd_events": f"""
            WITH events AS (
                SELECT year, person_id, practice_id, service_date AS event_date
                FROM lines JOIN practice_of_provider USING (provider_id)
                WHERE listed AND ({events}) AND service_date BETWEEN begins AND ends
                GROUP BY year, person_id, practice_id, service_date, code HAVING sum(cases) > 0)
            SELECT person_id, practice_id,
                max(event_date) FILTER (year = {year}) AS event_of_year,
                max(event_date) FILTER (year < {year}) AS event_before
            FROM events GROUP BY person_id, practice_id""",
        "examinations": f"""
            WITH nets AS (
                SELECT person_id,
                    sum(cases) FILTER ({definitions.is_imaging_by_specialist}) AS by_specialist,
                    sum(cases) FILTER ({definitions.is_imaging_by_radiologist}) AS by_radiologist,
                    sum(cases) FILTER ({definitions.is_imaging_by_dentist}) AS by_dentist
                FROM lines
                WHERE year = {year} AND listed AND (
                    {definitions.is_imaging_by_specialist} OR {definitions.is_imaging_by_radiologist}
                    OR {definitions.is_imaging_by_dentist})
                GROUP BY person_id, service_date, code)
            SELECT person_id, sum(greatest(by_specialist, 0))::BIGINT AS imag_spec_n,
                sum(greatest(by_radiologist, 0))::BIGINT AS imag_radio_n,
                sum(greatest(by_dentist, 0))::BIGINT AS imag_dent_n
            FROM nets GROUP BY person_id""",
    }


def of_persons(definitions: Definitions) -> Queries:
    """Activity of practices, assignment and residence of persons."""
    enough = definitions.rules.medical_house_forfaits
    return {
        "person_practice": """
            SELECT person_id, practice_id, coalesce(regular_contacts, 0) AS regular_contacts,
                coalesce(forfaits, 0) AS forfaits, coalesce(regular_contacts, 0) + coalesce(forfaits, 0) AS contacts,
                least(first_regular, first_forfait) AS first_contact
            FROM regular_contacts FULL JOIN forfaits USING (person_id, practice_id)""",
        "practice_contacts": f"""
            SELECT practice_id, sum(contacts)::BIGINT AS contacts,
                sum(contacts) >= {definitions.rules.active_practice_contacts} AS is_active
            FROM person_practice GROUP BY practice_id""",
        "assignments": f"""
            WITH candidates AS (
                SELECT person_id, practice_id, coalesce(contacts, 0) AS contacts, first_contact, event_of_year,
                    event_before,
                    coalesce(sum(contacts) OVER person, 0) AS person_contacts,
                    coalesce(sum(forfaits) OVER person, 0) AS person_forfaits,
                    coalesce(forfaits > 0, FALSE) AND row_number() OVER (
                        PARTITION BY person_id ORDER BY forfaits DESC NULLS LAST, practice_id) = 1 AS is_house
                FROM person_practice FULL JOIN gmd_events USING (person_id, practice_id)
                WINDOW person AS (PARTITION BY person_id)),
            ruled AS (
                SELECT *, CASE
                    WHEN event_of_year IS NOT NULL THEN 1
                    WHEN event_before IS NOT NULL AND contacts > 0 THEN 2
                    WHEN event_before IS NOT NULL AND person_contacts = 0 THEN 3
                    WHEN is_house AND person_forfaits >= {enough} THEN 4
                    WHEN contacts > 0 THEN 5 END AS rule
                FROM candidates)
            SELECT person_id, practice_id AS pat_attrib, rule AS attribution_rule, contacts AS assigned_contacts,
                is_house AND person_forfaits >= {enough} AS in_medical_house
            FROM ruled
            WHERE rule IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY
                rule,
                CASE WHEN rule = 1 THEN event_of_year WHEN rule <= 3 THEN event_before END DESC,
                CASE WHEN rule = 5 THEN contacts END DESC,
                CASE WHEN rule = 5 THEN first_contact END,
                practice_id) = 1""",
        "care": """
            SELECT person_id, sum(regular_contacts)::BIGINT AS regcontact,
                sum(CASE WHEN is_active THEN regular_contacts ELSE 0 END)::BIGINT AS regcontact_active,
                sum(forfaits)::BIGINT AS ff_mh, sum(person_practice.contacts)::BIGINT AS all_contacts
            FROM person_practice JOIN practice_contacts USING (practice_id) GROUP BY person_id""",
        "residence": """
            WITH both_days AS (
                SELECT PP0010 AS person_id, december.municipality AS in_december, june.municipality AS in_june,
                    in_december IS NOT NULL OR coalesce(
                        regexp_full_match(PP0025_1231, '[1-9][0-9]{2}')
                        AND NOT regexp_full_match(PP0025_1231, '99[59]'), FALSE) AS december_known,
                    PP0055_1231, PP0055_0630
                FROM population
                LEFT JOIN recoding AS december ON PP0025_1231 = december.code
                LEFT JOIN recoding AS june ON PP0025_0630 = june.code),
            claimed AS (
                SELECT person_id, CASE WHEN december_known THEN in_december ELSE in_june END AS municipality,
                    CASE WHEN december_known THEN PP0055_1231 ELSE PP0055_0630 END AS sector
                FROM both_days)
            SELECT person_id, claimed.municipality, sectors.sector
            FROM claimed LEFT JOIN sectors
                ON claimed.sector = sectors.sector AND claimed.municipality = sectors.municipality""",
    }


def year_tables(definitions: Definitions) -> Queries:
    """The year tables that the year's statistics need; those of practitioners only where a statistic counts them."""
    year, rules = definitions.year, definitions.rules
    practitioners = " UNION ALL ".join(_practitioners(definitions, group) for group in definitions.profession_groups)
    tables = {
        "person_year": f"""
            SELECT {year} AS year, PP0010 AS person_id, municipality, sector,
                CASE WHEN {year} - PP0015 BETWEEN 0 AND {rules.oldest_age} THEN {year} - PP0015 END AS age,
                PP0020 AS sex, MAJOR_COVERAGE_YN AS increased_reimbursement,
                coalesce(regcontact, 0) AS regcontact, coalesce(regcontact_active, 0) AS regcontact_active,
                coalesce(ff_mh, 0) AS ff_mh, coalesce(in_medical_house, FALSE) AS in_medical_house,
                pat_attrib, attribution_rule,
                coalesce(attribution_rule <= 3, FALSE) OR coalesce(in_medical_house, FALSE) AS has_gmd,
                coalesce(assigned_contacts, 0) AS assigned_contacts, coalesce(all_contacts, 0) AS all_contacts,
                coalesce(imag_spec_n, 0) AS imag_spec_n, coalesce(imag_radio_n, 0) AS imag_radio_n,
                coalesce(imag_dent_n, 0) AS imag_dent_n
            FROM population
            JOIN residence ON PP0010 = residence.person_id
            LEFT JOIN care ON PP0010 = care.person_id
            LEFT JOIN assignments ON PP0010 = assignments.person_id
            LEFT JOIN examinations ON PP0010 = examinations.person_id""",
        "practice_year": f"""
            WITH assigned AS (
                SELECT pat_attrib AS practice_id, count(*) AS assigned_persons, count(*) FILTER (has_gmd) AS gmd_persons
                FROM person_year WHERE pat_attrib IS NOT NULL GROUP BY pat_attrib)
            SELECT {year} AS year, practice_id, practice_type, municipality, coalesce(contacts, 0) AS contacts,
                coalesce(is_active, FALSE) AS is_active, coalesce(assigned_persons, 0) AS assigned_persons,
                coalesce(gmd_persons, 0) AS gmd_persons
            FROM practice_in_year
            FULL JOIN practice_contacts USING (practice_id)
            FULL JOIN assigned USING (practice_id)""",
    }
    return tables | ({"practitioner_year": practitioners} if practitioners else {})


def _practitioners(definitions: Definitions, group: str) -> str:
    year = definitions.year
    return f"""
        WITH members AS (
            SELECT DISTINCT provider_id FROM lines
            WHERE year = {year} AND {definitions.is_physician} AND {definitions.qualified(group)}),
        incomes AS (
            SELECT provider_id, sum(amount) AS income
            FROM lines SEMI JOIN members USING (provider_id) WHERE year = {year} GROUP BY provider_id)
        SELECT {year} AS year, provider_id, profession_group, municipality, income, median_income,
            income >= median_income * {definitions.rules.active_income_share} AS is_active
        FROM incomes
        JOIN medians ON profession_group = '{group}' AND medians.year = {year}
        LEFT JOIN practitioner_in_year USING (provider_id)"""
