"""The table of a statistic (data contract, section 4): the same for every card, but for its dimensions."""

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL, Dimensions
from imaatlas_spark.geography import LEVELS
from imaatlas_spark.schemas.spec import LONG, YEAR, Table, TableColumn


def statistic_table(card: Card, dimensions: Dimensions) -> Table:
    broken_down_by = [
        TableColumn(
            name, "STRING", f"{dimensions[name].title.en}: {', '.join(dimensions[name].codes)}; {TOTAL} is the total"
        )
        for name in card.dimensions
    ]
    return Table(
        f"statistics/{card.code}",
        f"{card.code}: {card.title.en}. {card.formula.en}. Grain: year, area, geography, dimensions, release.",
        (
            YEAR,
            TableColumn("geo_level", "STRING", f"{', '.join(LEVELS)}, or a grouping of conf/geography/groupings"),
            TableColumn("geo_code", "STRING", "code of the area"),
            TableColumn("geography", "INT", "the year whose map gives the codes"),
            *broken_down_by,
            TableColumn("numerator", "BIGINT", "sum above the line; null where it is confidential", nullable=True),
            TableColumn(
                "denominator", "BIGINT", "sum below the line; null for a count or where confidential", nullable=True
            ),
            TableColumn(
                "value",
                "DOUBLE",
                f"{card.scale} * numerator / denominator; null where the denominator is 0 or conf_status is C",
                nullable=True,
            ),
            TableColumn(
                "obs_status",
                "STRING",
                "SDMX: A normal, M cannot exist, Q suppressed, E recoded not exactly, B break, P provisional",
            ),
            TableColumn("conf_status", "STRING", "SDMX: F free, C confidential"),
            TableColumn("release_date", "DATE", "date of the release (vintage)"),
        ),
        checks={
            "level_named": "geo_level RLIKE '^[a-z][a-z0-9_]*$'",
            "status_known": "obs_status IN ('A', 'M', 'Q', 'E', 'B', 'P')",
            "confidentiality_known": "conf_status IN ('F', 'C')",
            "confidential_is_suppressed": "(conf_status = 'C') = (obs_status = 'Q')",
            "numerator_where_free": "(conf_status = 'F') = (numerator IS NOT NULL)",
            "numerator_not_negative": "numerator IS NULL OR numerator >= 0",
            "denominator_not_negative": "denominator IS NULL OR denominator >= 0",
            "value_where_it_exists": "(obs_status IN ('M', 'Q')) = (value IS NULL)",
        },
        retention=LONG,
    )
