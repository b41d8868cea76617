"""Codes as SDMX allows them: letters, digits, `_`, `@`, `$` and `-`."""

from imaatlas_spark.configuration.dimensions import CODE_OF_SDMX, OPEN_CLASS
from imaatlas_spark.errors import WarehouseRefused


def sdmx_code(code: str) -> str:
    """`90+` is written GE90 (greater or equal), as in SDMX's list of ages; every other code as it is.

    Raises WarehouseRefused for a code that SDMX does not allow.
    """
    if open_class := OPEN_CLASS.fullmatch(code):
        return f"GE{open_class[1]}"
    if not CODE_OF_SDMX.fullmatch(code):
        raise WarehouseRefused(f"the code '{code}' cannot be written in SDMX: use letters, digits, _, @, $ and -")
    return code


def sdmx_id(name: str) -> str:
    """The name of a column as an identifier: `age_class` is AGE_CLASS."""
    return name.upper()
