"""The tables of protection: what is hidden, why, with which proof. Kept inside, for a short time, never exported."""

from imaatlas_spark.schemas.spec import YEAR, Table, TableColumn

# Why an amount is hidden: few persons, one unit or few, for the sake of others, with its whole breakdown.
SMALL, DOMINANCE, SECONDARY, WITHHELD = "A", "G", "D", "W"
LOOSE = "X"  # no amount: an area of whose parts nothing is shown, as they do not follow its witnesses
STATUSES = (SMALL, DOMINANCE, SECONDARY, WITHHELD, LOOSE)

_CELL = (
    YEAR,
    TableColumn("geography", "INT", "the year whose map gives the codes"),
    TableColumn("amount", "STRING", "what is counted or summed, in words"),
    TableColumn("geo_level", "STRING", "level of the area"),
    TableColumn("geo_code", "STRING", "code of the area"),
    TableColumn("members", "STRING", "members of dimensions: age_class=0-9 sex=M; _T: all"),
)

AMOUNTS = Table(
    "protection/amounts",
    "Amounts that are hidden. Inside only. Grain: year, geography, amount, area, members.",
    (
        *_CELL,
        TableColumn(
            "status",
            "STRING",
            "A few persons, G one unit or few, D hidden for the sake of others, W hidden with its whole breakdown, "
            "X no amount: an area of whose parts nothing is shown",
        ),
        TableColumn("value", "BIGINT", "the true value; null: as on the other map", True),
        TableColumn("need", "BIGINT", "how wide the interval of its values must be; null: as on the other map", True),
        TableColumn("lowest", "BIGINT", "least value in the witnesses; null: as on the other map", True),
        TableColumn("highest", "BIGINT", "largest value in the witnesses; null: as on the other map", True),
        TableColumn("is_unproven", "BOOLEAN", "no witnesses reach its need: everything of its area is hidden"),
    ),
    checks={"status_known": "status IN ('A', 'G', 'D', 'W', 'X')"},
)

WITNESSES = Table(
    "protection/witnesses",
    "How far hidden amounts move in other tables that agree with everything that is shown. Inside only. Grain: year, "
    "geography, amount, area, members, witness.",
    (
        *_CELL,
        TableColumn("witness", "INT", "number of the witness within the year and geography"),
        TableColumn("moves", "BIGINT", "value in the witness less the true value"),
    ),
)

PROTECTION_TABLES = (AMOUNTS, WITNESSES)
