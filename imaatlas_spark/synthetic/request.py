"""What may be asked of the synthetic nation, judged before Spark starts."""

from pathlib import Path

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.synthetic.parameters import Parameters, load_parameters


def checked(output: str, persons: int, years: tuple[int, ...], configuration: Configuration) -> Parameters:
    """The parameters of the nation, or a refusal of what is asked."""
    if persons < 1:
        raise ArgumentRefused(f"--persons {persons}: a nation has at least one person")
    parameters = load_parameters(configuration)
    first, last = configuration.geography.first_year, parameters.life.last_year
    for year in years:
        if not first <= year <= last:
            raise ArgumentRefused(f"--years {year}: the map and the lives of the nation go from {first} to {last}")
    _check_output(output)
    return parameters


def _check_output(output: str) -> None:
    """A delivery is never mixed with another, or with anything else."""
    folder = Path(output)
    if "://" in output:
        raise ArgumentRefused(f"--output {output} is no local folder: draw on a local or mounted disk")
    if folder.exists() and not folder.is_dir():
        raise ArgumentRefused(f"--output {output} is a file: give a new or empty folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise ArgumentRefused(f"--output {output} is not empty: give a new or empty folder")
