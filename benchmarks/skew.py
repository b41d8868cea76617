"""How even the tasks are when one practice has a hundred times the usual contacts and one person 50,000 lines.

The delivery is a copy of a drawn one. Contacts of everywhere go to a provider of the huge practice; the huge person is
one who had a contact, which is repeated on all days of the year under all codes of a GP contact. All stays within the
contract. The source variables are built with as many partitions after an exchange as on a cluster of `parallelism`
cores: on two cores there would be three tasks, and nothing to see. They are built twice, and judged the second time: in
a new JVM the first tasks of every stage last longest, because their code has not been compiled yet.
"""

import datetime as dt
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.event_log import Stage, stages
from benchmarks.processes import submitted
from benchmarks.readme import show, table
from benchmarks.rivals.spark_session import session_in
from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.periods import first_day, last_day
from imaatlas_spark.run import Run
from imaatlas_spark.source_variables.build import build_source_variables
from imaatlas_spark.storage.warehouse import Warehouse

TIMES_THE_USUAL, LINES_OF_PERSON = 100, 50_000
LEAST_TASKS, LEAST_SECONDS, ALLOWED = 4, 5.0, 3.0


def judged(delivery: Path, folder: Path, year: int, memory: str, parallelism: int) -> None:
    """Build the source variables of the skewed delivery; exit code 1 where a task lasts too long."""
    shutil.rmtree(folder, ignore_errors=True)
    codes = contact_codes(Path("conf"), year)
    share = skew(delivery, folder / "delivery", year, codes)
    target = ("--warehouse", str(folder / "warehouse"), "--years", str(year))
    submitted("ingest_deliveries", "--input", str(folder / "delivery"), *target, memory=memory)
    for turn in ("warm-up", "judged"):
        build(folder / turn, folder / "warehouse", year, memory, parallelism)
    found = large(stages(folder / "judged" / "events"))
    shutil.rmtree(folder)
    if not found:
        raise SystemExit(f"no stage has {LEAST_TASKS} tasks and {LEAST_SECONDS:.0f} s of work: draw more persons")
    shown = as_markdown(found, share, parallelism)
    print(shown)
    show("skew", shown)
    refuse_uneven(found)


def build(scratch: Path, warehouse: Path, year: int, memory: str, parallelism: int) -> None:
    """Build the source variables in a session of its own; its event log is in `scratch`/events. The JVM stays."""
    spark = session_in(scratch, Path("conf"), memory, os.cpu_count() or 1, "skew")
    spark.conf.set("spark.sql.adaptive.coalescePartitions.minPartitionNum", parallelism)
    run = Run(spark, load_configuration(Path("conf")), "benchmark")
    try:
        build_source_variables(run, Warehouse(spark, str(warehouse), run.stamp), (year,), first_year=year)
    finally:
        spark.stop()


def large(found: Sequence[Stage]) -> list[Stage]:
    """The stages that say something: with enough tasks and enough work; the most uneven first."""
    enough = (each for each in found if len(each.tasks) >= LEAST_TASKS and sum(each.tasks) >= LEAST_SECONDS)
    return sorted(enough, key=lambda each: -each.unevenness)


def refuse_uneven(found: Sequence[Stage]) -> None:
    worst = max(found, key=lambda each: each.unevenness)
    if worst.unevenness > ALLOWED:
        raise SystemExit(f"a task of stage {worst.number} lasts {worst.unevenness:.1f} times as long as its median one")


def as_markdown(found: Sequence[Stage], share: float, parallelism: int) -> str:
    rows = (
        (
            f"`{each.table}`, stage {each.number}" if each.table else f"stage {each.number}",
            str(len(each.tasks)),
            f"{sum(each.tasks):.1f}",
            f"{median(each.tasks):.2f}",
            f"{max(each.tasks):.2f}",
            f"{each.unevenness:.1f}",
        )
        for each in found
    )
    head = f"The huge practice has {share:.0%} of all contacts. Partitions as on {parallelism} cores."
    columns = "stage for the write of | tasks | seconds of all | median task | longest | longest / median"
    return "\n".join([head, "", *table(columns, rows)])


def contact_codes(conf_dir: Path, year: int) -> tuple[str, ...]:
    """The codes of a GP contact that are in force on every day of the year."""
    spells = load_configuration(conf_dir).nomenclature.spells(("gp_contact",))
    first, last = first_day(year), last_day(year)
    return tuple(sorted({each.code for each in spells if each.valid_from <= first and last <= each.valid_to}))


def skew(delivery: Path, target: Path, year: int, codes: Sequence[str]) -> float:
    """Copy the delivery with the huge practice and the huge person; the share of contacts that were rewritten."""
    claims = f"claims/year={year}"
    shutil.copytree(delivery, target, ignore=lambda folder, _: ["claims"] if Path(folder) == delivery else [])
    practice_of = providers(delivery / "practice_members", year)
    files = sorted((delivery / claims).glob("*.parquet"))
    by_provider = contacts_by_provider(files, codes)
    share, provider = huge_practice(by_provider, practice_of)
    (target / claims).mkdir(parents=True)
    for file in files:
        write(with_provider(pq.ParquetFile(file).read(), provider, share, codes), target / claims / file.name)
    huge_person = lines_of_person(a_contact(files, codes, practice_of), year, codes)
    write(huge_person, target / claims / "huge-person.parquet")
    return share


def write(lines: pa.Table, path: Path) -> None:
    """Amounts as Spark writes them, so that all files of the folder are of the same types."""
    pq.write_table(lines, path, store_decimal_as_integer=True)


def providers(members: Path, year: int) -> dict[int, int]:
    """The practice of each provider who was a member of one only, all year long."""
    rows = [row for file in members.glob("*.parquet") for row in pq.ParquetFile(file).read().to_pylist()]
    number = Counter(row["provider_id"] for row in rows)
    return {
        row["provider_id"]: row["practice_id"]
        for row in rows
        if number[row["provider_id"]] == 1
        and row["valid_from"] <= first_day(year)
        and (row["valid_to"] or dt.date.max) >= last_day(year)
    }


def contacts_by_provider(files: Sequence[Path], codes: Sequence[str]) -> Counter[int]:
    """Lines of GP contacts of each provider."""
    counted: Counter[int] = Counter()
    for file in files:
        lines = pq.ParquetFile(file).read(columns=["SS00020", "SS00065"])
        of_contacts = lines.filter(is_contact(lines, codes))["SS00065"].drop_null()
        counted.update({each["values"]: each["counts"] for each in pc.value_counts(of_contacts).to_pylist()})
    return counted


def huge_practice(by_provider: Mapping[int, int], practice_of: Mapping[int, int]) -> tuple[float, int]:
    """The share of all contacts that makes a practice a hundred times the median one, and a provider to bear it."""
    by_practice: Counter[int] = Counter()
    for provider, contacts in by_provider.items():
        if provider in practice_of:
            by_practice[practice_of[provider]] += contacts
    share = TIMES_THE_USUAL * median(by_practice.values()) / sum(by_provider.values())
    if share >= 1:
        raise SystemExit(
            f"all contacts are fewer than {TIMES_THE_USUAL} times those of a usual practice: draw more persons"
        )
    return share, min(provider for provider in by_provider if provider in practice_of)


def with_provider(lines: pa.Table, provider: int, share: float, codes: Sequence[str]) -> pa.Table:
    """The same lines, `share` of the contacts with another provider: evenly spread over the file."""
    contact = is_contact(lines, codes)
    number = pc.cumulative_sum(pc.cast(contact, pa.int64()))
    chosen = pc.and_(contact, pc.greater(_whole(number, share), _whole(pc.subtract(number, 1), share)))
    bearer = pa.scalar(provider, lines["SS00065"].type)
    return with_column(lines, "SS00065", pc.if_else(chosen, bearer, lines["SS00065"]))


def _whole(number: pa.ChunkedArray, share: float) -> pa.ChunkedArray:
    return pc.floor(pc.multiply(pc.cast(number, pa.float64()), share))


def a_contact(files: Sequence[Path], codes: Sequence[str], practice_of: Mapping[int, int]) -> pa.Table:
    """One line, by day, of a contact with a GP whose practice is known: what a regular contact is made of."""
    for file in files:
        lines = pq.ParquetFile(file).read()
        conditions = (
            is_contact(lines, codes),
            pc.is_in(lines["SS00065"], pa.array(list(practice_of), lines["SS00065"].type)),
            pc.match_substring_regex(lines["SS00065B"], "^00[0-9]$"),
            pc.match_substring_regex(lines["PRACTITIONER_CAT"], "^1[0-9]$"),
            pc.equal(lines["SS00050"], 1),
            pc.equal(lines["NWE_YN"], 0),
            pc.is_valid(lines["SS00010"]),
            pc.is_valid(lines["SS00060"]),
        )
        found = lines.filter(reduce(pc.and_, conditions))
        if found.num_rows:
            return found.slice(0, 1)
    raise SystemExit("no contact with a GP whose practice is known: draw more persons")


def lines_of_person(template: pa.Table, year: int, codes: Sequence[str]) -> pa.Table:
    """The line of the template 50,000 times: day after day, then code after code, booked in the month of service."""
    days = [first_day(year) + dt.timedelta(number) for number in range((last_day(year) - first_day(year)).days + 1)]
    of_days = list(islice(cycle(days), LINES_OF_PERSON))
    columns: dict[str, Sequence[object]] = {
        "SS00015": of_days,
        "SS00020": [codes[number // len(days) % len(codes)] for number in range(LINES_OF_PERSON)],
        "BOOKED_MONTH": [100 * day.year + day.month for day in of_days],
    }
    lines = template.take(pa.array([0] * LINES_OF_PERSON))
    for name, values in columns.items():
        lines = with_column(lines, name, pa.array(values, lines[name].type))
    return lines


def with_column(lines: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Other values under the same field, with what Spark noted about it."""
    place = lines.schema.get_field_index(name)
    return lines.set_column(place, lines.schema.field(place), values)


def is_contact(lines: pa.Table, codes: Sequence[str]) -> pa.ChunkedArray:
    return pc.is_in(lines["SS00020"], pa.array(codes, lines["SS00020"].type))
