"""What a delivery holds: the sources of the data contract, section 1, column by column."""

from dataclasses import dataclass

from imaatlas_spark.schemas.spec import YEAR, Table, TableColumn


@dataclass(frozen=True)
class Source:
    """A folder of Parquet files or a CSV file of a delivery, and the input table that its accepted rows become."""

    name: str
    columns: tuple[TableColumn, ...]
    comment: str
    yearly: bool = False

    @property
    def table(self) -> Table:
        if not self.yearly:
            return Table(f"inputs/{self.name}", self.comment, self.columns, partitioned_by=())
        return Table(f"inputs/{self.name}", self.comment, (YEAR, *self.columns))

    def column(self, name: str) -> TableColumn:
        return next(column for column in self.columns if column.name == name)


def _optional(name: str, kind: str, comment: str) -> TableColumn:
    return TableColumn(name, kind, comment, nullable=True)


_VALID_FROM = TableColumn("valid_from", "DATE", "first day")
_VALID_TO = _optional("valid_to", "DATE", "last day; null: open")
_NIS = _optional("nis", "STRING", "NIS code of the address, of any year")

CLAIMS = Source(
    "claims",
    (
        TableColumn("SS00010", "BIGINT", "person (pseudonym)"),
        TableColumn("SS00015", "DATE", "date of service"),
        TableColumn("SS00020", "STRING", "nomenclature code, 6 digits"),
        TableColumn("SS00050", "INT", "number of cases, signed"),
        TableColumn("SS00060", "DECIMAL(12,2)", "insurance amount, EUR, signed"),
        _optional("SS00065", "BIGINT", "provider (pseudonym)"),
        _optional("SS00065B", "STRING", "qualification of the provider, 3 digits"),
        _optional("PRACTITIONER_CAT", "STRING", "profession code of the provider, 2 digits"),
        _optional("SS00075", "BIGINT", "institution; on a forfait line the medical house"),
        TableColumn("NWE_YN", "INT", "1 night, weekend or holiday, 0 not"),
        TableColumn("BOOKED_MONTH", "INT", "accounting month, yyyymm"),
    ),
    "Accepted claim lines. Grain: a billed line.",
    yearly=True,
)
POPULATION = Source(
    "population",
    (
        TableColumn("PP0010", "BIGINT", "person (pseudonym)"),
        _optional("PP0015", "INT", "birth year"),
        _optional("PP0020", "INT", "sex, 1 male, 2 female"),
        _optional("PP0025_0630", "STRING", "municipality (NIS) on 30 June"),
        _optional("PP0025_1231", "STRING", "municipality (NIS) on 31 December"),
        _optional("PP0055_0630", "STRING", "statistical sector on 30 June"),
        _optional("PP0055_1231", "STRING", "statistical sector on 31 December"),
        _optional("MAJOR_COVERAGE_YN", "INT", "1 increased reimbursement"),
    ),
    "Accepted population. Grain: year, person.",
    yearly=True,
)
PRACTICES = Source(
    "practices",
    (
        TableColumn("practice_id", "BIGINT", "practice (pseudonym)"),
        TableColumn("practice_type", "STRING", "solo, group or medical_house"),
        _optional("institution_id", "BIGINT", "institution that bills the forfaits of a medical house"),
        _NIS,
        _VALID_FROM,
        _VALID_TO,
    ),
    "Register of GP practices, dated rows.",
)
PRACTICE_MEMBERS = Source(
    "practice_members",
    (
        TableColumn("practice_id", "BIGINT", "practice (pseudonym)"),
        TableColumn("provider_id", "BIGINT", "provider (pseudonym)"),
        _VALID_FROM,
        _VALID_TO,
    ),
    "Members of GP practices, dated rows.",
)
PRACTITIONERS = Source(
    "practitioners",
    (TableColumn("provider_id", "BIGINT", "provider (pseudonym)"), _NIS, _VALID_FROM, _VALID_TO),
    "Register of practitioners, dated rows.",
)
FTE_INCOME_MEDIANS = Source(
    "fte_income_medians",
    (
        TableColumn("profession_group", "STRING", "qualification group of qualifications.csv"),
        TableColumn("year", "INT", "year of the median"),
        TableColumn("median_eur", "DECIMAL(18,2)", "FTE median income, EUR"),
    ),
    "FTE median income of each profession group and year.",
)
SECTORS = Source(
    "sectors",
    (
        TableColumn("sector", "STRING", "statistical sector, 9 characters"),
        _optional("name_nl", "STRING", "Dutch name"),
        _optional("name_fr", "STRING", "French name"),
        _VALID_FROM,
        _VALID_TO,
    ),
    "Statistical sectors, dated rows.",
)

# As Statbel writes a sector: the five digits of a municipality, four characters of its own.
SECTOR_FORM = "[0-9]{5}[0-9A-Z-]{4}"

SYNTHETIC_MARK = "_SYNTHETIC.json"  # in a delivery that was drawn by chance: the request that drew it
SYNTHETIC_COLUMN = "SYNTHETIC: drawn by chance, describes nobody"  # the comment of each of its columns

YEARLY = (CLAIMS, POPULATION)
REGISTERS = (PRACTICES, PRACTICE_MEMBERS, PRACTITIONERS)
# Codes that are looked up in a map or a list: one with a space around it would be unknown, and nobody would see why.
CODES_OF_PLACES = frozenset({"PP0025_0630", "PP0025_1231", "PP0055_0630", "PP0055_1231", "nis"})
PRACTICE_TYPES = ("solo", "group", "medical_house")

QUARANTINE = Table(
    "inputs/quarantine",
    "Delivered rows that were not accepted, each with the first reason found. Ingesting a year replaces its rows.",
    (
        TableColumn("source", "STRING", "claims or population"),
        TableColumn("year", "INT", "year of the delivery's folder"),
        TableColumn("reason", "STRING", "reason code"),
        TableColumn("row", "STRING", "the delivered row as JSON"),
    ),
)
RECONCILIATION = Table(
    "inputs/reconciliation",
    "What the last ingestion of a year read, accepted, put in quarantine and emptied. Grain: year, source, figure.",
    (
        YEAR,
        TableColumn("source", "STRING", "claims or population"),
        TableColumn("figure", "STRING", "read, accepted, quarantined, nulled birth year, ..."),
        TableColumn("rows", "BIGINT", "number of delivered rows"),
    ),
    checks={"rows_not_negative": "rows >= 0"},
)

INPUT_TABLES = (
    *(source.table for source in (POPULATION, CLAIMS, *REGISTERS, FTE_INCOME_MEDIANS, SECTORS)),
    QUARANTINE,
    RECONCILIATION,
)
