"""Files to take along: large text is packed with its description, and the catalogue leads to what is there."""

import zipfile
from pathlib import Path

import pytest

from imaatlas_spark.metadata.schema_org import schema_org
from imaatlas_spark.site.downloads import Download, write_downloads, write_metadata
from imaatlas_spark.site.source import Source
from tests.metadata.test_export import SHAPES

pytestmark = pytest.mark.slow

CODE = "cube_013_007"


@pytest.fixture(scope="module")
def source(warehouse: Path) -> Source:
    return Source.of(warehouse)


def downloads(source: Source, folder: Path, largest_text: int) -> tuple[Download, ...]:
    return write_downloads(folder, source.told(CODE), source.observations(CODE), True, largest_text)


def test_large_text_is_packed_and_unpacks_to_what_it_was(source: Source, tmp_path: Path) -> None:
    from csvw import CSVW

    downloads(source, tmp_path / "plain", largest_text=10**9)
    packed = downloads(source, tmp_path / "packed", largest_text=1000)
    assert [each.name for each in packed] == [f"{CODE}.csv.zip", f"{CODE}.sdmx.csv.zip", f"{CODE}.parquet"]
    assert {path.name for path in (tmp_path / "packed").iterdir()} == {each.name for each in packed}
    for each in packed[:2]:
        zipfile.ZipFile(tmp_path / "packed" / each.name).extractall(tmp_path / "again")
        assert each.bytes < (tmp_path / "plain" / each.name.removesuffix(".zip")).stat().st_size / 5
    for path in (tmp_path / "again").iterdir():
        assert path.read_bytes() == (tmp_path / "plain" / path.name).read_bytes(), path.name
    assert len(list((tmp_path / "again").iterdir())) == 3
    assert CSVW(str(tmp_path / "again" / f"{CODE}.csv-metadata.json"), validate=True).is_valid


def test_packing_twice_gives_the_same_bytes(source: Source, tmp_path: Path) -> None:
    for name in ("one", "two"):
        downloads(source, tmp_path / name, largest_text=1000)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("largest_text", [1000, 10**9])
def test_the_catalogue_of_a_site_leads_to_files_that_are_there(
    source: Source, tmp_path: Path, largest_text: int
) -> None:
    from rdflib import DCAT, Graph, URIRef

    made = downloads(source, tmp_path / "download", largest_text)
    write_metadata(tmp_path / "metadata", [(source.told(CODE), made)])
    graph = Graph().parse(tmp_path / "metadata" / "catalogue.ttl")
    addresses = {Path(str(each).removeprefix("file://")).resolve() for each in graph.objects(None, DCAT.downloadURL)}
    assert addresses == {(tmp_path / "download" / each.name).resolve() for each in made}
    packed = {str(graph.value(each, DCAT.downloadURL)) for each in graph.subjects(DCAT.packageFormat)}
    assert len(packed) == (2 if largest_text == 1000 else 0)
    assert all(isinstance(graph.value(each, DCAT.mediaType), URIRef) for each in graph.subjects(DCAT.downloadURL))
    if SHAPES.is_dir():
        from pyshacl import validate

        conforms, _, report = validate(graph, shacl_graph=Graph().parse(SHAPES / "shapes.ttl"))
        assert conforms, report


def test_structures_of_a_site_name_no_sectors(site: Path) -> None:
    """The text files end at the municipality, so what describes them does, too."""
    text = (site / "metadata" / "structures.xml").read_text(encoding="utf-8")
    assert 'id="24062"' in text
    assert "24062A00-" not in text


def test_a_page_tells_machines_what_its_files_are(source: Source, tmp_path: Path) -> None:
    packed = downloads(source, tmp_path, largest_text=1000)
    told = schema_org(source.told(CODE), "nl", {each.name: each.media_type for each in packed})
    kinds = {each["contentUrl"]: each["encodingFormat"] for each in told["distribution"]}
    assert kinds[f"{CODE}.csv.zip"] == "application/zip"
    assert kinds[f"{CODE}.parquet"] == "application/vnd.apache.parquet"
