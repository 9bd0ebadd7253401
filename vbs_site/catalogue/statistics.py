"""Which numbers a kind of measure gives, and what each of them is."""

from dataclasses import dataclass

from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Indicator,
    Mean,
    Rate,
    Ratio,
    ShareOfSum,
    StandardisedRate,
    StandardisedRatio,
    TimeToEvent,
)
from vbs_site.catalogue.judging import IntervalMethod
from vbs_site.catalogue.populations import Per


@dataclass(frozen=True)
class Statistic:
    """One number that a kind of measure gives.

    Attributes:
        name: as it stands in results.
        method: of its interval; of a proportion, the one it has unless the catalogue chooses another (`method_of`).
        counts: whether it has a numerator, whose small values point at few people.
        judged: whether the minimum n and response rate of the indicator hide it.
        direction: `own` follows the indicator, otherwise what is better.
        day: of a figure from a life table, the day after the index event at which it is read.
    """

    name: str
    method: str
    counts: bool
    judged: bool = True
    direction: str = "own"
    day: int | None = None


PROPORTION = Statistic("proportion", "clopper-pearson", counts=True)
SHARE = Statistic("share_of_sum", "clopper-pearson", counts=True)
RATE = Statistic("rate", "byar-or-exact-poisson", counts=True)
DIRECT = Statistic("standardised_rate", "dobson-byar", counts=True)
INDIRECT = Statistic("standardised_ratio", "byar-or-exact-poisson", counts=True)
CRUDE_RATE = Statistic("crude_rate", "byar-or-exact-poisson", counts=True)
CRUDE_PROPORTION = Statistic("crude_proportion", "clopper-pearson", counts=True)
CRUDE = (CRUDE_RATE, CRUDE_PROPORTION)
"""What stands beside a standardised figure: the same people and events, as they are."""
RATIO = Statistic("ratio", "none", counts=False)
MEAN = Statistic("mean", "t", counts=False)
CHANGE = Statistic("mean_change", "paired-t", counts=False)
ADJUSTED = Statistic("adjusted_change", "t-of-residuals", counts=False)
IMPROVED = Statistic("share_improved", "clopper-pearson", counts=True, direction="higher")
TIME_FREE = "restricted_mean"
"""Name of the mean time free of an event up to the end of its window, in days."""
RESPONSE = Statistic("response_rate", "clopper-pearson", counts=True, judged=False, direction="higher")
COMPLETE = Statistic("complete_share", "clopper-pearson", counts=True, judged=False, direction="higher")
ANSWERED = (RESPONSE, COMPLETE)
"""Shares of the eligible with a usable pair of scores: among everyone asked, or among the records delivered."""


def statistics_of(indicator: Indicator) -> tuple[Statistic, ...]:
    """Return the statistics of an indicator, the one that it is known by first."""
    if isinstance(indicator, Rate):
        return (RATE,)
    if isinstance(indicator, Mean):
        return (MEAN,)
    if isinstance(indicator, AdjustedChange | Change):
        adjusted = (ADJUSTED,) if isinstance(indicator, AdjustedChange) else ()
        improved = (IMPROVED,) if indicator.improved is not None else ()
        paired = indicator.pair is not None
        return (*adjusted, CHANGE, *improved, COMPLETE if paired else RESPONSE)
    if isinstance(indicator, TimeToEvent):
        return _event_free(indicator)
    if isinstance(indicator, StandardisedRate):
        return (DIRECT, CRUDE_RATE)
    if isinstance(indicator, StandardisedRatio):
        return (INDIRECT, CRUDE_PROPORTION if indicator.per is None else CRUDE_RATE)
    if isinstance(indicator, ShareOfSum):
        return (SHARE,)
    return (RATIO,) if isinstance(indicator, Ratio) else (PROPORTION,)


def method_of(statistic: Statistic, interval: IntervalMethod) -> str:
    """Return the method of a statistic's interval, given the one that the catalogue chooses for proportions."""
    return interval if statistic.method == PROPORTION.method else statistic.method


def alike(indicator: Indicator) -> tuple[tuple[Statistic, ...], ...]:
    """Return the statistics of an indicator, those together that show the same n and numerator.

    The mean time free of an event goes with the share at each time: the days that it sums up tell of all of them.
    """
    statistics = statistics_of(indicator)
    if statistics[-1] in CRUDE:
        return (statistics,)
    means = tuple(each for each in statistics if each.name == TIME_FREE)
    return tuple((each, *means) for each in statistics if each not in means)


def main_direction(indicator: Indicator) -> str:
    """Return what is better of the number that an indicator is known by: `higher`, `lower` or `neutral`.

    An event that is better seldom is better when a higher share is free of it.
    """
    main = statistics_of(indicator)[0]
    return indicator.direction if main.direction == "own" else main.direction


def over_population(indicator: Indicator) -> bool:
    """Return whether n is a population, which is public, and not the patients themselves."""
    return isinstance(getattr(indicator, "per", None), Per)


def _event_free(indicator: TimeToEvent) -> tuple[Statistic, ...]:
    """Return the share free of the event at the end of the window, at each earlier time that is shown, and the mean time free."""
    method, direction = "kaplan-meier-log-log", {"lower": "higher", "higher": "lower"}
    better = direction.get(indicator.direction, "neutral")
    end = int(indicator.event.within.longest_days)
    earlier = sorted({int(each.longest_days) for each in indicator.shown_at}, reverse=True)
    return (
        Statistic("event_free", method, counts=True, direction=better, day=end),
        *(Statistic(f"event_free_{day}d", method, counts=True, direction=better, day=day) for day in earlier),
        Statistic(TIME_FREE, "rmst-greenwood", counts=True, direction=better, day=end),
    )
