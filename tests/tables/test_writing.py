"""What `Warehouse.replace` lets through: only rows of the years that are replaced, in a new table as in an old one."""

import datetime as dt
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from imaatlas_spark.schemas.inputs import SECTORS
from imaatlas_spark.schemas.spec import ddl
from imaatlas_spark.schemas.year_tables import LINE_QUALITY
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.warehouse import Warehouse
from tests.engine import STAMP
from tests.storage.recorded_runs import lines

pytestmark = pytest.mark.spark


@pytest.mark.parametrize("there", [(), (2020,), (2020, 2021)], ids=["a new table", "another year", "the same year"])
def test_a_row_of_another_year_is_refused(spark: SparkSession, tmp_path: Path, there: tuple[int, ...]) -> None:
    warehouse = Warehouse(spark, str(tmp_path), STAMP)
    if there:
        warehouse.replace_years(LINE_QUALITY, lines(spark, *there), there)
    with pytest.raises(Exception, match=r"outside year IN \(2021\)|REPLACE_WHERE_MISMATCH"):
        warehouse.replace_years(LINE_QUALITY, lines(spark, 2021, 2019), (2021,))
    assert warehouse.years(LINE_QUALITY) == set(there)
    assert warehouse.read(LINE_QUALITY).count() == len(there)


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ((2019,), (2020, 2021)),
        ((2019, 2021), (2020,)),
        ((2021,), ()),
        ((2020, 2021), (2021,)),
        ((), (2021,)),
    ],
    ids=str,
)
def test_what_was_in_the_years_goes_and_the_rest_stays(
    spark: SparkSession, tmp_path: Path, there: tuple[int, ...], new: tuple[int, ...]
) -> None:
    """Whether some, all or none of the years had rows, and whether some, all or none get any."""
    warehouse = Warehouse(spark, str(tmp_path), STAMP)
    warehouse.replace_years(LINE_QUALITY, lines(spark, *there), (2019, 2020, 2021))
    assert warehouse.replace_years(LINE_QUALITY, lines(spark, *new, number=2), (2020, 2021)) == len(new)
    found = {(row.year, row.lines) for row in warehouse.read(LINE_QUALITY).collect()}
    assert found == {(year, 1) for year in there if year == 2019} | {(year, 2) for year in new}


@pytest.mark.parametrize("there", [(), ("44021A00-", "44021A01-")], ids=["nothing there", "rows there"])
@pytest.mark.parametrize("new", [(), ("11001A00-",)], ids=["by nothing", "by a row"])
def test_a_whole_table_is_replaced(
    spark: SparkSession, tmp_path: Path, there: tuple[str, ...], new: tuple[str, ...]
) -> None:
    warehouse = Warehouse(spark, str(tmp_path), STAMP)
    for codes in (there, new):
        rows = [(code, "", "", dt.date(2000, 1, 1), None) for code in codes]
        frame = local_frame(spark, rows, ddl(SECTORS.table.columns))
        assert warehouse.replace_whole(SECTORS.table, frame) == len(codes)
    assert {row.sector for row in warehouse.read(SECTORS.table).collect()} == set(new)
