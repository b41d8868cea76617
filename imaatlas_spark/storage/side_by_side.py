"""Tables written side by side: when one fails or the job is stopped, nothing of the others goes on."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TypeVar

_Result = TypeVar("_Result")
_AGAIN = 0.5  # seconds until one looks again: what runs may start one more job of Spark after its last was cancelled


def side_by_side(tasks: Iterable[Callable[[], _Result]], at_once: int, cancel: Callable[[], object]) -> list[_Result]:
    """The results of the tasks, in their order, so many of them at once.

    When one fails, or the job is stopped meanwhile, those that have not begun never do, `cancel` (cancelAllJobs of
    Spark) is called until the others have ended, and only then the failure goes on: whoever catches it is alone.
    """
    pool = ThreadPoolExecutor(at_once)
    begun: list[Future[_Result]] = []
    try:
        begun.extend(pool.submit(task) for task in tasks)
        failed = _first_failure(begun)
        return [each.result() for each in ([failed] if failed else begun)]
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _wait_for_the_end(begun, cancel)
        raise
    finally:
        pool.shutdown(wait=False)


def _first_failure(begun: list[Future[_Result]]) -> Future[_Result] | None:
    """Waits until one has failed, or all have ended well.

    In short turns: where a library has put its own handler of Ctrl-C in front of Python's, a wait without an end is
    not woken by it.
    """
    while True:
        done, going_on = wait(begun, timeout=_AGAIN, return_when=FIRST_EXCEPTION)
        failed = next((each for each in begun if each in done and each.exception() is not None), None)
        if failed or not going_on:
            return failed


def _wait_for_the_end(begun: list[Future[_Result]], cancel: Callable[[], object]) -> None:
    """A second Ctrl-C is not heard: what runs would write on, and the lock would be free."""
    while not all(each.done() for each in begun):
        with suppress(BaseException):
            cancel()
        with suppress(BaseException):
            wait(begun, timeout=_AGAIN)
