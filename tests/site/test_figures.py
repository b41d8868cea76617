"""Data files: every figure of the table, in the order of the areas, and nothing else."""

from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.site.figures import Figures, classes
from imaatlas_spark.site.places import Places
from tests.site.conftest import CODES
from tests.site.reading import data_of
from tests.site.reading import figures_of as figures_of_block

pytestmark = pytest.mark.slow


def table(warehouse: Path, code: str) -> pl.DataFrame:
    frame = pl.from_arrow(DeltaTable(str(warehouse / "statistics" / code)).to_pyarrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def figures_in(site: Path, file: str, code: str, codes: dict[str, dict[str, list[str]]], level: str) -> set[tuple]:
    """(year, area, numerator, denominator, status) of every figure of a data file."""
    vintage_of = data_of(site / "geo" / "areas.js")["vintageOf"]
    found = set()
    for block in data_of(site / "data" / code / file)[level]["blocks"]:
        areas = codes[str(vintage_of[str(block["map"])])][level]
        figures = figures_of_block(block, len(areas))
        found |= {(block["year"], area, *figure) for area, figure in zip(areas, figures, strict=True)}
    return found


@pytest.mark.parametrize("level", ["country", "region", "province", "arrondissement", "municipality"])
@pytest.mark.parametrize("code", CODES)
def test_a_file_holds_the_rows_of_the_table(site: Path, warehouse: Path, code: str, level: str) -> None:
    rows = table(warehouse, code).filter(pl.col("geo_level") == level)
    if rows.is_empty():
        assert level == "municipality"
        assert not [*(site / "data" / code).glob("municipality*")]
        return
    if "age_class" in rows.columns:
        rows = rows.filter(pl.col("age_class") == "90+")
    expected = set(rows.select("year", "geo_code", "numerator", "denominator", "obs_status").iter_rows())
    codes = data_of(site / "geo" / "areas.js")["vintages"]
    name = "municipality" if level == "municipality" else "larger"
    file = f"{name}.90plus.js" if "age_class" in rows.columns else f"{name}.js"
    assert figures_in(site, file, code, codes, level) == expected


@pytest.mark.parametrize(
    ("numerators", "statuses", "expected"),
    [
        ([1, 2, 3], "AAA", ("1,2,3", "")),
        ([1, None, 3], "AQA", ("1,,3", "AQA")),
        ([None, 2, 3], "QAA", (",2,3", "QAA")),
        ([1, None, None], "AQQ", ("1", "AQQ")),
        ([None, None, None], "QQQ", ("", "Q")),
        ([0, 0, 0], "BBB", ("0,0,0", "B")),
    ],
)
def test_what_is_hidden_or_alike_is_short(
    configuration: Configuration, tmp_path: Path, numerators: list[int | None], statuses: str, expected: tuple[str, str]
) -> None:
    """Of the three regions."""
    keys = {"year": 2021, "geo_level": "region", "geo_code": ["02000", "03000", "04000"], "geography": 2021}
    rows = pl.DataFrame(keys).with_columns(
        pl.Series("numerator", numerators, pl.Int64), pl.lit(10).alias("denominator"),
        pl.Series("obs_status", list(statuses)),
    )  # fmt: skip
    rows = rows.with_columns((pl.col("numerator") / pl.col("denominator")).alias("value"))
    figures_of(configuration, rows).write(tmp_path / "data" / "stat_003_014", with_sectors=False)
    block = data_of(tmp_path / "data" / "stat_003_014" / "larger.js")["region"]["blocks"][0]
    assert (block["n"], block["s"]) == expected
    assert figures_of_block(block, 3) == list(zip(numerators, [10] * 3, statuses, strict=True))


def test_a_hidden_figure_is_in_no_file(site: Path, warehouse: Path) -> None:
    rows = table(warehouse, "cube_013_007").filter(
        (pl.col("geo_level") == "municipality") & (pl.col("age_class") == "90+")
    )
    hidden = set(rows.filter(pl.col("conf_status") == "C").select("year", "geo_code").iter_rows())
    assert hidden
    codes = data_of(site / "geo" / "areas.js")["vintages"]
    found = figures_in(site, "municipality.90plus.js", "cube_013_007", codes, "municipality")
    assert {(year, area) for year, area, numerator, _, status in found if status == "Q" and numerator is None} == hidden


def test_sectors_lie_in_the_file_of_their_arrondissement(site: Path, warehouse: Path) -> None:
    rows = table(warehouse, "stat_003_014").filter((pl.col("geo_level") == "sector") & (pl.col("year") == 2019))
    expected = dict(rows.select("geo_code", "numerator").iter_rows())
    found = {}
    for path in (site / "data" / "stat_003_014" / "sector").iterdir():
        data = data_of(path)
        block = next(block for block in data["blocks"] if block["year"] == 2019)
        figures = figures_of_block(block, len(data["codes"]))
        found |= {code: numerator for code, (numerator, *_) in zip(data["codes"], figures, strict=True)}
    assert found == expected


def test_sectors_of_a_municipality_that_changed_arrondissement_follow_it(configuration: Configuration) -> None:
    places = Places.of(configuration.geography, [2018, 2019], {})
    assert places.arrondissement_of("55022A00-", 2018) == "55000"
    assert places.arrondissement_of("55022A00-", 2019) == "58000"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([0.0, 0.0, None], []),
        ([7.0], [7.0, 7.0]),
        ([float(each) for each in range(1, 11)], [1, 2, 4, 6, 8, 10]),
        ([0.0, *map(float, range(1, 6))], [1, 1, 2, 3, 4, 5]),
        ([1.0] * 8 + [2.0, 3.0], [1, 1, 3]),
    ],
)
def test_classes_are_quintiles_of_all_values_but_zero(values: list[float | None], expected: list[float]) -> None:
    assert classes(pl.Series(values, dtype=pl.Float64)) == expected


def test_classes_hold_for_all_years(site: Path, warehouse: Path) -> None:
    """A fifth of all values of all years lies at or below the first cut."""
    rows = table(warehouse, "stat_003_014").filter(pl.col("geo_level") == "municipality")
    bounds = data_of(site / "data" / "stat_003_014" / "municipality.js")["municipality"]["classes"]
    shown = rows["value"].drop_nulls()
    assert (shown <= bounds[1]).mean() == pytest.approx(0.2, abs=0.001)
    assert bounds[-1] == shown.max()


def figures_of(configuration: Configuration, rows: pl.DataFrame) -> Figures:
    places = Places.of(configuration.geography, rows["geography"].unique(), {})
    return Figures(configuration.cards["stat_003_014"], rows, places, {})


def test_a_value_that_is_not_its_ratio_is_refused(
    configuration: Configuration, warehouse: Path, tmp_path: Path
) -> None:
    rows = table(warehouse, "stat_003_014").with_columns(pl.col("value") + 1e-9)
    with pytest.raises(WarehouseRefused, match="not its numerator over its denominator"):
        figures_of(configuration, rows).write(tmp_path, with_sectors=False)


def test_an_area_of_another_map_is_refused(configuration: Configuration, warehouse: Path, tmp_path: Path) -> None:
    rows = table(warehouse, "stat_003_014").with_columns(pl.lit(2025, pl.Int32).alias("geography"))
    with pytest.raises(WarehouseRefused, match="not on the map of 2025"):
        figures_of(configuration, rows).write(tmp_path, with_sectors=False)
