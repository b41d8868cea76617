"""Reading configuration files into typed rows. A refusal names the file and every fault in it, each with its place."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from imaatlas_spark.conf_faults import in_sentences
from imaatlas_spark.csv_text import read_csv_text
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.names import shown


class Declared(BaseModel):
    """Something declared in a configuration file: nothing unknown, nothing changed after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=BaseModel)


class Faults:
    """What is wrong with one file, gathered so that all of it is told at once."""

    def __init__(self, where: Path | str) -> None:
        self.where = where
        self.found: list[str] = []

    def add(self, fault: str) -> None:
        if fault not in self.found:
            self.found.append(fault)

    def validated(self, model: type[Model], data: Any, place: str = "") -> Model | None:
        """`data` as a `model`; None, and its faults are added, where it is none."""
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.found += in_sentences(error, place, model)
            return None

    def check(self, kind: TypeAdapter[Any], value: Any, place: str) -> None:
        """Add what is wrong with one value of a kind."""
        try:
            kind.validate_python(value)
        except ValidationError as error:
            self.found += in_sentences(error, place)

    def refuse_any(self) -> None:
        if self.found:
            raise ConfigurationRefused(f"{self.where}: {'; '.join(self.found)}")


def validated(model: type[Model], data: Any, where: str) -> Model:
    """`data` as a `model`, or a refusal that says where, what was found and what was expected."""
    faults = Faults(where)
    made = faults.validated(model, data)
    faults.refuse_any()
    assert made is not None
    return made


def read_csv(path: Path, model: type[Model]) -> list[Model]:
    """The rows of a CSV file whose header is exactly the fields of `model`, in any order."""
    expected = {field.alias or name for name, field in model.model_fields.items()}

    def check_header(found: tuple[str, ...]) -> None:
        if set(found) != expected:
            names = ",".join(map(shown, found))
            raise ConfigurationRefused(f"{path}: the header must be {','.join(sorted(expected))}; found {names}")

    table = read_csv_text(str(path), content_of(path), ConfigurationRefused, check_header)
    faults = Faults(path)
    made = [faults.validated(model, row, f"line {number}") for number, row in table.rows]
    faults.refuse_any()
    return [row for row in made if row is not None]


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; numbers with a point become exact decimals."""
    try:
        read = tomllib.loads(read_text(path), parse_float=Decimal)
        _refuse_long_integers(read)
        return read
    except (ValueError, ArithmeticError, RecursionError) as error:  # of a number that is too long, of brackets too deep
        raise ConfigurationRefused(f"{path} is not valid TOML: {error}") from error


def _refuse_long_integers(value: Any, place: str = "") -> None:
    """Integers of more than 64 bits: TOML promises no more, and Python writes none of thousands of digits."""
    if isinstance(value, dict):
        for key, part in value.items():
            _refuse_long_integers(part, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for part in value:
            _refuse_long_integers(part, place)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"{shown(place)} is an integer of more than 64 bits")


def files_in(folder: Path, ending: str) -> list[Path]:
    """The files of a folder with this ending, in any case, by name; none where there is no folder.

    Names that begin with a point are what other programs leave (`._card.toml` of a Mac, locks of editors): no files.
    Refused are two that differ in the case of the ending: what they hold goes by their name, so one would be lost.
    """
    found = folder.iterdir() if folder.is_dir() else ()
    by_name: dict[str, Path] = {}
    for path in sorted(path for path in found if path.suffix.lower() == ending and not path.name.startswith(".")):
        if path.stem in by_name:
            raise ConfigurationRefused(f"{path}: {path.stem} has another file already: keep one of the two")
        by_name[path.stem] = path
    return list(by_name.values())


def read_text(path: Path) -> str:
    try:
        text = content_of(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationRefused(f"{path} cannot be read as UTF-8 text: {error}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def content_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationRefused(f"{path} is missing: --conf-dir must name a complete configuration") from error
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> ConfigurationRefused:
    return ConfigurationRefused(f"{path} cannot be read: {error.strerror}: mend its name or rights")
