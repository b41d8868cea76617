"""The open engine behind statistics like those of the IMA Atlas: claim lines in, statistics per area out."""

__version__ = "0.1.0"
