"""What may be asked of the synthetic nation, judged before Spark starts."""

import json
from collections.abc import Sequence
from pathlib import Path

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import ArgumentRefused
from imaatlas_spark.folders import is_local
from imaatlas_spark.synthetic.parameters import Parameters, load_parameters

MARKER = "README.txt"
_MOST_PERSONS, _SEEDS = 1_000_000_000, 2**63
_MARKER_TEXT = """\
SYNTHETIC NATION

Every row of this delivery was drawn by chance. No person, practice, practitioner or claim line in it exists, the
statistical sectors and the FTE medians are made up, and no figure computed from it says anything about Belgium.

Made by jobs/draw_synthetic.py of imaatlas-spark: --persons {persons} --years {years} --seed {seed}
"""


def marker_text(persons: int, years: Sequence[int], seed: int) -> str:
    """What the file MARKER of a delivery says: what it is, and which request made it."""
    return _MARKER_TEXT.format(persons=persons, years=",".join(map(str, years)), seed=seed)


def mark(persons: int, years: Sequence[int], seed: int) -> str:
    """What SYNTHETIC_MARK of a delivery says, for programs: the request that drew it."""
    return json.dumps({"persons": persons, "seed": seed, "synthetic": True, "years": list(years)}) + "\n"


def checked(output: str, persons: int, years: tuple[int, ...], seed: int, configuration: Configuration) -> Parameters:
    """The parameters of the nation, or a refusal of what is asked."""
    if not 1 <= persons <= _MOST_PERSONS:
        raise ArgumentRefused(f"--persons {persons}: a nation has at least one person and at most {_MOST_PERSONS}")
    if not -_SEEDS <= seed < _SEEDS:
        raise ArgumentRefused(f"--seed {seed}: a seed lies between -2^63 and 2^63")
    parameters = load_parameters(configuration)
    first, last = configuration.geography.first_year, parameters.life.last_year
    for year in years:
        if not first <= year <= last:
            raise ArgumentRefused(f"--years {year}: the map and the lives of the nation go from {first} to {last}")
    _check_output(output, marker_text(persons, years, seed))
    return parameters


def _check_output(output: str, marker: str) -> None:
    """A folder is new, empty, or holds what the same request has drawn before: nothing else is ever overwritten."""
    folder = Path(output)
    if not is_local(output):
        raise ArgumentRefused(f"--output {output} is no local folder: draw on a local or mounted disk")
    if folder.exists() and not folder.is_dir():
        raise ArgumentRefused(f"--output {output} is a file: give a new or empty folder")
    drawn_before = (folder / MARKER).is_file() and (folder / MARKER).read_bytes() == marker.encode()
    if folder.is_dir() and any(folder.iterdir()) and not drawn_before:
        raise ArgumentRefused(
            f"--output {output} is not empty, and not drawn with these persons, years and seed: give a new folder"
        )
