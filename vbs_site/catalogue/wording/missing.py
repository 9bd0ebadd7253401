"""What happens where information is missing, said only for columns that the contract lets be empty."""

from collections.abc import Iterator

from vbs_site.catalogue.conditions import AllOf, AnyOf, Compare, Condition, comparisons
from vbs_site.catalogue.events import Event, FollowedEvent, IndexEvents
from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Indicator,
    Mean,
    ShareOfSum,
    StandardisedRate,
    StandardisedRatio,
)
from vbs_site.catalogue.uses import uses
from vbs_site.catalogue.wording.conditions import pushed
from vbs_site.catalogue.wording.links import links_of
from vbs_site.catalogue.wording.speech import Speech, capital
from vbs_site.catalogue.wording.what import strata, values
from vbs_site.catalogue.wording.windows import index_of, subject


def missing(speech: Speech, indicator: Indicator, name: str) -> str | None:
    """Return the sentences about missing information, or None when nothing can be missing."""
    told = [
        *_not_included(speech, indicator, name),
        *_linked_times(speech, name),
        *_links(speech, indicator),
        *_course_ends(speech, indicator),
        *_conditions(speech, indicator, name),
        *_deaths(speech, indicator),
        *_values(speech, indicator),
        *_unplaced(speech, indicator),
    ]
    return " ".join(dict.fromkeys(told)) or None


def _not_included(speech: Speech, indicator: Indicator, name: str) -> Iterator[str]:
    """Say which columns a row must have to be an index event; a course has the time of its first row."""
    index = next(uses(speech.catalogue, name), None)
    if index is None:
        return
    rows = capital(speech.rows(index.source))
    times = [index.at] if index.at is not None and speech.nullable(index.source, index.at) else []
    compared = [each.column for each in _negative(speech, index.source, _always(index.where))]
    of: IndexEvents | None = getattr(indicator, "of", None)
    if times and of is not None and of.chain is not None:
        who, told = capital(subject(speech, of)), _columns(speech, index.source, times)
        yield speech.say("without_first", subject=who, columns=told)
        times = []
    if times or compared:
        yield speech.say(
            "without_time", rows=rows, columns=_columns(speech, index.source, [*times, *compared])
        )


def _columns(speech: Speech, source: str, names: list[str]) -> str:
    return speech.listed([speech.column(source, each) for each in dict.fromkeys(names)], "or")


def _always(condition: Condition | None) -> Condition:
    """Return the single comparisons that every row must meet."""
    simple = pushed(condition) if condition is not None else AllOf()
    parts = simple.parts if isinstance(simple, AllOf) else (simple,)
    return AllOf(tuple(part for part in parts if isinstance(part, Compare)))


def _linked_times(speech: Speech, name: str) -> Iterator[str]:
    for use in list(uses(speech.catalogue, name))[1:]:
        looked_for = use.path[-1] in ("followed_by", "preceded_by", "measure", "value")
        if looked_for and use.at is not None and speech.nullable(use.source, use.at):
            column = speech.column(use.source, use.at)
            yield speech.say("without_link_time", rows=capital(speech.rows(use.source)), column=column)


def _links(speech: Speech, indicator: Indicator) -> Iterator[str]:
    """Say what a missing value means where rows must be alike, or are added up."""
    for link in links_of(indicator):
        index = index_of(indicator).from_
        source = link.from_ or index
        for name in link.same:
            if speech.nullable(source, name) or speech.nullable(index, name):
                yield speech.say("unlike", column=speech.column(source, name))
        if link.pick == "sum" and link.value is not None and speech.nullable(source, link.value):
            rows, column = capital(speech.rows(source)), speech.column(source, link.value)
            yield speech.say("without_value", rows=rows, column=column)


def _course_ends(speech: Speech, indicator: Indicator) -> Iterator[str]:
    of: IndexEvents | None = getattr(indicator, "of", None)
    if of is None or of.chain is None:
        return
    source = of.from_
    times = speech.catalogue.sources[source].time
    if times is not None and times.end is not None and speech.nullable(source, times.end):
        end, start = speech.column(source, times.end), speech.column(source, times.start)
        yield speech.say("without_end", rows=capital(speech.rows(source)), end=end, start=start)


def _conditions(speech: Speech, indicator: Indicator, name: str) -> Iterator[str]:
    """Say what a missing value does to a condition that could be read the other way round («andet end …»)."""
    event: Event | None = getattr(indicator, "event", None)
    for number, use in enumerate(uses(speech.catalogue, name)):
        if use.where is None or use.path[-1] == "event":
            continue
        said = set(_negative(speech, use.source, _always(use.where))) if number == 0 else set[Compare]()
        for each in _negative(speech, use.source, pushed(use.where)):
            if each not in said:
                rows, column = capital(speech.rows(use.source)), speech.column(use.source, each.column)
                yield speech.say("neither", rows=rows, column=column)
    if event is not None and event.where is not None:
        yield from _undecided(speech, index_of(indicator).from_, event.where)


def _negative(speech: Speech, source: str, condition: Condition) -> Iterator[Compare]:
    """Yield the comparisons with «andet end» or «ikke» on columns that may be empty."""
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _negative(speech, source, part)
    elif isinstance(condition, Compare) and condition.operator != "missing":
        operator: str = condition.operator
        opposite = operator in ("!=", "not_in") or condition.value is False
        if opposite and speech.nullable(source, condition.column):
            yield condition


def _undecided(speech: Speech, source: str, condition: Condition) -> Iterator[str]:
    left_out = undecided(speech, source, condition)
    if left_out is not None:
        yield left_out
    elif _may_lack(speech, source, condition):
        yield speech.say("undecided_event", rows=capital(speech.rows(source)))


def undecided(speech: Speech, source: str, condition: Condition) -> str | None:
    """Return which rows are in neither numerator nor denominator, as the event cannot be decided; None when all can."""
    columns = _may_lack(speech, source, condition)
    if not columns or any(each.operator == "missing" for each in comparisons(condition)):
        return None
    named = _columns(speech, source, columns)
    return speech.say("without_event", rows=capital(speech.rows(source)), columns=named)


def _may_lack(speech: Speech, source: str, condition: Condition) -> list[str]:
    """Return the columns of the comparisons with a value that may be missing."""
    names = dict.fromkeys(each.column for each in comparisons(condition) if each.operator != "missing")
    return [each for each in names if speech.nullable(source, each)]


def _deaths(speech: Speech, indicator: Indicator) -> Iterator[str]:
    persons, cohort = speech.catalogue.persons, getattr(indicator, "cohort", None)
    event: Event | None = getattr(indicator, "event", None)
    asked = any(each.died is not None for each in getattr(indicator, "exclude", []))
    asked = asked or (cohort is not None and cohort.alive)
    asked = asked or isinstance(event, FollowedEvent) or (event is not None and event.died is not None)
    if asked and persons is not None and persons.death is not None:
        yield speech.say("without_death", death=speech.column(persons.source, persons.death))


def _values(speech: Speech, indicator: Indicator) -> Iterator[str]:
    match indicator:
        case Mean() if indicator.of is not None:
            yield from valueless(speech, indicator, indicator.of)
        case Mean():
            value = indicator.value
            assert value.from_ is not None and value.sum is not None, "a cohort's value is a sum"
            if speech.nullable(value.from_, value.sum):
                rows, column = capital(speech.rows(value.from_)), speech.column(value.from_, value.sum)
                yield speech.say("without_value", rows=rows, column=column)
        case Change() | AdjustedChange():
            yield from _scores(speech, indicator)
        case ShareOfSum():
            yield from _without(
                speech, "without_part", indicator.of.from_, [indicator.numerator, indicator.denominator]
            )
        case _:
            return


def valueless(speech: Speech, indicator: Mean, of: IndexEvents) -> Iterator[str]:
    """Say which index events have no value; a count or sum is 0 where nothing is found."""
    value = indicator.value
    if value.link is None:
        columns = [each for each in (value.column, *(value.days or [])) if each is not None]
        yield from _without(speech, "without_mean", of.from_, columns)
    elif value.link.pick in ("first", "last") and value.link.value is not None:
        source, who = value.link.from_ or of.from_, capital(subject(speech, of))
        nullable = speech.nullable(source, value.link.value)
        phrase = "without_picked_value" if nullable else "without_picked"
        yield speech.say(phrase, subject=who, column=speech.column(source, value.link.value))


def _unplaced(speech: Speech, indicator: Indicator) -> Iterator[str]:
    """Say where index events stand whose sex or age is not known, when figures are standardised."""
    if isinstance(indicator, StandardisedRate | StandardisedRatio):
        alone = isinstance(indicator, StandardisedRatio) and indicator.event is not None
        who = capital(subject(speech, indicator.of))
        yield speech.say(
            "unplaced_alone" if alone else "unplaced", subject=who, by=strata(speech, indicator, "or")
        )


def _scores(speech: Speech, indicator: Change | AdjustedChange) -> Iterator[str]:
    pair = indicator.pair
    if pair is not None:
        names = [each for each in (pair.baseline, pair.follow_up, pair.expected) if each is not None]
        yield from _without(
            speech, "without_pair", indicator.of.from_, names, values=values(speech, indicator)
        )
        return
    measure = getattr(indicator, "measure", None)
    assert measure is not None
    if speech.nullable(measure.from_, measure.value):
        rows, column = capital(speech.rows(measure.from_)), speech.column(measure.from_, measure.value)
        yield speech.say("without_answer", rows=rows, column=column)
    yield speech.say("without_both", subject=capital(subject(speech, indicator.of)))


def _without(speech: Speech, phrase: str, source: str, names: list[str], **parts: str) -> Iterator[str]:
    columns = [each for each in names if speech.nullable(source, each)]
    if columns:
        rows = capital(speech.rows(source))
        yield speech.say(phrase, rows=rows, columns=_columns(speech, source, columns), **parts)
