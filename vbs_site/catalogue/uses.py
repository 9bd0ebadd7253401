"""Where an indicator touches a source: the one list that rules, compiler and wording walk."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vbs_site.catalogue.conditions import Condition
from vbs_site.catalogue.events import Event, Exclusion, FollowedEvent, Link
from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Indicator,
    Mean,
    Ratio,
    StandardisedRate,
    strata_of,
)
from vbs_site.catalogue.populations import Per
from vbs_site.catalogue.reading import Place
from vbs_site.catalogue.values import Cohort, Value
from vbs_site.catalogue.words import Duration

if TYPE_CHECKING:
    from vbs_site.catalogue.model import Catalogue


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
        before: days before the index time from which rows of this source can matter; None for all that came before.
    """

    path: Place
    source: str
    where: Condition | None = None
    columns: tuple[tuple[str, str], ...] = ()
    at: str | None = None
    follow: float = 0.0
    before: float | None = 0.0


def uses(catalogue: "Catalogue", name: str) -> Iterator[Use]:
    """Yield every use of a source by an indicator; the first is its index (or cohort). A ratio has none of its own."""
    indicator: Indicator = catalogue.indicators[name]
    root: Place = ("indicators", name)
    if isinstance(indicator, Ratio):
        return
    if isinstance(indicator, Mean) and indicator.cohort is not None:
        yield from _of_cohort(catalogue, root, indicator.cohort, indicator.value)
        return
    index = _index(catalogue, root, indicator)
    yield index
    exclusions: list[Exclusion] = getattr(indicator, "exclude", [])
    for i, exclusion in enumerate(exclusions):
        yield from _about(catalogue, (*root, "exclude", i), index, exclusion)
    event: Event | None = getattr(indicator, "event", None)
    if event is not None:
        yield from _about(catalogue, (*root, "event"), index, event)
        persons = catalogue.persons
        if isinstance(event, FollowedEvent) and event.died is None and persons is not None and persons.death:
            # Whoever is followed is followed until death.
            follow = event.within.longest_days
            yield Use((*root, "event", "died"), persons.source, at=persons.death, follow=follow, before=None)
    if isinstance(indicator, Mean):
        value = indicator.value
        yield from _linked(catalogue, (*root, "value"), index, value.followed_by, value.preceded_by, None)
    per = getattr(indicator, "per", None)
    if isinstance(per, Per):
        strata = [(key, getattr(per, key)) for key in getattr(indicator, "by", [])]
        yield Use((*root, "per"), per.from_, None, (("sum", per.sum), ("unit", per.unit), *strata), per.at)
    if isinstance(indicator, StandardisedRate):
        standard = indicator.standard
        named = (("sum", standard.sum), *((key, getattr(standard, key)) for key in indicator.by))
        yield Use((*root, "standard"), standard.from_, None, named, standard.at)
    if isinstance(indicator, Change) and indicator.measure:
        measure = indicator.measure
        at = _time(catalogue, measure.from_, measure.at)
        windows = [answer.window for answer in (measure.baseline, measure.follow_up)]
        follow = max(0.0, *(window[1].longest_days for window in windows))
        before = max(0.0, *(-window[0].longest_days for window in windows))
        yield Use(
            (*root, "measure"),
            measure.from_,
            measure.where,
            (("value", measure.value),),
            at,
            follow,
            before,
        )
        for part in ("baseline", "follow_up"):
            where = getattr(measure, part).where
            yield Use((*root, "measure", part), measure.from_, where, (), at, follow, before)
    if isinstance(indicator, AdjustedChange):
        reference = indicator.reference
        yield Use(
            (*root, "reference"),
            reference.from_,
            reference.where,
            (("value", reference.value),),
            reference.at,
        )


def sources_read(catalogue: "Catalogue", name: str) -> list[str]:
    """Return the delivered sources that an indicator reads, those of its index events first."""
    indicator = catalogue.indicators[name]
    halves = (
        (indicator.numerator.indicator, indicator.denominator.indicator)
        if isinstance(indicator, Ratio)
        else ()
    )
    parts = halves or (name,)
    used = [use.source for part in parts for use in uses(catalogue, part)]
    used += [step.split(".")[0] for unit in indicator.units for step in catalogue.units[unit].path or []]
    if catalogue.persons is not None and any(_reads_persons(catalogue.indicators[part]) for part in parts):
        used.append(catalogue.persons.source)
    return list(dict.fromkeys(map(catalogue.base_of, used)))


def _reads_persons(indicator: Indicator) -> bool:
    event: Event | None = getattr(indicator, "event", None)
    deaths = [*getattr(indicator, "exclude", []), *([event] if event is not None else [])]
    died = any(each.died is not None for each in deaths)
    cohort: Cohort | None = getattr(indicator, "cohort", None)
    return died or bool(strata_of(indicator)) or (cohort is not None and cohort.alive)


def derivations(catalogue: "Catalogue") -> Iterator[Use]:
    """Yield the use of its base by each derived source."""
    for name, source in catalogue.sources.items():
        if source.derive is not None:
            yield Use(("sources", name, "derive"), source.derive.base, source.derive.where)


def _of_cohort(catalogue: "Catalogue", root: Place, cohort: Cohort, value: Value) -> Iterator[Use]:
    at = _time(catalogue, cohort.from_, cohort.at)
    back = cohort.within.longest_days
    yield Use((*root, "cohort"), cohort.from_, cohort.where, (), at, before=back)
    if cohort.alive and catalogue.persons is not None:
        persons = catalogue.persons
        yield Use((*root, "cohort", "died"), persons.source, at=persons.death, before=None)
    assert value.from_ is not None and value.sum is not None, "a cohort's value is a sum"
    at = _time(catalogue, value.from_, value.at)
    yield Use((*root, "value"), value.from_, value.where, (("sum", value.sum),), at)


def _index(catalogue: "Catalogue", root: Place, indicator: Indicator) -> Use:
    of = getattr(indicator, "of", None)
    assert of is not None, "only a mean of a cohort and a ratio have no index events"
    before: float | None = of.washout.longest_days if of.washout is not None else 0.0
    if of.only_first == "ever" or of.chain is not None:
        before = None
    at = _time(catalogue, of.from_, of.at)
    return Use((*root, "of"), of.from_, of.where, _index_columns(indicator), at, before=before)


def _index_columns(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    pair = getattr(indicator, "pair", None)
    if pair is not None:
        names = (("baseline", pair.baseline), ("follow_up", pair.follow_up), ("expected", pair.expected))
        return tuple((key, column) for key, column in names if column is not None)
    if indicator.kind == "share_of_sum":
        return (("numerator", indicator.numerator), ("denominator", indicator.denominator))
    return ()


def _about(catalogue: "Catalogue", path: Place, index: Use, part: Exclusion | Event) -> Iterator[Use]:
    yield from _linked(catalogue, path, index, part.followed_by, part.preceded_by, part.where)
    if part.died is not None and catalogue.persons is not None:
        follow = part.died.longest_days if isinstance(part.died, Duration) else 0.0
        persons = catalogue.persons
        yield Use((*path, "died"), persons.source, at=persons.death, follow=follow, before=None)


def _linked(
    catalogue: "Catalogue",
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
            reach = link.within.longest_days
            follow, back = (reach, 0.0) if key == "followed_by" else (0.0, reach)
            value = (("value", link.value),) if link.value is not None else ()
            named = (*value, *(("same", column) for column in link.same))
            at = _time(catalogue, source, link.at)
            yield Use((*path, key), source, link.where, named, at, follow, back)
            if link.then is not None:
                yield Use((*path, key, "then"), source, link.then, (), at, follow, back)


def _time(catalogue: "Catalogue", source: str, at: str | None) -> str | None:
    if at is not None:
        return at
    times = catalogue.sources[source].time if source in catalogue.sources else None
    return times.start if times else None
