"""An independent oracle: the definitions in plain Python, straight from a raw delivery to every table.

It shares no line of code with the engine, so an error has to be made twice to stay hidden.
"""

from .compute import Tables, compute
from .parameters import Parameters, RefusedError
from .statistics import ALL

__all__ = ["ALL", "Parameters", "RefusedError", "Tables", "compute"]
