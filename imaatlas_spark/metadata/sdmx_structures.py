"""SDMX 3.0 structures: concepts, code lists in three languages, a data structure and a dataflow for each statistic."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import polars as pl
from pysdmx.io.xml.sdmx30.writer.structure import write
from pysdmx.model import Code, Codelist, Component, Components, Concept, ConceptScheme, DataType, Role
from pysdmx.model.__base import MaintainableArtefact
from pysdmx.model.dataflow import Dataflow, DataStructureDefinition
from pysdmx.model.message import Header

from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.metadata.content import Told, Words
from imaatlas_spark.metadata.sdmx_codes import sdmx_code, sdmx_id
from imaatlas_spark.reader import Atlas
from imaatlas_spark.schemas.metadata import LANGUAGES

# placeholder, not official: the project's own agency. No agency is registered for these structures.
AGENCY = "OPEN_ATLAS"
VERSION = "1.0.0"
_CONCEPTS = "CS_ATLAS"

_CONCEPT_NAMES: Mapping[str, Words] = {
    "TIME_PERIOD": {"nl": "Referentiejaar", "fr": "Année de référence", "en": "Reference year"},
    "GEO_LEVEL": {"nl": "Geografisch niveau", "fr": "Niveau géographique", "en": "Geographical level"},
    "REF_AREA": {"nl": "Gebied", "fr": "Zone", "en": "Area"},
    "GEOGRAPHY": {
        "nl": "Jaar van de kaart die de codes geeft",
        "fr": "Année de la carte qui donne les codes",
        "en": "Year of the map that gives the codes",
    },
    "OBS_VALUE": {"nl": "Waarde", "fr": "Valeur", "en": "Value"},
    "NUMERATOR": {"nl": "Teller", "fr": "Numérateur", "en": "Numerator"},
    "DENOMINATOR": {"nl": "Noemer", "fr": "Dénominateur", "en": "Denominator"},
    "OBS_STATUS": {"nl": "Status van de waarneming", "fr": "Statut de l'observation", "en": "Observation status"},
    "CONF_STATUS": {"nl": "Vertrouwelijkheid", "fr": "Confidentialité", "en": "Confidentiality status"},
    "RELEASE_DATE": {"nl": "Datum van de uitgave", "fr": "Date de publication", "en": "Release date"},
    "UNIT_MEASURE": {"nl": "Eenheid", "fr": "Unité", "en": "Unit of measure"},
}
# A name of a delivered list may hold a character that no XML may hold.
_IN_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MEASURES = {"OBS_VALUE": DataType.DOUBLE, "NUMERATOR": DataType.LONG, "DENOMINATOR": DataType.LONG}


@dataclass
class _Dictionary:
    """pysdmx writes a name in one language: it gets a key here, which the text then replaces by all languages."""

    entries: list[Words] = field(default_factory=list)

    def key(self, words: Words) -> str:
        self.entries.append(words)
        return f"words-{len(self.entries) - 1}"

    def spelled(self, xml: str) -> str:
        return re.sub(r'<com:(Name|Description) xml:lang="en">words-(\d+)</com:\1>', self._in_all_languages, xml)

    def _in_all_languages(self, found: re.Match[str]) -> str:
        words = self.entries[int(found[2])]
        return "".join(
            f'<com:{found[1]} xml:lang="{language}">{_as_xml(words[language])}</com:{found[1]}>'
            for language in sorted(LANGUAGES)
        )


def _as_xml(text: str) -> str:
    return escape(_IN_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def sdmx_structures(statistics: Iterable[Told], with_sectors: bool = True) -> str:
    """One SDMX-ML 3.0 message with the structures of `statistics`; with statistical sectors where data have them."""
    statistics, words = list(statistics), _Dictionary()
    atlas = statistics[0].atlas
    dimensions = sorted({name for each in statistics for name in each.dimensions})
    areas = _areas(atlas, statistics, with_sectors)
    codelists = _codelists(atlas, areas, dimensions, words)
    concepts = _concepts(atlas, dimensions, words)
    artefacts: list[MaintainableArtefact] = [concepts, *codelists.values()]
    for each in statistics:
        structure = _data_structure(each, concepts, codelists, words)
        name, description = words.key(each.title), words.key(each.description)
        artefacts += [
            structure,
            Dataflow(
                id=sdmx_id(each.code),
                name=name,
                description=description,
                agency=AGENCY,
                version=VERSION,
                structure=structure,
            ),
        ]
    released = max(each.released for each in statistics)
    header = Header(id="STRUCTURES", prepared=dt.datetime.combine(released, dt.time(), dt.UTC), test=atlas.synthetic)
    return words.spelled(str(write(artefacts, header=header)))


def _codelists(
    atlas: Atlas, areas: list[tuple[str, Words]], dimensions: Iterable[str], words: _Dictionary
) -> dict[str, Codelist]:
    """The code list of each concept that has one, by the concept's identifier. `areas`: their codes and names."""
    names = {language: atlas.names(language) for language in LANGUAGES}
    lists = {
        sdmx_id(name): [
            (code, {language: names[language].members[name][code] for language in LANGUAGES})
            for code in atlas.members(name)
        ]
        for name in dimensions
    }
    for name in ("obs_status", "conf_status", "geo_level"):
        lists[sdmx_id(name)] = [
            (code, {language: names[language].codes(name)[code] for language in LANGUAGES})
            for code in names["en"].codes(name)
        ]
    lists["REF_AREA"] = areas
    titles = concept_titles(atlas, dimensions)
    return {
        concept: Codelist(
            id=f"CL_{'AREA' if concept == 'REF_AREA' else concept}",
            name=words.key(titles[concept]),
            agency=AGENCY,
            version=VERSION,
            items=[Code(sdmx_code(code), name=words.key(label)) for code, label in codes],
        )
        for concept, codes in lists.items()
    }


def _areas(atlas: Atlas, statistics: list[Told], with_sectors: bool) -> list[tuple[str, Words]]:
    """Every area that has a figure; a code that stands at several levels is called as the uppermost one."""
    shown = pl.concat([each.rows.select("geo_level", "geo_code").unique() for each in statistics]).unique()
    if not with_sectors:
        shown = shown.filter(pl.col("geo_level") != SECTOR)
    order = {level: place for place, level in enumerate(atlas.levels)}
    uppermost = (
        shown.with_columns(pl.col("geo_level").replace_strict(order, return_dtype=pl.Int32).alias("order"))
        .sort("order", "geo_code")
        .unique("geo_code", keep="first", maintain_order=True)
    )
    for language in LANGUAGES:
        named = atlas.names(language).areas.rename({"area_name": language})
        uppermost = uppermost.join(named, on=["geo_level", "geo_code"], how="left", maintain_order="left")
    spelled = uppermost.with_columns(pl.coalesce(language, "geo_code").alias(language) for language in LANGUAGES)
    return [(row["geo_code"], {each: row[each] for each in LANGUAGES}) for row in spelled.iter_rows(named=True)]


def concept_titles(atlas: Atlas, dimensions: Iterable[str]) -> dict[str, Words]:
    """What the components of the data are called, by their identifiers."""
    own = {
        sdmx_id(name): {language: atlas.names(language).dimensions[name] for language in LANGUAGES}
        for name in dimensions
    }
    return {**_CONCEPT_NAMES, **own}


def _concepts(atlas: Atlas, dimensions: Iterable[str], words: _Dictionary) -> ConceptScheme:
    concepts = [
        Concept(concept, name=words.key(title), urn=_concept_urn(concept))
        for concept, title in concept_titles(atlas, dimensions).items()
    ]
    title = {"nl": "Begrippen van de Atlas", "fr": "Concepts de l'Atlas", "en": "Concepts of the Atlas"}
    return ConceptScheme(id=_CONCEPTS, name=words.key(title), agency=AGENCY, version=VERSION, items=concepts)


def _concept_urn(concept: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={AGENCY}:{_CONCEPTS}({VERSION}).{concept}"


def _data_structure(
    statistic: Told, concepts: ConceptScheme, codelists: Mapping[str, Codelist], words: _Dictionary
) -> DataStructureDefinition:
    by_id = {concept.id: concept for concept in concepts}
    dimensions = ["GEO_LEVEL", "REF_AREA", *map(sdmx_id, statistic.dimensions), "TIME_PERIOD"]
    types = {"TIME_PERIOD": DataType.YEAR}
    components = [
        Component(each, True, Role.DIMENSION, by_id[each], types.get(each), local_codes=codelists.get(each))
        for each in dimensions
    ]
    components += [Component(each, False, Role.MEASURE, by_id[each], kind) for each, kind in MEASURES.items()]
    attributes = {"OBS_STATUS": None, "CONF_STATUS": None, "GEOGRAPHY": DataType.YEAR, "RELEASE_DATE": DataType.DATE}
    components += [
        Component(each, True, Role.ATTRIBUTE, by_id[each], kind, local_codes=codelists.get(each), attachment_level="O")
        for each, kind in attributes.items()
    ]
    components.append(
        Component("UNIT_MEASURE", True, Role.ATTRIBUTE, by_id["UNIT_MEASURE"], DataType.STRING, attachment_level="D")
    )
    return DataStructureDefinition(
        id=f"DSD_{sdmx_id(statistic.code)}",
        name=words.key(statistic.title),
        agency=AGENCY,
        version=VERSION,
        components=Components(components),
    )
