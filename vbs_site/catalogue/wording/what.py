"""What is calculated, against which threshold and target, with which adjustment."""

from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Indicator,
    Mean,
    Proportion,
    Rate,
    Ratio,
    ShareOfSum,
    StandardisedRate,
    StandardisedRatio,
    TimeToEvent,
    strata_of,
)
from vbs_site.catalogue.populations import Per, PersonTime
from vbs_site.catalogue.statistics import main_direction
from vbs_site.catalogue.wording import halves
from vbs_site.catalogue.wording.conditions import meant
from vbs_site.catalogue.wording.speech import Speech, capital
from vbs_site.catalogue.wording.windows import index_of, index_time, subject


def calculation(speech: Speech, indicator: Indicator) -> str:
    """Return how the value is calculated, and which way is better."""
    better = main_direction(indicator)
    changes = isinstance(indicator, Change | AdjustedChange) and better != "neutral"
    return f"{_calculation(speech, indicator)} {speech.say(f'change_{better}' if changes else f'better_{better}')}"


def _calculation(speech: Speech, indicator: Indicator) -> str:
    match indicator:
        case Proportion():
            return speech.say(
                "calc_proportion", subject=subject(speech, indicator.of), kept=kept(speech, indicator)
            )
        case Rate() if isinstance(indicator.per, PersonTime):
            return _person_time(speech, indicator, indicator.per)
        case Rate() | StandardisedRate():
            assert isinstance(indicator.per, Per), "the other rates are taken over a population"
            return _rate(speech, indicator, indicator.per)
        case StandardisedRatio():
            return _observed_and_expected(speech, indicator)
        case TimeToEvent():
            return _free_of_event(speech, indicator)
        case Mean():
            return _mean(speech, indicator)
        case Change() | AdjustedChange():
            return _change(speech, indicator)
        case Ratio():
            return capital(halves.quotient(speech, indicator))
        case ShareOfSum():
            columns = (indicator.numerator, indicator.denominator)
            part, whole = (speech.column(indicator.of.from_, each) for each in columns)
            return speech.say("calc_share", part=part, whole=whole)


def kept(speech: Speech, indicator: Indicator) -> str:
    """Return the words that remind of exclusions, where there are any."""
    return speech.say("kept") if getattr(indicator, "exclude", []) else ""


def values(speech: Speech, indicator: Change | AdjustedChange) -> str:
    """Return the values that a row must have to be in a change."""
    expected = indicator.pair is not None and indicator.pair.expected is not None
    return speech.say("values_all" if expected else "values")


def strata(speech: Speech, indicator: Indicator, last: str = "and") -> str:
    """Return what is standardised by, as in «køn og aldersgruppe»."""
    return speech.listed([speech.say(each) for each in getattr(indicator, "by", [])], last)


def _rate(speech: Speech, indicator: Rate | StandardisedRate, per: Per) -> str:
    times = speech.catalogue.sources[per.from_].time
    usual = times is not None and per.at == times.start
    phrase = "calc_rate" if per.each > 1 else "calc_rate_one"
    if isinstance(indicator, StandardisedRate):
        phrase = "calc_direct" if per.each > 1 else "calc_direct_one"
    return speech.say(
        phrase,
        subject=subject(speech, indicator.of),
        kept=kept(speech, indicator),
        people=speech.column(per.from_, per.sum),
        of_the=speech.period(indicator.period)["of_the"],
        at="" if usual else speech.say("calc_by", at=speech.column(per.from_, per.at)),
        each=speech.number(per.each),
        population=speech.title(per.from_),
        unit=_divided(speech, indicator, per),
        **({"by": strata(speech, indicator)} if isinstance(indicator, StandardisedRate) else {}),
    )


def _divided(speech: Speech, indicator: Indicator, per: Per) -> str:
    """Return the columns that a population is divided by."""
    columns = [per.unit, *(getattr(per, each) for each in getattr(indicator, "by", []))]
    return speech.listed([speech.column(per.from_, each) for each in columns])


def _person_time(speech: Speech, indicator: Rate, per: PersonTime) -> str:
    return speech.say(
        "calc_person_time" if per.each > 1 else "calc_person_time_one",
        subject=subject(speech, indicator.of),
        kept=kept(speech, indicator),
        unit=speech.say(f"time_in_{per.person_time}"),
        each=speech.number(per.each),
    )


def _observed_and_expected(speech: Speech, indicator: StandardisedRatio) -> str:
    per, forms = indicator.per, speech.period(indicator.period)
    parts = {"subject": subject(speech, indicator.of), "kept": kept(speech, indicator)}
    parts |= {"by": strata(speech, indicator), "the": forms["the"]}
    if per is None:
        return speech.say("calc_indirect", **parts)
    times = speech.catalogue.sources[per.from_].time
    usual = times is not None and per.at == times.start
    return speech.say(
        "calc_indirect_population",
        **parts,
        people=speech.column(per.from_, per.sum),
        of_the=forms["of_the"],
        at="" if usual else speech.say("calc_by", at=speech.column(per.from_, per.at)),
        population=speech.title(per.from_),
        unit=_divided(speech, indicator, per),
    )


def _free_of_event(speech: Speech, indicator: TimeToEvent) -> str:
    event = indicator.event
    lengths = sorted([*indicator.shown_at, event.within], key=lambda each: each.longest_days)
    times = speech.listed([speech.length(each) for each in lengths])
    phrase = "calc_alive" if event.died is not None else "calc_free"
    return speech.say(phrase, times=times, index=index_time(speech, indicator.of))


def _mean(speech: Speech, indicator: Mean) -> str:
    value = indicator.value
    if indicator.of is None:
        assert value.from_ is not None and value.sum is not None, "a cohort's value is a sum"
        return speech.say("calc_mean", value=speech.amount(value.from_, value.sum))
    always = value.link is not None and value.link.pick in ("count", "sum")
    phrase = "calc_mean_all" if always else "calc_mean_known"
    return speech.say(phrase, subject=subject(speech, indicator.of), kept=kept(speech, indicator))


def _change(speech: Speech, indicator: Change | AdjustedChange) -> str:
    who, pair = subject(speech, indicator.of), indicator.pair
    needed = speech.say("values")
    if pair is not None and pair.expected is not None:
        needed = speech.say("values_expected", expected=speech.column(indicator.of.from_, pair.expected))
    mean = speech.say("calc_change", subject=who, values=needed)
    share = speech.say(
        "calc_response" if pair is None else "calc_complete",
        subject=who,
        values=values(speech, indicator),
        kept=kept(speech, indicator),
    )
    return f"{mean} {share}"


def threshold(speech: Speech, indicator: Indicator) -> str | None:
    """Return what counts as improvement, with its source; None when the indicator has no threshold."""
    if not isinstance(indicator, Change | AdjustedChange) or indicator.improved is None:
        return None
    instrument = speech.catalogue.instruments[indicator.instrument]
    chosen = next(each for each in instrument.thresholds if each.kind == indicator.improved)
    words = speech.say(
        "threshold",
        way=speech.say("rise" if instrument.direction == "higher" else "fall"),
        value=speech.counted(chosen.value, "points"),
        instrument=speech.text(instrument.title),
        low=speech.number(instrument.range[0]),
        high=speech.number(instrument.range[1]),
        best=speech.say(f"best_{instrument.direction}"),
        title=speech.text(chosen.title),
        subject=subject(speech, indicator.of),
        values=values(speech, indicator),
        source=chosen.source.rstrip("."),
    )
    return f"{words} {speech.text(instrument.caution)}." if instrument.caution else words


def adjustment(speech: Speech, indicator: Indicator) -> str | None:
    """Return how differences between patients are taken into account, or that they are not; None for delivered counts."""
    match indicator:
        case ShareOfSum():
            return None
        case AdjustedChange():
            return _adjusted(speech, indicator)
        case StandardisedRate():
            return f"{_directly(speech, indicator)}{_age(speech, indicator)}"
        case StandardisedRatio():
            period = speech.period(indicator.period)["period"]
            words = speech.say("standardised_indirect", by=strata(speech, indicator), period=period)
            return f"{words}{_age(speech, indicator)}"
        case _:
            return speech.say("not_adjusted")


def _directly(speech: Speech, indicator: StandardisedRate) -> str:
    standard = indicator.standard
    columns = [speech.column(standard.from_, getattr(standard, each)) for each in indicator.by]
    day = ""
    if standard.at is not None:
        parts = {"at": speech.column(standard.from_, standard.at), "day": speech.day(standard.day)}
        day = speech.say("standard_on", **parts)
    return speech.say(
        "standardised_direct",
        by=strata(speech, indicator),
        people=speech.column(standard.from_, standard.sum),
        source=speech.title(standard.from_),
        columns=speech.listed(columns),
        day=day,
    )


def _age(speech: Speech, indicator: Indicator) -> str:
    if "age_band" not in strata_of(indicator):
        return ""
    return " " + speech.say("age", index=index_time(speech, index_of(indicator)))


def _adjusted(speech: Speech, indicator: AdjustedChange) -> str:
    pair, reference = indicator.pair, indicator.reference
    period, at = speech.period(indicator.period)["period"], speech.column(reference.from_, reference.at)
    return speech.say(
        "adjusted",
        expected=speech.column(indicator.of.from_, pair.expected),
        period=period,
        at="" if at.lower() == period else speech.say("calc_by", at=at),
        value=speech.column(reference.from_, reference.value),
        rows=meant(speech, reference.from_, reference.where),
    )
