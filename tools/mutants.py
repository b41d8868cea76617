"""Break each rule once and see a scenario turn red: a test that cannot fail is a defect.

    python -m tools.mutants [NAME ...]

The scenarios are delivered and ingested once by the sound engine. Then, in the same Spark session, each mutant (one
rule changed in a copy of the package) builds the year tables anew and is held against the scenarios. Exit code 1 when
one of them survives.
"""

import importlib
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
VARIABLES = "imaatlas_spark/source_variables"
GEOGRAPHY = "imaatlas_spark/geography"

# name: (file, text of the rule, what is put in its place)
MUTANTS = {
    "no booking window": (
        f"{VARIABLES}/claim_lines.py",
        "booked_month > (rules.year",
        "booked_month > (99 + rules.year",
    ),
    "booking window of 22 months": (f"{VARIABLES}/claim_lines.py", "window_months - 1", "window_months"),
    "booking window of 20 months": (f"{VARIABLES}/claim_lines.py", "window_months - 1", "window_months - 2"),
    "codes without dates": (
        f"{VARIABLES}/claim_lines.py",
        ' & F.col("service_date").between(F.col("begins"), F.col("ends"))',
        "",
    ),
    "gross instead of net": (
        f"{VARIABLES}/person_practice.py",
        'F.sum("cases").alias("net")',
        'F.sum(F.abs("cases")).alias("net")',
    ),
    "net without the practice's colleagues": (f"{VARIABLES}/person_practice.py", 'F.sum("cases")', 'F.max("cases")'),
    "no daily cap": (f"{VARIABLES}/person_practice.py", "year >= rules.daily_cap_from", "year >= 9999"),
    "cap a year early": (
        f"{VARIABLES}/person_practice.py",
        "year >= rules.daily_cap_from",
        "year + 1 >= rules.daily_cap_from",
    ),
    "cap over all practices": (
        f"{VARIABLES}/person_practice.py",
        'Window.partitionBy("person_id", "practice_id", "kind", "service_date")',
        'Window.partitionBy("person_id", "kind", "service_date")',
    ),
    "contact of any category": (
        f"{VARIABLES}/person_practice.py",
        'by_gp = has_category(rules.physician_categories) & F.col("qualified_gp")',
        'by_gp = F.col("qualified_gp")',
    ),
    "contact of any qualification": (
        f"{VARIABLES}/person_practice.py",
        'by_gp = has_category(rules.physician_categories) & F.col("qualified_gp")',
        "by_gp = has_category(rules.physician_categories)",
    ),
    "contact at night": (f"{VARIABLES}/person_practice.py", '& (F.col("nwe") == 0)', ""),
    "counter without a known qualification": (
        f"{VARIABLES}/person_practice.py",
        'F.col("qualification").isNotNull() & ',
        "",
    ),
    "counter of those left out": (f"{VARIABLES}/person_practice.py", " & ~one_of_them", ""),
    "counter of any qualification": (
        f"{VARIABLES}/person_practice.py",
        'counts &= reduce(Column.__or__, (F.col(f"qualified_{group}") for group in counter.qualified))',
        "pass",
    ),
    "counter of any category": (f"{VARIABLES}/person_practice.py", "counts &= has_category(categories)", "pass"),
    "counter at any hour": (f"{VARIABLES}/person_practice.py", 'if counter.hours != "all":', "if False:"),
    "counter of cases instead of persons": (
        f"{VARIABLES}/person_practice.py",
        "F.least(_cases(kind), F.lit(1))",
        "_cases(kind)",
    ),
    "days of any kind of line": (
        f"{VARIABLES}/person_practice.py",
        '(F.col("kind") == kind) & F.col("first_of_day")',
        'F.col("first_of_day")',
    ),
    "forfaits below zero": (f"{VARIABLES}/person_practice.py", 'F.greatest("forfaits", F.lit(0))', 'F.col("forfaits")'),
    "first forfait day of a house without forfaits": (
        f"{VARIABLES}/person_practice.py",
        'F.when(forfaits > 0, F.col("first_forfait"))',
        'F.col("first_forfait")',
    ),
    "1,251 contacts": (
        f"{VARIABLES}/practice_year.py",
        "rules.active_practice_contacts",
        "(rules.active_practice_contacts + 1)",
    ),
    "1,249 contacts": (
        f"{VARIABLES}/practice_year.py",
        "rules.active_practice_contacts",
        "(rules.active_practice_contacts - 1)",
    ),
    "five forfaits": (
        f"{VARIABLES}/attribution.py",
        "rules.medical_house_forfaits",
        "rules.medical_house_forfaits - 1",
    ),
    "seven forfaits": (
        f"{VARIABLES}/attribution.py",
        "rules.medical_house_forfaits",
        "rules.medical_house_forfaits + 1",
    ),
    "no rule 1": (f"{VARIABLES}/attribution.py", "        gmd_this_year(),\n", "        F.lit(False),\n"),
    "no rule 2": (f"{VARIABLES}/attribution.py", "        gmd_before_and_contact(),\n", "        F.lit(False),\n"),
    "no rule 3": (
        f"{VARIABLES}/attribution.py",
        "        gmd_before_without_any_contact(),\n",
        "        F.lit(False),\n",
    ),
    "no rule 4": (f"{VARIABLES}/attribution.py", "        enough_forfaits(rules),\n", "        F.lit(False),\n"),
    "no rule 5": (f"{VARIABLES}/attribution.py", "        most_contacts(),\n", "        F.lit(False),\n"),
    "earliest event": (f"{VARIABLES}/attribution.py", "F.desc(event) if", "F.asc(event) if"),
    "highest id": (
        f"{VARIABLES}/attribution.py",
        'F.asc_nulls_last("practice_id"),\n    ]',
        'F.desc("practice_id"),\n    ]',
    ),
    "last contacted first": (
        f"{VARIABLES}/attribution.py",
        'F.asc(F.when(by_contacts, F.col("first_contact")))',
        'F.desc(F.when(by_contacts, F.col("first_contact")))',
    ),
    "in a house with a GMD elsewhere": (
        f"{VARIABLES}/attribution.py",
        " & ~F.coalesce(F.bool_or(record_elsewhere), F.lit(False))",
        "",
    ),
    "GMD without correction": (f"{VARIABLES}/gmd.py", '.where(F.col("net") > 0)', ""),
    "one year of GMD history": (
        f"{VARIABLES}/build.py",
        "year - rules.gmd_years_before",
        "year - 1",
    ),
    "consultations at a distance left out": (
        f"{VARIABLES}/person_practice.py",
        'contact |= F.col("code_in_gp_remote_contact")',
        "pass",
    ),
    "earliest membership": (
        f"{VARIABLES}/register_spells.py",
        "-1 if rules.register_priority",
        "1 if rules.register_priority",
    ),
    "no fallback to June": (f"{VARIABLES}/residence.py", '.otherwise(F.col("in_june"))', ""),
    "fallback from abroad": (f"{VARIABLES}/residence.py", ' | is_abroad(F.col("PP0025_1231"))', ""),
    "sector of another municipality": (
        f"{VARIABLES}/residence.py",
        'F.col("municipality") == F.col("sector_municipality")',
        "F.lit(True)",
    ),
    "sectors not localisable": (f"{GEOGRAPHY}/frames.py", ' & ~F.col("sector").endswith(NOT_LOCALISABLE)', ""),
    "age without a limit": (f"{VARIABLES}/residence.py", "F.when(years.between(0, rules.oldest_age), years)", "years"),
    "address of the first row": (
        f"{VARIABLES}/register_spells.py",
        'partitionBy(key).orderBy(F.desc("valid_from"))',
        'partitionBy(key).orderBy(F.asc("valid_from"))',
    ),
    "more than 5 %": (
        f"{VARIABLES}/practitioner_year.py",
        'F.col("income") >= threshold',
        'F.col("income") > threshold',
    ),
    "income of listed lines": (
        f"{VARIABLES}/practitioner_year.py",
        'rules.practitioner_income == "all_lines"',
        "False",
    ),
    "geneticist of any category": (
        f"{VARIABLES}/practitioner_year.py",
        "listed.where(has_category(categories))",
        "listed",
    ),
    "late income": (
        f"{VARIABLES}/practitioner_year.py",
        "named(claims).transform(in_booking_window, rules)",
        "named(claims)",
    ),
}


def package_in(folder: Path, name: str | None) -> None:
    """A copy of the package and its tests, with one rule broken where a mutant is named."""
    for part in ("imaatlas_spark", "tests"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("conf", "docs"):
        (folder / part).symlink_to(ROOT / part)
    if name is not None:
        file, rule, broken = MUTANTS[name]
        text = (folder / file).read_text()
        if rule not in text:
            sys.exit(f"{name}: {file} no longer says {rule!r}: bring the mutant up to date")
        (folder / file).write_text(text.replace(rule, broken))
        with (folder / "imaatlas_spark" / "__init__.py").open("a") as package:
            package.write(f'__version__ += "+{folder.name}"\n')  # so that nothing made by another version is taken over


def scenarios_from(folder: Path) -> ModuleType:
    """The scenario runner, imported afresh with the package of `folder`."""
    for module in [each for each in sys.modules if each.split(".")[0] in {"imaatlas_spark", "tests"}]:
        del sys.modules[module]
    sys.path[:] = [str(folder), *(each for each in sys.path if not each.startswith(tempfile.gettempdir()))]
    importlib.invalidate_caches()
    return importlib.import_module("tests.test_scenarios")


def red_scenarios(runner: ModuleType, engine: object) -> list[str]:
    built = runner.Built.read(engine)
    return [scenario.name for scenario in runner.USUAL if runner.differences_of_variables(scenario, built)]


def main() -> None:
    names = sys.argv[1:] or list(MUTANTS)
    with tempfile.TemporaryDirectory() as place:
        sound = Path(place) / "sound"
        package_in(sound, None)
        runner = scenarios_from(sound)
        conftest = importlib.import_module("tests.conftest")
        spark = conftest.small_session()
        warehouse = Path(place) / "built"
        conf = runner.with_examples(runner.CONF, Path(place) / "with_examples")
        sound_engine = runner.Built.of(spark, warehouse, runner.USUAL, conf).engine
        if red := red_scenarios(runner, sound_engine):
            sys.exit(f"the sound engine fails {', '.join(red)}: mend that first")
        survivors = []
        for number, name in enumerate(names):
            folder = Path(place) / f"mutant-{number}"
            package_in(folder, name)
            runner = scenarios_from(folder)
            mutant = runner.Engine.at(spark, warehouse / "conf", warehouse / "warehouse")
            try:
                mutant.build(runner.YEARS, runner.YEARS[0] - 2)
                red = red_scenarios(runner, mutant)
            except Exception as failure:  # a mutant that breaks a constraint of a table is found out as well
                red = [f"stopped by {type(failure).__name__}"]
            print(f"{name}: {'red: ' + ', '.join(red) if red else 'SURVIVED'}", flush=True)
            survivors += [] if red else [name]
    if survivors:
        sys.exit(f"survived: {', '.join(survivors)}")
    print(f"all {len(names)} mutants were found out")


if __name__ == "__main__":
    main()
