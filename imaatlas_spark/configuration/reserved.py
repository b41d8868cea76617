"""Names that a dimension cannot have: columns that its own stands beside, from the year table to the reader.

`tests/unit/test_reserved_names.py` holds the list against the code.
"""

import re

# What every table of statistics has beside its dimensions (data contract, section 4).
_OF_STATISTICS = (
    *("year", "geo_level", "geo_code", "geography"),
    *("numerator", "denominator", "value", "obs_status", "conf_status", "release_date"),
)
# Sums by area while they are made, checked and protected.
_OF_SUMS = (
    *("code", "parent_code", "parent_level", "part_level", "municipality", "sector", "statistic", "version"),
    *("old", "new", "listed", "one", "place", "place_year", "cards", "fault", "inexact", "marked"),
    *("latest", "year_before", "break_since", "break_year"),
    *("amount", "cluster", "pattern", "task", "number", "status", "is_hidden", "need", "lowest", "highest"),
    *("witnesses", "witness", "up", "down", "moves", "moved", "unproven", "is_unproven", "members"),
    *("told", "told_below", "was_hidden", "above_is_known", "below_is_known", "name", "outcome", "versions_written"),
)
# Figures as the reader, the site and the export give them.
_OF_READERS = (
    *("area_name", "area_names", "areas", "parts", "unit", "title", "statuses", "counted", "hidden", "synthetic"),
    *("name_nl", "name_fr", "name_de", "valid_from", "valid_to", "old_nis", "new_nis", "date", "maps", "codelist"),
    *("parent_name", "parent_value", "country_value", "difference", "rank", "ranked", "piece", "older"),
    *("change", "is", "was", "dimension", "order", "protection_threshold", "release_before", "release_after"),
)
RESERVED = frozenset({*_OF_STATISTICS, *_OF_SUMS, *_OF_READERS})
_ALIKE = re.compile(r"amount_[0-9]+|.+_(label|before|after)|area_name_.*")


def is_reserved(name: str) -> bool:
    return name in RESERVED or _ALIKE.fullmatch(name) is not None
