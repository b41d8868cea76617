"""The one line that starts a job, and the settings that it starts with."""

from pathlib import Path

from tests.conftest import CONF
from tools.spark_submit import spark_defaults, submit_command


def test_the_line_is_that_of_the_documentation() -> None:
    line = submit_command("build_statistics", "--warehouse", Path("atlas"), "--years", 2021)
    start = "spark-submit --properties-file conf/spark-defaults.conf jobs/build_statistics.py"
    assert " ".join(line) == f"{start} --warehouse atlas --years 2021"
    assert start in " ".join((CONF.parent / "docs/jobs.md").read_text(encoding="utf-8").split())


def test_options_and_settings_come_before_the_job() -> None:
    settings = {"spark.ui.enabled": "false", "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -Xss4m"}
    line = submit_command("draw_synthetic", "--persons", 10, options=("--master", "local[2]"), settings=settings)
    assert line[3:] == [
        *("--master", "local[2]"),
        *("--conf", "spark.ui.enabled=false"),
        *("--conf", "spark.driver.extraJavaOptions=-XX:+UseSerialGC -Xss4m"),
        *("jobs/draw_synthetic.py", "--persons", "10"),
    ]


def test_defaults_are_read_without_their_comments(tmp_path: Path) -> None:
    text = "# why\n\nspark.one   1\n  \nspark.words\t-a -b=c \n#spark.none 0\n"
    (tmp_path / "spark-defaults.conf").write_text(text, encoding="utf-8")
    assert spark_defaults(tmp_path) == {"spark.one": "1", "spark.words": "-a -b=c"}


def test_the_shipped_defaults_name_delta() -> None:
    shipped = spark_defaults(CONF)
    assert shipped["spark.sql.extensions"] == "io.delta.sql.DeltaSparkSessionExtension"
    assert all(key.startswith("spark.") and value for key, value in shipped.items())
