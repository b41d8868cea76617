"""The export as programs of others read it: pysdmx, a CSVW validator, SHACL shapes; and what is not exported."""

import csv
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import ArgumentRefused, WarehouseRefused
from imaatlas_spark.metadata.content import Told
from imaatlas_spark.metadata.schema_org import schema_org
from imaatlas_spark.metadata.sdmx_codes import sdmx_code
from imaatlas_spark.reader import EVERY, Atlas
from tests.conftest import ROOT
from tests.jobs.processes import imported, plain
from tests.metadata.conftest import CODES, YEARS, export_metadata
from tests.reader.conftest import MEAN, RELEASES, SHARE
from tests.reader.published import publish

pytestmark = pytest.mark.slow  # other programs read it: their libraries take a second to import

SHAPES = ROOT.parent / "shared" / "reference" / "dcat-ap"
_SDMX = {"com": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common"}
_STRUCTURE = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- SDMX -------------------------------------------------------------------------------------------------------------


def test_the_structures_are_valid_sdmx_3(exported: Path) -> None:
    from pysdmx.io import read_sdmx

    message = read_sdmx(exported / "sdmx" / "structures.xml", validate=True)
    found = {(type(each).__name__, each.id) for each in message.structures or ()}
    assert {("Dataflow", code.upper()) for code in CODES} <= found
    assert {("DataStructureDefinition", f"DSD_{code.upper()}") for code in CODES} <= found
    lists = ("CL_AREA", "CL_AGE_CLASS", "CL_OBS_STATUS", "CL_CONF_STATUS", "CL_GEO_LEVEL")
    assert {("ConceptScheme", "CS_ATLAS"), *(("Codelist", each) for each in lists)} <= found


@pytest.mark.parametrize("code", CODES)
def test_pysdmx_reads_the_data_back_and_the_sums_agree(exported: Path, warehouse: Path, code: str) -> None:
    import pandas as pd
    from pysdmx.io import get_datasets

    data, structures = exported / "data" / f"{code}.sdmx.csv", exported / "sdmx" / "structures.xml"
    (dataset,) = get_datasets(data, structures, validate=True)
    read, atlas = dataset.data, Atlas(warehouse)
    expected = atlas.values(code, **dict.fromkeys(atlas.dimensions(code), EVERY))
    assert len(read) == len(expected)
    for measure, column in (("NUMERATOR", "numerator"), ("DENOMINATOR", "denominator")):
        assert pd.to_numeric(read[measure]).sum() == expected[column].sum()
    shown = pd.to_numeric(read["OBS_VALUE"])
    assert shown.count() == expected["value"].count()
    assert shown.sum() == pytest.approx(expected["value"].sum(), rel=1e-12)
    assert sorted(read["OBS_STATUS"]) == sorted(expected["obs_status"])
    assert sorted(read["CONF_STATUS"]) == sorted(expected["conf_status"])


def test_every_code_of_the_data_stands_in_its_code_list(exported: Path) -> None:
    lists = {element.get("id"): {code.get("id") for code in element} for element in _elements(exported, "Codelist")}
    with (exported / "data" / f"{SHARE}.sdmx.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = {"REF_AREA": "CL_AREA"} | {name: f"CL_{name}" for name in ("GEO_LEVEL", "AGE_CLASS", "OBS_STATUS")}
    for column, name in listed.items():
        assert {row[column] for row in rows} <= lists[name], column
    assert {"GE90", "01000"} <= {row["AGE_CLASS"] for row in rows} | {row["REF_AREA"] for row in rows}


def test_codes_have_names_in_three_languages(exported: Path) -> None:
    (sex,) = [each for each in _elements(exported, "Codelist") if each.get("id") == "CL_AREA"]
    (antwerp,) = [code for code in sex if code.get("id") == "11002"]
    names = {name.get(_LANG): name.text for name in antwerp.findall("com:Name", _SDMX)}
    assert names == {"nl": "Antwerpen", "fr": "Anvers", "en": "Antwerpen"}
    for element in _elements(exported, "Code"):
        assert {name.get(_LANG) for name in element.findall("com:Name", _SDMX)} == {"nl", "fr", "en"}


def _elements(exported: Path, name: str) -> Iterator[ET.Element]:
    return ET.parse(exported / "sdmx" / "structures.xml").iter(f"{_STRUCTURE}{name}")


def test_an_open_class_is_written_as_sdmx_allows() -> None:
    assert (sdmx_code("90+"), sdmx_code("0-9"), sdmx_code("_T"), sdmx_code("44084B00-")) == (
        *("GE90", "0-9", "_T"),
        "44084B00-",
    )
    with pytest.raises(WarehouseRefused, match="the code 'zone 1' cannot be written in SDMX"):
        sdmx_code("zone 1")


# --- CSV on the Web ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_a_csvw_validator_finds_nothing(exported: Path, code: str) -> None:
    from csvw import CSVW

    assert CSVW(str(exported / "data" / f"{code}.csv-metadata.json"), validate=True).is_valid


@pytest.mark.parametrize(
    ("found", "written"),
    [("2020,municipality,", "2020,,"), (",90+,", ",91+,"), (",F,", ",,"), ("2022-07-01", "1 July 2022")],
)
def test_a_csvw_validator_finds_what_was_spoilt(exported: Path, tmp_path: Path, found: str, written: str) -> None:
    from csvw import CSVW

    shutil.copytree(exported / "data", tmp_path / "data")
    table = tmp_path / "data" / f"{SHARE}.csv"
    text = table.read_text(encoding="utf-8")
    assert found in text
    table.write_text(text.replace(found, written, 1), encoding="utf-8")
    assert not CSVW(str(table) + "-metadata.json", validate=True).is_valid


def test_the_csv_has_every_figure_with_names(exported: Path, warehouse: Path) -> None:
    rows = pl.read_csv(exported / "data" / f"{MEAN}.csv", schema_overrides={"geo_code": pl.String})
    expected = Atlas(warehouse).values(MEAN)
    for column in ("year", "geo_code", "numerator", "denominator", "value", "obs_status"):
        assert rows[column].to_list() == expected[column].to_list()
    (antwerp,) = rows.filter((pl.col("geo_code") == "11002") & (pl.col("year") == 2021)).iter_rows(named=True)
    assert (antwerp["area_name_nl"], antwerp["area_name_fr"]) == ("Antwerpen", "Anvers")


# --- DCAT -------------------------------------------------------------------------------------------------------------


def test_the_catalogue_has_a_dataset_for_each_statistic_and_files_that_are_there(exported: Path) -> None:
    from rdflib import DCAT, DCTERMS, Graph, URIRef

    graph = Graph().parse(exported / "catalogue.ttl")
    datasets = list(graph.subjects(DCTERMS.identifier))
    assert {str(graph.value(each, DCTERMS.identifier)) for each in datasets} == set(CODES)
    for dataset in datasets:
        assert {title.language for title in graph.objects(dataset, DCTERMS.title)} == {"nl", "fr", "en"}
        addresses = [graph.value(each, DCAT.downloadURL) for each in graph.objects(dataset, DCAT.distribution)]
        assert len(addresses) == 2
        for address in addresses:
            assert isinstance(address, URIRef)
            assert Path(str(address).removeprefix("file://")).is_file()


@pytest.mark.skipif(not SHAPES.is_dir(), reason="the SHACL shapes of DCAT-AP lie in ../shared/reference/dcat-ap")
def test_the_catalogue_conforms_to_dcat_ap_and_not_without_titles(exported: Path) -> None:
    from pyshacl import validate
    from rdflib import DCTERMS, Graph

    shapes = Graph().parse(SHAPES / "shapes.ttl")
    graph = Graph().parse(exported / "catalogue.ttl")
    conforms, _, report = validate(graph, shacl_graph=shapes)
    assert conforms, report
    graph.remove((None, DCTERMS.title, None))
    conforms, _, report = validate(graph, shacl_graph=shapes)
    assert not conforms
    assert "title" in report


# --- citations --------------------------------------------------------------------------------------------------------


def test_each_statistic_has_an_entry_to_cite(exported: Path, configuration: Configuration) -> None:
    bib = (exported / "citations.bib").read_text(encoding="utf-8")
    assert re.findall(r"@misc\{(\w+),", bib) == sorted(CODES)
    assert r"IMA\_AIM (25/09/2025), stat\_003\_014, Atlas IMA\_AIM" in bib
    assert bib.count("{") == bib.count("}")
    cff = (exported / "CITATION.cff").read_text(encoding="utf-8")
    assert all(f'"{configuration.cards[code].citation.text}"' in cff for code in CODES)


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_a_page_tells_search_engines_what_it_shows(
    warehouse: Path, configuration: Configuration, language: str
) -> None:
    told = Told(Atlas(warehouse), SHARE)
    described = schema_org(told, language, {"download/x.csv": "text/csv"})
    card = configuration.cards[SHARE]
    assert described["name"] == getattr(card.title, language)
    assert described["description"] == getattr(card.description, language)
    assert described["temporalCoverage"] == f"{YEARS[0]}/{YEARS[0]}"
    assert described["variableMeasured"]["unitText"] == "%"
    assert described["distribution"][0]["contentUrl"] == "download/x.csv"
    json.dumps(described)


# --- what is exported, and how ----------------------------------------------------------------------------------------


def test_the_same_warehouse_gives_the_same_bytes(exported: Path, warehouse: Path, tmp_path: Path) -> None:
    export_metadata(warehouse, tmp_path / "again")
    assert files(tmp_path / "again") == files(exported)


def test_an_export_replaces_the_one_before_and_leaves_nothing_beside(warehouse: Path, tmp_path: Path) -> None:
    export_metadata(warehouse, tmp_path / "out")
    (tmp_path / "out" / "data" / "of_before.csv").write_text("old")
    export_metadata(warehouse, tmp_path / "out")
    assert not (tmp_path / "out" / "data" / "of_before.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failed_export_leaves_the_one_before_whole(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_metadata(warehouse, tmp_path / "out")
    before = files(tmp_path / "out")
    monkeypatch.setattr("imaatlas_spark.metadata.export.catalogue", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_metadata(warehouse, tmp_path / "out")
    assert files(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_another_folder_is_never_overwritten(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ArgumentRefused, match="holds something that is no export"):
        export_metadata(warehouse, tmp_path)
    with pytest.raises(ArgumentRefused, match="is a file"):
        export_metadata(warehouse, tmp_path / "mine.txt")
    with pytest.raises(ArgumentRefused, match="does not exist: make it first"):
        export_metadata(warehouse, tmp_path / "no" / "where")


@pytest.mark.parametrize("threshold", [None, 1])
def test_tables_without_protection_do_not_leave(
    configuration: Configuration, tmp_path: Path, threshold: int | None
) -> None:
    folder = publish(configuration, tmp_path / "open", RELEASES[:1], threshold)
    for unprotected in (False, True):
        with pytest.raises(WarehouseRefused, match="without protection of small figures: publish them again"):
            export_metadata(folder, tmp_path / "out", unprotected)
    assert not (tmp_path / "out").exists()


def test_synthetic_figures_leave_when_it_is_said_and_name_no_agency(
    configuration: Configuration, tmp_path: Path
) -> None:
    from csvw import CSVW

    folder = publish(configuration, tmp_path / "drawn", RELEASES[:1], threshold=None, drawn='{"seed": 3}')
    with pytest.raises(WarehouseRefused, match="say --unprotected, as the warehouse is synthetic"):
        export_metadata(folder, tmp_path / "out")
    export_metadata(folder, tmp_path / "out", unprotected=True)
    for name in (
        "citations.bib",
        "CITATION.cff",
        "catalogue.ttl",
        "sdmx/structures.xml",
        f"data/{MEAN}.csv-metadata.json",
    ):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "drawn by chance" in text, name
        assert "IMA_AIM" not in text.replace("\\", ""), name
    header = (tmp_path / "out" / "data" / f"{MEAN}.csv").read_text(encoding="utf-8").splitlines()
    assert header[0].endswith(",synthetic")
    assert all(line.endswith(",true") for line in header[1:])
    assert CSVW(str(tmp_path / "out" / "data" / f"{MEAN}.csv-metadata.json"), validate=True).is_valid


@pytest.mark.jobs
def test_the_job_needs_no_java_and_refuses_in_one_line(warehouse: Path, tmp_path: Path) -> None:
    outcome = plain("export_metadata", "--warehouse", warehouse, "--output", tmp_path / "out")
    assert outcome.exit_code == 0, outcome.output[-2000:]
    assert not imported(outcome, "pyspark")
    assert (tmp_path / "out" / "catalogue.ttl").is_file()
    refused = plain("export_metadata", "--warehouse", tmp_path, "--output", tmp_path / "other")
    assert refused.exit_code == 2
    assert len(refused.refusals) == 1
    assert "has no table releases" in refused.refusals[0]
