"""The whole site, written aside and renamed into its place, so that the one that was there stays whole."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.geography.tiles import load_tiles
from imaatlas_spark.metadata.content import refuse_unprotected
from imaatlas_spark.output_folder import refuse_other_folder, written_aside
from imaatlas_spark.progress import Progress, Tasks
from imaatlas_spark.site.area_pages import write_area_pages
from imaatlas_spark.site.borders import Cell, Territories, borders, read_territories
from imaatlas_spark.site.content import Content, Statistic
from imaatlas_spark.site.downloads import write_downloads, write_metadata
from imaatlas_spark.site.figures import Figures, sector_names
from imaatlas_spark.site.files import write_data, write_text
from imaatlas_spark.site.other_pages import write_about, write_index, write_releases, write_variables
from imaatlas_spark.site.places import Places
from imaatlas_spark.site.rendering import Pages
from imaatlas_spark.site.source import Source
from imaatlas_spark.site.statistic_pages import write_statistic_page
from imaatlas_spark.site.summary import summarise
from imaatlas_spark.site.texts import LANGUAGES, texts

_SCRIPTS = (
    *("core", "areas", "cells", "picture"),
    *("state", "view", "table", "chart", "taking", "sectors", "statistic"),
    *("start", "begin"),
)
_MARK = "assets/atlas.js"
_METRES_OF_SECTORS = 10.0  # by which borders of sectors are simplified: in a town they are small


@dataclass(frozen=True)
class Wish:
    """What is asked for. `codes` None: every statistic."""

    output: Path
    languages: tuple[str, ...]
    codes: tuple[str, ...] | None
    boundaries: Path | None = None
    with_sectors: bool = True
    unprotected: bool = False


def publish_site(configuration: Configuration, warehouse: Path, wish: Wish) -> None:
    """Write the site of a warehouse to `wish.output`; a site that is there is replaced at the very end.

    Raises a `Refused` for what is asked wrongly, before anything is written.
    """
    for language in wish.languages:
        texts(language)
    refuse_other_folder(wish.output, _MARK, "site")
    source = Source.of(warehouse)
    refuse_unprotected(source.atlas, source.chosen(wish.codes), wish.unprotected)
    with written_aside(wish.output) as aside:
        _write(configuration, source, wish, aside)


def _write(configuration: Configuration, source: Source, wish: Wish, folder: Path) -> None:
    codes = source.chosen(wish.codes)
    words = {language: source.words(language) for language in LANGUAGES}
    names = {language: words[language].areas for language in LANGUAGES}
    places = Places.of(configuration.geography, source.map_years(codes), names)
    territories = None
    if wish.boundaries is not None:
        territories = read_territories(wish.boundaries, configuration.geography, places.map_years)
    _write_maps(configuration, source, places, folder, wish)
    if territories is not None:
        _write_borders(territories, places, folder, wish.with_sectors)
    statistics: dict[str, Statistic] = {}
    with Progress(lambda: Tasks(len(statistics), len(codes))).step("figures and downloads"):
        for code in codes:
            statistics[code] = _write_statistic(source, code, places, folder, wish)
        write_metadata(folder / "metadata", [(each.told, each.downloads) for each in statistics.values()])
    content = Content(
        configuration=configuration,
        places=places,
        words=words,
        statistics=statistics,
        shapes=("tiles",) if territories is None else ("borders", "tiles"),
        has_sector_borders=wish.with_sectors and territories is not None and bool(territories.sectors),
        with_sectors=wish.with_sectors,
        synthetic=source.is_synthetic,
    )
    _refuse_unknown_variables(content)
    _write_assets(folder)
    pages = Pages(folder, wish.languages, content.synthetic, unprotected=not all(map(source.atlas.is_protected, codes)))
    pages.write_door()
    written: list[str] = []
    with Progress(lambda: Tasks(len(written), len(wish.languages))).step("pages"):
        for language in wish.languages:
            _write_pages(pages, content, language)
            written.append(language)


def _refuse_unknown_variables(content: Content) -> None:
    unknown = sorted(set(content.variables) - content.configuration.variables.keys())
    if unknown:
        raise ConfigurationRefused(
            f"{content.configuration.folder} does not say what {unknown[0]} is: give the --conf-dir that the "
            "statistics were built with"
        )


def _write_statistic(source: Source, code: str, places: Places, folder: Path, wish: Wish) -> Statistic:
    """The data files and downloads of one statistic; its rows are not kept."""
    told, observations = source.told(code), source.observations(code)
    card = told.card
    members = {name: tuple(source.atlas.members(name)) for name in card.dimensions}
    figures = Figures(card, observations, places, members)
    figures.write(folder / "data" / code, wish.with_sectors)
    return Statistic(
        told,
        figures.outline,
        summarise(card, observations),
        write_downloads(folder / "download", told, observations, wish.with_sectors),
        source.release_rows(code),
        source.citation(code),
    )


def _write_maps(configuration: Configuration, source: Source, places: Places, folder: Path, wish: Wish) -> None:
    """`geo/*.js`: areas, tiles, names of sectors."""
    write_data(folder / "geo" / "areas.js", "geo/areas", places.script())
    tiles = load_tiles(configuration.folder / "geography", configuration.geography)
    cells = [[tile.nis, tile.column, tile.row] for tile in tiles]
    write_data(folder / "geo" / "tiles.js", "geo/tiles", {"kind": "tiles", "cells": cells})
    if wish.with_sectors:
        for arrondissement, names in sector_names(source.sectors(), places).items():
            write_data(folder / "geo" / "sectors" / f"{arrondissement}.js", f"geo/sectors/{arrondissement}", names)


def _write_borders(territories: Territories, places: Places, folder: Path, with_sectors: bool) -> None:
    """`geo/borders.js`; `geo/sectors/ARR.borders.js`: the sectors of each arrondissement that they ever lie in."""
    write_data(folder / "geo" / "borders.js", "geo/borders", borders(territories.municipalities))
    by_arrondissement: dict[str, list[Cell]] = {}
    for cell in territories.sectors if with_sectors else ():
        for arrondissement in places.arrondissements_of(cell.code):
            by_arrondissement.setdefault(arrondissement, []).append(cell)
    for arrondissement, cells in sorted(by_arrondissement.items()):
        name = f"geo/sectors/{arrondissement}.borders"
        write_data(folder / f"{name}.js", name, borders(cells, metres=_METRES_OF_SECTORS))


def _write_assets(folder: Path) -> None:
    assets = files("imaatlas_spark.site") / "assets"
    scripts = [(assets / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    write_text(folder / _MARK, "\n".join(scripts))
    for name in ("atlas.css", "icon.svg", "mark.svg"):
        write_text(folder / "assets" / name, (assets / name).read_text(encoding="utf-8"))


def _write_pages(pages: Pages, content: Content, language: str) -> None:
    write_index(pages, content, language)
    for statistic in content.statistics.values():
        write_statistic_page(pages, content, statistic, language)
    write_area_pages(pages, content, language)
    write_variables(pages, content, language)
    write_releases(pages, content, language)
    write_about(pages, content, language)
