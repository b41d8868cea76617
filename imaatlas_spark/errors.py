"""What the engine refuses, and why.

Every refusal is a sentence for the person who runs the job: it names the thing and the fix. `cli.main` turns
any of them into one line on stderr and exit code 2, in one place. None of them may carry personal data.
"""


class Refused(Exception):
    """Input, configuration or arguments that the engine will not work with."""


class ArgumentRefused(Refused):
    """The command line asks for something that cannot be."""


class ConfigurationRefused(Refused):
    """A card, rule, code list or geography is wrong."""


class DeliveryRefused(Refused):
    """A delivery breaks the contract in a way that no single row can be blamed for."""


class ReleaseRefused(Refused):
    """Figures contradict each other: they are not published."""


class WarehouseRefused(Refused):
    """The warehouse lacks what a job needs, or holds tables of another shape."""


class NotInAtlas(Refused):
    """A reader asks for a statistic, area, map, language or member that the published tables do not have."""
