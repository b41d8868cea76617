"""The tables of the source variables: three that the contract fixes, three between (data contract, section 4).

`PERSON_YEAR` and `PERSON_PRACTICE_YEAR` are what every configuration has; the counters that it declares are columns of
them, too (`with_counters`).
"""

from collections.abc import Iterable
from dataclasses import replace

from imaatlas_spark.schemas.inputs import PRACTICE_TYPES
from imaatlas_spark.schemas.spec import YEAR, Table, TableColumn, not_negative

PERSON = TableColumn("person_id", "BIGINT", "person (pseudonym)")
PRACTICE = TableColumn("practice_id", "BIGINT", "practice (pseudonym)")
MUNICIPALITY = TableColumn(
    "municipality", "STRING", "NIS code valid in the year; null: unknown or abroad", nullable=True
)

PERSON_YEAR = Table(
    "source_variables/person_year",
    "Source variables of each person of the population in a year. Grain: year, person.",
    (
        YEAR,
        PERSON,
        MUNICIPALITY,
        TableColumn("sector", "STRING", "statistical sector of residence; null: unknown", nullable=True),
        TableColumn("age", "INT", "age in years on 31 December; null: unknown", nullable=True),
        TableColumn("sex", "INT", "1 male, 2 female; null: unknown", nullable=True, values=(1, 2)),
        TableColumn(
            "increased_reimbursement",
            "INT",
            "MAJOR_COVERAGE_YN: 1 yes, 0 no; null: unknown",
            nullable=True,
            values=(0, 1),
        ),
        TableColumn("regcontact", "INT", "REGCONTACT: regular contacts with a GP practice"),
        TableColumn("regcontact_active", "INT", "REGCONTACT with active practices"),
        TableColumn("ff_mh", "INT", "FF_MH: forfaits of medical houses"),
        TableColumn(
            "in_medical_house",
            "BOOLEAN",
            "medical-house person: as many forfaits as the rules ask for (medical_house_forfaits), no GMD elsewhere",
        ),
        TableColumn("pat_attrib", "BIGINT", "PAT_ATTRIB: practice of assignment; null: not assigned", nullable=True),
        TableColumn("attribution_rule", "INT", "the rule, 1 to 5, that decided PAT_ATTRIB; null: none", nullable=True),
        TableColumn("has_gmd", "BOOLEAN", "person with a global medical record: rule 1 to 3, or in a medical house"),
        TableColumn("assigned_contacts", "INT", "contacts and forfaits with the assigned practice"),
        TableColumn("all_contacts", "INT", "contacts and forfaits with all practices"),
    ),
    checks={
        **not_negative("regcontact", "regcontact_active", "ff_mh", "assigned_contacts"),
        "active_within_all": "regcontact_active <= regcontact",
        "assigned_within_all": "assigned_contacts <= all_contacts",
        "rule_and_practice_together": "(pat_attrib IS NULL) = (attribution_rule IS NULL)",
        "rule_known": "attribution_rule IS NULL OR attribution_rule BETWEEN 1 AND 5",
        "sector_within_municipality": "sector IS NULL OR municipality IS NOT NULL",
    },
)

PRACTICE_YEAR = Table(
    "source_variables/practice_year",
    "GP practices in a year: activity and assigned persons. Grain: year, practice.",
    (
        YEAR,
        PRACTICE,
        TableColumn(
            "practice_type",
            "STRING",
            "solo, group or medical_house; null: not in the register",
            nullable=True,
            values=PRACTICE_TYPES,
        ),
        MUNICIPALITY,
        TableColumn("contacts", "BIGINT", "contacts for activity: regular contacts and forfaits of all persons"),
        TableColumn(
            "is_active", "BOOLEAN", "active practice: as many contacts as the rules ask for (active_practice_contacts)"
        ),
        TableColumn("assigned_persons", "BIGINT", "persons of the population assigned to the practice"),
        TableColumn(
            "gmd_persons", "BIGINT", "persons with a GMD at the practice; medical-house persons at their house"
        ),
    ),
    checks=not_negative("contacts", "assigned_persons", "gmd_persons"),
)

PRACTITIONER_YEAR = Table(
    "source_variables/practitioner_year",
    "Practitioners of the profession groups that a statistic counts. Grain: year, provider, profession group.",
    (
        YEAR,
        TableColumn("provider_id", "BIGINT", "provider (pseudonym)"),
        TableColumn("profession_group", "STRING", "qualification group of qualifications.csv"),
        MUNICIPALITY,
        TableColumn("income", "DECIMAL(18,2)", "SS00060 over the provider's lines of the year, EUR"),
        TableColumn("median_income", "DECIMAL(18,2)", "FTE median income of the profession group in the year, EUR"),
        TableColumn(
            "is_active",
            "BOOLEAN",
            "active practitioner: the share of the median that the rules ask for (active_income_share), or more",
        ),
    ),
    checks={"median_positive": "median_income > 0"},
)

PERSON_PRACTICE_YEAR = Table(
    "source_variables/person_practice_year",
    "Between claims and person_year: contacts of each person with each practice. Grain: year, person, practice; the "
    "row without a practice carries what is counted whatever the practice.",
    (
        YEAR,
        PERSON,
        TableColumn("practice_id", "BIGINT", "practice; null: what is counted whatever the practice", nullable=True),
        TableColumn("regular_contacts", "BIGINT", "REGCONTACT with the practice, under the year's daily cap"),
        TableColumn("activity_contacts", "BIGINT", "regular contacts as they count for the practice's activity"),
        TableColumn("forfaits", "BIGINT", "FF_MH with the practice"),
        TableColumn(
            "first_contact", "DATE", "first day with a regular contact or a forfait; null: none", nullable=True
        ),
        TableColumn("contact_lines_unplaced", "BIGINT", "lines of regular contacts for which no practice was found"),
        TableColumn("forfait_lines_unplaced", "BIGINT", "forfait lines for which no medical house was found"),
        TableColumn("gmd_lines_unplaced", "BIGINT", "GMD lines for which no practice was found"),
    ),
    checks=not_negative("regular_contacts", "forfaits"),
)

GMD_EVENTS = Table(
    "source_variables/gmd_events",
    "Between claims and person_year: global medical records. Grain: year, person, practice.",
    (
        YEAR,
        PERSON,
        PRACTICE,
        TableColumn("event_date", "DATE", "latest day of the year with a GMD event at the practice"),
    ),
)

LINE_QUALITY = Table(
    "source_variables/line_quality",
    "Claim lines that stay out of the figures of a year, counted: booked late, no practice found. Grain: year, figure.",
    (
        YEAR,
        TableColumn("figure", "STRING", "what is counted"),
        TableColumn("lines", "BIGINT", "number of claim lines"),
    ),
    checks=not_negative("lines"),
)

YEAR_TABLES = {"person_year": PERSON_YEAR, "practice_year": PRACTICE_YEAR, "practitioner_year": PRACTITIONER_YEAR}


def with_counters(table: Table, counters: Iterable[TableColumn]) -> Table:
    """The table with a column for each counter at its end, none of which is ever negative."""
    counters = tuple(counters)
    checks = {**table.checks, **not_negative(*(column.name for column in counters))}
    return replace(table, columns=(*table.columns, *counters), checks=checks)
