"""What is calculated, against which threshold and target, with which adjustment."""

from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Indicator,
    Mean,
    Proportion,
    Rate,
    ShareOfSum,
    Target,
)
from vbs_site.catalogue.wording.conditions import meant
from vbs_site.catalogue.wording.speech import Speech
from vbs_site.catalogue.wording.windows import subject

_SIGNS = {"<=": "amount_<=", "<": "amount_<", ">=": "amount_>=", ">": "amount_>"}


def calculation(speech: Speech, indicator: Indicator) -> str:
    """Return how the value is calculated, and which way is better."""
    match indicator:
        case Proportion():
            words = speech.say(
                "calc_proportion", subject=subject(speech, indicator.of), kept=kept(speech, indicator)
            )
        case Rate():
            words = _rate(speech, indicator)
        case Mean():
            value = speech.amount(indicator.value.from_, indicator.value.sum)
            words = speech.say("calc_mean", value=value)
        case Change() | AdjustedChange():
            words = _change(speech, indicator)
        case _:
            part, whole = (
                speech.column(indicator.of.from_, each)
                for each in (indicator.numerator, indicator.denominator)
            )
            words = speech.say("calc_share", part=part, whole=whole)
    return f"{words} {speech.say(f'better_{indicator.direction}')}"


def kept(speech: Speech, indicator: Indicator) -> str:
    """Return the words that remind of exclusions, where there are any."""
    return speech.say("kept") if getattr(indicator, "exclude", []) else ""


def values(speech: Speech, indicator: Change | AdjustedChange) -> str:
    """Return the values that a row must have to be in a change."""
    expected = indicator.pair is not None and indicator.pair.expected is not None
    return speech.say("values_all" if expected else "values")


def _rate(speech: Speech, indicator: Rate) -> str:
    per = indicator.per
    times = speech.catalogue.sources[per.from_].time
    usual = times is not None and per.at == times.start
    return speech.say(
        "calc_rate" if per.each > 1 else "calc_rate_one",
        subject=subject(speech, indicator.of),
        kept=kept(speech, indicator),
        people=speech.column(per.from_, per.sum),
        of_the=speech.period(indicator.period)["of_the"],
        at="" if usual else speech.say("calc_by", at=speech.column(per.from_, per.at)),
        each=speech.number(per.each),
        population=speech.title(per.from_),
        unit=speech.column(per.from_, per.unit),
    )


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


def targets(speech: Speech, indicator: Indicator) -> str | None:
    """Return the levels to reach, or None."""
    return " ".join(_target(speech, indicator, each) for each in indicator.targets) or None


def _target(speech: Speech, indicator: Indicator, target: Target) -> str:
    share = isinstance(indicator, Proportion | ShareOfSum)
    value = speech.percent(target.value) if share else speech.number(target.value)
    between = [
        name for name, day in (("from", target.valid_from), ("to", target.valid_to)) if day is not None
    ]
    days = [speech.day(day) for day in (target.valid_from, target.valid_to) if day is not None]
    return speech.say(
        "target",
        label=speech.text(target.label),
        level=speech.say(_SIGNS[target.op], value=value),
        dates=speech.say(f"target_{'_'.join(between)}", day=days[0], end=days[-1]) if days else "",
        source=target.source.rstrip("."),
    )


def adjustment(speech: Speech, indicator: Indicator) -> str | None:
    """Return how differences between patients are taken into account, or that they are not; None for delivered counts."""
    if isinstance(indicator, ShareOfSum):
        return None
    if not isinstance(indicator, AdjustedChange):
        return speech.say("not_adjusted")
    pair, reference = indicator.pair, indicator.reference
    assert pair.expected is not None, "an adjusted change has an expected score"
    period, at = speech.period(indicator.period)["period"], speech.column(reference.from_, reference.at)
    return speech.say(
        "adjusted",
        expected=speech.column(indicator.of.from_, pair.expected),
        period=period,
        at="" if at.lower() == period else speech.say("calc_by", at=at),
        value=speech.column(reference.from_, reference.value),
        rows=meant(speech, reference.from_, reference.where),
    )
