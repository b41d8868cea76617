"""What follows from a code alone: the levels above a municipality, codes that lie abroad (definitions, section 5.1)."""

from typing import Annotated

from pydantic import StringConstraints

LEVELS = ("country", "region", "province", "arrondissement", "municipality", "sector")
MUNICIPALITY, SECTOR = LEVELS[-2:]
COUNTRY_LEVEL = LEVELS[0]
ABOVE_MUNICIPALITY = LEVELS[: LEVELS.index(MUNICIPALITY)]

COUNTRY = "01000"
NOT_LOCALISABLE = "ZZZZ"
# A whole code like this is a known residence abroad: 100-999, but not 995 and 999, which say that it is not known.
# Codes are strings: with zeros before it, it is another code.
ABROAD = "(?!995|999)[1-9][0-9]{2}"

Nis = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]

_REGION_BY_PREFIX = {
    **dict.fromkeys(("1", "3", "4", "7", "23", "24"), "02000"),
    "21": "04000",
    **dict.fromkeys(("5", "6", "8", "9", "25"), "03000"),
}
_PROVINCE_IN_BRABANT = {"21": "21000", "23": "20001", "24": "20001", "25": "20002"}


def parent_level(level: str) -> str | None:
    """The level above; a grouping of the user's own lies directly below the country."""
    if level not in LEVELS:
        return COUNTRY_LEVEL
    return LEVELS[LEVELS.index(level) - 1] if level != COUNTRY_LEVEL else None


def arrondissement_of(nis: str) -> str:
    return nis[:2] + "000"


def province_of(nis: str) -> str:
    """The province; Brussels stands at this level under its own code, as in IMA's PROVINCE."""
    return _PROVINCE_IN_BRABANT.get(nis[:2], nis[0] + "0000")


def region_of(nis: str) -> str:
    return _REGION_BY_PREFIX.get(nis[:2]) or _REGION_BY_PREFIX[nis[0]]


def lies_in_a_province(nis: str) -> bool:
    return nis[:2] in _PROVINCE_IN_BRABANT if nis[0] == "2" else nis[0] != "0"


def ancestors(nis: str) -> dict[str, str]:
    """The areas that a municipality lies in, from the country down to itself: code by level."""
    return {
        "country": COUNTRY,
        "region": region_of(nis),
        "province": province_of(nis),
        "arrondissement": arrondissement_of(nis),
        "municipality": nis,
    }
