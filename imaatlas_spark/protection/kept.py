"""What protection has hidden, as the tables `protection/*` keep it: for the report, and for a second map of a year."""

from collections.abc import Iterable, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.schemas.protection import AMOUNTS, PROTECTION_TABLES, WITNESSES
from imaatlas_spark.schemas.spec import Table
from imaatlas_spark.statistics.observations import by_year
from imaatlas_spark.statistics.origins import origin_of_sums
from imaatlas_spark.statistics.publication import Publication
from imaatlas_spark.storage.warehouse import Warehouse

_CELL = ("year", "geography", "amount", "geo_level", "geo_code", "members")


def keep(hidden: DataFrame, publication: Publication) -> None:
    """Write both tables; `hidden` as `rows.columns_of`. Rows of the same years on other maps stay."""
    named = hidden.withColumns(
        {"geography": by_year(publication.maps), "members": _in_words(publication.dimension_names)}
    )
    true_value = F.col("lowest") - F.least(F.coalesce(F.array_min("moves"), F.lit(0)), F.lit(0))
    amounts = named.withColumnRenamed("unproven", "is_unproven").withColumn("value", true_value)
    moves = F.explode(F.arrays_zip("witnesses", "moves")).alias("moved")
    witnesses = named.select(*_CELL, moves).select(*_CELL, F.col("moved.witnesses").alias("witness"), "moved.moves")
    origins = {year: origin_of_sums(publication, year) for year in publication.maps}
    for table, rows in ((AMOUNTS, amounts), (WITNESSES, witnesses)):
        written = rows.select(*table.column_names)
        staying = _on_other_maps(publication, table)
        whole = written if staying is None else written.unionByName(staying)
        publication.warehouse.replace_years(table, whole.coalesce(1), publication.maps)
        publication.warehouse.made_from(table, origins)


def is_kept_for(publication: Publication, year: int) -> bool:
    """Whether both tables tell what is hidden of just these sums: nothing has to be worked out again.

    Of all cards that are protected: those of `Publication.with_all_cards`, whichever are asked for.
    """
    origin = {year: origin_of_sums(publication, year)}
    return all(publication.warehouse.is_made_from(table, origin) for table in PROTECTION_TABLES)


def read_kept(warehouse: Warehouse, year: int, geography: int, dimensions: Sequence[str]) -> DataFrame:
    """What was hidden of a year on a map, again as `rows.columns_of` but for `pattern`."""
    amounts, witnesses = (
        warehouse.read(table).where((F.col("year") == year) & (F.col("geography") == geography))
        for table in (AMOUNTS, WITNESSES)
    )
    moves = witnesses.groupBy(*_CELL).agg(F.sort_array(F.collect_list(F.struct("witness", "moves"))).alias("moved"))
    members = F.expr("str_to_map(members, ' ', '=')")
    return (
        amounts.join(moves, list(_CELL), "left")
        .withColumns({name: F.coalesce(members[name], F.lit(TOTAL)) for name in dimensions})
        .select(
            "year",
            "amount",
            "geo_level",
            "geo_code",
            *dimensions,
            "status",
            "need",
            "lowest",
            "highest",
            F.col("is_unproven").alias("unproven"),
            F.coalesce(F.col("moved.witness"), F.array().cast("ARRAY<INT>")).alias("witnesses"),
            F.coalesce(F.col("moved.moves"), F.array().cast("ARRAY<BIGINT>")).alias("moves"),
        )
    )


def _on_other_maps(publication: Publication, table: Table) -> DataFrame | None:
    if not publication.warehouse.holds(table):
        return None
    return publication.warehouse.read(table).where(F.col("geography") != by_year(publication.maps))


def _in_words(dimensions: Iterable[str]) -> Column:
    """age_class=0-9 sex=M; `_T` where an amount is not broken down."""
    said = F.concat_ws(
        " ", *(F.when(F.col(name) != TOTAL, F.concat(F.lit(f"{name}="), F.col(name))) for name in dimensions)
    )
    return F.when(said == "", F.lit(TOTAL)).otherwise(said)
