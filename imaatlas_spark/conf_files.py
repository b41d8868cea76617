"""Reading configuration files into typed rows, with errors that name file, line, column and fix."""

import csv
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from imaatlas_spark.errors import ConfigurationRefused


class Declared(BaseModel):
    """Something declared in a configuration file: nothing unknown, nothing changed after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], data: Any, where: str) -> Model:
    """`data` as a `model`, or a refusal that says where and what was expected."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigurationRefused(f"{where}: {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place + ': ' if place else ''}{fault['msg'].removeprefix('Value error, ')}{more}"


def read_csv(path: Path, model: type[Model]) -> list[Model]:
    """The rows of a CSV file whose header is exactly the fields of `model`, in any order."""
    text = _read(path)
    lines = csv.DictReader(text.splitlines(), strict=True)
    expected = {field.alias or name for name, field in model.model_fields.items()}
    if set(lines.fieldnames or ()) != expected:
        raise ConfigurationRefused(f"{path}: the header must be {','.join(sorted(expected))}")
    try:
        rows = list(lines)
    except csv.Error as error:
        raise ConfigurationRefused(f"{path}, line {lines.line_num}: {error}") from error
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise ConfigurationRefused(f"{path}, line {number}: {len(expected)} fields are expected, as in the header")
    return [validated(model, row, f"{path}, line {number}") for number, row in enumerate(rows, start=2)]


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; numbers with a point become exact decimals."""
    try:
        return tomllib.loads(_read(path), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationRefused(f"{path} is not valid TOML: {error}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigurationRefused(f"{path} is missing: --conf-dir must name a complete configuration") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationRefused(f"{path} cannot be read as UTF-8 text: {error}") from error
