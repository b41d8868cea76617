"""The first page, the pages of source variables, the releases and what the site says of itself."""

from typing import Any

from imaatlas_spark.configuration.sheet import address_in_words
from imaatlas_spark.geography import COUNTRY
from imaatlas_spark.site.content import Content, Statistic, figure, in_words
from imaatlas_spark.site.rendering import Pages
from imaatlas_spark.site.sparks import spark
from imaatlas_spark.site.texts import date, number, texts


def write_index(pages: Pages, content: Content, language: str) -> None:
    t = texts(language)
    themes = [
        (theme, [_entry(content, each, language) for each in statistics])
        for theme, statistics in content.themes(language)
    ]
    page = {
        "kind": "start",
        "root": "..",
        "language": language,
        "locale": t["locale"],
        "words": t["words"],
        "mapYear": max(content.places.map_years),
        "shapes": content.shapes,
        "pages": content.pages_of,
        "levelNames": content.level_names(content.places.levels, language),
    }
    pages.write(
        "index",
        language,
        "index.html",
        title=t["index"]["title"],
        themes=themes,
        country=_country_name(content, language),
        page=page,
    )


def _entry(content: Content, statistic: Statistic, language: str) -> dict[str, Any]:
    card, t = statistic.card, texts(language)
    points, decimals = statistic.summary.points("country", COUNTRY), statistic.summary.decimals
    named = [str(each["title"]).lower() for each in content.dimensions(card, language)]
    return {
        "code": card.code,
        "title": content.words[language].titles[card.code],
        "value": figure(points[-1], decimals, language) if points else "–",
        "unit": content.words[language].units[card.code],
        "year": points[-1].year if points else "",
        "series": spark(points, card, in_words(points, decimals, language)),
        "keywords": " ".join(getattr(card.keywords, language)),
        "by": f"{t['index']['by']} {', '.join(named)}" if named else "",
    }


def write_about(pages: Pages, content: Content, language: str) -> None:
    t = texts(language)
    statuses = list(content.words[language].statuses.items())
    known = content.configuration.variables
    variables = [{"code": each, "label": known[each].label.in_language(language)} for each in content.variables]
    pages.write("about", language, "about.html", title=t["about"], statuses=statuses, variables=variables)


def write_variables(pages: Pages, content: Content, language: str) -> None:
    words = texts(language)["variable"]
    for name in content.variables:
        variable = content.configuration.variables[name]
        used_by = [
            {"code": code, "title": content.words[language].titles[code]}
            for code, each in sorted(content.statistics.items())
            if name in each.card.source_variables
        ]
        pages.write(
            "variable",
            language,
            f"variables/{name}.html",
            title=f"{name} – {variable.label.in_language(language)}",
            heading=variable.label.in_language(language),
            summary=variable.description.in_language(language),
            variable=name,
            facts=[
                (words["rule"], words["section"].format(section=variable.rule)),
                (words["columns"], ", ".join(variable.columns)),
                (words["sheet"], address_in_words(variable.sheet, language)),
            ],
            used_by=used_by,
        )


def write_releases(pages: Pages, content: Content, language: str) -> None:
    entries = [
        {
            "code": code,
            "title": content.words[language].titles[code],
            "rows": [_release(each, row, language) for row in each.releases],
            "has_maps": any(row["year"] != row["geography"] for row in each.releases),
        }
        for code, each in sorted(content.statistics.items())
    ]
    pages.write("releases", language, "releases.html", title=texts(language)["releases"], entries=entries)


def _release(statistic: Statistic, row: dict[str, Any], language: str) -> dict[str, Any]:
    def value(of: float | None) -> str:
        return "–" if of is None else number(of, statistic.summary.decimals, language)

    is_first = row["changed"] is None
    return {
        "year": row["year"],
        "map": row["geography"],
        "date": date(row["release_date"], language),
        "changed": texts(language)["release"]["first"] if is_first else number(row["changed"], 0, language),
        "country": value(row["country"]) if is_first else f"{value(row['country_before'])} → {value(row['country'])}",
    }


def _country_name(content: Content, language: str) -> str:
    return content.places.name(content.places.geography.area(COUNTRY), language)
