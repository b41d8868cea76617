"""The project's readings, one row each: what the sheets leave open, how it is read, and how it can be turned."""

from dataclasses import dataclass
from typing import Any

from imaatlas_spark.conf_faults import shown
from imaatlas_spark.configuration.rules import Parameter, Rules


@dataclass(frozen=True)
class Reading:
    """`read_as` and `turned_to` as a configuration file writes them; `place` is the file."""

    id: str
    name: str
    place: str
    read_as: str
    turned_to: str
    reason: str
    source: str


def readings(rules: Rules) -> tuple[Reading, ...]:
    """Every reading, by id: those that are parameters, and those that stand in another file."""
    of_rules = [
        Reading(each.id, name, rules.path.name, _values(each), _alternatives(each), each.reason, each.source)
        for name, each in rules.parameters.items()
        if each.id is not None
    ]
    of_others = [
        Reading(key, each.name, each.place, "as written there", each.alternative, each.reason, "")
        for key, each in rules.elsewhere.items()
    ]
    return tuple(sorted([*of_rules, *of_others], key=lambda reading: reading.id))


def _values(parameter: Parameter) -> str:
    """The values in the order of their years; more than one each with its first year."""
    if len(parameter.periods) == 1:
        return _written(parameter.periods[0].value)
    return ", ".join(f"{_written(each.value)} from {each.from_year}" for each in parameter.periods)


def _alternatives(parameter: Parameter) -> str:
    return " or ".join(map(_written, parameter.alternatives))


def _written(value: Any) -> str:
    return shown(value).replace("'", '"')


def as_table(rows: tuple[Reading, ...]) -> str:
    """The readings as a Markdown table."""
    head = ["| id | reading | read as | can be turned to | why |", "| --- | --- | --- | --- | --- |"]
    lines = [
        f"| {row.id} | `{row.name}` ({row.place}) | {row.read_as} | {row.turned_to} | {row.reason} |" for row in rows
    ]
    return "\n".join([*head, *lines])
