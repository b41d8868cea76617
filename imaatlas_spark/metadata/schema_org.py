"""What a search engine reads in a page: schema.org/Dataset as JSON-LD."""

from collections.abc import Mapping
from typing import Any

from imaatlas_spark.metadata.content import Told


def schema_org(statistic: Told, language: str, downloads: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The `Dataset` of a statistic for a page in a language. `downloads`: media type by address."""
    variable = {"@type": "PropertyValue", "name": statistic.title[language], "unitText": statistic.unit[language]}
    described: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": statistic.title[language],
        "description": statistic.description[language],
        "identifier": statistic.code,
        "inLanguage": language,
        "keywords": list(statistic.keywords[language]),
        "creator": {"@type": "Organization", "name": statistic.publisher},
        "citation": statistic.citation,
        "datePublished": statistic.first_released.isoformat(),
        "dateModified": statistic.released.isoformat(),
        "temporalCoverage": f"{statistic.years[0]}/{statistic.years[-1]}",
        "spatialCoverage": {"@type": "Country", "name": statistic.atlas.names(language).area("country", "01000")},
        "variableMeasured": variable,
        "isAccessibleForFree": True,
    }
    if downloads:
        described["distribution"] = [
            {"@type": "DataDownload", "contentUrl": address, "encodingFormat": kind}
            for address, kind in downloads.items()
        ]
    return described
