"""Who counts, who is left out, what is counted: the lines about rows and persons."""

from collections.abc import Iterator
from typing import Any

from vbs_site.catalogue.events import Event, Exclusion, FollowedEvent, IndexEvents
from vbs_site.catalogue.indicators import AdjustedChange, Change, Indicator, Mean, Ratio, ShareOfSum
from vbs_site.catalogue.values import Cohort, Value
from vbs_site.catalogue.wording.conditions import meant
from vbs_site.catalogue.wording.links import every_row, link_clause, link_of, value_clause
from vbs_site.catalogue.wording.speech import Speech, capital
from vbs_site.catalogue.wording.windows import (
    answer,
    counted_by,
    how_time_counts,
    index_of,
    index_time,
    look_back,
    subject,
    time_of,
)
from vbs_site.catalogue.words import Duration


def population(speech: Speech, indicator: Indicator) -> str:
    """Return who or what counts: index events, courses, members of a cohort, or those of the halves of a ratio."""
    if isinstance(indicator, Ratio):
        halves = (indicator.numerator.indicator, indicator.denominator.indicator)
        titles = [speech.quoted(speech.indicator(each)) for each in dict.fromkeys(halves)]
        return speech.say("population_ratio", titles=speech.listed(titles))
    if isinstance(indicator, Mean) and indicator.cohort is not None:
        return _cohort(speech, indicator, indicator.cohort)
    of = index_of(indicator)
    rows = meant(speech, of.from_, of.where)
    if of.chain is not None:
        by_column = any(speech.catalogue.units[unit].column is not None for unit in indicator.units)
        words = _chain(speech, of, rows, by_column=by_column)
    elif of.where is None:
        words = speech.say("all_rows", rows=rows)
    else:
        words = speech.say("some_rows", rows=capital(rows))
    told = [words, *_how_often(speech, of, indicator.period)]
    if of.only_first is not None and getattr(indicator, "exclude", []):
        told.append(speech.say("no_later_one"))
    return " ".join(told)


def _how_often(speech: Speech, of: IndexEvents, period: str) -> Iterator[str]:
    """Say how often one person can count; nothing where rows have no person."""
    source = speech.catalogue.sources[of.from_]
    if source.person is None:
        return
    keys = speech.listed([speech.column(of.from_, key) for key in source.key])
    order = {"at": index_time(speech, of), "key": keys}
    if of.only_first is not None:
        the = speech.period(period)["the"]
        yield speech.say(f"first_{of.only_first}", the=the, **order)
        return
    if of.washout is not None:
        length, bare = speech.length(of.washout), speech.rows(of.from_)
        yield speech.say("washout", rows=bare, length=length, **order)
        types = {speech.contract(of.from_, time_of(speech, of.from_, of.at)).type}
        yield counted_by(speech, types, [of.washout])
    yield speech.say("several_times")


def _chain(speech: Speech, of: IndexEvents, rows: str, *, by_column: bool) -> str:
    assert of.chain is not None
    times = speech.catalogue.sources[of.from_].time
    assert times is not None and times.end is not None, "the rule times_fit guarantees both ends"
    names = {"end": speech.column(of.from_, times.end), "start": speech.column(of.from_, times.start)}
    gap = of.chain.gap
    join = (
        speech.say("chain_gap", gap=speech.length(gap), **names)
        if gap.count
        else speech.say("chain_overlap", **names)
    )
    at = index_time(speech, of)
    first = speech.say("chain_unit", at=at) if by_column else at
    first = capital(first) if speech.language == "da" else first
    return speech.say("chain", rows=rows, bare=capital(speech.rows(of.from_)), join=join, at=first)


def _cohort(speech: Speech, indicator: Mean, cohort: Cohort) -> str:
    forms = speech.period(indicator.period)
    at = speech.column(cohort.from_, time_of(speech, cohort.from_, cohort.at))
    words = speech.say(
        "cohort",
        span=look_back(speech, cohort.within, indicator.period),
        rows=meant(speech, cohort.from_, cohort.where),
        at=at,
        the=capital(forms["the"]),
    )
    return f"{words} {speech.say('cohort_alive', of_the=forms['of_the'])}" if cohort.alive else words


def excluded(speech: Speech, indicator: Indicator) -> str | None:
    """Return the reasons to leave an index event out, or None when there is none."""
    exclusions: list[Exclusion] = getattr(indicator, "exclude", [])
    if getattr(indicator, "of", None) is None or not exclusions:
        return None
    reasons = list[str]()
    for each in exclusions:
        told = reason(speech, index_of(indicator), each)
        reasons.append(speech.say("because", reason=told, why=speech.text(each.why)) if each.why else told)
    if len(reasons) == 1:
        return speech.say("excluded", reasons=reasons[0])
    numbered = [speech.say("numbered", number=i, reason=each) for i, each in enumerate(reasons, start=1)]
    return speech.say("excluded", reasons="; ".join(numbered))


def reason(speech: Speech, of: IndexEvents, exclusion: Exclusion) -> str:
    """Return which index events an exclusion leaves out."""
    who = subject(speech, of)
    if isinstance(exclusion.died, Duration):
        length = speech.length(exclusion.died)
        phrase = f"dead_within{_clock(exclusion.died)}"
        return speech.say(phrase, subject=who, length=length, index=index_time(speech, of))
    if exclusion.died is not None:
        return speech.say("dead_before", subject=who, index=index_time(speech, of))
    if exclusion.where is not None:
        return meant(speech, of.from_, exclusion.where)
    return speech.say("linked_to", subject=who, link=link_clause(speech, of, exclusion))


def _clock(length: Duration) -> str:
    """Return the ending of a phrase: a death is known by its day, so hours are counted from the beginning of one."""
    return "_clock" if length.unit in ("minutes", "hours") else ""


def event(speech: Speech, indicator: Indicator) -> str | None:
    """Return what is counted, added up or measured; None for a ratio, which counts nothing of its own."""
    match indicator:
        case Ratio():
            return None
        case Mean() if indicator.of is not None:
            return _value(speech, indicator.of, indicator.value)
        case Mean():
            return _summed(speech, indicator)
        case Change() | AdjustedChange():
            return _scores(speech, indicator)
        case ShareOfSum():
            return speech.say("event_share", part=speech.column(indicator.of.from_, indicator.numerator))
    what: Event | None = getattr(indicator, "event", None)
    if isinstance(what, FollowedEvent):
        return _followed(speech, indicator.of, what)
    if what is not None:
        return _event(speech, indicator.of, what)
    return speech.say("event_rate", subject=subject(speech, indicator.of))


def _event(speech: Speech, of: IndexEvents, what: Event) -> str:
    if what.where is not None:
        return speech.say("event_where", rows=meant(speech, of.from_, what.where))
    who = capital(subject(speech, of))
    if what.died is not None:
        parts = {"subject": who, "length": speech.length(what.died), "index": index_time(speech, of)}
        return speech.say(f"event_died{_clock(what.died)}", **parts)
    link, _ = link_of(what)
    # People are followed in whole days, whatever the types of the times.
    by_day = isinstance(what, FollowedEvent)
    how = speech.say("in_whole_days") if by_day else how_time_counts(speech, of, link)
    return speech.say("event_link", subject=who, link=link_clause(speech, of, what), how=how)


def _followed(speech: Speech, of: IndexEvents, what: FollowedEvent) -> str:
    """Return the event that people are followed for, and what ends the follow-up."""
    persons = speech.catalogue.persons
    ends = [] if what.recurs or what.died is not None else [speech.say("until_event")]
    if persons is not None and persons.death is not None:
        ends.append(speech.say("until_death"))
    ends += [speech.say("until_window", length=speech.length(what.within)), speech.say("until_covered")]
    followed = speech.say("followed", index=index_time(speech, of), ends=speech.listed(ends, "or"))
    return f"{happened(speech, of, what)} {followed}"


def happened(speech: Speech, of: IndexEvents, what: FollowedEvent) -> str:
    """Return the event that people are followed for: the first one, or each of them when it can recur."""
    if what.recurs and what.followed_by is not None:
        how = speech.say("in_whole_days")
        return speech.say("event_every", rows=every_row(speech, of, what), how=how)
    return _event(speech, of, what)


def _value(speech: Speech, of: IndexEvents, value: Value) -> str:
    if value.link is not None:
        return value_clause(speech, of, value)
    if value.days is not None:
        start, end = (speech.column(of.from_, name) for name in value.days)
        return speech.say("value_days", start=start, end=end)
    assert value.column is not None, "a value of index events has one of four forms"
    return speech.say("value_column", value=capital(speech.amount(of.from_, value.column)))


def _summed(speech: Speech, indicator: Mean) -> str:
    value = indicator.value
    assert value.from_ is not None and value.sum is not None, "a cohort's value is a sum"
    return speech.say(
        "event_sum",
        value=capital(speech.amount(value.from_, value.sum)),
        rows=meant(speech, value.from_, value.where),
        bare=speech.rows(value.from_),
        at=speech.column(value.from_, time_of(speech, value.from_, value.at)),
        the=speech.period(indicator.period)["the"],
    )


def _scores(speech: Speech, indicator: Change | AdjustedChange) -> str:
    of, instrument = indicator.of, speech.text(speech.catalogue.instruments[indicator.instrument].title)
    measure = getattr(indicator, "measure", None)
    if measure is None:
        pair: Any = indicator.pair
        before, after = (speech.column(of.from_, name) for name in (pair.baseline, pair.follow_up))
        return speech.say("event_pair", instrument=instrument, before=before, after=after)
    return speech.say(
        "event_answers",
        instrument=instrument,
        value=speech.column(measure.from_, measure.value),
        rows=meant(speech, measure.from_, measure.where),
        before=answer(speech, of, measure, measure.baseline),
        after=answer(speech, of, measure, measure.follow_up),
        subject=subject(speech, of),
    )


def reasons_in_short(speech: Speech, indicator: Indicator) -> Iterator[str]:
    """Yield each reason to leave an index event out in a word or two."""
    for each in getattr(indicator, "exclude", []):
        if each.why is not None:
            yield speech.text(each.why)
        else:
            yield speech.say("deaths" if each.died is not None else "other_reasons")
