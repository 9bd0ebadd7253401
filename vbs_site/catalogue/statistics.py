"""Which numbers a kind of measure gives, and what each of them is."""

from dataclasses import dataclass

from vbs_site.catalogue.indicators import AdjustedChange, Change, Indicator, Mean, Rate, ShareOfSum


@dataclass(frozen=True)
class Statistic:
    """One number that a kind of measure gives.

    Attributes:
        name: as it stands in results.
        method: of its interval.
        counts: whether it has a numerator, whose small values point at few people.
        judged: whether the minimum n and response rate of the indicator hide it.
        direction: `own` follows the indicator, otherwise what is better.
    """

    name: str
    method: str
    counts: bool
    judged: bool = True
    direction: str = "own"


PROPORTION = Statistic("proportion", "clopper-pearson", counts=True)
SHARE = Statistic("share_of_sum", "clopper-pearson", counts=True)
RATE = Statistic("rate", "byar-or-exact-poisson", counts=True)
MEAN = Statistic("mean", "t", counts=False)
CHANGE = Statistic("mean_change", "paired-t", counts=False)
ADJUSTED = Statistic("adjusted_change", "t-of-residuals", counts=False)
IMPROVED = Statistic("share_improved", "clopper-pearson", counts=True, direction="higher")
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
    if isinstance(indicator, ShareOfSum):
        return (SHARE,)
    return (PROPORTION,)
