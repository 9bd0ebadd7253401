"""Who counts, who is left out, what is counted: the lines about rows and persons."""

from collections.abc import Iterator
from typing import Any

from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Event,
    Exclusion,
    IndexEvents,
    Indicator,
    Mean,
    Proportion,
    Rate,
)
from vbs_site.catalogue.wording.conditions import meant
from vbs_site.catalogue.wording.speech import Speech, capital
from vbs_site.catalogue.wording.windows import (
    answer,
    how_time_counts,
    index_time,
    link_clause,
    look_back,
    subject,
    time_of,
)
from vbs_site.catalogue.words import Duration


def population(speech: Speech, indicator: Indicator) -> str:
    """Return who or what counts: index events, courses or members of a cohort."""
    if isinstance(indicator, Mean):
        return _cohort(speech, indicator)
    of = indicator.of
    rows = meant(speech, of.from_, of.where)
    if of.chain is not None:
        by_column = any(speech.catalogue.units[unit].column is not None for unit in indicator.units)
        words = _chain(speech, of, rows, by_column=by_column)
    elif of.where is None:
        words = speech.say("all_rows", rows=rows)
    else:
        words = speech.say("some_rows", rows=capital(rows))
    several = speech.catalogue.sources[of.from_].person is not None
    return f"{words} {speech.say('several_times')}" if several else words


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


def _cohort(speech: Speech, indicator: Mean) -> str:
    cohort, forms = indicator.cohort, speech.period(indicator.period)
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
    if isinstance(indicator, Mean) or not exclusions:
        return None
    reasons = list[str]()
    for each in exclusions:
        reason = _reason(speech, indicator.of, each)
        reasons.append(
            speech.say("because", reason=reason, why=speech.text(each.why)) if each.why else reason
        )
    if len(reasons) == 1:
        return speech.say("excluded", reasons=reasons[0])
    numbered = [speech.say("numbered", number=i, reason=reason) for i, reason in enumerate(reasons, start=1)]
    return speech.say("excluded", reasons="; ".join(numbered))


def _reason(speech: Speech, of: IndexEvents, exclusion: Exclusion) -> str:
    who = subject(speech, of)
    if isinstance(exclusion.died, Duration):
        clock = "_clock" if exclusion.died.unit in ("minutes", "hours") else ""
        length = speech.length(exclusion.died)
        return speech.say(f"dead_within{clock}", subject=who, length=length, index=index_time(speech, of))
    if exclusion.died is not None:
        return speech.say("dead_before", subject=who, index=index_time(speech, of))
    if exclusion.where is not None:
        return meant(speech, of.from_, exclusion.where)
    return speech.say("linked_to", subject=who, link=_linked(speech, of, exclusion))


def _linked(speech: Speech, of: IndexEvents, owner: Exclusion | Event) -> str:
    if owner.followed_by is not None:
        return link_clause(speech, of, owner.followed_by, forwards=True)
    assert owner.preceded_by is not None
    return link_clause(speech, of, owner.preceded_by, forwards=False)


def event(speech: Speech, indicator: Indicator) -> str:
    """Return what is counted, added up or measured."""
    match indicator:
        case Proportion():
            return _event(speech, indicator.of, indicator.event)
        case Rate():
            return speech.say("event_rate", subject=subject(speech, indicator.of))
        case Mean():
            return _summed(speech, indicator)
        case Change() | AdjustedChange():
            return _scores(speech, indicator)
        case _:
            return speech.say("event_share", part=speech.column(indicator.of.from_, indicator.numerator))


def _event(speech: Speech, of: IndexEvents, what: Event) -> str:
    if what.where is not None:
        return speech.say("event_where", rows=meant(speech, of.from_, what.where))
    link = what.followed_by or what.preceded_by
    assert link is not None
    who, how = capital(subject(speech, of)), how_time_counts(speech, of, link)
    return speech.say("event_link", subject=who, link=_linked(speech, of, what), how=how)


def _summed(speech: Speech, indicator: Mean) -> str:
    value = indicator.value
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
