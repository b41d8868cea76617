"""Statbel's files as they are published: what is read, what is refused, and whether the shipped map agrees."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography import NOT_LOCALISABLE, Geography, load_geography
from imaatlas_spark.geography.statbel import RefnisArea, read_refnis, read_sector_list
from imaatlas_spark.periods import END_OF_TIME
from tests.conftest import CONF, ROOT
from tests.unit.edits import refuses
from tests.unit.reference import reference_file

REFNIS_HEADER = "LVL_REFNIS|CD_REFNIS|CD_SUP_REFNIS|TX_REFNIS_DE|TX_REFNIS_FR|TX_REFNIS_NL|DT_VLDT_START|DT_VLDT_END"
REFNIS = (
    "1|02000|-|Flämische Region|Région flamande|Vlaams Gewest|01/01/1970|31/12/9999",
    "2|20000|-|Provinz Brabant|Province de Brabant|Provincie Brabant|01/01/1970|31/12/1994",
    "2|20001|02000|Provinz Flämisch-Brabant|Province du Brabant flamand|Provincie Vlaams-Brabant|01/01/1995|31/12/9999",
    "3|24000|20001|Bezirk Löwen|Arrondissement de Louvain|Arrondissement Leuven|01/01/1995|31/12/9999",
    "3|24000|20000|Bezirk Löwen|Arrondissement de Louvain|Arrondissement Leuven|01/01/1970|31/12/1994",
    "4|24062|24000|Löwen|Louvain|Leuven|01/01/1970|31/12/9999",
)
SECTOR_HEADER = (
    "CD_REFNIS|CD_SECTOR|TOTAL|DT_STRT_SECTOR|DT_STOP_SECTOR|OPPERVLAKKTE IN HM²|"
    "TX_DESCR_SECTOR_NL|TX_DESCR_SECTOR_FR|TX_DESCR_NL|TX_DESCR_FR"
)
SECTORS = (
    "44084|44029A00-|1200|01/03/1981|31/12/9999|53.2|KNESSELARE, CENTRUM|KNESSELARE|Aalter|Aalter",
    "11002|11002J81-|0|01/03/1981|31/12/2018|1|LUCHTBAL|LUCHTBAL|Antwerpen|Anvers",
    "44084|44084ZZZZ|3|01/01/2019||0|NIET TE LOKALISEREN|NON LOCALISABLE|Aalter|Aalter",
)


@pytest.fixture(scope="module")
def belgium() -> Geography:
    return load_geography(CONF / "geography")


def published(folder: Path, header: str, *rows: str, encoding: str = "utf-8-sig") -> Path:
    path = folder / "published.txt"
    path.write_text("\r\n".join([header, *rows]) + "\r\n", encoding=encoding, newline="")
    return path


def test_the_refnis_table_is_read_as_published(tmp_path: Path) -> None:
    rows = read_refnis(published(tmp_path, REFNIS_HEADER, *REFNIS))
    assert [(row.level, row.code, row.parent, row.valid_from.year, row.valid_to.year) for row in rows] == [
        ("region", "02000", None, 1970, 9999),
        ("province", "20000", None, 1970, 1994),
        ("province", "20001", "02000", 1995, 9999),
        ("arrondissement", "24000", "20000", 1970, 1994),
        ("arrondissement", "24000", "20001", 1995, 9999),
        ("municipality", "24062", "24000", 1970, 9999),
    ]
    assert (rows[-1].name_nl, rows[-1].name_fr, rows[-1].name_de) == ("Leuven", "Louvain", "Löwen")
    assert [row.code for row in rows if row.exists_in(1994)] == ["02000", "20000", "24000", "24062"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("4|24062|24000", "4|24062|-", ("municipality 24062 has no parent", "name the area")),
        ("4|24062|24000", "4|24062|23000", ("23000, the parent of 24062, does not exist on 1970-01-01",)),
        ("2|20000|-", "2|20000|24000", ("24000 is no level above 20000", "cycle")),
        ("4|24062|24000", "4|24062|24062", ("24062 is no level above 24062", "cycle")),
        ("Leuven|01/01/1995", "Leuven|01/01/1994", ("24000 stands twice on 1994-01-01",)),
        ("Leuven|01/01/1995", "Leuven|01/01/1996", ("24000 has a gap between 1994-12-31 and 1996-01-01",)),
        ("Brabant|01/01/1970", "Brabant|01/01/1980", ("20000, the parent of 24000, does not exist on 1970-01-01",)),
        ("4|24062|", "5|24062|", ("line 7", "LVL_REFNIS", "'5' is no level")),
        ("4|24062|", "4|2406|", ("line 7", "CD_REFNIS")),
        ("4|24062|", "4|２４０６２|", ("line 7", "CD_REFNIS", "[0-9]")),
        ("Leuven|01/01/1970|31/12/9999", "Leuven|1/1/1970|31/12/9999", ("DT_VLDT_START", "'1/1/1970' is not a date")),
        ("Leuven|01/01/1970|31/12/9999", "Leuven|31/02/1970|31/12/9999", ("DT_VLDT_START", "is not a date")),
        ("Leuven|01/01/1970|31/12/9999", "Leuven|01/01/1970|31/12/1969", ("24062 ends before it begins",)),
        ("|Löwen|", "|Löwen|Lovanium|", ("line 7", "fields")),
        ("|CD_SUP_REFNIS|", "|PARENT|", ("column CD_SUP_REFNIS is missing", "as Statbel publishes it")),
    ],
)
def test_a_wrong_refnis_table_is_refused(tmp_path: Path, old: str, new: str, message: tuple[str, ...]) -> None:
    text = "\n".join([REFNIS_HEADER, *REFNIS])
    assert old in text
    with refuses(ConfigurationRefused, "published.txt", *message):
        read_refnis(published(tmp_path, *text.replace(old, new).split("\n")))


def test_what_is_no_utf8_is_refused(tmp_path: Path) -> None:
    with refuses(ConfigurationRefused, "published.txt cannot be read as UTF-8"):
        read_refnis(published(tmp_path, REFNIS_HEADER, *REFNIS, encoding="latin-1"))


@pytest.mark.parametrize("delimiter", ["|", ";"])
def test_the_sector_list_is_read_as_published(tmp_path: Path, delimiter: str) -> None:
    header, *rows = (line.replace("|", delimiter) for line in (SECTOR_HEADER, *SECTORS))
    sectors = read_sector_list(published(tmp_path, header, *rows))
    assert [(each.code, each.municipality, str(each.valid_from), str(each.valid_to)) for each in sectors] == [
        ("11002J81-", "11002", "1981-03-01", "2018-12-31"),
        ("44029A00-", "44084", "1981-03-01", str(END_OF_TIME)),
        ("44084ZZZZ", "44084", "2019-01-01", str(END_OF_TIME)),
    ]
    assert sectors[1].name_nl == "KNESSELARE, CENTRUM"


def test_commas_between_quoted_fields_and_iso_dates_are_understood(tmp_path: Path) -> None:
    path = published(
        tmp_path,
        "CD_REFNIS,CD_SECTOR,TX_DESCR_SECTOR_NL,TX_DESCR_SECTOR_FR,DT_STRT_SECTOR,DT_STOP_SECTOR",
        '44084,44029A00-,"KNESSELARE, CENTRUM",KNESSELARE,1981-03-01,',
        encoding="utf-8",
    )
    [sector] = read_sector_list(path)
    assert sector.delivered == {
        "sector": "44029A00-",
        "name_nl": "KNESSELARE, CENTRUM",
        "name_fr": "KNESSELARE",
        "valid_from": "1981-03-01",
        "valid_to": "",
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("|44029A00-|", "|44029A0|", ("line 2", "CD_SECTOR")),
        ("|44029A00-|", "|11002J81-|", ("11002J81- stands twice on 1981-03-01",)),
        ("01/03/1981|31/12/9999", "|31/12/9999", ("line 2", "DT_STRT_SECTOR", "'' is not a date")),
        ("DT_STOP_SECTOR", "END", ("column DT_STOP_SECTOR is missing",)),
    ],
)
def test_a_wrong_sector_list_is_refused(tmp_path: Path, old: str, new: str, message: tuple[str, ...]) -> None:
    text = "\n".join([SECTOR_HEADER, *SECTORS])
    with refuses(ConfigurationRefused, "published.txt", *message):
        read_sector_list(published(tmp_path, *text.replace(old, new).split("\n")))


def tool(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, ROOT / "tools" / "statbel_sectors.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.mark.jobs
def test_the_tool_writes_a_delivery_file(tmp_path: Path) -> None:
    done = tool(published(tmp_path, SECTOR_HEADER, *SECTORS), tmp_path / "sectors.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "sectors.csv").read_text(encoding="utf-8").splitlines() == [
        "sector,name_nl,name_fr,valid_from,valid_to",
        "11002J81-,LUCHTBAL,LUCHTBAL,1981-03-01,2018-12-31",
        '44029A00-,"KNESSELARE, CENTRUM",KNESSELARE,1981-03-01,',
        "44084ZZZZ,NIET TE LOKALISEREN,NON LOCALISABLE,2019-01-01,",
    ]


@pytest.mark.jobs
def test_the_tool_refuses_in_one_line(tmp_path: Path) -> None:
    done = tool(published(tmp_path, "CD_REFNIS|CD_SECTOR", "44084|44029A00-"), tmp_path / "sectors.csv")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "is missing" in done.stderr
    assert not (tmp_path / "sectors.csv").exists()


@pytest.fixture(scope="module")
def refnis() -> tuple[RefnisArea, ...]:
    return read_refnis(reference_file("TU_COM_REFNIS_situation2019.txt"))


def test_the_whole_refnis_table_loads(refnis: tuple[RefnisArea, ...]) -> None:
    assert Counter(row.level for row in refnis) == {
        "region": 3,
        "province": 11,
        "arrondissement": 48,
        "municipality": 2707,
    }


@pytest.mark.parametrize("year", [2003, 2018, 2019])
@pytest.mark.parametrize("level", ["region", "province", "arrondissement", "municipality"])
def test_areas_and_their_parents_are_statbels(
    belgium: Geography, refnis: tuple[RefnisArea, ...], level: str, year: int
) -> None:
    """The table stops at the situation of 2019, has no country, and no province between Brussels and its region."""
    theirs = {row.code: row.parent for row in refnis if row.level == level and row.exists_in(year)}
    ours = {}
    for _, code in belgium.areas(year, [level]):
        parent = belgium.area(code, level).parent(year)
        ours[code] = parent.code if parent and parent.level != "country" else None
    if level == "province":
        assert ours.pop("21000") == "04000"
    if level == "arrondissement":
        assert (ours.pop("21000"), theirs.pop("21000")) == ("21000", "04000")
    assert ours == theirs


def real_sectors() -> list[dict[str, str]]:
    with reference_file("statistical_sectors_2023.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_the_real_sector_list_loads_and_every_sector_finds_its_municipality(belgium: Geography, tmp_path: Path) -> None:
    """The copy has other columns than the published list: they are put back before it is read."""
    real = real_sectors()
    with (tmp_path / "published.txt").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter="|")
        writer.writerow(SECTOR_HEADER.split("|"))
        for row in real:
            begins = "/".join(reversed(row["valid_from"].split("-")))
            names = (row["name_nl"], row["name_fr"], "", "")
            writer.writerow((row["nis_2019"], row["sector"], row["population_2023"], begins, "31/12/9999", "", *names))
    sectors = read_sector_list(tmp_path / "published.txt")

    assert len(sectors) == 20_376
    assert sum(sector.code.endswith(NOT_LOCALISABLE) for sector in sectors) == 581
    assert {sector.delivered["valid_from"] for sector in sectors} == {row["valid_from"] for row in real}
    by_code = {row["sector"]: row for row in real}
    recoded = {year: belgium.recoding(year) for year in (2018, 2019, 2023, 2025)}
    for sector in sectors:
        prefix, row = sector.code[:5], by_code[sector.code]
        assert recoded[2018][prefix] == prefix, "all prefixes are older than 2019, those of ZZZZ too"
        assert recoded[2019][prefix] == recoded[2023][prefix] == sector.municipality == row["nis_2019"]
        assert recoded[2025][prefix] == row["nis_2025"]


def test_people_of_the_sectors_add_up_to_the_published_municipalities(belgium: Geography) -> None:
    recoding, people = belgium.recoding(2023), Counter[str]()
    for row in real_sectors():
        people[recoding[row["sector"][:5]]] += int(row["population_2023"])
    with reference_file("population_totals_by_municipality.csv").open(encoding="utf-8-sig", newline="") as file:
        published = {row["nis"]: int(row["population"]) for row in csv.DictReader(file) if row["year_1jan"] == "2023"}
    assert people == published
    assert people.total() == 11_697_557
