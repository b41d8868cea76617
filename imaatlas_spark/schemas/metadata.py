"""The tables that say what published figures are: names, labels, units, breaks, cards (contract, section 4).

They are small, written with each release and read by people who have neither the configuration nor Spark. Labels come
in the three languages of the cards; German names of areas where they are known.
"""

from imaatlas_spark.schemas.spec import LONG, Table, TableColumn

LANGUAGES = ("nl", "fr", "en")
# Every table of a warehouse whose figures were drawn by chance says so: a property (the request, as JSON), a comment.
SYNTHETIC_PROPERTY = "imaatlas.synthetic"
SYNTHETIC_COMMENT = "SYNTHETIC, drawn by chance: describes nobody."


def _optional(name: str, kind: str, comment: str) -> TableColumn:
    return TableColumn(name, kind, comment, nullable=True)


def _in_each_language(name: str, comment: str) -> tuple[TableColumn, ...]:
    return tuple(TableColumn(f"{name}_{language}", "STRING", f"{comment} ({language})") for language in LANGUAGES)


def _table(name: str, comment: str, *columns: TableColumn) -> Table:
    return Table(f"metadata/{name}", comment, columns, partitioned_by=(), retention=LONG)


_GEO_LEVEL = TableColumn("geo_level", "STRING", "level of the area: country to sector, or a grouping")
_GEO_CODE = TableColumn("geo_code", "STRING", "code of the area")

AREAS = _table(
    "areas",
    "Areas by name. Grain: level, code, valid_from (a sector of two periods has two rows).",
    _GEO_LEVEL,
    _GEO_CODE,
    _optional("name_nl", "STRING", "Dutch name; null: not known"),
    _optional("name_fr", "STRING", "French name; null: not known"),
    _optional("name_de", "STRING", "German name; null: not known"),
    _optional("valid_from", "DATE", "first day of the code; null: since the map begins"),
    _optional("valid_to", "DATE", "last day of the code; null: open"),
)
PLACES = _table(
    "places",
    "What lies directly in what, on the map of each year in use. Grain: geography, level, code, parent_level. A "
    "municipality lies in its arrondissement and in a group of each grouping that has it.",
    TableColumn("geography", "INT", "the year whose map it is: its 31 December"),
    _GEO_LEVEL,
    _GEO_CODE,
    _optional("parent_level", "STRING", "level of the area that it lies in; null: the country lies in none"),
    _optional("parent_code", "STRING", "code of the area that it lies in; null: the country lies in none"),
)
CHANGES = _table(
    "changes",
    "What became of the codes of municipalities. Grain: old_nis.",
    TableColumn("date", "DATE", "first day of the new code"),
    TableColumn("old_nis", "STRING", "code that ended the day before"),
    TableColumn("new_nis", "STRING", "code that the territory went on under"),
    TableColumn("kind", "STRING", "merged, absorbed or recoded"),
    TableColumn("partial_transfer", "BOOLEAN", "a strip of its land went elsewhere at the same time"),
)
MEMBERS = _table(
    "members",
    "Members of the dimensions, the total _T included. Grain: dimension, code.",
    TableColumn("dimension", "STRING", "name of the column in the tables of statistics"),
    TableColumn("code", "STRING", "code of the member; _T: the total"),
    TableColumn("position", "INT", "place in the order of the dimension; 0: the total"),
    *_in_each_language("label", "label of the member"),
    *_in_each_language("dimension", "title of the dimension"),
)
STATISTICS = _table(
    "statistics",
    "Statistics and their cards. Grain: code.",
    TableColumn("code", "STRING", "code of the statistic"),
    *_in_each_language("title", "title"),
    *_in_each_language("unit", "unit of the value"),
    TableColumn("measure", "STRING", "mean, percentage, rate_per_10000, rate or count"),
    TableColumn("scale", "DOUBLE", "value = scale * numerator / denominator; of a count, the numerator"),
    TableColumn("citation", "STRING", "how to cite the statistic, without the day on which it was read"),
    TableColumn("card", "STRING", "the whole card as JSON"),
)
BREAKS = _table(
    "breaks",
    "Breaks in series: figures from the year on do not compare with those before. Grain: code, year.",
    TableColumn("code", "STRING", "code of the statistic"),
    TableColumn("year", "INT", "first year after the break"),
    *_in_each_language("text", "what changed"),
)
CODES = _table(
    "codes",
    "Labels of the codes in tables of statistics. Grain: codelist, code.",
    TableColumn("codelist", "STRING", "obs_status, conf_status or geo_level"),
    TableColumn("code", "STRING", "code as it stands in the tables"),
    TableColumn("position", "INT", "place in the order of the list"),
    *_in_each_language("label", "label"),
)
VARIABLES = _table(
    "variables",
    "Source variables that statistics are made from. Grain: variable.",
    TableColumn("variable", "STRING", "name of the variable as the sheets write it"),
    *_in_each_language("label", "label"),
    *_in_each_language("description", "what it is"),
    TableColumn("statistics", "STRING", "codes of the statistics that name it, comma between; empty: none"),
)
ABOUT = _table(
    "about",
    "What this warehouse is. One row.",
    TableColumn("synthetic", "BOOLEAN", "drawn by chance: no figure describes anyone, and none is cited as IMA's"),
    _optional("drawn_with", "STRING", "of a synthetic warehouse: the request that drew it, as JSON"),
    TableColumn("package_version", "STRING", "version of imaatlas-spark that wrote this metadata"),
    TableColumn("rules_and_cards", "STRING", "fingerprint of the configuration that it was written from"),
    TableColumn("maps", "STRING", "years whose maps are in metadata/places, comma between"),
    TableColumn("made_of", "STRING", "fingerprint of all that the metadata follow from, but for the maps"),
)

METADATA_TABLES = (AREAS, PLACES, CHANGES, MEMBERS, STATISTICS, BREAKS, CODES, VARIABLES, ABOUT)
