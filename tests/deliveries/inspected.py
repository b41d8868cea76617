"""A delivery looked at as the job does it before Spark starts."""

from collections.abc import Iterable
from functools import cache

from imaatlas_spark.configuration import Configuration, load_configuration
from imaatlas_spark.deliveries.inspection import Inspection, inspect
from imaatlas_spark.deliveries.stores import LocalStore
from tests.conftest import CONF
from tests.deliveries.delivered import Delivery


@cache
def configuration_of_the_jobs() -> Configuration:
    return load_configuration(CONF)


def inspected(delivery: Delivery, years: Iterable[int] = (2021,)) -> Inspection:
    return inspect(LocalStore(), str(delivery.folder), tuple(years), configuration_of_the_jobs())
