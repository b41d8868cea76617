"""Areas and members taken together: sums of numerators and denominators, the ratio last."""

from collections.abc import Sequence

import polars as pl

from imaatlas_spark.errors import NotInAtlas
from imaatlas_spark.reader.statistic import Statistic
from imaatlas_spark.schemas.statuses import (
    BREAK,
    CANNOT_EXIST,
    CONFIDENTIAL,
    ESTIMATED,
    FREE,
    NORMAL,
    PROVISIONAL,
    SUPPRESSED,
)

# Which status a sum has of those of its parts: the first that any of them has.
_ORDER = (SUPPRESSED, ESTIMATED, BREAK, PROVISIONAL)


def combined(values: pl.DataFrame, areas: Sequence[str], statistic: Statistic) -> pl.DataFrame:
    """One row a year from the rows of disjoint parts; columns as `Atlas.combine`.

    Raises NotInAtlas where an area has no figure in a year: a sum would silently lack it.
    """
    by_year, dimensions, scale = ["year", "geography"], statistic.dimensions, statistic.metadata["scale"]
    for year, geography, found in (
        values.group_by(by_year, maintain_order=True).agg(pl.col("geo_code").unique()).iter_rows()
    ):
        missing = sorted(set(areas) - set(found))
        if missing:
            raise NotInAtlas(
                f"{', '.join(missing)} has no figure in {year} on the map of {geography}: ask for other years or map="
            )
    hidden, counts = pl.col("obs_status") == SUPPRESSED, pl.col("denominator").is_null().all()
    sums = values.group_by(by_year, maintain_order=True).agg(
        pl.col("geo_code").unique(maintain_order=True).alias("areas"),
        pl.col("area_name").unique(maintain_order=True).alias("area_names"),
        *(pl.col(name).unique(maintain_order=True) for name in dimensions),
        hidden.any().alias("hidden"),
        (~hidden.any() & counts).alias("counted"),
        pl.col("numerator").sum(),
        pl.col("denominator").sum(),
        pl.col("unit").first(),
        pl.col("obs_status").unique().alias("statuses"),
        pl.len().alias("parts"),
    )
    above = pl.when(~pl.col("hidden")).then("numerator")
    below = pl.when(~pl.col("hidden") & ~pl.col("counted")).then("denominator")
    ratio = pl.when(pl.col("counted")).then(above.cast(pl.Float64))
    value = ratio.when(below > 0).then((scale * above).cast(pl.Float64) / below)
    status = pl.when(pl.col("hidden")).then(pl.lit(SUPPRESSED)).when(below == 0).then(pl.lit(CANNOT_EXIST))
    for each in _ORDER[1:]:
        status = status.when(pl.col("statuses").list.contains(each)).then(pl.lit(each))
    rows = sums.select(
        *(*by_year, "areas", "area_names", *dimensions),
        above.alias("numerator"),
        below.alias("denominator"),
        value.alias("value"),
        "unit",
        status.otherwise(pl.lit(NORMAL)).alias("obs_status"),
        pl.when(pl.col("hidden")).then(pl.lit(CONFIDENTIAL)).otherwise(pl.lit(FREE)).alias("conf_status"),
        "parts",
    )
    label = pl.col("obs_status").replace_strict(statistic.names.codes("obs_status"), return_dtype=pl.String)
    return rows.with_columns(label.alias("obs_status_label")).select(
        *(*by_year, "areas", "area_names", *dimensions, "numerator", "denominator", "value", "unit"),
        *("obs_status", "obs_status_label", "conf_status", "parts"),
    )
