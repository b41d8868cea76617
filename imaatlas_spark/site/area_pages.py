"""The page of an area: every statistic of the place beside its parent and the country, and what became of its code."""

from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from imaatlas_spark.geography import COUNTRY, LEVELS, Area, Link
from imaatlas_spark.periods import END_OF_TIME
from imaatlas_spark.site.content import Content, Statistic, figure, in_words, rank
from imaatlas_spark.site.rendering import Pages
from imaatlas_spark.site.sparks import spark
from imaatlas_spark.site.texts import date, texts

_TWO_LEVELS = "21000"  # Brussels: an arrondissement and, as in IMA's PROVINCE, a province


def write_area_pages(pages: Pages, content: Content, language: str) -> None:
    for area in content.places.areas:
        if (area.level, area.code) != ("province", _TWO_LEVELS):
            _write(pages, content, area, language)


def _write(pages: Pages, content: Content, area: Area, language: str) -> None:
    t = texts(language)
    parent, country = content.places.parent_of(area), ("country", COUNTRY)
    rows = [
        (theme, [row for each in statistics if (row := _row(content, each, area, parent, language))])
        for theme, statistics in content.themes(language)
    ]
    shows_parent, shows_country = parent not in {None, country}, area.code != COUNTRY
    level = content.words[language].levels[area.level]
    heading = _with_level(content, area, language)
    pages.write(
        "area",
        language,
        f"area/{content.places.file_of[area.level, area.code]}.html",
        title=heading,
        heading=heading,
        level=level,
        area_code=area.code,
        above=_above(content, area, language),
        rows=[(theme, entries) for theme, entries in rows if entries],
        parent=_heading_of(content, parent, language) if shows_parent else "",
        country=_heading_of(content, country, language) if shows_country else "",
        width=3 + shows_parent + 2 * shows_country,
        history=_history(content, area, language) + ([t["area"]["also"]] if area.code == _TWO_LEVELS else []),
        inside=_inside(content, area, language),
    )


def _row(
    content: Content, statistic: Statistic, area: Area, parent: tuple[str, str] | None, language: str
) -> dict[str, Any] | None:
    """The latest year of a statistic in which the area has a figure; None: never."""
    points = statistic.summary.points(area.level, area.code)
    if not points:
        return None
    card, decimals, newest = statistic.card, statistic.summary.decimals, points[-1]
    seen = {"level": area.level, "year": newest.year, "area": area.code}

    def beside(place: tuple[str, str] | None) -> str:
        return figure(statistic.summary.at(*place, newest.year) if place else None, decimals, language)

    return {
        "href": f"../{card.code}.html#{urlencode(seen)}",
        "code": card.code,
        "title": content.words[language].titles[card.code],
        "unit": content.words[language].units[card.code],
        "year": newest.year,
        "value": figure(newest, decimals, language),
        "parent": beside(parent),
        "country": beside(("country", COUNTRY)),
        "rank": rank(newest, language),
        "series": spark(points, card, in_words(points, decimals, language)),
    }


def _href(content: Content, area: Area) -> str:
    return f"{quote(content.places.file_of[area.level, area.code])}.html"


def _heading_of(content: Content, place: tuple[str, str] | None, language: str) -> str:
    return _with_level(content, content.places.geography.area(place[1], place[0]), language) if place else ""


def _with_level(content: Content, area: Area, language: str) -> str:
    """`Leuven (arrondissement)`: places of several levels are called alike."""
    name = content.places.name(area, language)
    return name if area.level == "country" else f"{name} ({content.words[language].levels[area.level]})"


def _above(content: Content, area: Area, language: str) -> list[dict[str, str]]:
    """The areas that this one lies in, from the country down; the level is named where one is called like it."""
    own_name = content.places.name(area, language)

    def called(above: Area) -> str:
        name = content.places.name(above, language)
        return _with_level(content, above, language) if name == own_name else name

    chain: list[Area] = []
    place = content.places.parent_of(area)
    while place is not None:
        above = content.places.geography.area(place[1], place[0])
        chain.insert(0, above)
        place = content.places.parent_of(above)
    return [
        {"href": _href(content, above), "name": called(above)}
        for above in chain
        if (above.level, above.code) != ("province", _TWO_LEVELS)
    ]


def _inside(content: Content, area: Area, language: str) -> list[dict[str, str]]:
    """The areas one level down, on the latest map on which this one lies."""
    vintage = max(year for year in content.places.vintages if area.code in content.places.codes(area.level, year))
    named = [
        {"href": _href(content, each), "name": content.places.name(each, language)} for each in area.children(vintage)
    ]
    return sorted(named, key=lambda each: each["name"])


def _history(content: Content, area: Area, language: str) -> list[Markup]:
    """When the code began and ended, what it came from and what it has become."""
    if area.level not in LEVELS:
        return []
    words = texts(language)["area"]
    lines = []
    last_year = max(content.places.map_years)
    known = set(content.places.file_of)
    for when, links in (("before", area.predecessors(last_year)), ("after", area.successors(last_year))):
        lines += [_told(content, link, words[when][link.kind], language, known) for link in links]
    if area.valid_to != END_OF_TIME and any(not area.exists_in(year) for year in content.places.map_years):
        lines.append(Markup(words["ended"].format(date=date(area.valid_to, language))))
    if lines and area.valid_from.year > content.places.geography.first_year:
        lines.insert(0, Markup(words["began"].format(date=date(area.valid_from, language))))
    return lines


def _told(content: Content, link: Link, sentence: str, language: str, known: set[tuple[str, str]]) -> Markup:
    called = content.places.name(link.area, language)
    if (link.area.level, link.area.code) in known:
        shown = Markup('<a href="{}">{}</a> ({})').format(_href(content, link.area), called, link.area.code)
    else:
        shown = Markup("{} ({})").format(called, link.area.code)
    told = Markup(sentence).format(name=shown, date=date(link.date, language))
    return told + Markup(" {}").format(texts(language)["area"]["partial"]) if link.partial_transfer else told
