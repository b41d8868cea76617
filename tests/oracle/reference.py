"""What the lines and persons of every year are held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from .dated import CodeList
from .deliveries import Delivery
from .geography import Geography
from .parameters import Parameters
from .registers import Registers


@dataclass(frozen=True)
class Reference:
    """Registers, lists, map and numbers; each knows by itself for which dates it holds."""

    registers: Registers
    medians: Mapping[tuple[str, int], Decimal]
    nomenclature: CodeList
    qualifications: CodeList
    geography: Geography
    parameters: Parameters

    @classmethod
    def of(cls, delivery: Delivery, conf_dir: Path, parameters: Parameters) -> "Reference":
        """The registers of a delivery with the lists of a configuration."""
        return cls(
            delivery.registers,
            delivery.medians,
            CodeList(conf_dir / "codelists/nomenclature.csv", "code_group"),
            CodeList(conf_dir / "codelists/qualifications.csv", "qualification_group"),
            Geography(conf_dir / "geography", delivery.sectors),
            parameters,
        )
