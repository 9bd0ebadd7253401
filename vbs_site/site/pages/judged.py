"""What pages of judged figures share: targets and breaks as charts draw them, and what figures are adjusted to."""

import datetime

from vbs_site.catalogue.events import FollowedEvent
from vbs_site.catalogue.indicators import AdjustedChange, StandardisedRate, StandardisedRatio, Target
from vbs_site.catalogue.judging import Break
from vbs_site.catalogue.statistics import statistics_of
from vbs_site.catalogue.wording import WordedTarget, targets
from vbs_site.periods import Period, period_of
from vbs_site.site import numbers
from vbs_site.site.context import Context
from vbs_site.site.figures.control import Turn
from vbs_site.site.results import Result

BY_CHANCE = {"outside_95": 0.05, "outside_998": 0.002}
"""Share of figures without a real difference that lie there or further out; a 95 % interval leaves out what is so too."""


def counts_heading(context: Context, name: str, statistic: str) -> str:
    """Return what stands above the counts of a figure: a fraction only where the value is the one over the other."""
    indicator = context.indicator(name)
    if not next((each.counts for each in statistics_of(indicator) if each.name == statistic), False):
        return context.say("patients")
    followed = isinstance(getattr(indicator, "event", None), FollowedEvent)
    return context.say("events" if followed or statistic.startswith("standardised_") else "fraction")


def is_proposal(context: Context, name: str) -> bool:
    """Return whether an indicator is a proposal: it is compared and never judged."""
    return context.indicator(name).provenance.is_proposal


def target_on(context: Context, name: str, period: Period | None) -> Target | None:
    """Return the target in force on a period's last day, the first where there are several; a proposal is held against none."""
    if period is None or is_proposal(context, name):
        return None
    return next((each for each in context.indicator(name).targets if each.holds_on(period.last_day)), None)


def same_target(context: Context, earlier: Result, later: Result) -> bool:
    """Return whether the verdicts on the target in two periods are on the same one, with no break in the series between."""
    name = later.indicator
    one, other = (target_on(context, name, each.period) for each in (earlier, later))
    if one is None or other is None:
        return False
    same = (one.op, one.value, one.label) == (other.op, other.value, other.label)
    first, last = earlier.period.first_day, later.period.last_day
    return same and not any(first < each.date <= last for each in context.indicator(name).breaks)


def told_targets(context: Context, result: Result) -> list[tuple[WordedTarget, str]]:
    """Return the targets in force on the last day of a figure's period, each with its verdict; empty where there is none."""
    name, series = result.indicator, (result.indicator, result.statistic, result.unit_kind, result.unit)
    verdicts = context.verdicts.targets.get(series, {}).get(result.period.id, {})
    worded = targets(context.bundle.catalogue, name, context.language)
    return [
        (words, verdicts.get(f"{each.op} {each.value:g}", ""))
        for each, words in zip(context.indicator(name).targets, worded, strict=True)
        if each.holds_on(result.period.last_day)
    ]


def turns(context: Context, name: str, period: Period, *, rebased: bool) -> list[Turn]:
    """Return the breaks of a series, and with `rebased` the days of new limits, in the order of time.

    `period` is any of the series: its kind says where a period begins.
    """
    breaks = {each.date: each for each in context.indicator(name).breaks}
    rebases = {each.date: each for each in context.bundle.catalogue.judging(name).control.rebase}
    days = sorted(breaks.keys() | (rebases.keys() if rebased else set()))
    return [
        Turn(
            _first_after(each.date, period),
            number,
            each.date,
            context.text(each.reason),
            "break" if each.date in breaks else "rebase",
        )
        for number, each in enumerate((_of(breaks, rebases, day) for day in days), start=1)
    ]


def _of(breaks: dict[datetime.date, Break], rebases: dict[datetime.date, Break], day: datetime.date) -> Break:
    return breaks.get(day) or rebases[day]


def _first_after(day: datetime.date, like: Period) -> Period:
    """Return the first period that begins on a day or later."""
    period = period_of(day, like.kind, like.year_starts)
    while period.first_day < day:
        period = period.next()
    return period


def crude_beside(context: Context, name: str) -> str | None:
    """Return the unadjusted statistic that stands beside an adjusted one, None where nothing is adjusted."""
    main, *others = context.results.statistics[name]
    if main == "adjusted_change":
        return "mean_change" if "mean_change" in others else None
    if main.startswith("standardised_"):
        return next((each for each in others if each.startswith("crude_")), None)
    return None


def adjusted_to(context: Context, name: str, period: Period | None) -> str:
    """Return what the adjusted figures of an indicator are adjusted to, with its date, in words; empty where none are."""
    indicator = context.indicator(name)
    when = context.period(period) if period is not None else ""
    if isinstance(indicator, AdjustedChange):
        return context.say("casemix_change").format(when, _published(context, name, period))
    if isinstance(indicator, StandardisedRatio):
        return context.say("casemix_indirect").format(when)
    if isinstance(indicator, StandardisedRate):
        standard = indicator.standard
        day = numbers.date(standard.day, context.language) if standard.day else ""
        title = context.text(context.bundle.catalogue.sources[standard.from_].title)
        return context.say("casemix_direct").format(
            title, context.say("casemix_day").format(day) if day else ""
        )
    return ""


def _published(context: Context, name: str, period: Period | None) -> str:
    """Return the published figure that a period is centred on, as in ` (21,3)`; empty where none is delivered."""
    given = context.bundle.deliveries["references"].get(name, {}).get(period.id if period else "")
    decimals = context.indicator(name).decimals
    return f" ({numbers.value('adjusted_change', float(given), decimals, context.language)})" if given else ""


def about(context: Context, amount: float) -> str:
    """Return a number that is expected by chance, as in `1,1`; a very small one as `under 0,1`."""
    words = numbers.number(max(amount, 0.1), 1, context.language)
    return context.say("less_than").format(words) if amount < 0.1 else words


def difference_heading(context: Context, statistic: str, method: str | None) -> str:
    """Return what a column of differences is called."""
    if method == "ratio-exact":
        return context.say("difference_ratio")
    return context.say("difference_points" if numbers.is_share(statistic) else "difference")
