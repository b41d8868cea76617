"""What the report says around its numbers: the same on a terminal and on a page."""

from collections.abc import Iterator, Sequence

from imaatlas_spark.protection_report.counting import (
    MOSTLY_SENSITIVE,
    PARTS_DO_NOT_FOLLOW,
    THRESHOLDS,
    UNPROVEN,
    Counts,
    WithheldBreakdown,
)

INSIDE = (
    "For inside only. This report tells how many cells are sensitive and how much lies in hidden ones: "
    "it is not published, and not sent with the tables."
)
REASONS = {
    MOSTLY_SENSITIVE: "more than mostly_percent of the cells of the level are sensitive: totals alone are shown",
    UNPROVEN: "no witnesses reach what a sensitive cell needs: everything of the statistic is hidden in the area",
    PARTS_DO_NOT_FOLLOW: "the parts cannot follow how the area moves: nothing of them is shown",
}
_TOLD = 8  # codes of areas in a line; the file has them all


def title(counts: Counts) -> str:
    edition = counts.edition
    return str(edition.year) + (f" on the map of {edition.geography}" if edition.geography != edition.year else "")


def protected_with(counts: Counts) -> str:
    """Which threshold the releases were made with, and whether conf/protection.toml still says so."""
    thresholds = " and ".join(map(str, counts.edition.thresholds))
    changed = "" if counts.edition.is_of_conf else "; conf/protection.toml is another one now"
    return f"protected with threshold {thresholds}{changed}"


def notes(counts: Counts) -> Iterator[str]:
    """How the numbers are to be read."""
    yield (
        "Sensitive: hidden as it tells of a few itself, or as a sensitive cell below needs it to move (status A or G). "
        "Hidden: these, what covers them, and what is withheld with its breakdown. "
        "Persons: of the persons counted above the line, how many stand in hidden cells; "
        "– where the line counts no persons, or where one or two cells are hidden."
    )
    yield (
        f"At {', '.join(map(str, THRESHOLDS))}: cells that would be sensitive themselves at this threshold, those in "
        "withheld breakdowns included. Cells that are hidden to cover them come on top: only a run tells how many. "
        "– where the tables do not tell (sums by who contributes to them, practices by the largest of them)."
    )
    if counts.edition.unpublished:
        yield (
            f"Protected, but not published: {', '.join(counts.edition.unpublished)}. Amounts that are sensitive only "
            "in comparison with these are not counted here."
        )
    if counts.edition.is_derived:
        yield (
            "What this map hides follows from another map of the year, which keeps the values: persons and thresholds "
            "stand there."
        )


def areas_of(withheld: WithheldBreakdown) -> str:
    if withheld.is_every_area:
        return f"all {withheld.of_areas} areas"
    told = ", ".join(withheld.areas[:_TOLD])
    more = "" if len(withheld.areas) <= _TOLD else f" and {len(withheld.areas) - _TOLD} more"
    return f"{len(withheld.areas)} of {withheld.of_areas} areas: {told}{more}"


def share(percent: float | None) -> str:
    return "–" if percent is None else f"{percent:.1f}"


def number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def years_of(report: Sequence[Counts]) -> str:
    return ", ".join(dict.fromkeys(str(counts.edition.year) for counts in report))
