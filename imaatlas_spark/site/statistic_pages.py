"""The page of a statistic: what its template and its script need, in one language."""

import re
from typing import Any

from markupsafe import Markup, escape

from imaatlas_spark.geography import COUNTRY
from imaatlas_spark.geography.codes import SECTOR
from imaatlas_spark.metadata.schema_org import schema_org
from imaatlas_spark.site.content import Content, Statistic, theme_of
from imaatlas_spark.site.rendering import Pages
from imaatlas_spark.site.sheets import readings, sheet
from imaatlas_spark.site.texts import texts

_NAMED = re.compile(r"(\w+)-(.+)", re.DOTALL)


def write_statistic_page(pages: Pages, content: Content, statistic: Statistic, language: str) -> None:
    card, outline, t = statistic.card, statistic.outline, texts(language)
    dimensions = content.dimensions(card, language)
    path = f"{card.code}.html"
    pages.write(
        "statistic",
        language,
        path,
        title=content.words[language].titles[card.code],
        heading=content.words[language].titles[card.code],
        summary=getattr(card.description, language),
        theme=theme_of(card.code, language),
        code=card.code,
        levels=[(level, content.level_names([level], language)[level]["many"]) for level in outline.levels],
        years=outline.years,
        dimensions=dimensions,
        maps=[(value, t["maps"].get(value, t["maps"]["of"].format(year=value))) for value in outline.maps],
        shapes=content.shapes,
        has_sectors=_has_sectors(content, statistic),
        downloads=[
            {"name": each.name, "label": each.label, "size": each.size(language)} for each in statistic.downloads
        ],
        citation=statistic.citation.replace("{today}", "…"),
        sheet=[
            (heading, [_linked(paragraph, content) for paragraph in paragraphs])
            for heading, paragraphs in sheet(card, content, language)
        ],
        readings=readings(card, language),
        described=schema_org(statistic.told, language, _addresses(statistic)),
        page=_for_script(content, statistic, language),
    )


def _addresses(statistic: Statistic) -> dict[str, str]:
    """The media type of each download by its address, as the page sees it."""
    return {f"../download/{each.name}": each.media_type for each in statistic.downloads}


def _has_sectors(content: Content, statistic: Statistic) -> bool:
    return content.with_sectors and statistic.has_sectors


def _for_script(content: Content, statistic: Statistic, language: str) -> dict[str, Any]:
    """What `statistic.js` finds in its page."""
    card, outline, t = statistic.card, statistic.outline, texts(language)
    said = t["synthetic"]
    years_of = dict(outline.years_of)
    if not _has_sectors(content, statistic):
        years_of.pop(SECTOR, None)
    statuses = {**content.words[language].statuses, "-": t["words"]["none"]}
    return {
        "kind": "statistic",
        "root": "..",
        "language": language,
        "locale": t["locale"],
        "words": t["words"],
        "code": card.code,
        "country": COUNTRY,
        "scale": card.scale,
        "isCount": card.denominator is None,
        "decimals": statistic.summary.decimals,
        "unit": content.words[language].units[card.code],
        "unitTitle": t["measures"][card.measure],
        "dimensions": content.dimensions(card, language),
        "levels": outline.levels,
        "levelNames": content.level_names(content.places.levels, language),
        "yearsOf": years_of,
        "blocks": outline.blocks,
        "maps": outline.maps,
        "shapes": content.shapes,
        "breaks": [{"year": each.year, "text": getattr(each, language)} for each in card.breaks],
        "statuses": statuses,
        "hasSectors": _has_sectors(content, statistic),
        "hasSectorBorders": content.has_sector_borders,
        "pages": content.pages_of,
        "citation": statistic.citation,
        "synthetic": t["words"]["colon"].join((said["label"], said["text"])) if content.synthetic else "",
    }


def _linked(paragraph: str, content: Content) -> Markup:
    """A paragraph that names a statistic or a source variable of the site (`CODE-title`) leads to its page."""
    if "{today}" in paragraph:
        return Markup("<span data-cite>{}</span>").format(paragraph.replace("{today}", "…"))
    if paragraph.startswith("https://"):
        return Markup('<a href="{0}">{0}</a>').format(paragraph)
    named = _NAMED.fullmatch(paragraph)
    if named and named[1] in content.statistics:
        return Markup('<a href="{}.html">{}</a>').format(named[1], paragraph)
    if named and named[1] in content.variables:
        return Markup('<a href="variables/{}.html">{}</a>').format(named[1], paragraph)
    return escape(paragraph)
