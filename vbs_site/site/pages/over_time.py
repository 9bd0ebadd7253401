"""Change over time on an indicator's page: a control chart where the series has one, else points with their intervals."""

from typing import Any, NamedTuple

from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.catalogue.statistics import INDIRECT
from vbs_site.catalogue.wording import targets
from vbs_site.periods import Period
from vbs_site.site.context import Context
from vbs_site.site.figures.control import ControlPoint, Turn, control_chart
from vbs_site.site.figures.control_interactive import control_figure
from vbs_site.site.figures.over_time import Line, time_chart, time_figure
from vbs_site.site.pages.judged import difference_heading, is_proposal, target_on, turns
from vbs_site.site.results import Result, unit_kinds_below_national
from vbs_site.site.verdicts import Lines

SMALL_MULTIPLES = 8
"""Most units of the coarsest kind that get a chart of their own."""


class Series(NamedTuple):
    """One unit's series, with the lines of its control chart by period; none where it has no control chart."""

    name: str
    results: tuple[Result, ...]
    lines: dict[str, Lines]

    @property
    def points(self) -> list[ControlPoint]:
        """Return the series as a control chart draws it."""
        return [_point(each, self.lines.get(each.period.id)) for each in self.results]

    @property
    def newest(self) -> tuple[Period, Lines] | None:
        """Return the newest period that has lines, and those."""
        judged = [each.period for each in self.results if each.period.id in self.lines]
        return (judged[-1], self.lines[judged[-1].id]) if judged else None


class Small(NamedTuple):
    """A small multiple: its drawing, and why there is none; the variation of its newest point where it is judged."""

    name: str
    chart: dict[str, Any] | None
    judged: bool
    variation: str | None
    reasons: str


def parts(context: Context, name: str, statistic: str) -> dict[str, Any]:
    """Return what the template of change over time is filled with."""
    own = context.indicator(name).decimals
    national = _series(context, name, statistic, NATIONAL, NATIONAL, context.say("national"))
    coarsest = unit_kinds_below_national(context.bundle.catalogue, name)[0]
    units = [
        _series(context, name, statistic, kind, unit, context.unit_name(unit))
        for kind, unit in context.results.units(name)
        if kind == coarsest and unit != UNKNOWN and not context.is_only_recast(unit)
    ]
    last = next((each.period for each in reversed(national.results) if each.shown), None)
    target = target_on(context, name, last)
    level = target.value if target is not None else None
    first = national.results[0].period if national.results else None
    divided = turns(context, name, first, rebased=bool(national.lines)) if first is not None else []
    small = (
        [_small(context, own, statistic, each, national, level) for each in units]
        if len(units) <= SMALL_MULTIPLES
        else []
    )
    drawn = [national, *units] if small else [national]
    chart, spec = _drawn(context, own, statistic, national, units, divided, level)
    return {
        "chart": chart,
        "spec": spec,
        "judged": bool(national.lines),
        "newest": _newest(context, national),
        "fired": _fired(context, national),
        "points": sum(each.shown for each in national.results),
        "note": _note(context, statistic, national),
        "multiples": small,
        "results": national.results,
        "signs_used": dict.fromkeys(
            each.status for series in drawn for each in series.results if not each.shown
        ),
        "target_words": next(
            (
                f"{words.label}, {words.level}"
                for each, words in zip(
                    context.indicator(name).targets,
                    targets(context.bundle.catalogue, name, context.language),
                    strict=True,
                )
                if each == target
            ),
            "",
        ),
        "proposal": is_proposal(context, name),
        **_against(context, name, statistic, national.results),
    }


def _series(context: Context, name: str, statistic: str, kind: str, unit: str, words: str) -> Series:
    return Series(
        words,
        context.results.of(name, statistic, kind, unit),
        context.verdicts.control.get((name, statistic, kind, unit), {}),
    )


def _point(result: Result, lines: Lines | None) -> ControlPoint:
    if lines is None:
        return ControlPoint(result.period, result.value, result.status, variation="unjudged")
    return ControlPoint(
        result.period,
        result.value,
        result.status,
        lines.centre,
        lines.lower,
        lines.upper,
        lines.variation or "unjudged",
        lines.signals,
    )


def _drawn(
    context: Context,
    own: int | None,
    statistic: str,
    national: Series,
    units: list[Series],
    divided: list[Turn],
    target: float | None,
) -> tuple[dict[str, Any] | None, str]:
    """Return the drawing of the national series, and the same as an interactive figure."""
    language = context.language
    if national.lines:
        points, name = national.points, national.name
        return (
            control_chart(statistic, own, points, language, turns=divided, target=target),
            control_figure(statistic, own, points, language, name=name, turns=divided, target=target),
        )
    line = Line(national.name, national.results)
    others = [Line(each.name, each.results) for each in units[:SMALL_MULTIPLES]]
    return (
        time_chart(statistic, own, line, None, language, turns=divided, target=target),
        time_figure(statistic, own, [line, *others], language),
    )


def _small(
    context: Context, own: int | None, statistic: str, series: Series, national: Series, target: float | None
) -> Small:
    name = next((each.indicator for each in series.results), "")
    divided = turns(context, name, series.results[0].period, rebased=bool(series.lines)) if name else []
    reasons = ", ".join(dict.fromkeys(context.status(each.status).lower() for each in series.results))
    language = context.language
    if series.lines:
        chart = control_chart(
            statistic, own, series.points, language, turns=divided, target=target, small=True
        )
        newest = series.newest
        return Small(series.name, chart, True, newest[1].variation if newest else None, reasons)
    line, reference = (Line(each.name, each.results) for each in (series, national))
    chart = time_chart(statistic, own, line, reference, language, turns=divided, target=target, small=True)
    return Small(series.name, chart, False, None, reasons)


def _rules(context: Context, signals: tuple[str, ...]) -> str:
    rules = [context.code("signals", each) for each in signals]
    return "; ".join([rules[0], *(each[0].lower() + each[1:] for each in rules[1:])]) if rules else ""


def _newest(context: Context, national: Series) -> dict[str, Any] | None:
    """Return what is said of the newest point: pattern, whether the target will be met, and the rules in words."""
    if national.newest is None:
        return None
    period, lines = national.newest
    return {
        "period": context.period(period),
        "variation": lines.variation,
        "assurance": lines.assurance,
        "rules": _rules(context, lines.signals),
    }


def _fired(context: Context, national: Series) -> list[tuple[str, str, str]]:
    """Return (period id, period, rules) of every point that takes part in breaking a rule, newest first."""
    return [
        (each.period.id, context.period(each.period), _rules(context, lines.signals))
        for each in reversed(national.results)
        if (lines := national.lines.get(each.period.id)) is not None and lines.signals
    ]


def _note(context: Context, statistic: str, national: Series) -> str:
    """Return why a series is not judged by the rules of a control chart, empty where it is or nothing is judged at all."""
    judged = any(each.variation is not None for each in national.lines.values())
    if judged or statistic == "ratio" or "control" not in context.bundle.tables or not national.results:
        return ""
    if context.indicator(national.results[0].indicator).periods_overlap:
        return context.say("control_overlap")
    return context.say("control_of_one" if statistic == INDIRECT.name else "control_too_few")


def _against(context: Context, name: str, statistic: str, results: tuple[Result, ...]) -> dict[str, Any]:
    """Return the columns of the table over time: the target, and the difference from the year before."""
    told = context.verdicts.past.get((name, statistic, NATIONAL, NATIONAL), {})
    methods = dict.fromkeys(each.method for each in told.values() if each.method)
    return {
        "targeted": any(each.target for each in results),
        "trended": any(each.trend for each in results),
        "own_reference": statistic == INDIRECT.name,
        "past": {period: context.difference(name, statistic, each) for period, each in told.items()},
        "difference_name": difference_heading(context, statistic, next(iter(methods), None)),
        "difference_method": ", ".join(context.method(each) for each in methods),
    }
