"""One sentence for the top of a page."""

from vbs_site.catalogue.events import Event, IndexEvents
from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Mean,
    Proportion,
    Rate,
    Ratio,
    ShareOfSum,
    StandardisedRate,
    StandardisedRatio,
    TimeToEvent,
)
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.populations import Per, PersonTime
from vbs_site.catalogue.wording import halves
from vbs_site.catalogue.wording.conditions import meant
from vbs_site.catalogue.wording.links import in_short
from vbs_site.catalogue.wording.speech import Speech, speaking
from vbs_site.catalogue.wording.what import strata
from vbs_site.catalogue.wording.who import reasons_in_short
from vbs_site.catalogue.wording.windows import day, index_time, look_back
from vbs_site.catalogue.words import Duration


def sentence(catalogue: Catalogue, name: str, language: str) -> str:
    """Return the whole indicator in one plain sentence: no codes, no field names, exclusions by name only.

    Raises:
        ValueError: when the catalogue has no texts in the language.
    """
    speech = speaking(catalogue, language).plainly()
    indicator = catalogue.indicators[name]
    reasons = list(dict.fromkeys(reasons_in_short(speech, indicator)))
    leaving = speech.say("leaving", reasons=speech.listed(reasons)) if reasons else ""
    period = indicator.period
    ends = {"each": speech.period(period)["each"], "leaving": leaving}
    match indicator:
        case Proportion() if indicator.event.where is not None:
            rows = meant(speech, indicator.of.from_, indicator.event.where)
            return speech.say("head_where", rows=rows, subject=_subject(speech, indicator.of, period), **ends)
        case Proportion():
            what = _with_event(speech, indicator.of, indicator.event, period)
            return speech.say("head_proportion", what=what, **ends)
        case Rate() | StandardisedRate():
            return _rate(speech, indicator, ends)
        case StandardisedRatio():
            return _observed(speech, indicator, ends)
        case TimeToEvent():
            return _free_of_event(speech, indicator, ends)
        case Mean() if indicator.of is not None:
            return _mean(speech, indicator, indicator.of, ends)
        case Mean():
            return _mean_of_cohort(speech, indicator)
        case Change() | AdjustedChange():
            return _change(speech, indicator, ends)
        case Ratio():
            return speech.say("head_ratio", each=ends["each"], quotient=halves.quotient(speech, indicator))
        case ShareOfSum():
            of = indicator.of
            columns = (indicator.numerator, indicator.denominator)
            part, whole = (speech.column(of.from_, each) for each in columns)
            rows = meant(speech, of.from_, of.where)
            return speech.say("head_share", each=ends["each"], part=part, whole=whole, rows=rows)


def _subject(speech: Speech, of: IndexEvents, period: str) -> str:
    rows = meant(speech, of.from_, of.where)
    if of.only_first is not None:
        the = speech.period(period)["the"]
        return speech.say("head_first", rows=rows, when=speech.say(f"head_first_{of.only_first}", the=the))
    if of.washout is not None:
        return speech.say("head_washout", rows=rows, length=speech.length(of.washout))
    if of.chain is None:
        return rows
    if of.chain.gap.count == 0:
        return speech.say("head_chain_overlap", rows=rows)
    return speech.say("head_chain", rows=rows, gap=speech.length(of.chain.gap))


def _with_event(speech: Speech, of: IndexEvents, event: Event, period: str) -> str:
    """Return index events with what happens to them, as in «operationer, der følges af …»."""
    counted = _subject(speech, of, period)
    if event.where is not None:
        return speech.say("what_where", rows=meant(speech, of.from_, event.where), subject=counted)
    if event.died is not None:
        length, index = speech.length(event.died), index_time(speech, of)
        return speech.say("what_died", subject=counted, length=length, index=index)
    side = "after" if event.followed_by is not None else "before"
    return speech.say(f"what_{side}", subject=counted, **in_short(speech, of, event))


def _rate(speech: Speech, indicator: Rate | StandardisedRate, ends: dict[str, str]) -> str:
    per, counted = indicator.per, _subject(speech, indicator.of, indicator.period)
    if isinstance(per, PersonTime):
        assert isinstance(indicator, Rate) and indicator.event is not None, "people are followed for an event"
        event = indicator.event
        time = speech.per_unit(f"person_{per.person_time}", per.each)
        if event.recurs:
            parts = in_short(speech, indicator.of, event)
            return speech.say("head_every", subject=counted, time=time, **parts, **ends)
        what = _with_event(speech, indicator.of, event, indicator.period)
        return speech.say("head_person_time", time=time, what=what, **ends)
    standardised = ""
    if isinstance(indicator, StandardisedRate):
        standardised = speech.say("head_standardised", by=strata(speech, indicator))
    return speech.say(
        "head_rate" if per.each > 1 else "head_rate_one",
        subject=counted,
        number=speech.number(per.each),
        people=speech.column(per.from_, per.sum),
        standardised=standardised,
        **ends,
    )


def _observed(speech: Speech, indicator: StandardisedRatio, ends: dict[str, str]) -> str:
    by = strata(speech, indicator)
    if indicator.event is not None:
        what = _with_event(speech, indicator.of, indicator.event, indicator.period)
        return speech.say("head_observed", what=what, by=by, **ends)
    assert isinstance(indicator.per, Per), "a ratio has an event or a population"
    people = speech.column(indicator.per.from_, indicator.per.sum)
    what = _subject(speech, indicator.of, indicator.period)
    return speech.say("head_observed_people", what=what, people=people, by=by, **ends)


def _free_of_event(speech: Speech, indicator: TimeToEvent, ends: dict[str, str]) -> str:
    of, event = indicator.of, indicator.event
    counted = _subject(speech, of, indicator.period)
    if event.died is not None:
        length, index = speech.length(event.died), index_time(speech, of)
        return speech.say("head_alive_after", subject=counted, length=length, index=index, **ends)
    return speech.say("head_free", subject=counted, **in_short(speech, of, event), **ends)


def _mean(speech: Speech, indicator: Mean, of: IndexEvents, ends: dict[str, str]) -> str:
    value, counted = indicator.value, _subject(speech, of, indicator.period)
    if value.link is not None:
        parts = in_short(speech, of, value)
        source = value.link.from_ or of.from_
        parts["value"] = speech.column(source, value.link.value) if value.link.value is not None else ""
        parts["pick"] = speech.say(f"pick_{value.link.pick}") if f"{value.link.pick}" in _PICKED else ""
        phrase = "picked" if value.link.pick in _PICKED else value.link.pick
        return speech.say(f"head_mean_{phrase}", subject=counted, **parts, **ends)
    if value.days is not None:
        start, end = (speech.column(of.from_, each) for each in value.days)
        return speech.say("head_mean_days", start=start, end=end, subject=counted, **ends)
    assert value.column is not None, "a value of index events has one of four forms"
    column = speech.column(of.from_, value.column)
    return speech.say("head_mean_column", value=column, subject=counted, **ends)


_PICKED = ("first", "last")


def _mean_of_cohort(speech: Speech, indicator: Mean) -> str:
    cohort, value, forms = indicator.cohort, indicator.value, speech.period(indicator.period)
    assert cohort is not None and value.from_ is not None and value.sum is not None, (
        "a cohort's value is a sum"
    )
    return speech.say(
        "head_mean",
        each=forms["each"],
        value=speech.column(value.from_, value.sum),
        rows=meant(speech, value.from_, value.where),
        span=look_back(speech, cohort.within, indicator.period),
        events=meant(speech, cohort.from_, cohort.where),
        alive=speech.say("head_alive", of_the=forms["of_the"]) if cohort.alive else "",
    )


def _change(speech: Speech, indicator: Change | AdjustedChange, ends: dict[str, str]) -> str:
    instrument = speech.text(speech.catalogue.instruments[indicator.instrument].title)
    parts = ends | {
        "instrument": instrument,
        "subject": _subject(speech, indicator.of, indicator.period),
    }
    measure = getattr(indicator, "measure", None)
    if measure is not None:
        spans = [_span(speech, *answer.window) for answer in (measure.baseline, measure.follow_up)]
        index = index_time(speech, indicator.of)
        return speech.say("head_change", before=spans[0], after=spans[1], index=index, **parts)
    return speech.say("head_adjusted" if isinstance(indicator, AdjustedChange) else "head_pair", **parts)


def _span(speech: Speech, first: Duration, last: Duration) -> str:
    """Return a window of days in short, as in «højst 90 dage før» or «305 til 425 dage efter»."""
    if first.count == last.count == 0:
        return speech.say("head_same_day")
    if first.count < 0 and last.count == 0:
        return speech.say("head_before", length=speech.length(first))
    if first.count == 0 and last.count > 0:
        return speech.say("head_after", length=speech.length(last))
    ends = [day(speech, first), day(speech, last)]
    if first.unit == last.unit and first.count * last.count > 0:
        ends[0] = speech.number(abs(first.count))
    return speech.say("head_window", first=ends[0], last=ends[1]) if first != last else ends[1]
