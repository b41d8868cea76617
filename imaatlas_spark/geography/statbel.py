"""Statbel's own files, read as they are published: the REFNIS table of areas and the list of statistical sectors.

UTF-8 with or without a byte-order mark, a header, `|`, `;` or `,` between fields, dates dd/mm/yyyy (or ISO, where other
hands saved the file again). Other columns than the needed are left aside; a row that does not fit is refused.
"""

import csv
import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from imaatlas_spark.conf_files import Declared, validated
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography.codes import Nis
from imaatlas_spark.periods import END_OF_TIME, first_day_outside, parse_date, valid_at_year_end

_DELIMITERS = "|;,"
_LEVELS = {"1": "region", "2": "province", "3": "arrondissement", "4": "municipality"}
_ABOVE_ALL = ("region", "province")  # the province of Brabant lay in no region until 1994
_DAY_FIRST = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def _date(text: str) -> dt.date:
    match = _DAY_FIRST.fullmatch(text)
    return parse_date(f"{match[3]}-{match[2]}-{match[1]}" if match else text)


def _level(number: str) -> str:
    if number not in _LEVELS:
        raise ValueError(f"'{number}' is no level: {', '.join(_LEVELS)} are")
    return _LEVELS[number]


_Begins = Annotated[dt.date, BeforeValidator(_date)]
_Ends = Annotated[dt.date, BeforeValidator(lambda text: _date(text) if text else END_OF_TIME)]


class _Dated(Declared):
    """A row with a period of validity, both days inclusive."""

    code: str
    valid_from: dt.date
    valid_to: dt.date

    @property
    def period(self) -> tuple[dt.date, dt.date]:
        return self.valid_from, self.valid_to

    def exists_in(self, year: int) -> bool:
        return valid_at_year_end(self.valid_from, self.valid_to, year)

    @model_validator(mode="after")
    def _not_backwards(self) -> "_Dated":
        if self.valid_to < self.valid_from:
            raise ValueError(f"{self.code} ends before it begins")
        return self


class RefnisArea(_Dated):
    """A row of the REFNIS table. Grain: code and period; a code has a new row when its name or its parent changes.

    Brussels has no province: the parent of arrondissement 21000 is the region 04000.
    """

    level: Annotated[str, BeforeValidator(_level)] = Field(alias="LVL_REFNIS")
    code: Nis = Field(alias="CD_REFNIS")
    parent: Annotated[Nis | None, BeforeValidator(lambda code: None if code == "-" else code)] = Field(
        alias="CD_SUP_REFNIS"
    )
    name_nl: str = Field(alias="TX_REFNIS_NL")
    name_fr: str = Field(alias="TX_REFNIS_FR")
    name_de: str = Field(alias="TX_REFNIS_DE")
    valid_from: _Begins = Field(alias="DT_VLDT_START")
    valid_to: _Ends = Field(alias="DT_VLDT_END")


class StatisticalSector(_Dated):
    """A row of the sector list. `municipality` is that of the list's year, not always the first five characters."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}[0-9A-Z-]{4}$")] = Field(alias="CD_SECTOR")
    municipality: Nis = Field(alias="CD_REFNIS")
    name_nl: str = Field(alias="TX_DESCR_SECTOR_NL")
    name_fr: str = Field(alias="TX_DESCR_SECTOR_FR")
    valid_from: _Begins = Field(alias="DT_STRT_SECTOR")
    valid_to: _Ends = Field(alias="DT_STOP_SECTOR")

    @property
    def delivered(self) -> dict[str, str]:
        """The row of a delivery's `sectors.csv`: ISO dates, an empty `valid_to` = open."""
        return {
            "sector": self.code,
            "name_nl": self.name_nl,
            "name_fr": self.name_fr,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": "" if self.valid_to == END_OF_TIME else self.valid_to.isoformat(),
        }


def read_refnis(path: Path) -> tuple[RefnisArea, ...]:
    """The REFNIS table, `TU_COM_REFNIS`, by code and period. Refused: two parents at a time, gaps, cycles, orphans."""
    rows = _by_code(path, _read(path, RefnisArea))
    for code, periods in rows.items():
        for earlier, later in pairwise(periods):
            if earlier.valid_to + dt.timedelta(days=1) < later.valid_from:
                raise ConfigurationRefused(
                    f"{path}: {code} has a gap between {earlier.valid_to} and {later.valid_from}: add the row between"
                )
        for row in periods:
            _check_parent(path, row, rows)
    return tuple(row for code in sorted(rows) for row in rows[code])


def read_sector_list(path: Path) -> tuple[StatisticalSector, ...]:
    """The list of statistical sectors (`OPENDATA_SECTOREN`), by code and period; `ZZZZ` = not localisable."""
    rows = _by_code(path, _read(path, StatisticalSector))
    return tuple(row for code in sorted(rows) for row in rows[code])


def _check_parent(path: Path, row: RefnisArea, rows: dict[str, list[RefnisArea]]) -> None:
    if row.parent is None:
        if row.level not in _ABOVE_ALL:
            raise ConfigurationRefused(
                f"{path}: the {row.level} {row.code} has no parent: name the area that it lies in"
            )
        return
    above = rows.get(row.parent, [])
    orphaned = first_day_outside(row.period, [each.period for each in above])
    if orphaned is not None:
        raise ConfigurationRefused(
            f"{path}: {row.parent}, the parent of {row.code}, does not exist on {orphaned}: add it or correct the row"
        )
    levels = tuple(_LEVELS.values())
    if any(levels.index(each.level) >= levels.index(row.level) for each in above):
        raise ConfigurationRefused(
            f"{path}: {row.parent} is no level above {row.code}, whose parent it is: parents must not run in a cycle"
        )


Row = TypeVar("Row", bound=_Dated)


def _by_code(path: Path, rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each code, by date; no two hold on one day."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.code, row.valid_from)):
        before = found[row.code][-1:]
        if before and row.valid_from <= before[0].valid_to:
            raise ConfigurationRefused(
                f"{path}: {row.code} stands twice on {row.valid_from}: a day has one row of a code"
            )
        found[row.code].append(row)
    return dict(found)


def _read(path: Path, model: type[Row]) -> list[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationRefused(f"{path} cannot be read as UTF-8 text: {error}") from error
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    needed = [field.alias for field in model.model_fields.values() if field.alias]
    missing = [name for name in needed if name not in (lines.fieldnames or ())]
    if missing:
        raise ConfigurationRefused(f"{path}: column {missing[0]} is missing: give the file as Statbel publishes it")
    rows = []
    try:
        for line in lines:
            if None in line or None in line.values():
                raise ConfigurationRefused(
                    f"{path}, line {lines.line_num}: as many fields are expected as in the header"
                )
            rows.append(validated(model, {name: line[name] for name in needed}, f"{path}, line {lines.line_num}"))
    except csv.Error as error:
        raise ConfigurationRefused(f"{path}, line {lines.line_num}: {error}") from error
    return rows
