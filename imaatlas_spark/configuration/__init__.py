"""What a data owner may change: cards, rules, code lists, dimensions, geography; loaded and checked before Spark starts."""

from imaatlas_spark.configuration.loading import Configuration, load_configuration

__all__ = ["Configuration", "load_configuration"]
