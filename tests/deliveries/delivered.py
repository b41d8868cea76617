"""A small delivery that keeps the contract, to be spoiled one way at a time."""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.oracle.small_cases import SCHEMAS, Row, insured, line, member, practice, practitioner
from tests.oracle.small_country import write_csv

YEARS = (2020, 2021)
# Pseudonyms that no message may carry: nothing else in a message has so many digits.
PERSON, PROVIDER, PRACTICE, HOUSE = 7_310_000_001, 8_420_000_001, 9_530_000_001, 6_640_000_001
TYPES = {source: dict(columns) for source, columns in SCHEMAS.items()}
MEDIANS = [("clinical_geneticist", year, "100000.00") for year in YEARS]
SECTORS_OF_LIST = [("44084B00-", "naam", "nom", "2001-01-01", "")]


def claim(on: str = "2021-03-01", **changes: Any) -> Row:
    """A consultation of PERSON with PROVIDER."""
    return line(on, **{"SS00010": PERSON, "SS00065": PROVIDER, **changes})


def claims_of(year: int, number: int = 3) -> list[Row]:
    return [claim(f"{year}-03-01", SS00010=PERSON + each) for each in range(number)]


def persons_of(number: int = 3) -> list[Row]:
    return [insured(PERSON + each, sector="44084B00-") for each in range(number)]


@dataclass(frozen=True)
class Delivery:
    """The folder of a delivery and the ways to write into it."""

    folder: Path

    @classmethod
    def good(cls, folder: Path, years: Iterable[int] = YEARS) -> "Delivery":
        delivery = cls(folder)
        for year in years:
            delivery.write("claims", claims_of(year), year=year)
            delivery.write("population", persons_of(), year=year)
        delivery.write("practices", [practice(PRACTICE)])
        delivery.write("practice_members", [member(PRACTICE, PROVIDER)])
        delivery.write("practitioners", [practitioner(PROVIDER)])
        delivery.write_medians(MEDIANS)
        delivery.write_sectors(SECTORS_OF_LIST)
        return delivery

    def copied_to(self, folder: Path) -> "Delivery":
        shutil.copytree(self.folder, folder)
        return Delivery(folder)

    def place(self, source: str, year: int | None = None) -> Path:
        return self.folder / source / f"year={year}" if year else self.folder / source

    def write(
        self,
        source: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        year: int | None = None,
        name: str = "part-0.parquet",
        types: Mapping[str, pa.DataType] | None = None,
        without: str | None = None,
        **options: Any,
    ) -> Path:
        """One file; `types` widens, narrows or adds columns, `without` leaves one out."""
        columns = {**TYPES[source], **(types or {})}
        columns.pop(without or "", None)
        table = pa.table({name: pa.array([row.get(name) for row in rows], kind) for name, kind in columns.items()})
        return self.write_table(table, source, year=year, name=name, **options)

    def write_table(
        self, table: pa.Table, source: str, *, year: int | None = None, name: str = "part-0.parquet", **options: Any
    ) -> Path:
        path = self.place(source, year) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, path, **options)
        return path

    def write_medians(self, rows: Iterable[tuple[object, ...]]) -> None:
        write_csv(self.folder / "fte_income_medians.csv", "profession_group,year,median_eur", list(rows))

    def write_sectors(self, rows: Iterable[tuple[object, ...]]) -> None:
        write_csv(self.folder / "sectors.csv", "sector,name_nl,name_fr,valid_from,valid_to", list(rows))

    def garble(self, path: Path, column: str) -> None:
        """Overwrite the pages of one column; the file's footer still reads well."""
        chunk = pq.ParquetFile(path).metadata.row_group(0)
        places = [chunk.column(each) for each in range(chunk.num_columns)]
        (place,) = [each for each in places if each.path_in_schema == column]
        begins = place.dictionary_page_offset or place.data_page_offset
        content = bytearray(path.read_bytes())
        content[begins : begins + place.total_compressed_size] = b"\xff" * place.total_compressed_size
        path.write_bytes(content)


def small_nation(folder: Path) -> Delivery:
    """Twelve persons, two practices, a medical house and a geneticist, in both years."""
    delivery = Delivery(folder)
    places = ["44084", "44084", "11002", "21004", None, "155"]
    for year in YEARS:
        persons = [insured(PERSON + each, places[each % 6], PP0015=1930 + 7 * each) for each in range(12)]
        persons[0] |= {"PP0055_1231": "44084B00-"}
        delivery.write("population", persons, year=year)
        lines = [claim(f"{year}-0{month}-10", SS00010=PERSON + each) for each in range(4) for month in range(1, 7)]
        lines += [claim(f"{year}-02-03", SS00010=PERSON + each, SS00020="102771") for each in (0, 2)]
        lines += [claim(f"{year}-05-0{each}", SS00010=PERSON + each, SS00065=PROVIDER + 1) for each in range(4, 8)]
        forfait = {"SS00020": "109616", "SS00065": None, "SS00065B": None, "PRACTITIONER_CAT": None, "SS00075": HOUSE}
        lines += [claim(f"{year}-01-01", SS00010=PERSON + each, SS00050=12, **forfait) for each in (8, 9)]
        genetics = {"SS00020": "999999", "SS00065": PROVIDER + 2, "SS00065B": "348", "SS00060": Decimal("9000.00")}
        lines += [claim(f"{year}-07-01", SS00010=PERSON, **genetics)]
        delivery.write("claims", lines, year=year)
    house = practice(PRACTICE + 2, "21004", practice_type="medical_house", institution_id=HOUSE)
    delivery.write("practices", [practice(PRACTICE), practice(PRACTICE + 1, "11002"), house])
    delivery.write("practice_members", [member(PRACTICE, PROVIDER), member(PRACTICE + 1, PROVIDER + 1)])
    delivery.write("practitioners", [practitioner(PROVIDER + 2, "21004")])
    delivery.write_medians(MEDIANS)
    delivery.write_sectors([*SECTORS_OF_LIST, ("21004A00-", "naam", "nom", "2001-01-01", "")])
    return delivery


def tells_a_pseudonym(text: str) -> bool:
    return any(str(first)[:-1] in text for first in (PERSON, PROVIDER, PRACTICE, HOUSE))


def state_of(warehouse: Path) -> dict[str, str]:
    """Every file of every table with the hash of its bytes: what has been written shows here.

    But for `runs`, in which refused runs stand as well.
    """
    files = (path for path in warehouse.rglob("*") if path.is_file() and warehouse / "runs" not in path.parents)
    return {str(path.relative_to(warehouse)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
