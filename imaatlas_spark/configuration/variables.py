"""What source variables are called: those of the rules (`conf/variables.toml`), and the counters that are declared."""

from collections.abc import Iterable
from pathlib import Path

from imaatlas_spark.conf_files import Declared, Faults, read_toml
from imaatlas_spark.configuration.counters import Counter
from imaatlas_spark.configuration.labels import Labels, Text


class Variable(Declared):
    """A source variable as a sheet names it. `sheet`: where the agency describes it."""

    label: Labels
    description: Labels
    sheet: Text


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
                label=counter.label, description=counter.description, sheet=counter.sheet
            )
    faults.refuse_any()
    return variables
