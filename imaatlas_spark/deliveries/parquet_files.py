"""The Parquet files of a delivery as frames: each file once, by its literal name, in the contract's types.

What a cluster or a session sets (damaged or missing files to be skipped, columns by upper and lower case, dates of old
calendars) is set here on each read, so that it changes nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from urllib.parse import unquote

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from imaatlas_spark.deliveries.footers import NO_VALUE, Footer
from imaatlas_spark.deliveries.inspection import InspectedFolder
from imaatlas_spark.deliveries.stores import Store
from imaatlas_spark.errors import DeliveryRefused
from imaatlas_spark.names import shown
from imaatlas_spark.periods import BEGINNING_OF_TIME, END_OF_TIME
from imaatlas_spark.schemas.inputs import CODES_OF_PLACES, Source
from imaatlas_spark.schemas.spec import TableColumn
from imaatlas_spark.session import refuse_names_that_java_lacks
from imaatlas_spark.storage.local_frames import local_frame

MISFIT = "does_not_fit"

_EACH_READ = {
    # A folder is read by its one literal path, and of what lies in it the files that end as data do. (Of several paths
    # with globbing off, Spark reads all once more for each that looks like a pattern.)
    "__globPaths__": "false",
    "pathGlobFilter": "*.[pP][aA][rR][qQ][uU][eE][tT]",
    # No checksum file of Hadoop lies between a file and its reader: those beside a delivered file may be older than it,
    # and their names cannot be made from one with a colon.
    "fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    "fs.file.impl.disable.cache": "true",
    # What cannot be read to its end is refused, never skipped; pages that carry a checksum are held against it.
    "ignoreCorruptFiles": "false",
    "ignoreMissingFiles": "false",
    "parquet.page.verify-checksum.enabled": "true",
    "mergeSchema": "false",
    # Days are read as the file says, whatever calendar a session thinks of for those before 1582.
    "datetimeRebaseMode": "CORRECTED",
    "int96RebaseMode": "CORRECTED",
}


def read_delivered(spark: SparkSession, store: Store, inspected: InspectedFolder) -> DataFrame:
    """Every row of a folder, once, in the contract's columns and types, and MISFIT beside them.

    MISFIT is null where every value kept its worth, and otherwise says the file and the column of one that did not.
    """
    source = inspected.folder.source
    refuse_names_that_java_lacks(spark, (file.path for file in inspected.folder.files), DeliveryRefused)
    alike: dict[tuple[str, ...], list[Footer]] = defaultdict(list)
    for footer in inspected.footers:
        if footer.rows:
            alike[tuple(footer.types[column.name] for column in source.columns)].append(footer)
    with refusing_unreadable_files(inspected):
        frames = [_read_alike(spark, store, inspected, group) for group in alike.values()]
    nothing = ", ".join(f"`{column.name}` {column.type}" for column in source.columns) + f", {MISFIT} STRING"
    return reduce(DataFrame.unionByName, frames) if frames else local_frame(spark, [], nothing)


def read_to_the_end(columns: Iterable[str]) -> list[Column]:
    """Aggregates that make Spark read every value, so that a damaged page is found before anything is written."""
    return [F.count(name).alias(f"read {name}") for name in columns]


def _read_alike(spark: SparkSession, store: Store, inspected: InspectedFolder, footers: Sequence[Footer]) -> DataFrame:
    """Files of the same types, read with exactly these types, so that Spark neither infers nor guesses."""
    source, types = inspected.folder.source, footers[0].types
    present = [column for column in source.columns if types[column.name] != NO_VALUE]
    if present:
        schema = ", ".join(f"`{column.name}` {types[column.name]}" for column in present)
        is_crowded = inspected.folder.is_crowded
        reader = spark.read.options(**_EACH_READ).option("recursiveFileLookup", str(is_crowded).lower())
        frame = reader.schema(schema).parquet(store.uri(inspected.folder.path))
        if is_crowded or len(footers) < len(inspected.footers):  # only these files are opened
            uris = [_uri_of(spark, store.uri(footer.file.path)) for footer in footers]
            frame = frame.where(F.col("_metadata.file_path").isin(*uris))
    else:  # rows without a single value: Spark would read no column and take the schema for a mistake
        frame = spark.range(sum(footer.rows for footer in footers))
    misfits = [_misfit(column, types[column.name], source) for column in present]
    return frame.select(
        *(_typed(column, types[column.name]).alias(column.name) for column in source.columns),
        F.coalesce(*(each for each in misfits if each is not None), F.lit(None).cast("string")).alias(MISFIT),
    )


def _uri_of(spark: SparkSession, path: str) -> str:
    """A file's path as `_metadata.file_path` has it: quoted by the rules of a URI, with its store."""
    place = spark._jvm.org.apache.hadoop.fs.Path(path)  # type: ignore[union-attr]
    files = place.getFileSystem(spark._jsc.hadoopConfiguration())
    return re.sub("^file:/+", "file:/", str(files.makeQualified(place).toUri().toString()))


def _typed(column: TableColumn, found: str) -> Column:
    if found == NO_VALUE:
        return F.lit(None).cast(column.type)
    return F.col(column.name) if found == column.type else F.col(column.name).try_cast(column.type)


def _always_fits(found: str, expected: str) -> bool:
    if not expected.startswith("DECIMAL"):
        return found == expected or (found, expected) == ("INT", "BIGINT")
    (precision, scale), (wide, cents) = (map(int, re.findall(r"\d+", kind)) for kind in (found, expected))
    return bool(scale <= cents and precision - scale <= wide - cents)


def _misfit(column: TableColumn, found: str, source: Source) -> Column | None:
    """Where a value does not hold in the engine: the file and the column, else null. None: every value does.

    A number must survive the way to the contract's type and back; a register's day must lie in the years that a date
    can have (`infinity` of some databases does not); a code of a place must not have spaces around it.
    """
    value = F.col(column.name)
    if not _always_fits(found, column.type):
        fits = value.eqNullSafe(value.try_cast(column.type).try_cast(found))
    elif column.type == "DATE" and not source.yearly:
        fits = F.coalesce(F.year(value).between(BEGINNING_OF_TIME.year, END_OF_TIME.year), F.lit(True))
    elif column.name in CODES_OF_PLACES:
        fits = F.coalesce(F.octet_length(F.btrim(value, F.lit(" \t\r\n"))) == F.octet_length(value), F.lit(True))
    else:
        return None
    return F.when(~fits, F.concat(F.col("_metadata.file_path"), F.lit(f": column {column.name}")))


def refuse_misfit(misfit: str | None, source: Source) -> None:
    """The refusal of the file and column that MISFIT names, with what was expected."""
    if misfit is None:
        return
    uri, name = misfit.rsplit(": column ", 1)
    column = source.column(name)
    reasons = {
        "DATE": "a day outside the years 1 to 9999 (infinity?), expected a day; an open valid_to is left empty",
        "STRING": "a code with spaces around it, expected the bare code: trim it",
    }
    reason = reasons.get(column.type, f"a number that {column.type} cannot hold without loss")
    raise DeliveryRefused(f"{shown(_path_of(uri))}: column {name} has {reason}")


def _path_of(uri: str) -> str:
    return re.sub("^file:/+", "/", unquote(uri))


_OF_READING = ("FAILED_READ_FILE", "PATH_NOT_FOUND", "CANNOT_READ_FILE_FOOTER")
_GONE = "is there no more: wait until the delivery is whole, then run again"
_NO_PERMISSION = "cannot be read, no permission: give this user the right to read it"
# What a failure to read a file says of its cause, and what to do.
_REMEDIES = {
    "FILE_NOT_EXIST": _GONE,
    "FileNotFoundException": _GONE,
    "PATH_NOT_FOUND": _GONE,
    "Permission denied": _NO_PERMISSION,
    "AccessControlException": _NO_PERMISSION,
    "Too many open files": "cannot be read, too many open files: raise the limit (ulimit -n 65536)",
}
# The machine's fault and not the file's: the frame of the jobs tells those.
_OF_THE_MACHINE = ("No space left on device", "OutOfMemoryError")


@contextmanager
def refusing_unreadable_files(inspected: InspectedFolder) -> Iterator[None]:
    """Turns Spark's failure to read a delivered file into a refusal that names the file, the cause and what to do.

    Spark's own words may quote rows: of those only the kind of the failure is looked at.
    """
    try:
        yield
    except (PySparkException, Py4JJavaError) as error:
        text = str(error)
        file = _file_named(text, inspected)
        if file is None or not _says(text, _OF_READING) or _says(text, _OF_THE_MACHINE):
            raise
        remedy = next((each for sign, each in _REMEDIES.items() if sign in text), None)
        raise DeliveryRefused(f"{file} {remedy or 'cannot be read to its end: deliver it again'}") from None


def _says(text: str, signs: Iterable[str]) -> bool:
    return any(sign in text for sign in signs)


def _file_named(text: str, inspected: InspectedFolder) -> str | None:
    """The delivered file that a message of Spark is about, or their folder; None where it names neither."""
    decoded = unquote(text)  # a path may stand there as a URI
    paths = (*(file.path for file in inspected.folder.files), inspected.folder.path)
    return next((shown(path) for path in paths if path in text or path in decoded), None)
