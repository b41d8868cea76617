"""What lies beside a publication and would tell of it: earlier releases, and what broken runs have left."""

from collections.abc import Iterable, Iterator
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from imaatlas_spark.configuration.cards import Card
from imaatlas_spark.configuration.dimensions import TOTAL
from imaatlas_spark.errors import ReleaseRefused
from imaatlas_spark.geography.codes import LEVELS, MUNICIPALITY
from imaatlas_spark.schemas.ledger import Release
from imaatlas_spark.schemas.metadata import PLACES
from imaatlas_spark.statistics.publication import ProtectedBy, Publication
from imaatlas_spark.statistics.tables import statistic_table
from imaatlas_spark.storage import publications
from imaatlas_spark.storage.history import step_at

_TOLD = 3  # releases


def withdrawn(earlier: Iterable[Release], publication: Publication, by: ProtectedBy | None) -> tuple[Release, ...]:
    """The unprotected releases of the years of a protected publication: they would tell what it hides.

    Raises ReleaseRefused where there are any, unless `by` says that they are withdrawn; where an unprotected
    publication would tell what earlier releases hide; and where what an earlier release tells has no card any more.
    """
    beside = [each for each in earlier if each.year in publication.maps]
    if by is not None:
        _refuse_without_card(beside, publication)
    found = [each for each in beside if each.is_protected == (by is None)]
    if not found:
        return ()
    told = "; ".join(sorted({f"{each.statistic}, {each.year}, of {each.release_date}" for each in found})[:_TOLD])
    if by is None:
        raise ReleaseRefused(
            f"{len(found)} earlier releases are protected, and unprotected figures beside them would reveal what they "
            f"hide ({told}): publish in a new warehouse, or with a threshold above 1"
        )
    if not by.withdraws_unprotected:
        raise ReleaseRefused(
            f"{len(found)} earlier releases are not protected and would reveal what this one hides ({told}): publish "
            "in a new warehouse, or say --withdraw-unprotected if nobody outside has seen them"
        )
    publication.run.say(
        f"{len(found)} unprotected releases are withdrawn; old versions of their tables still hold the figures: keep "
        "this warehouse inside"
    )
    return tuple(found)


def _refuse_without_card(beside: Iterable[Release], publication: Publication) -> None:
    """Figures of a statistic whose card is gone would be subtracted from those that are protected now."""
    gone = sorted({each.statistic for each in beside} - set(publication.run.configuration.cards))
    if gone:
        raise ReleaseRefused(
            f"releases of {', '.join(gone)} lie in this warehouse, and the configuration has no such card: what they "
            "show cannot be taken into account; put the card back into statistics/, or publish in a new warehouse"
        )


def refuse_what_was_broken_off(publication: Publication, by: ProtectedBy | None) -> None:
    """Raises ReleaseRefused where a run that was broken off has left rows of these years that were not protected.

    No release names them, but who has the folder can read them. `by` says if they are known to be out of reach.
    """
    if by is None:
        return
    bare = [version for card in publication.cards for version in _left_bare(publication, card)]
    if not bare:
        return
    told = f"{'; '.join(bare[:_TOLD])}{' and more' if len(bare) > _TOLD else ''}"
    if not by.withdraws_unprotected:
        raise ReleaseRefused(
            f"a run that was broken off has written figures without protection ({told}): publish in a new warehouse, "
            "or say --withdraw-unprotected if nobody outside can read this one"
        )
    publication.run.say(f"a run that was broken off has left figures without protection ({told}): keep them inside")


def _left_bare(publication: Publication, card: Card) -> Iterator[str]:
    """Versions that broken runs left, with unprotected rows of the years, since a completed run protected these."""
    warehouse, table = publication.warehouse, statistic_table(card, publication.dimensions)
    if not warehouse.holds(table):
        return
    snapshot, years = warehouse.snapshot(table), set(publication.releases[card.code])
    completed = {run.run_id for run in warehouse.ledger.runs}
    for version in range(snapshot.version, -1, -1):
        step = step_at(snapshot, version)
        if step is None or not step.is_ours or "protection_threshold" not in step.note or not step.touches(years):
            continue
        is_protected = step.note["protection_threshold"] is not None
        if is_protected and step.note["run_id"] in completed:
            return
        if not is_protected and step.note["run_id"] not in completed:
            yield f"{table.path}, version {version}"


def refuse_other_parts(beside: Iterable[Release], publication: Publication) -> None:
    """Raises ReleaseRefused where an earlier release of the same years shows parts that there are no longer.

    Those are members of a dimension, and groups of other municipalities: the figures of both releases could be
    subtracted, and what is hidden is worked out for the parts of now alone.
    """
    of_years = [each for each in beside if publication.maps.get(each.year) == each.geography]
    for card in publication.cards:
        _refuse_other_members(card, [each for each in of_years if each.statistic == card.code], publication)
    if of_years and publication.geography.groupings:
        places = publications.metadata_of_runs(publication.warehouse, PLACES)
        known = {(places[each.run_id], each.geography) for each in of_years if each.run_id in places}
        for version, map_year in sorted(known):
            _refuse_other_groups(version, map_year, publication)


def _refuse_other_members(card: Card, releases: list[Release], publication: Publication) -> None:
    if not card.dimensions:
        return
    rows = publications.rows_of(publication.warehouse, statistic_table(card, publication.dimensions), releases)
    if rows is None:
        return
    codes = {name: (TOTAL, *publication.dimensions[name].codes) for name in card.dimensions}
    is_gone = reduce(Column.__or__, (~F.col(name).isin(*known) for name, known in codes.items()))
    for row in rows.where(is_gone).select(*codes).orderBy(*codes).limit(1).collect():
        name, code = next((name, row[name]) for name, known in codes.items() if row[name] not in known)
        raise ReleaseRefused(
            f"an earlier release of {card.code} shows {name} {code}, which dimensions.toml has no more: both "
            "could be subtracted; put the members back, or publish in a new warehouse"
        )


def _refuse_other_groups(version: int, map_year: int, publication: Publication) -> None:
    """`version`: that of `metadata/places` which was published with the earlier release."""
    geography = publication.geography
    places = publication.warehouse.at_version(PLACES, version).where(F.col("geography") == map_year)
    in_groups = places.where((F.col("geo_level") == MUNICIPALITY) & ~F.col("parent_level").isin(*LEVELS))
    before = {tuple(row) for row in in_groups.select("geo_code", "parent_level", "parent_code").collect()}
    now = {
        (nis, level, code)
        for nis in geography.municipalities_in(map_year)
        for level in geography.groupings
        if (code := geography.place(nis, level, map_year)) is not None
    }
    in_both = {level for _, level, _ in before} & {level for _, level, _ in now}
    changed = sorted(each for each in before ^ now if each[1] in in_both)
    if changed:
        nis, level, _ = changed[0]
        raise ReleaseRefused(
            f"groupings/{level}.csv puts {nis} elsewhere than it was in a release on the map of {map_year}: both "
            "could be subtracted; put it back, or publish in a new warehouse"
        )
