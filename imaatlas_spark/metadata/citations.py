"""How to cite: BibTeX for reference managers, CITATION.cff for the folder as a whole."""

import json
from collections.abc import Iterable

from imaatlas_spark.metadata.content import Told

_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "&%$#_{}"})


def bibtex(statistics: Iterable[Told]) -> str:
    """One entry for each statistic, without the day of access: that is the reader's."""
    return "\n".join(map(_entry, statistics))


def _entry(statistic: Told) -> str:
    updated = statistic.card.citation.metadata_updated
    fields = {
        "title": f"{{{_tex(statistic.title['en'])}}}",
        "author": f"{{{_tex(statistic.publisher)}}}",
        "year": str(statistic.released.year),
        "note": _tex(statistic.citation),
        "version": statistic.released.isoformat(),
    }
    if not statistic.atlas.synthetic:
        fields["url"] = statistic.card.citation.sheet
        fields["note"] += f", metadata of {updated.isoformat()}"
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    return f"@misc{{{statistic.code},\n{lines}}}\n"


def _tex(text: str) -> str:
    return text.translate(_SPECIAL)


def citation_cff(statistics: Iterable[Told]) -> str:
    """The folder as a dataset, each statistic a reference. JSON strings are YAML strings."""
    statistics = list(statistics)
    synthetic = statistics[0].atlas.synthetic
    publishers = sorted({statistic.publisher for statistic in statistics})
    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        f"title: {json.dumps('Synthetic statistics, drawn by chance' if synthetic else 'Statistics of the Atlas')}",
        "message: Cite the statistic that you use, with the day on which you read it.",
        "authors:",
        *(f"  - name: {json.dumps(name, ensure_ascii=False)}" for name in publishers),
        f"date-released: {max(each.released for each in statistics).isoformat()}",
        "references:",
    ]
    for each in statistics:
        lines += [
            "  - type: data",
            f"    title: {json.dumps(each.title['en'], ensure_ascii=False)}",
            "    authors:",
            f"      - name: {json.dumps(each.publisher, ensure_ascii=False)}",
            f"    date-released: {each.released.isoformat()}",
            f"    notes: {json.dumps(each.citation, ensure_ascii=False)}",
        ]
    return "\n".join(lines) + "\n"
