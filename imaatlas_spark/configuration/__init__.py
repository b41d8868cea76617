"""What a data owner may change, loaded and checked before Spark starts: cards, rules, code lists, dimensions."""

from imaatlas_spark.configuration.loading import Configuration, load_configuration

__all__ = ["Configuration", "load_configuration"]
