"""A standalone Spark cluster on this machine: a master and workers of one core each, for as long as it is needed."""

import http.client
import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST, PORT, STATUS_PORT = "127.0.0.1", 17077, 17090
MASTER = f"spark://{HOST}:{PORT}"
_PATIENCE = 60


@contextmanager
def standalone_cluster(workers: int, memory: str, folder: Path) -> Iterator[str]:
    """Yields the master's address when all workers are there. `memory` is each worker's; they write under `folder`.

    Each worker is bound to a core of its own, with its compiler and garbage collector (Linux): Spark only counts tasks.
    """
    master = ("master.Master", "--host", HOST, "--port", str(PORT), "--webui-port", str(STATUS_PORT))
    worker = ("worker.Worker", "--cores", "1", "--memory", memory, "--host", HOST, "--webui-port", "0")
    daemons = [_started(*master)]
    try:
        _wait_for(workers=0)
        cores = sorted(os.sched_getaffinity(0))
        at_work = (*worker, "--work-dir", str(folder.resolve()), MASTER)
        daemons += [_started(*at_work, on_core=cores[number % len(cores)]) for number in range(workers)]
        _wait_for(workers)
        yield MASTER
    finally:
        for daemon in reversed(daemons):
            daemon.terminate()
        for daemon in daemons:
            daemon.wait(timeout=_PATIENCE)


def _started(daemon: str, *arguments: str, on_core: int | None = None) -> subprocess.Popen[bytes]:
    environment = os.environ | {"SPARK_LOCAL_IP": HOST}
    bound = [] if on_core is None else ["taskset", "--cpu-list", str(on_core)]
    command = [*bound, "spark-class", f"org.apache.spark.deploy.{daemon}", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_for(workers: int) -> None:
    until = time.monotonic() + _PATIENCE
    while (alive := _workers_alive()) != workers:
        if time.monotonic() > until:
            raise RuntimeError(f"after {_PATIENCE} s the master counts {alive} workers, not {workers}")
        time.sleep(0.5)


def _workers_alive() -> int | None:
    """What the master's status page says; None as long as there is none."""
    connection = http.client.HTTPConnection(HOST, STATUS_PORT, timeout=5)
    try:
        connection.request("GET", "/json/")
        return int(json.loads(connection.getresponse().read())["aliveworkers"])
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        return None
    finally:
        connection.close()
