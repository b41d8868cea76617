"""Two tables, row by row: what differs, what is missing, what was not expected."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def as_mapping(row: Any) -> Mapping[str, Any]:
    """A dict, or a tuple with field names."""
    return row if isinstance(row, Mapping) else row._asdict()


def is_same(expected: Any, actual: Any) -> bool:
    """Exactly equal and of one type: 1, True and 1.0 are three different things."""
    return type(expected) is type(actual) and expected == actual


def key_text(names: Sequence[str], key: tuple[Any, ...]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in zip(names, key, strict=True))


def differences(
    expected: Iterable[Any], actual: Iterable[Any], keys: Sequence[str], *, limit: int = 10, name: str = "table"
) -> list[str]:
    """One line for each difference, the first `limit` of each kind; an empty list means the same table.

    A double is compared exactly: it must have been computed as `scale * numerator / denominator`.
    """
    tables = []
    found: list[str] = []
    for side, rows in (("expected", expected), ("actual", actual)):
        keyed = [(tuple(row[key] for key in keys), row) for row in map(as_mapping, rows)]
        counts = Counter(key for key, _ in keyed)
        twice = [key for key, count in counts.items() if count > 1]
        found += report(f"{name}: {side} more than once", (key_text(keys, key) for key in twice), limit)
        tables.append(dict(keyed))
    wanted, got = tables
    by_key = lambda key: tuple((value is not None, value) for value in key)  # noqa: E731
    missing = sorted(wanted.keys() - got.keys(), key=by_key)
    unexpected = sorted(got.keys() - wanted.keys(), key=by_key)
    found += report(f"{name}: missing", (f"{key_text(keys, key)}: {dict(wanted[key])}" for key in missing), limit)
    found += report(f"{name}: unexpected", (f"{key_text(keys, key)}: {dict(got[key])}" for key in unexpected), limit)
    wrong = []
    for key in sorted(wanted.keys() & got.keys(), key=by_key):
        columns = [*wanted[key], *(column for column in got[key] if column not in wanted[key])]
        cells = [
            f"{column} expected {wanted[key].get(column, 'no column')!r}, got {got[key].get(column, 'no column')!r}"
            for column in columns
            if column not in wanted[key] or column not in got[key] or not is_same(wanted[key][column], got[key][column])
        ]
        if cells:
            wrong.append(f"{key_text(keys, key)}: {'; '.join(cells)}")
    return found + report(f"{name}: differs", wrong, limit)


def report(title: str, lines: Iterable[str], limit: int) -> list[str]:
    """The first lines, and how many there are in all."""
    lines = list(lines)
    more = [f"{title}: ... {len(lines)} in all"] if len(lines) > limit else []
    return [f"{title}: {line}" for line in lines[:limit]] + more


def assert_same(
    expected: Iterable[Any], actual: Iterable[Any], keys: Sequence[str], *, limit: int = 10, name: str = "table"
) -> None:
    """Fails with the differences, readable."""
    found = differences(expected, actual, keys, limit=limit, name=name)
    assert not found, "\n" + "\n".join(found)
