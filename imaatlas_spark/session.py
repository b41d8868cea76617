"""The session of a job: what decides about rows and figures is set here, whatever a cluster's defaults say.

`conf/spark-defaults.conf` sets the same and what a job needs to be fast; a cluster's own file or `--conf` may take its
place, and must then change how long a job takes, never a figure.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from imaatlas_spark.errors import Refused
from imaatlas_spark.names import shown

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SAME_ROWS_EVERYWHERE = {
    # Numbers that overflow and casts that fail are errors; days and hours are those of UTC.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.storeAssignmentPolicy": "ANSI",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.legacy.literal.pickMinimumPrecision": "true",
    # Names mean themselves: no upper and lower case apart, no pattern, no variable within a path.
    "spark.sql.caseSensitive": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.quotedRegexColumnNames": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    # A file that is damaged or gone is an error, never a file less.
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    # The reader of files that the settings above and the options of each read are about, not another one.
    "spark.sql.sources.useV1SourceList": "avro,csv,json,kafka,orc,parquet,text",
    "spark.sql.parquet.mergeSchema": "false",
    "spark.sql.parquet.binaryAsString": "false",
    "spark.sql.parquet.fieldId.read.enabled": "false",
    "spark.sql.parquet.writeLegacyFormat": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
    # What is replaced is what the job names, not what happens to be in its rows.
    "spark.sql.sources.partitionOverwriteMode": "STATIC",
}


def settled(spark: "SparkSession") -> "SparkSession":
    """The session with every setting that a figure could depend on."""
    for name, value in SAME_ROWS_EVERYWHERE.items():
        spark.conf.set(name, value)
    return spark


def refuse_names_that_java_lacks(spark: "SparkSession", names: Iterable[str], refusal: type[Refused]) -> None:
    """Java writes names of files in the locale's encoding, and what that lacks as a question mark: another file."""
    encoding = spark._jvm.java.lang.System.getProperty("sun.jnu.encoding")  # type: ignore[union-attr]
    for name in names:
        try:
            name.encode(encoding)
        except UnicodeEncodeError as error:
            raise refusal(
                f"{shown(name)}: Java cannot write this name in the encoding {encoding} of this locale: set "
                "LC_ALL=C.UTF-8 before the job starts, or take a name in plain letters"
            ) from error
