"""The halves of a ratio in words: each is a number of another indicator, named by what it counts."""

from vbs_site.catalogue.indicators import Half, Indicator, Mean, Ratio
from vbs_site.catalogue.populations import Per
from vbs_site.catalogue.wording.speech import Speech, capital


def quotient(speech: Speech, ratio: Ratio) -> str:
    """Return «summen af DRG-værdi (kr.) i »…« divideret med antallet med fremgang i »…«» as a sentence."""
    top, bottom = (_half(speech, half) for half in (ratio.numerator, ratio.denominator))
    phrase = "calc_ratio" if ratio.each > 1 else "calc_ratio_one"
    return speech.say(phrase, top=top, bottom=bottom, each=speech.number(ratio.each))


def name(speech: Speech, ratio: Ratio) -> str:
    """Return the unit of a ratio, as in «Kr. pr. patient med fremgang»."""
    indicators = speech.catalogue.indicators
    top, bottom = ratio.numerator, ratio.denominator
    counted_in = unit_of(speech, indicators[top.indicator]) if top.statistic == "sum" else ""
    amount = counted_in or speech.say(f"amount_of_{_word(indicators[top.indicator], top.statistic)}")
    below = indicators[bottom.indicator]
    unit = unit_of(speech, below) if bottom.statistic == "sum" else ""
    if unit:
        per = unit if ratio.each == 1 else f"{speech.number(ratio.each)} {unit}"
    else:
        per = speech.per_unit(_word(below, bottom.statistic), ratio.each)
    return capital(speech.say("name_ratio", amount=amount, per=per))


def _half(speech: Speech, half: Half) -> str:
    indicator = speech.catalogue.indicators[half.indicator]
    word = _word(indicator, half.statistic)
    value = _value(speech, indicator) if word == "sum" else ""
    number = speech.say(f"half_{word}", value=value)
    return speech.say("half", number=number, title=speech.quoted(speech.indicator(half.indicator)))


def _word(indicator: Indicator, statistic: str) -> str:
    """Return the key of the words for a statistic, which depend on what the kind counts."""
    changes = indicator.kind in ("change", "adjusted_change")
    if statistic == "n":
        if isinstance(getattr(indicator, "per", None), Per):
            return "people"
        if isinstance(indicator, Mean) and indicator.cohort is not None:
            return "members"
        return "pairs" if changes else "cases"
    if statistic == "numerator":
        return "improved" if changes else "events"
    if statistic == "sum":
        return "changes" if changes else "sum"
    return "eligible" if statistic == "eligible" else "days"


def _value(speech: Speech, indicator: Indicator) -> str:
    assert isinstance(indicator, Mean), "the rule ratios_fit guarantees a kind with a sum"
    value, source = indicator.value, indicator.value_source
    if value.days is not None:
        start, end = (speech.column(source, each) for each in value.days)
        return speech.say("days_from_to", start=start, end=end)
    column = value.of_column
    if column is None:
        return speech.say("number_of", rows=speech.rows(source))
    return speech.amount(source, column)


def unit_of(speech: Speech, indicator: Indicator) -> str:
    """Return what a sum is counted in, empty where nothing says it."""
    if not isinstance(indicator, Mean):
        return speech.measure("points")
    if indicator.value.days is not None:
        return speech.measure("days")
    column = indicator.value.of_column
    unit = speech.contract(indicator.value_source, column).unit if column is not None else None
    return speech.measure(unit) if unit else ""
