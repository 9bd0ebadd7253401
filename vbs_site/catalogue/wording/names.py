"""The names of the statistics, as they stand above a column or a figure."""

from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Indicator,
    Mean,
    Rate,
    Ratio,
    StandardisedRate,
    StandardisedRatio,
    TimeToEvent,
)
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.populations import Per, PersonTime
from vbs_site.catalogue.statistics import TIME_FREE, statistics_of
from vbs_site.catalogue.wording import halves
from vbs_site.catalogue.wording.speech import Speech, capital, speaking, years_of
from vbs_site.catalogue.wording.what import strata

_NAMES = {
    "proportion": "name_proportion",
    "share_of_sum": "name_proportion",
    "response_rate": "name_response",
    "mean_change": "name_mean_change",
    "adjusted_change": "name_adjusted_change",
}


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
    match statistic, indicator:
        case "rate", Rate():
            return _rate(speech, indicator.per)
        case "standardised_rate", StandardisedRate():
            by = strata(speech, indicator)
            return speech.say("name_standardised", rate=_rate(speech, indicator.per), by=by)
        case "standardised_ratio", StandardisedRatio():
            return speech.say("name_observed")
        case _, StandardisedRate() | StandardisedRatio() if statistic == statistics_of(indicator)[1].name:
            per = indicator.per
            name = speech.say("name_proportion") if per is None else _rate(speech, per)
            return speech.say("name_crude", name=name)
        case "mean", Mean():
            unit = halves.unit_of(speech, indicator)
            return speech.say("name_mean", unit=f" ({unit})" if unit else "")
        case "ratio", Ratio():
            return halves.name(speech, indicator)
        case _, TimeToEvent() if (day := _day(indicator, statistic)) is not None:
            return _free(speech, indicator, statistic, day)
        case "share_improved", Change() | AdjustedChange() if indicator.improved is not None:
            return speech.say(
                "name_improved", value=speech.counted(_threshold(catalogue, indicator), "points")
            )
        case "complete_share", Change() | AdjustedChange():
            expected = indicator.pair is not None and indicator.pair.expected is not None
            return speech.say("name_complete_expected" if expected else "name_complete")
        case _ if statistic in _NAMES:
            return speech.say(_NAMES[statistic], unit=_points(speech, indicator))
        case _:
            raise ValueError(
                f"indicator {indicator_name!r} of kind {indicator.kind} has no statistic {statistic!r}"
            )


def _rate(speech: Speech, per: Per | PersonTime) -> str:
    if isinstance(per, PersonTime):
        return capital(speech.say("name_per", per=speech.per_unit(f"person_{per.person_time}", per.each)))
    people = speech.column(per.from_, per.sum)
    phrase = "name_rate" if per.each > 1 else "name_rate_one"
    return speech.say(phrase, number=speech.number(per.each), people=people)


def _free(speech: Speech, indicator: TimeToEvent, statistic: str, day: int) -> str:
    """Return what a share free of the event after some days is called, or the mean time free within them."""
    alive = indicator.event.died is not None
    if statistic == TIME_FREE:
        return speech.say("name_time_alive" if alive else "name_time_free", days=speech.number(day))
    return speech.say("name_alive" if alive else "name_free", length=_length(speech, indicator, day))


def _day(indicator: TimeToEvent, statistic: str) -> int | None:
    """Return the day after the index event at which a statistic is read, or None for another statistic."""
    return next((each.day for each in statistics_of(indicator) if each.name == statistic), None)


def _length(speech: Speech, indicator: TimeToEvent, day: int) -> str:
    """Return the day as it is written in the catalogue, whole years of days as years."""
    lengths = [indicator.event.within, *indicator.shown_at]
    chosen = next(each for each in lengths if int(each.longest_days) == day)
    years = years_of(chosen)
    return speech.counted(years, "years") if years else speech.length(chosen)


def _points(speech: Speech, indicator: Indicator) -> str:
    """Return what a change is counted in; an index with 1 as its best value is not counted in points."""
    if not isinstance(indicator, Change | AdjustedChange):
        return ""
    is_index = speech.catalogue.instruments[indicator.instrument].range[1] <= 1
    return "" if is_index else f" ({speech.measure('points')})"


def _threshold(catalogue: Catalogue, indicator: Indicator) -> float:
    assert isinstance(indicator, Change | AdjustedChange)
    thresholds = catalogue.instruments[indicator.instrument].thresholds
    return next(each.value for each in thresholds if each.kind == indicator.improved)
