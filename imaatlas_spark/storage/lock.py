"""One writer: the lock of a warehouse says who works in it, since when and where.

On a disk it is a file that its holder keeps locked: the system lets go of it when the holder dies. On HDFS or an object
store it is a file that the store creates only if there is none.
"""

import datetime as dt
import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pyspark.sql import SparkSession

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.folders import is_local
from imaatlas_spark.storage.store_paths import StorePath

NAME = "_lock"
_PATIENCE = 20.0  # seconds that the JVM of a run that was killed may take to die
_NAMING = 2.0  # seconds that the holder of a lock may take to write its name


@dataclass(frozen=True)
class Holder:
    """Who works in a warehouse. `process` is the job's, `engine` that of its JVM, both on `host`."""

    job: str
    run_id: str
    arguments: str
    years: tuple[int, ...]
    since: str
    host: str
    process: int
    engine: int
    package_version: str
    configuration: str
    process_began: str = ""
    engine_began: str = ""
    """When the two began (`began`), because a system gives the number of a dead process to another one. "": unknown."""

    def __str__(self) -> str:
        return f"{self.job} (run {self.run_id}, process {self.process} on {self.host}, since {self.since})"

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Holder | None":
        """None: the text is not whole, because its writer died while it wrote."""
        try:
            fields = json.loads(text)
            return cls(**{**fields, "years": tuple(fields["years"])})
        except (ValueError, TypeError, KeyError):
            return None


@dataclass
class Lock:
    """The lock while it is held. `left_by`: the run that was broken off and had left it behind."""

    holder: Holder
    write: Callable[[str], object]
    left_by: Holder | None = None
    stays: bool = False
    """Leave the lock when the run ends, for the next one to find: the run could not write down how it ended."""

    def pass_to(self, holder: Holder) -> None:
        """Of several runs after each other under one lock the next one: should it be killed, the lock names it.

        Raises WarehouseRefused where somebody has cleared the lock meanwhile.
        """
        self.write(holder.as_json())
        self.holder = holder


def this_host() -> str:
    return socket.gethostname()


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@contextmanager
def locked(spark: SparkSession, root: str, holder: Holder) -> Iterator[Lock]:
    """Alone in the warehouse. Raises WarehouseRefused, naming the holder, where another run works in it."""
    held = _locked_on_disk(Path(root), holder) if is_local(root) else _locked_in_store(spark, root, holder)
    with held as lock:
        yield lock


@contextmanager
def _locked_on_disk(root: Path, holder: Holder) -> Iterator[Lock]:
    made = [folder for folder in (root, *root.parents) if not folder.exists()]
    descriptor = _opened(root / NAME)
    try:
        left_by = _left_by(root, descriptor, holder.engine)
        _write(descriptor, holder.as_json())

        def write(text: str) -> None:
            if not _is_the_file(descriptor, root / NAME):
                raise WarehouseRefused(_cleared(str(root)))
            _write(descriptor, text)

        lock = Lock(holder, write, left_by)
        try:
            yield lock
        finally:
            if not lock.stays and _is_the_file(descriptor, root / NAME):
                (root / NAME).unlink(missing_ok=True)
    finally:
        os.close(descriptor)
        with suppress(OSError):  # it holds what the run has made: then it stays
            for folder in made:
                folder.rmdir()


def _opened(path: Path) -> int:
    """The lock's file, locked. It may go or change while one waits for it: then the one that is there now counts."""
    until = time.monotonic() + _NAMING
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except (FileNotFoundError, FileExistsError):
            if path.parent.exists() and not path.parent.is_dir():
                raise
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_the_file(descriptor, path):
                return descriptor
            os.close(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            found = _named_in(path)
            if found is not None or time.monotonic() > until:
                raise WarehouseRefused(_in_use(str(path.parent), found)) from None
            time.sleep(0.02)


def _named_in(path: Path) -> Holder | None:
    """Who has the lock. None: it has just been given, and its holder has not written its name; or it has just ended."""
    try:
        return Holder.from_json(path.read_text())
    except FileNotFoundError:
        return None


def _is_the_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _left_by(root: Path, descriptor: int, own_engine: int) -> Holder | None:
    """The run that had the lock and died. On another machine it may live: where disks are shared, locks may not be."""
    found = Holder.from_json(os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode())
    if found is None:
        return None
    if found.host != this_host():
        raise WarehouseRefused(_maybe_dead(str(root), found, f"rm '{root / NAME}'"))
    if found.engine != own_engine:  # a JVM that lives on for this run writes for no other
        _wait_for_death(str(root), found)
    return found


def _wait_for_death(root: str, found: Holder) -> None:
    """A job may be gone while its JVM still writes: it dies soon, and nobody may work beside it."""
    until = time.monotonic() + _PATIENCE
    while _engine_lives(found):
        if time.monotonic() > until:
            raise WarehouseRefused(
                f"{root} is in use by {found}: its job is gone, but its Java process {found.engine} lives: wait for "
                f"its end or end it; if process {found.engine} is another program, clear the lock with "
                f"rm '{root}/{NAME}'"
            )
        time.sleep(0.2)


def began(process: int) -> str:
    """When a process of this machine began: the start of the machine, and the ticks since. "": there is none."""
    try:
        state, *fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (OSError, ValueError):
        return ""
    return "" if state in {"Z", "X"} else f"{boot} {fields[18]}"


def _engine_lives(holder: Holder) -> bool:
    now = began(holder.engine)
    return now == holder.engine_began if now and holder.engine_began else _is_java(holder.engine)


def _is_java(process: int) -> bool:
    try:
        return b"java" in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")[0]
    except OSError:
        return False


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
    os.fsync(descriptor)


@contextmanager
def _locked_in_store(spark: SparkSession, root: str, holder: Holder) -> Iterator[Lock]:
    place = StorePath(spark, f"{root}/{NAME}")
    left_by = None if place.created(holder.as_json()) else _taken_over(spark, root, holder)

    def write(text: str) -> None:
        if not _is_of(place, lock.holder):
            raise WarehouseRefused(_cleared(root))
        place.replace(text)

    lock = Lock(holder, write, left_by)
    try:
        yield lock
    finally:
        if not lock.stays and _is_of(place, lock.holder):
            place.remove()


def _taken_over(spark: SparkSession, root: str, holder: Holder) -> Holder | None:
    """Put the own lock in the place of a dead run's; that run. Of several that try, the claim lets one succeed."""
    place, claim = StorePath(spark, f"{root}/{NAME}"), StorePath(spark, f"{root}/{NAME}.claim")
    _refuse_living(root, place)
    if not claim.created(holder.as_json()):
        raise WarehouseRefused(_maybe_dead(root, _holder_of(claim), f"hadoop fs -rm '{claim.path}' '{place.path}'"))
    try:
        left_by = _refuse_living(root, place)  # another one may have taken it over since, and be at work
        place.remove()
        if not place.created(holder.as_json()):
            raise WarehouseRefused(_in_use(root, _holder_of(place)))
        return left_by
    finally:
        if _is_of(claim, holder):
            claim.remove()


def _refuse_living(root: str, place: StorePath) -> Holder | None:
    """The dead run whose lock lies in a store; None: the lock is gone by now."""
    if not place.exists():
        return None
    found = _holder_of(place)
    if found is None or found.host != this_host() or _lives(found):
        raise WarehouseRefused(_maybe_dead(root, found, f"hadoop fs -rm '{place.path}'"))
    return found


def _holder_of(place: StorePath) -> Holder | None:
    return Holder.from_json(place.text()) if place.exists() else None


def _is_of(place: StorePath, holder: Holder) -> bool:
    found = _holder_of(place)
    return found is not None and found.run_id == holder.run_id


def _lives(holder: Holder) -> bool:
    now = began(holder.process)
    if now and holder.process_began:
        return now == holder.process_began or _engine_lives(holder)
    return Path(f"/proc/{holder.process}").exists() or _engine_lives(holder)


def _in_use(root: str, holder: Holder | None) -> str:
    return f"{root} is in use by {holder or 'another run'}: one run at a time writes; wait for its end"


def _cleared(root: str) -> str:
    return f"{root}: the lock of this run was cleared while it worked: run it again when nobody else writes there"


def _maybe_dead(root: str, holder: Holder | None, command: str) -> str:
    return (
        f"{root} is in use by {holder or 'another run'}: wait for its end, or if you know that it is dead, clear its "
        f"lock with {command}"
    )
