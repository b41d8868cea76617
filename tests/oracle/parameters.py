"""The numbers of the definitions and the one error of the oracle."""

from dataclasses import dataclass
from decimal import Decimal


class RefusedError(Exception):
    """Contract section 2: the delivery, or the year that was asked for, cannot be used."""


@dataclass(frozen=True)
class Parameters:
    """Every number of the definitions that a data owner may change."""

    booking_window_months: int = 21
    dentist_categories: tuple[str, ...] = tuple(str(code) for code in range(30, 40))
    remote_contacts_count: bool = True
    duty_contacts_count: bool = True
    duty_supplement: str = "101091"
    daily_cap_from: int = 2019
    active_practice_contacts: int = 1250
    activity_is_capped: bool = True
    forfaits_make_active: bool = True
    medical_house_forfaits: int = 6
    only_medical_houses_have_forfaits: bool = False
    forfaits_of_unknown_houses_count: bool = False
    gmd_years_back: int = 2
    gmd_by_physicians_only: bool = False
    latest_gmd_decides: bool = True
    latest_register_row_decides: bool = True
    six_forfaits_decide: bool = True
    only_active_practices_are_assigned: bool = False
    residents_abroad_count: bool = True
    income_of_listed_lines_only: bool = False
    active_income_share: Decimal = Decimal("0.05")
    profession_groups: tuple[tuple[str, int], ...] = (("clinical_geneticist", 2019),)  # with first year
    max_quarantined_share: Decimal = Decimal("0.001")
    oldest_age: int = 125


STANDARD = Parameters()
