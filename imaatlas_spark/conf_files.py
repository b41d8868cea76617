"""Reading configuration files into typed rows. A refusal names the file and every fault in it, each with its place."""

import csv
import io
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from imaatlas_spark.conf_faults import in_sentences
from imaatlas_spark.errors import ConfigurationRefused


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
    text = read_text(path)
    lines = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    _check_header(path, lines.fieldnames or (), {field.alias or name for name, field in model.model_fields.items()})
    try:
        rows = list(lines)
    except csv.Error as error:
        raise ConfigurationRefused(f"{path}, line {lines.line_num}: {error}") from error
    faults = Faults(path)
    made = [_checked_row(faults, number, row, model) for number, row in enumerate(rows, start=2)]
    faults.refuse_any()
    return [row for row in made if row is not None]


def _check_header(path: Path, found: Iterable[str], expected: set[str]) -> None:
    found = tuple(found)
    if set(found) == expected and len(found) == len(expected):
        return
    reason = f"the header must be {','.join(sorted(expected))}; found {','.join(found) or 'nothing'}"
    for name, separator in (("semicolons", ";"), ("tabs", "\t"), ("bars", "|")):
        if len(found) == 1 and separator in found[0]:
            reason += f": the fields are separated by {name}, separate them by commas"
    raise ConfigurationRefused(f"{path}: {reason}")


def _checked_row(faults: Faults, number: int, row: dict[Any, Any], model: type[Model]) -> Model | None:
    place = f"line {number}"
    if None in row or None in row.values():
        fields = len(row[None]) + len(row) - 1 if None in row else sum(value is not None for value in row.values())
        faults.add(f"{place}: {len(model.model_fields)} fields are expected, as in the header; found {fields}")
        return None
    return faults.validated(model, row, place)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; numbers with a point become exact decimals."""
    try:
        return tomllib.loads(read_text(path), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationRefused(f"{path} is not valid TOML: {error}") from error


def files_in(folder: Path, ending: str) -> list[Path]:
    """The files of a folder with this ending, in any case, by name; none where there is no folder.

    Names that begin with a point are what other programs leave (`._card.toml` of a Mac, locks of editors): no files.
    """
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if path.suffix.lower() == ending and not path.name.startswith("."))


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigurationRefused(f"{path} is missing: --conf-dir must name a complete configuration") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationRefused(f"{path} cannot be read as UTF-8 text: {error}") from error
