"""A catalogue of the statistics: DCAT-AP 3 with the statistical extension StatDCAT-AP, as Turtle."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from imaatlas_spark.metadata.content import NOBODY, Told, Words
from imaatlas_spark.metadata.sdmx_codes import sdmx_id
from imaatlas_spark.metadata.sdmx_structures import concept_titles

_STAT = Namespace("http://data.europa.eu/s1n/")  # StatDCAT-AP 3
_EU = "http://publications.europa.eu/resource/authority/"
_COUNTRY = URIRef(f"{_EU}country/BEL")
_YEARLY = URIRef(f"{_EU}frequency/ANNUAL")
_HEALTH = URIRef(f"{_EU}data-theme/HEAL")
_LANGUAGES = [URIRef(f"{_EU}language/{code}") for code in ("NLD", "FRA", "ENG")]
_CATALOGUE = URIRef("catalogue.ttl#catalogue")
_TITLE = {"nl": "Statistieken van de Atlas", "fr": "Statistiques de l'Atlas", "en": "Statistics of the Atlas"}
_CONTENT = {
    "nl": "Cijfers per gebied, een dataset per statistiek.",
    "fr": "Chiffres par zone, un jeu de données par statistique.",
    "en": "Figures by area, a dataset for each statistic.",
}
_ZIP = URIRef("http://www.iana.org/assignments/media-types/application/zip")


@dataclass(frozen=True)
class File:
    """A file of a statistic. `address`: seen from the catalogue; `code`: of its format, in the European list."""

    address: str
    name: str
    media_type: str
    code: str
    is_packed: bool = False  # in a ZIP


def catalogue(files_of: Sequence[tuple[Told, Sequence[File]]]) -> str:
    """The catalogue of statistics and their files: addresses are relative to it, so that it may lie anywhere."""
    statistics = [statistic for statistic, _ in files_of]
    graph = Graph()
    for prefix, namespace in (("dcat", DCAT), ("dcterms", DCTERMS), ("foaf", FOAF), ("stat", _STAT)):
        graph.bind(prefix, namespace)
    synthetic = statistics[0].atlas.synthetic
    publisher = URIRef("catalogue.ttl#publisher")
    _agent(graph, publisher, " / ".join(sorted({each.publisher for each in statistics})))
    graph.add((_CATALOGUE, RDF.type, DCAT.Catalog))
    _add_words(graph, _CATALOGUE, DCTERMS.title, _TITLE)
    content = {language: f"{NOBODY}. {text}" for language, text in _CONTENT.items()} if synthetic else _CONTENT
    _add_words(graph, _CATALOGUE, DCTERMS.description, content)
    graph.add((_CATALOGUE, DCTERMS.publisher, publisher))
    graph.add((_CATALOGUE, DCTERMS.modified, _date(max(each.released for each in statistics))))
    for each, files in files_of:
        dataset = _dataset(graph, each, publisher, files)
        graph.add((_CATALOGUE, DCAT.dataset, dataset))
    return graph.serialize(format="turtle")


def _dataset(graph: Graph, statistic: Told, publisher: URIRef, files: Sequence[File]) -> URIRef:
    dataset = URIRef(f"catalogue.ttl#{statistic.code}")
    graph.add((dataset, RDF.type, DCAT.Dataset))
    _add_words(graph, dataset, DCTERMS.title, statistic.title)
    _add_words(graph, dataset, DCTERMS.description, statistic.description)
    for language, keywords in statistic.keywords.items():
        for keyword in keywords:
            graph.add((dataset, DCAT.keyword, Literal(keyword, lang=language)))
    one_of_each: list[tuple[URIRef, Node]] = [
        (DCTERMS.identifier, Literal(statistic.code)),
        (DCTERMS.publisher, publisher),
        (DCTERMS.issued, _date(statistic.first_released)),
        (DCTERMS.modified, _date(statistic.released)),
        (DCTERMS.bibliographicCitation, Literal(statistic.citation)),
        (DCTERMS.spatial, _COUNTRY),
        (DCTERMS.accrualPeriodicity, _YEARLY),
        (DCTERMS.temporal, _period(graph, statistic)),
        (DCAT.theme, _HEALTH),
        (_STAT.statUnitMeasure, _unit(graph, statistic)),
        *((DCTERMS.language, language) for language in _LANGUAGES),
        *((_STAT.dimension, _concept(graph, statistic, each)) for each in _dimensions(statistic)),
        *((_STAT.attribute, _concept(graph, statistic, each)) for each in ("OBS_STATUS", "CONF_STATUS")),
        (_STAT.numSeries, _number_of_series(statistic)),
    ]
    for predicate, value in one_of_each:
        graph.add((dataset, predicate, value))
    for file in files:
        graph.add((dataset, DCAT.distribution, _distribution(graph, statistic, file)))
    return dataset


def _distribution(graph: Graph, statistic: Told, file: File) -> URIRef:
    address = URIRef(file.address)
    distribution = URIRef(f"catalogue.ttl#{statistic.code}-{file.name.lower()}")
    graph.add((distribution, RDF.type, DCAT.Distribution))
    graph.add((distribution, DCTERMS.title, Literal(file.name)))
    graph.add((distribution, DCAT.accessURL, address))
    graph.add((distribution, DCAT.downloadURL, address))
    graph.add((distribution, DCAT.mediaType, URIRef(f"http://www.iana.org/assignments/media-types/{file.media_type}")))
    graph.add((distribution, DCTERMS["format"], URIRef(f"{_EU}file-type/{file.code}")))
    if file.is_packed:
        graph.add((distribution, DCAT.packageFormat, _ZIP))
    graph.add((distribution, DCTERMS.modified, _date(statistic.released)))
    return distribution


def _dimensions(statistic: Told) -> list[str]:
    return ["TIME_PERIOD", "REF_AREA", *map(sdmx_id, statistic.dimensions)]


def _concept(graph: Graph, statistic: Told, concept: str) -> URIRef:
    """A component of the data, as the concept that the SDMX structures name."""
    node = URIRef(f"catalogue.ttl#{concept}")
    graph.add((node, RDF.type, SKOS.Concept))
    _add_words(graph, node, SKOS.prefLabel, concept_titles(statistic.atlas, statistic.dimensions)[concept])
    return node


def _unit(graph: Graph, statistic: Told) -> URIRef:
    node = URIRef(f"catalogue.ttl#{statistic.code}-unit")
    graph.add((node, RDF.type, SKOS.Concept))
    _add_words(graph, node, SKOS.prefLabel, statistic.unit)
    return node


def _number_of_series(statistic: Told) -> Literal:
    series = statistic.rows.select("geo_level", "geo_code", *statistic.dimensions).n_unique()
    return Literal(series, datatype=XSD.nonNegativeInteger)


def _period(graph: Graph, statistic: Told) -> URIRef:
    node = URIRef(f"catalogue.ttl#{statistic.code}-period")
    graph.add((node, RDF.type, DCTERMS.PeriodOfTime))
    graph.add((node, DCAT.startDate, _date(dt.date(statistic.years[0], 1, 1))))
    graph.add((node, DCAT.endDate, _date(dt.date(statistic.years[-1], 12, 31))))
    return node


def _agent(graph: Graph, node: URIRef, name: str) -> None:
    graph.add((node, RDF.type, FOAF.Agent))
    graph.add((node, FOAF.name, Literal(name)))


def _add_words(graph: Graph, subject: URIRef, predicate: URIRef, words: Words) -> None:
    for language, text in words.items():
        graph.add((subject, predicate, Literal(text, lang=language)))


def _date(day: dt.date) -> Literal:
    return Literal(day.isoformat(), datatype=XSD.date)
