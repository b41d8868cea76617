"""The numbers of the definitions and the one error of the oracle."""

from dataclasses import dataclass
from decimal import Decimal


class RefusedError(Exception):
    """Contract section 2: the delivery, or the year that was asked for, cannot be used."""


@dataclass(frozen=True)
class Parameters:
    """Every number of the definitions that a data owner may change."""

    booking_window_months: int = 21
    remote_contacts_count: bool = True
    daily_cap_from: int = 2019
    active_practice_contacts: int = 1250
    medical_house_forfaits: int = 6
    gmd_years_back: int = 2
    active_income_share: Decimal = Decimal("0.05")
    profession_groups: tuple[tuple[str, int], ...] = (("clinical_geneticist", 2019),)  # with first year
    max_quarantined_share: Decimal = Decimal("0.001")
    oldest_age: int = 125


STANDARD = Parameters()
