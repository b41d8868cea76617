"""What the fourteen statistics count and sum, said once more, straight from a row of a year table."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

PERSONS, PRACTICES = "person_year", "practice_year"
AGE, SEX, REIMBURSED = "age_class", "sex", "increased_reimbursement"

_outside = ~pl.col("in_medical_house")
_assigned = pl.col("pat_attrib").is_not_null()
_gmd = pl.col("has_gmd")


@dataclass(frozen=True)
class Amount:
    """Rows of a year table counted (`summed` None) or a column summed, where `where` holds, by dimensions."""

    unit: str
    where: pl.Expr
    summed: str | None = None
    dimensions: tuple[str, ...] = ()

    @property
    def counts_persons(self) -> bool:
        return self.unit == PERSONS and self.summed is None


AMOUNTS: Mapping[str, Amount] = {
    "beneficiaries": Amount(PERSONS, pl.lit(True), dimensions=(AGE,)),
    "in house": Amount(PERSONS, pl.col("in_medical_house")),
    "outside": Amount(PERSONS, _outside),
    "outside with contact": Amount(PERSONS, _outside & (pl.col("regcontact") >= 1)),
    "outside with active": Amount(
        PERSONS, _outside & (pl.col("regcontact_active") >= 1), dimensions=(AGE, SEX, REIMBURSED)
    ),
    "contacts with active": Amount(PERSONS, _outside, "regcontact_active", (AGE, SEX, REIMBURSED)),
    "gmd": Amount(PERSONS, _gmd),
    "gmd own contacts": Amount(PERSONS, _gmd, "assigned_contacts"),
    "gmd contacts": Amount(PERSONS, _gmd, "all_contacts"),
    "assigned own contacts": Amount(PERSONS, _assigned, "assigned_contacts"),
    "assigned contacts": Amount(PERSONS, _assigned, "all_contacts"),
    "by specialist": Amount(PERSONS, pl.col("imag_spec_n") >= 1, dimensions=(AGE,)),
    "by radiologist": Amount(PERSONS, pl.col("imag_radio_n") >= 1, dimensions=(AGE,)),
    "by dentist": Amount(PERSONS, pl.col("imag_dent_n") >= 1, dimensions=(AGE,)),
    "patients": Amount(PRACTICES, pl.col("is_active"), "assigned_persons"),
    "gmd patients": Amount(PRACTICES, pl.col("is_active"), "gmd_persons"),
    "practices": Amount(PRACTICES, pl.col("is_active")),
}

# statistic: what stands above and below its line
HALVES: Mapping[str, tuple[str, str]] = {
    "stat_003_014": ("contacts with active", "outside with active"),
    "cube_003_014": ("contacts with active", "outside with active"),
    "stat_003_005": ("patients", "practices"),
    "stat_003_006": ("gmd patients", "practices"),
    "stat_003_007": ("in house", "beneficiaries"),
    "stat_003_001": ("gmd", "beneficiaries"),
    "stat_003_015": ("outside with contact", "outside"),
    "stat_003_011": ("gmd own contacts", "gmd contacts"),
    "stat_003_012": ("assigned own contacts", "assigned contacts"),
    "stat_013_007": ("by specialist", "beneficiaries"),
    "cube_013_007": ("by specialist", "beneficiaries"),
    "cube_013_003": ("by radiologist", "beneficiaries"),
    "cube_013_005": ("by dentist", "beneficiaries"),
}

# the left one never exceeds the right one, in any area, for the members that both have
NESTED: tuple[tuple[str, str], ...] = (
    ("in house", "gmd"),
    ("gmd", "beneficiaries"),
    ("in house", "beneficiaries"),
    ("outside", "beneficiaries"),
    ("outside with contact", "outside"),
    ("outside with active", "outside with contact"),
    ("outside with active", "contacts with active"),
    ("outside with active", "beneficiaries"),
    ("by specialist", "beneficiaries"),
    ("by radiologist", "beneficiaries"),
    ("by dentist", "beneficiaries"),
    ("gmd own contacts", "gmd contacts"),
    ("gmd own contacts", "assigned own contacts"),
    ("gmd contacts", "assigned contacts"),
    ("assigned own contacts", "assigned contacts"),
    ("contacts with active", "assigned contacts"),
    ("outside with contact", "assigned contacts"),
    ("gmd patients", "patients"),
)

# the same over the whole country alone: there everybody is counted once by both, in other places
NESTED_IN_THE_COUNTRY: tuple[tuple[str, str], ...] = (("gmd patients", "gmd"),)

# the first is the second less the third
DIFFERENCES: tuple[tuple[str, str, str], ...] = (("outside", "beneficiaries", "in house"),)

# persons who contribute to a sum: a sum of few of them tells of them
CONTRIBUTORS: Mapping[str, pl.Expr] = {
    "contacts with active": _outside & (pl.col("regcontact_active") >= 1),
    "gmd own contacts": _gmd & (pl.col("all_contacts") >= 1),
    "gmd contacts": _gmd & (pl.col("all_contacts") >= 1),
    "assigned own contacts": _assigned & (pl.col("all_contacts") >= 1),
    "assigned contacts": _assigned & (pl.col("all_contacts") >= 1),
}
