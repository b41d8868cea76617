"""The numbers behind the synthetic nation (`conf/synthetic.toml`), typed and checked before Spark starts."""

import datetime as dt
from decimal import Decimal
from itertools import accumulate
from typing import Annotated, Literal

from pydantic import Field, field_validator

from imaatlas_spark.conf_files import Declared, read_toml, validated
from imaatlas_spark.configuration import Configuration
from imaatlas_spark.errors import ConfigurationRefused
from imaatlas_spark.synthetic.values import (
    BRUSSELS,
    FLANDERS,
    WALLONIA,
    Acts,
    AgeBands,
    ByRegion,
    Count,
    Positive,
    Share,
    Sourced,
    Text,
    WeightedCode,
    Years,
    YearSpan,
    YearValues,
    in_year,
)

POSTS_IN_A_BLOCK = 12


class Territory(Sourced):
    population: ByRegion
    spread_of_municipalities: Positive
    spread_of_contacts: Positive
    spread_of_medical_houses: Positive
    persons_per_sector: Count
    fewest_sectors: Count
    most_sectors: Count
    share_of_sectors_renewed: Share
    renewed_between: YearSpan


class PyramidBand(Declared):
    from_age: int = Field(alias="from")
    weight: Count


class MenAndWomen(Declared):
    men: float
    women: float


class Life(Sourced):
    base_year: int
    last_year: int
    pyramid: tuple[PyramidBand, ...]
    oldest: int
    men: Share
    mortality_growth: Positive
    modal_age_of_death: MenAndWomen


class Residence(Sourced):
    years_in_an_area: tuple[Years, ...]
    years_at_an_address: tuple[Years, ...]
    far_moves: Share
    share_unknown: Share
    share_abroad: Share
    share_not_stated: Share
    share_unlisted: Share
    share_old_code: Share
    share_not_localisable: Share
    share_sector_missing: Share
    share_sector_elsewhere: Share
    share_birth_year_wrong: Share
    share_sex_wrong: Share
    share_coverage_missing: Share


class IncreasedReimbursement(Sourced):
    rate: ByRegion
    by_age: AgeBands


class Pattern(Declared):
    """How a block of neighbouring GPs is divided into practices."""

    sizes: tuple[Count, ...]
    weight: Count

    @field_validator("sizes")
    @classmethod
    def _fill_a_block(cls, sizes: tuple[int, ...]) -> tuple[int, ...]:
        if sum(sizes) != POSTS_IN_A_BLOCK:
            raise ValueError(f"the sizes of a pattern add up to {POSTS_IN_A_BLOCK}")
        return sizes

    @property
    def start_and_size(self) -> list[tuple[int, int]]:
        """For each post: the first post of its practice, and how many posts that practice has."""
        starts = (0, *accumulate(self.sizes))
        return [(start, size) for start, size in zip(starts, self.sizes, strict=False) for _ in range(size)]


class GpPractices(Sourced):
    persons_per_gp: Count
    patterns: tuple[Pattern, ...]
    share_short_list: Share
    share_succeeded: Share
    succeeded_between: YearSpan
    share_double_membership: Share
    share_moved: Share
    share_renewed: Share
    renewed_between: YearSpan
    share_without_address: Share
    share_unregistered: Share
    share_locum_contacts: Share


class Loyalty(Sourced):
    own_practice: ByRegion
    colleague: Share
    second_practice: Share
    years_with_one_gp: tuple[Years, ...]


class Contacts(Sourced):
    mean_of_women: AgeBands
    mean_of_men: AgeBands
    with_increased_reimbursement: AgeBands
    mean_elsewhere: Positive
    reached_women: AgeBands
    reached_men: AgeBands
    reached_in_region: ByRegion
    reached_in_year: YearValues
    factor_flanders: YearValues
    factor_wallonia: YearValues
    factor_brussels: YearValues
    most: Count
    steadiness: Share

    def factor(self, year: int) -> dict[str, float]:
        """The level of contacts of each region in a year."""
        return {
            FLANDERS: in_year(self.factor_flanders, year),
            WALLONIA: in_year(self.factor_wallonia, year),
            BRUSSELS: in_year(self.factor_brussels, year),
        }


class Gmd(Sourced):
    code: str
    amount_eur: Decimal
    holders: ByRegion
    renewed: Share
    second_opening: Share


class MedicalHouses(Sourced):
    code: str
    amount_eur: Decimal
    enrolled_2019: ByRegion
    growth: YearValues
    persons_per_house: Count
    doctors_per_house: Count
    contacts_elsewhere: Share
    gmd_at_the_house: Share
    share_without_institution: Share


class GpActs(Sourced):
    qualifications: tuple[WeightedCode, ...]
    contact: Acts
    contact_from_75: Acts
    again: Acts
    supplement: Acts
    night: Acts


class RemotePeriod(Declared):
    begins: dt.date = Field(alias="from")
    share: Share
    acts: Acts


class RemoteContacts(Sourced):
    by_gps: Annotated[float, Field(gt=0, le=1)]
    others: Text
    periods: tuple[RemotePeriod, ...]

    @field_validator("periods")
    @classmethod
    def _in_order(cls, periods: tuple[RemotePeriod, ...]) -> tuple[RemotePeriod, ...]:
        if [each.begins for each in periods] != sorted({each.begins for each in periods}):
            raise ValueError("periods begin one after the other")
        return periods


class BilledLine(Declared):
    quantity: int = 1
    act: Literal["itself", "again", "supplement", "night"] = "itself"
    outside_hours: bool = False
    booked: Literal["normally", "last month", "late"] = "normally"
    leading_zero: bool = False
    missing: Literal["nothing", "qualification", "category", "provider"] = "nothing"


class BillingHabit(Declared):
    weight: Count
    lines: tuple[BilledLine, ...]


class Months(Declared):
    months: int
    weight: Count


class Billing(Sourced):
    gp_contact: tuple[BillingHabit, ...]
    other: tuple[BillingHabit, ...]
    months_to_booking: tuple[Months, ...]


class CareKind(Declared):
    """A kind of care that the statistics on GPs do not look at: made-up codes, or codes of a group of the code list."""

    name: Text
    weight: Count
    category: str
    qualification: str | None = None
    qualification_group: str | None = None
    prefix: str | None = None
    code_group: str | None = None
    codes: Count
    cents: Count
    persons_per_provider: Count


class OtherCare(Sourced):
    lines_by_age: AgeBands
    most: Count
    kinds: tuple[CareKind, ...]


class Geneticists(Sourced):
    code: str
    fewest: Count
    persons_per_geneticist: Count
    median_eur: Count
    median_growth: float
    median_from: int
    line_eur: Count
    income_shares: tuple[Share, ...]


class Parameters(Declared):
    territory: Territory
    life: Life
    residence: Residence
    increased_reimbursement: IncreasedReimbursement
    gp_practices: GpPractices
    loyalty: Loyalty
    contacts: Contacts
    gmd: Gmd
    medical_houses: MedicalHouses
    gp_acts: GpActs
    remote_contacts: RemoteContacts
    billing: Billing
    other_care: OtherCare
    geneticists: Geneticists


def load_parameters(configuration: Configuration) -> Parameters:
    """The nation's parameters, held against the code lists that its lines will be judged by."""
    path = configuration.folder / "synthetic.toml"
    parameters = validated(Parameters, read_toml(path), str(path))
    nomenclature, acts = configuration.nomenclature, parameters.gp_acts
    expected = [
        ("nomenclature", "gp_contact", {act.code for act in (*acts.contact, *acts.contact_from_75, *acts.again)}),
        (
            "nomenclature",
            "gp_remote_contact",
            {act.code for period in parameters.remote_contacts.periods for act in period.acts},
        ),
        ("nomenclature", "gp_supplement", {act.code for act in acts.supplement}),
        ("nomenclature", "gmd", {parameters.gmd.code}),
        ("nomenclature", "medical_house_forfait", {parameters.medical_houses.code}),
        ("qualifications", "gp", {held.code for held in acts.qualifications}),
    ]
    for name, group, codes in expected:
        strangers = codes - set(getattr(configuration, name).codes([group]))
        if strangers:
            raise ConfigurationRefused(f"{path}: {min(strangers)} is not in group {group} of {name}.csv: replace it")
    if parameters.remote_contacts.others not in {kind.name for kind in parameters.other_care.kinds}:
        raise ConfigurationRefused(f"{path}: remote_contacts.others must be the name of a kind of other_care")
    made_up = (parameters.geneticists.code, *(kind.prefix for kind in parameters.other_care.kinds if kind.prefix))
    listed = [code for code in nomenclature.codes(nomenclature.groups) if code.startswith(made_up)]
    if listed:
        raise ConfigurationRefused(f"{path}: {listed[0]} is in nomenclature.csv: made-up codes need another prefix")
    return parameters
