"""One sentence for the top of a page, and the names of the statistics."""

from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    IndexEvents,
    Indicator,
    Mean,
    Proportion,
    Rate,
)
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.wording.conditions import conditions, meant
from vbs_site.catalogue.wording.definition import speaking
from vbs_site.catalogue.wording.speech import Speech
from vbs_site.catalogue.wording.who import reasons_in_short
from vbs_site.catalogue.wording.windows import day, index_time, look_back, window
from vbs_site.catalogue.words import Duration

_NAMES = {
    "proportion": "name_proportion",
    "share_of_sum": "name_proportion",
    "response_rate": "name_response",
    "mean_change": "name_mean_change",
    "adjusted_change": "name_adjusted_change",
}


def sentence(catalogue: Catalogue, name: str, language: str) -> str:
    """Return the whole indicator in one plain sentence: no codes, no field names, exclusions by name only.

    Raises:
        ValueError: when the catalogue has no texts in the language.
    """
    speech = speaking(catalogue, language).plainly()
    indicator = catalogue.indicators[name]
    reasons = list(dict.fromkeys(reasons_in_short(speech, indicator)))
    leaving = speech.say("leaving", reasons=speech.listed(reasons)) if reasons else ""
    each = speech.period(indicator.period)["each"]
    match indicator:
        case Proportion():
            return _proportion(speech, indicator, each, leaving)
        case Rate():
            return _rate(speech, indicator, each, leaving)
        case Mean():
            return _mean(speech, indicator, each)
        case Change() | AdjustedChange():
            return _change(speech, indicator, each, leaving)
        case _:
            of = indicator.of
            part, whole = (
                speech.column(of.from_, indicator.numerator),
                speech.column(of.from_, indicator.denominator),
            )
            return speech.say(
                "head_share", each=each, part=part, whole=whole, rows=meant(speech, of.from_, of.where)
            )


def _subject(speech: Speech, of: IndexEvents) -> str:
    rows = meant(speech, of.from_, of.where)
    if of.chain is None:
        return rows
    if of.chain.gap.count == 0:
        return speech.say("head_chain_overlap", rows=rows)
    return speech.say("head_chain", rows=rows, gap=speech.length(of.chain.gap))


def _proportion(speech: Speech, indicator: Proportion, each: str, leaving: str) -> str:
    of, event = indicator.of, indicator.event
    counted = _subject(speech, of)
    if event.where is not None:
        rows = meant(speech, of.from_, event.where)
        return speech.say("head_where", each=each, rows=rows, subject=counted, leaving=leaving)
    link = event.followed_by or event.preceded_by
    assert link is not None
    source, forwards = link.from_ or of.from_, event.followed_by is not None
    phrase = conditions(speech, source, link.where)
    return speech.say(
        "head_link_after" if forwards else "head_link_before",
        each=each,
        subject=counted,
        other=speech.say("head_other") if source == of.from_ else "",
        rows=speech.rows(source),
        conditions=f" {phrase}" if phrase else "",
        window=window(speech, link, index_time(speech, of), forwards=forwards),
        leaving=leaving,
    )


def _rate(speech: Speech, indicator: Rate, each: str, leaving: str) -> str:
    per = indicator.per
    return speech.say(
        "head_rate" if per.each > 1 else "head_rate_one",
        each=each,
        subject=_subject(speech, indicator.of),
        number=speech.number(per.each),
        people=speech.column(per.from_, per.sum),
        leaving=leaving,
    )


def _mean(speech: Speech, indicator: Mean, each: str) -> str:
    cohort, value = indicator.cohort, indicator.value
    of_the = speech.period(indicator.period)["of_the"]
    return speech.say(
        "head_mean",
        each=each,
        value=speech.column(value.from_, value.sum),
        rows=meant(speech, value.from_, value.where),
        span=look_back(speech, cohort.within, indicator.period),
        events=meant(speech, cohort.from_, cohort.where),
        alive=speech.say("head_alive", of_the=of_the) if cohort.alive else "",
    )


def _change(speech: Speech, indicator: Change | AdjustedChange, each: str, leaving: str) -> str:
    instrument = speech.text(speech.catalogue.instruments[indicator.instrument].title)
    parts = {
        "each": each,
        "instrument": instrument,
        "subject": _subject(speech, indicator.of),
        "leaving": leaving,
    }
    measure = getattr(indicator, "measure", None)
    if measure is not None:
        ends = [_span(speech, *answer.window) for answer in (measure.baseline, measure.follow_up)]
        index = index_time(speech, indicator.of)
        return speech.say("head_change", before=ends[0], after=ends[1], index=index, **parts)
    return speech.say("head_adjusted" if isinstance(indicator, AdjustedChange) else "head_pair", **parts)


def _span(speech: Speech, first: Duration, last: Duration) -> str:
    """Return a window of days in short, as in «højst 90 dage før» or «305 til 425 dage efter»."""
    if first.count < 0 and last.count == 0:
        return speech.say("head_before", length=speech.length(first))
    if first.count == 0 and last.count > 0:
        return speech.say("head_after", length=speech.length(last))
    ends = [day(speech, first), day(speech, last)]
    if first.unit == last.unit and first.count * last.count > 0:
        ends[0] = speech.number(abs(first.count))
    return speech.say("head_window", first=ends[0], last=ends[1]) if first != last else ends[1]


def statistic_name(statistic: str, catalogue: Catalogue, indicator_name: str, language: str) -> str:
    """Return what a statistic is called above a column or a figure, as in «Pr. 1.000 borgere».

    Args:
        statistic: as it stands in results, as in `share_improved`.
        catalogue: the catalogue.
        indicator_name: the indicator, which gives units, thresholds and population.
        language: one of the catalogue's languages.

    Raises:
        ValueError: when the indicator has no such statistic, or the catalogue no texts in the language.
    """
    speech = speaking(catalogue, language)
    indicator = catalogue.indicators[indicator_name]
    unit = f" ({speech.measure('points')})"
    match statistic, indicator:
        case "rate", Rate():
            people = speech.column(indicator.per.from_, indicator.per.sum)
            phrase = "name_rate" if indicator.per.each > 1 else "name_rate_one"
            return speech.say(phrase, number=speech.number(indicator.per.each), people=people)
        case "mean", Mean():
            counted_in = speech.contract(indicator.value.from_, indicator.value.sum).unit
            return speech.say("name_mean", unit=f" ({speech.measure(counted_in)})" if counted_in else "")
        case "share_improved", Change() | AdjustedChange() if indicator.improved is not None:
            return speech.say(
                "name_improved", value=speech.counted(_threshold(catalogue, indicator), "points")
            )
        case "complete_share", Change() | AdjustedChange():
            expected = indicator.pair is not None and indicator.pair.expected is not None
            return speech.say("name_complete_expected" if expected else "name_complete")
        case _ if statistic in _NAMES:
            return speech.say(_NAMES[statistic], unit=unit)
        case _:
            raise ValueError(
                f"indicator {indicator_name!r} of kind {indicator.kind} has no statistic {statistic!r}"
            )


def _threshold(catalogue: Catalogue, indicator: Indicator) -> float:
    assert isinstance(indicator, Change | AdjustedChange)
    thresholds = catalogue.instruments[indicator.instrument].thresholds
    return next(each.value for each in thresholds if each.kind == indicator.improved)
