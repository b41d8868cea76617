"""Files among the configuration that nothing reads: whoever put one there thinks that it counts."""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from imaatlas_spark.conf_files import Faults, unreadable

_READ = (
    *("rules.toml", "dimensions.toml", "variables.toml", "atlas.toml", "protection.toml", "synthetic.toml"),
    *("codelists/nomenclature.csv", "codelists/qualifications.csv", "statistics/*.toml", "source_variables/*.toml"),
    *("geography/municipalities.csv", "geography/municipality_changes.csv", "geography/areas.csv"),
    *("geography/tiles.csv", "geography/groupings/*.csv"),
)
_FOLDERS = {parent.as_posix() for each in _READ for parent in PurePath(each).parents}
_ENDINGS = (".toml", ".csv", ".toml.txt", ".csv.txt")  # an editor adds .txt, and a desktop does not show it


def refuse_strangers(folder: Path, files: Iterable[Path]) -> None:
    """Refused: a TOML or CSV file in the folder of the configuration, or below it, that is none of those that are read.

    It would change the fingerprint of the configuration, and no figure.
    """
    faults = Faults(folder)
    for path in files:
        relative = path.relative_to(folder)
        if may_be_configuration(path) and not _is_read(relative.with_suffix(path.suffix.lower())):
            faults.add(f"nothing reads {relative.as_posix()}: take it away, or give it the name and folder it needs")
    faults.refuse_any()


def files_below(folder: Path) -> list[Path]:
    """Every file, also in the folders of a configuration that are links, as what lies there is read.

    Refused is a folder that cannot be listed: `rglob` passes it over, and the fingerprint would lack its files.
    """

    def is_followed(entry: Path) -> bool:
        return entry.is_dir() and (entry.relative_to(folder).as_posix() in _FOLDERS or not entry.is_symlink())

    def below(place: Path) -> Iterator[Path]:
        try:
            entries = [(entry, is_followed(entry)) for entry in place.iterdir()]
        except OSError as error:
            raise unreadable(place, error) from error
        for entry, followed in entries:
            yield from below(entry) if followed else (entry,)

    return sorted(below(folder))


def may_be_configuration(path: Path) -> bool:
    """What somebody takes for a file of the configuration. Of those whose names begin with a point see `files_in`."""
    return path.name.lower().endswith(_ENDINGS) and not path.name.startswith(".") and path.is_file()


def _is_read(relative: Path) -> bool:
    return any(relative.match(each) and len(relative.parts) == each.count("/") + 1 for each in _READ)
