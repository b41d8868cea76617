"""What source variables and statistics are called that cards name.

Variables of the rules stand in `conf/variables.toml`, beside the counters that are declared; statistics of the Atlas,
also those that the configuration has no card of, in `conf/atlas.toml`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from imaatlas_spark.conf_files import Declared, Faults, read_toml
from imaatlas_spark.configuration.counters import Counter
from imaatlas_spark.configuration.labels import Labels, Text

_COUNTERS = "3.14"  # the section on counters by declaration


class Variable(Declared):
    """A source variable as a sheet names it.

    `sheet`: where the agency describes it; `rule`: the section of docs/definitions.md; `columns`: of the delivery.
    """

    label: Labels
    description: Labels
    sheet: Text
    rule: Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?$")]
    columns: tuple[Text, ...]


def load_variables(path: Path, counters: Iterable[Counter]) -> dict[str, Variable]:
    """Every source variable by its name."""
    raw, faults = read_toml(path), Faults(path)
    variables = {
        name: variable
        for name, table in raw.items()
        if (variable := faults.validated(Variable, table, name)) is not None
    }
    for counter in counters:
        if counter.name in variables:
            faults.add(f"{counter.name} is a counter ({counter.column}.toml): it is declared there, take it out here")
        else:
            variables[counter.name] = Variable(
                label=counter.label,
                description=counter.description,
                sheet=counter.sheet,
                rule=_COUNTERS,
                columns=counter.source_columns,
            )
    faults.refuse_any()
    return variables


def load_atlas(path: Path) -> dict[str, Labels]:
    """The titles of the Atlas's statistics by their code."""
    faults = Faults(path)
    titles = {
        code: title
        for code, table in read_toml(path).items()
        if (title := faults.validated(Labels, table, code)) is not None
    }
    faults.refuse_any()
    return titles
