"""The lock in a store, which can do one thing atomically: put a file only if there is none. No JVM."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest

from imaatlas_spark.errors import WarehouseRefused
from imaatlas_spark.storage.lock import NAME, Holder, began, locked
from tests.storage.test_lock import HOLDER

ROOT = "s3a://bucket/warehouse"
LOCK, CLAIM = f"{ROOT}/{NAME}", f"{ROOT}/{NAME}.claim"
DEAD = replace(HOLDER, run_id="dead", process=os.getpid(), process_began="of-an-earlier-start 4711")


class Store(dict[str, str]):
    """Files by path. `before` is called before each step that a run takes."""

    before: Callable[[str], None] = staticmethod(lambda _step: None)


@dataclass(frozen=True)
class StoredPlace:
    """As `StorePath`, of which the lock uses these."""

    store: Store
    path: str

    def created(self, text: str) -> bool:
        self.store.before(f"create {self.path}")
        if self.path in self.store:
            return False
        self.store[self.path] = text
        return True

    def replace(self, text: str) -> None:
        self.store[self.path] = text

    def exists(self) -> bool:
        return self.path in self.store

    def text(self) -> str:
        return self.store[self.path]

    def remove(self) -> None:
        self.store.before(f"remove {self.path}")
        self.store.pop(self.path, None)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr("imaatlas_spark.storage.lock.StorePath", StoredPlace)
    return Store()


def lock(store: Store, run_id: str) -> Any:
    spark: Any = store
    return locked(spark, ROOT, replace(HOLDER, run_id=run_id, process_began=began(os.getpid())))


def test_one_run_holds_it_and_lets_go(store: Store) -> None:
    with lock(store, "one"):
        assert set(store) == {LOCK}
        with pytest.raises(WarehouseRefused, match=f"hadoop fs -rm '{LOCK}'"), lock(store, "two"):
            pass
    assert not store


def test_the_lock_of_a_dead_run_is_taken_over(store: Store) -> None:
    store[LOCK] = DEAD.as_json()
    with lock(store, "one") as held:
        assert held.left_by == DEAD
        assert set(store) == {LOCK}
    assert not store


def test_a_lock_is_passed_to_the_next_of_several_runs(store: Store) -> None:
    with lock(store, "one") as held:
        held.pass_to(replace(HOLDER, run_id="two"))
        assert Holder.from_json(store[LOCK]) == replace(HOLDER, run_id="two")
    assert not store


def test_a_lock_that_another_run_has_by_now_is_not_passed_on(store: Store) -> None:
    with lock(store, "one") as held:
        store[LOCK] = replace(HOLDER, run_id="another").as_json()
        with pytest.raises(WarehouseRefused, match="was cleared"):
            held.pass_to(replace(HOLDER, run_id="two"))
    assert Holder.from_json(store[LOCK]) == replace(HOLDER, run_id="another")


def test_the_lock_of_another_machine_stays(store: Store) -> None:
    store[LOCK] = replace(DEAD, host="elsewhere").as_json()
    with pytest.raises(WarehouseRefused, match="elsewhere"), lock(store, "one"):
        pass
    assert set(store) == {LOCK}


@pytest.mark.parametrize("at", [f"create {CLAIM}", f"remove {LOCK}", f"create {LOCK}", f"remove {CLAIM}"])
@pytest.mark.parametrize("ends_meanwhile", [False, True])
def test_of_two_that_take_over_at_once_one_works(store: Store, at: str, ends_meanwhile: bool) -> None:
    """The second run comes before any step of the first one, and takes all of its own."""
    store[LOCK] = DEAD.as_json()
    at_work: list[str] = []
    with ExitStack() as second:

        def come(step: str) -> None:
            if step != at or (step == f"create {LOCK}" and LOCK in store):
                return
            store.before = lambda _step: None
            try:
                second.enter_context(lock(store, "second"))
            except WarehouseRefused:
                return
            at_work.append("second")
            if ends_meanwhile:
                second.close()
                at_work.remove("second")

        store.before = come
        try:
            with lock(store, "first"):
                at_work.append("first")
                assert len(at_work) == 1
                at_work.remove("first")
        except WarehouseRefused:
            assert at_work == ["second"] or ends_meanwhile
    assert not store


def test_the_end_of_a_run_leaves_the_lock_of_another_one(store: Store) -> None:
    another = replace(HOLDER, run_id="another").as_json()
    with lock(store, "one"):
        store[LOCK] = another
    assert store == {LOCK: another}


def test_a_claim_that_was_left_behind_is_refused_with_the_way_to_clear_it(store: Store) -> None:
    store[LOCK], store[CLAIM] = DEAD.as_json(), replace(DEAD, run_id="taker").as_json()
    with pytest.raises(WarehouseRefused, match="taker") as refusal, lock(store, "one"):
        pass
    assert f"hadoop fs -rm '{CLAIM}' '{LOCK}'" in str(refusal.value)
    assert set(store) == {LOCK, CLAIM}
