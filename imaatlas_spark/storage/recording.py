"""A run of a job on a warehouse: alone in it, with its inputs pinned, and written down when it ends."""

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from imaatlas_spark.errors import Refused
from imaatlas_spark.failures import told
from imaatlas_spark.schemas.ledger import BROKEN_OFF, DONE, FAILED, REFUSED, RUNS
from imaatlas_spark.schemas.spec import ddl
from imaatlas_spark.storage.local_frames import local_frame
from imaatlas_spark.storage.lock import Holder, Lock, began, locked, now, this_host
from imaatlas_spark.storage.traces import Traces
from imaatlas_spark.storage.warehouse import Warehouse

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@contextmanager
def recorded(warehouse: Warehouse, years: Iterable[int], say: Callable[[str], None]) -> Iterator[None]:
    """One run of a job: nobody else writes the warehouse meanwhile, and how it ended is written to `runs`.

    A refusal is written down where the warehouse is one already; it never makes one. `say` is told of a lock that a
    dead run had left. What is recorded within a recorded run is part of that run.
    """
    if warehouse.traces is not None:
        yield
        return
    traces = Traces(tuple(sorted(years)), now())
    with _lock_for(warehouse, _holder(warehouse, traces), say) as lock:
        _begin(warehouse, traces)
        try:
            yield
            _write_down(warehouse, traces, lock, DONE, None)
        except Refused as refusal:
            _try_to_write_down(warehouse, traces, lock, REFUSED, refusal)
            raise
        except BaseException as failure:  # Ctrl-C and SIGTERM too
            _try_to_write_down(warehouse, traces, lock, FAILED, failure)
            raise
        finally:
            warehouse.begin(None)


@contextmanager
def alone_in(warehouse: Warehouse, years: Iterable[int], say: Callable[[str], None]) -> Iterator[None]:
    """Several runs of a job after each other (`Warehouse.for_run`): nobody comes in between them."""
    holder = _holder(warehouse, Traces(tuple(sorted(years)), now()))
    with _lock_for(warehouse, holder, say) as lock:
        warehouse.lock = lock
        try:
            yield
        finally:
            warehouse.lock = None


@contextmanager
def _lock_for(warehouse: Warehouse, holder: Holder, say: Callable[[str], None]) -> Iterator[Lock]:
    """The lock that is held for several runs, or one of this run alone."""
    if warehouse.lock is not None:
        warehouse.lock.pass_to(holder)
        yield warehouse.lock
        return
    with locked(warehouse.spark, warehouse.root, holder) as lock:
        if lock.left_by:
            say(f"{lock.left_by} has died: its lock is taken over")
        yield lock


def _begin(warehouse: Warehouse, traces: Traces) -> None:
    """`runs` is read first: a run that could not be written down is refused before its work, not after it."""
    warehouse.begin(traces)
    try:
        _ = warehouse.ledger
    except BaseException:
        warehouse.begin(None)
        raise


def _try_to_write_down(warehouse: Warehouse, traces: Traces, lock: Lock, outcome: str, end: BaseException) -> None:
    """What ended the run is told in any case; where it cannot be written down, the lock stays for the next run."""
    try:
        if not isinstance(end, Exception):
            warehouse.spark.sparkContext.cancelAllJobs()  # stopped in the middle: nothing of it may go on
        if not traces.written and not warehouse.holds(RUNS):
            return
        _write_down(warehouse, traces, lock, outcome, str(end) if isinstance(end, Refused) else told(end))
    except Exception as failure:
        lock.stays = True
        end.add_note(f"the run could not be written to runs either: {told(failure)}")


def _write_down(warehouse: Warehouse, traces: Traces, lock: Lock, outcome: str, message: str | None) -> None:
    rows = [_row_of_broken(lock.left_by)] if lock.left_by else []
    # The order of the runs is that of their ends, whatever the clocks of their machines say.
    ended = max(now(), _EPOCH + dt.timedelta(microseconds=warehouse.ledger.last_end + 1))
    stamp = warehouse.stamp
    rows.append(
        {
            "run_id": stamp.run_id,
            "job": stamp.job,
            "arguments": stamp.arguments,
            "years": list(traces.years),
            "started": traces.started,
            "ended": ended,
            "outcome": outcome,
            "message": message,
            "package_version": stamp.package_version,
            "configuration": stamp.rules_and_cards,
            "versions_read": _versions(traces.read),
            "versions_written": _versions(traces.written),
            "years_written": [
                {"table": path, "year": year, "content": content, "made_from": traces.origins.get((path, year))}
                for (path, year), content in sorted(traces.contents.items(), key=str)
            ],
            "counts": [{"name": name, "number": number} for name, number in sorted(traces.counts.items())],
        }
    )
    values = [tuple(row[name] for name in RUNS.column_names) for row in rows]
    frame = local_frame(warehouse.spark, values, ddl(RUNS.columns))
    warehouse.append(RUNS, frame.coalesce(1))
    lock.left_by = None


def _versions(versions: dict[str, int]) -> list[dict[str, Any]]:
    return [{"table": path, "version": version} for path, version in sorted(versions.items())]


def _row_of_broken(holder: Holder) -> dict[str, Any]:
    """The row of a run that was killed: what its lock said, and nothing of what it may have written."""
    fields = asdict(holder)
    return {
        **{name: fields[name] for name in ("run_id", "job", "arguments", "package_version", "configuration")},
        "years": list(holder.years),
        "started": dt.datetime.fromisoformat(holder.since),
        "ended": now(),
        "outcome": BROKEN_OFF,
        "message": f"the process {holder.process} on {holder.host} died",
        "versions_read": [],
        "versions_written": [],
        "years_written": [],
        "counts": [],
    }


def _holder(warehouse: Warehouse, traces: Traces) -> Holder:
    stamp = warehouse.stamp
    engine: Any = warehouse.spark._jvm.java.lang.ProcessHandle.current()  # type: ignore[union-attr]
    process, java = os.getpid(), int(engine.pid())
    return Holder(
        job=stamp.job,
        run_id=stamp.run_id,
        arguments=stamp.arguments,
        years=traces.years,
        since=traces.started.isoformat(timespec="seconds"),
        host=this_host(),
        process=process,
        engine=java,
        package_version=stamp.package_version,
        configuration=stamp.rules_and_cards,
        process_began=began(process),
        engine_began=began(java),
    )
