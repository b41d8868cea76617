"""What protection.toml may say: a misspelt column would protect nobody, and say nothing."""

from pathlib import Path

import pytest

from imaatlas_spark.configuration import load_configuration
from imaatlas_spark.errors import ConfigurationRefused
from tests.unit.edits import edited, refuses

NO_COLUMN = "no year table has a column"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[threshold]\nvalue = 5", "[threshold]\nvalue = 0", "threshold is 0: 1 hides nothing, 5 is the rule"),
        ("[threshold]\nvalue = 5", "[threshold]\nvalue = -5", "threshold"),
        ('"gmd_persons"]', '"gmd_person"]', f"{NO_COLUMN} gmd_person: it has to be one of"),
        ('smaller = "regcontact_active"', 'smaller = "regcontact_activ"', f"{NO_COLUMN} regcontact_activ:"),
        ('larger = "all_contacts"', 'larger = "contacts_all"', f"{NO_COLUMN} contacts_all:"),
        ('column = "gmd_persons"', 'column = "gmd"', f"{NO_COLUMN} gmd:"),
        ('when = { column = "has_gmd"', 'when = { column = "has_dmg"', "has no column has_dmg"),
        ('then = { column = "has_gmd", is = true }', 'then = { column = "has_gmd", is = 1 }', "it cannot be 1"),
        ('persons = { column = "has_gmd"', 'persons = { column = "gmd"', "has no column gmd"),
        ("[width]\nvalue = 5", "[breadth]\nvalue = 5", "breadth"),
        ("[threshold]\nvalue = 5", "[threshold]\nvalue = true", "threshold.value: a whole number is expected"),
        ("[width]\nvalue = 5", "[width]\nvalue = 0", "width is 0: what is hidden could be worked out exactly"),
        ("[magnitude_share]\nvalue = 0.2", "[magnitude_share]\nvalue = 0", "magnitude_share is 0: what is hidden"),
        ("[keep_pattern]\nvalue = true", "[keep_pattern]\nvalue = 1", "keep_pattern.value"),
    ],
)
def test_a_mistake_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    with refuses(ConfigurationRefused, "protection.toml", said):
        load_configuration(edited(tmp_path, "protection.toml", old, new))
