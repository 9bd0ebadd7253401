"""Where an indicator touches a source: the one list that rules, compiler and wording walk."""

from collections.abc import Iterator
from dataclasses import dataclass

from vbs_site.catalogue.conditions import Condition
from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Exclusion,
    Indicator,
    Link,
    Mean,
    Proportion,
    Rate,
)
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Place
from vbs_site.catalogue.words import Duration


@dataclass(frozen=True)
class Use:
    """One use of a source by an indicator.

    Attributes:
        path: where in the catalogue it stands.
        source: the source's name.
        where: the condition on its rows, if any.
        columns: (key, column) pairs that the indicator names besides the condition.
        at: the time column, named or taken from the source.
        follow: days after the index time up to which rows of this source can matter.
    """

    path: Place
    source: str
    where: Condition | None = None
    columns: tuple[tuple[str, str], ...] = ()
    at: str | None = None
    follow: float = 0.0


def uses(catalogue: Catalogue, name: str) -> Iterator[Use]:
    """Yield every use of a source by an indicator; the first is its index (or cohort)."""
    indicator: Indicator = catalogue.indicators[name]
    root: Place = ("indicators", name)
    if isinstance(indicator, Mean):
        cohort, value = indicator.cohort, indicator.value
        yield Use(
            (*root, "cohort"), cohort.from_, cohort.where, (), _time(catalogue, cohort.from_, cohort.at)
        )
        yield Use(
            (*root, "value"),
            value.from_,
            value.where,
            (("sum", value.sum),),
            _time(catalogue, value.from_, value.at),
        )
        return
    of = indicator.of
    index = Use(
        (*root, "of"), of.from_, of.where, _index_columns(indicator), _time(catalogue, of.from_, of.at)
    )
    yield index
    exclusions: list[Exclusion] = getattr(indicator, "exclude", [])
    for i, exclusion in enumerate(exclusions):
        yield from _linked(
            catalogue,
            (*root, "exclude", i),
            index,
            exclusion.followed_by,
            exclusion.preceded_by,
            exclusion.where,
        )
        if exclusion.died is not None and catalogue.persons is not None:
            follow = exclusion.died.longest_days if isinstance(exclusion.died, Duration) else 0.0
            yield Use(
                (*root, "exclude", i, "died"),
                catalogue.persons.source,
                at=catalogue.persons.death,
                follow=follow,
            )
    if isinstance(indicator, Proportion):
        event = indicator.event
        yield from _linked(
            catalogue, (*root, "event"), index, event.followed_by, event.preceded_by, event.where
        )
    if isinstance(indicator, Rate):
        per = indicator.per
        yield Use((*root, "per"), per.from_, None, (("sum", per.sum),), per.at)
    if isinstance(indicator, Change) and indicator.measure:
        measure = indicator.measure
        at = _time(catalogue, measure.from_, measure.at)
        follow = max(answer.window[1].longest_days for answer in (measure.baseline, measure.follow_up))
        yield Use(
            (*root, "measure"), measure.from_, measure.where, (("value", measure.value),), at, max(follow, 0)
        )
        for part in ("baseline", "follow_up"):
            yield Use(
                (*root, "measure", part), measure.from_, getattr(measure, part).where, (), at, max(follow, 0)
            )
    if isinstance(indicator, AdjustedChange):
        reference = indicator.reference
        yield Use(
            (*root, "reference"),
            reference.from_,
            reference.where,
            (("value", reference.value),),
            reference.at,
        )


def _index_columns(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    pair = getattr(indicator, "pair", None)
    if pair is not None:
        names = (("baseline", pair.baseline), ("follow_up", pair.follow_up), ("expected", pair.expected))
        return tuple((key, column) for key, column in names if column is not None)
    if indicator.kind == "share_of_sum":
        return (("numerator", indicator.numerator), ("denominator", indicator.denominator))
    return ()


def _linked(
    catalogue: Catalogue,
    path: Place,
    index: Use,
    after: Link | None,
    before: Link | None,
    where: Condition | None,
) -> Iterator[Use]:
    if where is not None:
        yield Use(path, index.source, where, at=index.at)
    for key, link in (("followed_by", after), ("preceded_by", before)):
        if link is not None:
            source = link.from_ or index.source
            follow = link.within.longest_days if key == "followed_by" else 0.0
            yield Use((*path, key), source, link.where, (), _time(catalogue, source, link.at), follow)


def _time(catalogue: Catalogue, source: str, at: str | None) -> str | None:
    if at is not None:
        return at
    times = catalogue.sources[source].time if source in catalogue.sources else None
    return times.start if times else None
