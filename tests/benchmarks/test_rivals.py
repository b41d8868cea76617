"""The rivals of the benchmark against the oracle: the same figures, on a delivery full of the edges of every rule."""

import importlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.rivals.task import STATISTICS, Figures, Stopwatch, Task, differences, figures_of, read_figures
from imaatlas_spark.configuration import load_configuration
from tests.conftest import CONF
from tests.engine import conf_with
from tests.oracle.compute import compute
from tests.oracle.nasty import Draw, draw_nasty_delivery, write_nasty_codelists
from tests.oracle.parameters import Parameters

pytestmark = pytest.mark.jobs

DELIVERED, YEARS, ACTIVE = (2016, 2017, 2018, 2019), (2018, 2019), 20


@dataclass(frozen=True)
class Drawn:
    """A delivery with its configuration, and the figures of each year as the oracle has them."""

    folder: Path
    figures: dict[int, Figures]

    def task(self, folder: Path, year: int) -> Task:
        return Task(self.folder / "delivery", folder, self.folder / "conf", year, memory="1g", threads=2)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    folder = tmp_path_factory.mktemp("rivals")
    conf = conf_with(CONF, folder / "conf", active_practice_contacts=str(ACTIVE))
    write_nasty_codelists(conf, seed=3, years=DELIVERED)
    draw = Draw(seed=3, persons=250, active_practice_contacts=ACTIVE)
    draw_nasty_delivery(folder / "delivery", draw, conf_dir=conf, years=DELIVERED)
    cards = load_configuration(conf).cards
    planned = {(code, year): cards[code].release.planned_date(year) for code in STATISTICS for year in YEARS}
    parameters = Parameters(active_practice_contacts=ACTIVE)
    oracle = compute(folder / "delivery", conf, YEARS, parameters=parameters, release_dates=planned)
    figures: dict[int, Figures] = {year: {} for year in YEARS}
    for code, rows in oracle.statistics.items():
        for year in YEARS:
            of_year = [row for row in rows if row["year"] == year]
            figures[year] |= figures_of(code, year, of_year, cards[code].dimensions)
    return Drawn(folder, figures)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("rival", ["duckdb", "polars"])
def test_rivals_have_the_figures_of_the_oracle(drawn: Drawn, tmp_path: Path, rival: str, year: int) -> None:
    run, watch = importlib.import_module(f"benchmarks.rivals.{rival}_engine").run, Stopwatch()
    assert differences(drawn.figures[year], run(drawn.task(tmp_path, year), watch)) == []
    assert set(watch.seconds) == {"ingest", "source_variables", "statistics"}


def test_a_rival_runs_in_a_process_of_its_own(drawn: Drawn, tmp_path: Path) -> None:
    from benchmarks.compare import measured

    task = drawn.task(tmp_path / "work", 2019)
    run = measured("duckdb", 0, 250, task)
    assert run.work == pytest.approx(sum(run.seconds.values()))
    assert run.lines > 0
    assert run.peak_memory > 0
    assert run.spark is None
    assert read_figures(task.folder / "figures.csv") == drawn.figures[2019]


def test_one_figure_that_differs_fails_the_comparison(drawn: Drawn) -> None:
    from benchmarks.compare import refuse_differences

    figures, expected = drawn.figures[2019], dict[str, Figures]()
    refuse_differences("engine", figures, expected)
    refuse_differences("duckdb", dict(figures), expected)
    key = max(figures)
    with pytest.raises(SystemExit, match="engine and polars differ"):
        refuse_differences("polars", figures | {key: (figures[key][0] + 1, figures[key][1])}, expected)
    with pytest.raises(SystemExit, match="1 figures differ"):
        refuse_differences("polars", {each: figures[each] for each in figures if each != key}, expected)
    with pytest.raises(SystemExit, match="no figures"):
        refuse_differences("polars", {}, expected)
