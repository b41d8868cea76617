"""What the benchmarks of increments, of more statistics and of scale-out make of what they measured."""

from pathlib import Path

import pytest

from benchmarks import increment, scale_out, statistics_cost
from benchmarks.increment import Step, data_files, new_folders, of_other_years, refuse_other_years
from benchmarks.processes import in_turn
from benchmarks.readme import markers, show
from benchmarks.statistics_cost import ALL, FIVE, ONE


def test_every_turn_begins_with_the_next() -> None:
    assert [in_turn("abc", turn)[0] for turn in range(4)] == ["a", "b", "c", "a"]
    assert in_turn("abc", 1) == ["b", "c", "a"]


def test_a_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    begin, end = markers("one")
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{begin}\n{end}\nbetween\n<!-- two: begin -->\nkept\n", encoding="utf-8")
    show("one", "first", readme)
    show("one", "second", readme)
    expected = f"before\n{begin}\nsecond\n{end}\nbetween\n<!-- two: begin -->\nkept\n"
    assert readme.read_text(encoding="utf-8") == expected


def test_statistics_are_held_against_one_and_the_five() -> None:
    seconds = {ONE: [3.0, 2.0, 4.0], FIVE: [5.0, 4.0, 6.0], ALL: [6.0, 7.0, 8.0]}
    table = statistics_cost.as_markdown(seconds, (2020, 2021), "4g", 2)
    assert "Years: 2020 and 2021. Threads: 2. Memory: 4g. Turns: 3." in table
    assert "| `stat_003_014` | 2.0 | 3.0 | 1.00 |  |" in table
    assert "| the five of the sheets | 4.0 | 5.0 | 2.00 | 1.00 |" in table
    assert "| all | 6.0 | 7.0 | 3.00 | 1.50 |" in table


def test_sets_are_published_in_turn() -> None:
    asked: list[str] = []

    def publish(name: str) -> float:
        asked.append(name)
        return float(len(asked))

    assert statistics_cost.turns(publish, 2) == {ONE: [1.0, 6.0], FIVE: [2.0, 4.0], ALL: [3.0, 5.0]}
    assert asked == [ONE, FIVE, ALL, FIVE, ALL, ONE]


def test_new_files_are_those_of_other_names_outside_the_logs(tmp_path: Path) -> None:
    def written(*names: str) -> frozenset[str]:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        return data_files(tmp_path)

    before = written("inputs/claims/year=2019/a.parquet", "inputs/claims/year=2020/a.parquet")
    log = "inputs/claims/_delta_log/00010.checkpoint.parquet"
    after = written("inputs/claims/year=2020/b.parquet", "inputs/practices/b.parquet", log)
    assert new_folders(before, after) == ("inputs/claims/year=2020", "inputs/practices")


def test_only_registers_may_be_written_beside_the_year() -> None:
    good = ("inputs/quarantine/year=2020", "inputs/sectors", "source_variables/gmd_events/year=2020")
    assert of_other_years(good, 2020) == []
    assert of_other_years([*good, "statistics/x/year=2021", "statistics/x"], 2020) == [
        "statistics/x/year=2021",
        "statistics/x",
    ]
    with pytest.raises(SystemExit, match="2020 delivered again: inputs/claims/year=2019"):
        refuse_other_years([Step("2020 delivered again", 2020, 1, (1.0,), ("inputs/claims/year=2019",))])


def test_steps_are_held_against_the_first() -> None:
    folders = ("inputs/claims/year={}", "inputs/practices")
    steps = [
        Step(name, year, 1000, (seconds, 2.0, 3.0), tuple(each.format(year) for each in folders))
        for seconds in (5.0, 7.0)
        for year, name in increment.STEPS
    ]
    table = increment.as_markdown(steps, 100_000, "4g")
    assert "Turns: 2." in table
    assert "| 2022 added to 2017-2021 | 1,000 | 5.0 | 2.0 | 3.0 | 10.0 | 1.00 |" in table
    assert "- 2020 delivered again: new files in `year=2020` of inputs/claims; and in inputs/practices" in table


def test_speed_up_is_that_of_the_best_turns() -> None:
    turns = {1: [{"write": 9.0}, {"write": 8.0}], 2: [{"write": 5.0}, {"write": 6.0}]}
    table = scale_out.as_markdown(turns, 300_000, 10_000_000, "2g")
    assert "| write | 8.0 | 5.0 | 1.60 |" in table
    assert "Turns: 2." in table
