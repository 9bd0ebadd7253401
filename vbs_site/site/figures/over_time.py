"""Series over time: points with a band of uncertainty, sparklines, and the same in plotly."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from vbs_site.periods import Period
from vbs_site.site.figures.axes import BOTTOM, COLOURS, LEFT, RIGHT, TOP, WIDTH, axis, period_labels
from vbs_site.site.figures.control import NUMBERS, Turn, turns_on_paper
from vbs_site.site.figures.interactive import as_json, hover, value_axis
from vbs_site.site.numbers import interval, period_name, short_period, value
from vbs_site.site.results import Result
from vbs_site.site.words import SIGNS, say


@dataclass(frozen=True)
class Line:
    """One series of a time chart."""

    name: str
    results: tuple[Result, ...]


def time_chart(
    statistic: str,
    own: int | None,
    line: Line,
    reference: Line | None,
    language: str,
    *,
    turns: Sequence[Turn] = (),
    target: float | None = None,
    small: bool = False,
) -> dict[str, Any] | None:
    """Return what the time-chart template draws, or None when no period has a number.

    Args:
        statistic: for number formats.
        own: decimals of the indicator, where it sets them.
        line: the series with its interval.
        reference: a second series drawn thin, without interval.
        language: of labels.
        turns: breaks, which no line is drawn across.
        target: the target of the indicator.
        small: a small multiple, with fewer labels.
    """
    results = line.results
    amounts = [
        amount
        for each in results
        if each.shown
        for amount in (each.value, each.lower, each.upper)
        if amount is not None
    ]
    if not amounts:
        return None
    amounts += [each.value for each in (reference.results if reference else ()) if each.value is not None]
    amounts += [target] if target is not None else []
    turns = [each for each in turns if results[0].period < each.period <= results[-1].period]
    cuts = {each.period for each in turns if each.kind == "break"}
    width, height = (270, 165) if small else (WIDTH, 290)
    left = 44 if small else LEFT
    top = TOP + (NUMBERS if turns and not small else 0)
    scale = axis(statistic, amounts, language, 3 if small else 5)
    periods = [each.period for each in results]
    step = (width - left - RIGHT) / max(1, len(periods))
    x = {period: round(left + (place + 0.5) * step, 1) for place, period in enumerate(periods)}

    def y(amount: float) -> float:
        return round(height - BOTTOM - (scale.place(amount, 0, height - top - BOTTOM)), 1)

    return {
        "width": width,
        "height": height,
        "left": left,
        "right": width - RIGHT,
        "bottom": height - BOTTOM,
        "top": top,
        "ticks": [(y(amount), label) for amount, label in scale.ticks],
        "labels": period_labels(periods, list(x.values()), language, 4 if small else 12),
        "bands": [_band(run, x, y) for run in _runs(results, cuts)],
        "paths": [
            " ".join(f"{x[each.period]},{y(each.value)}" for each in run if each.value is not None)
            for run in _runs(results, cuts)
        ],
        "points": [
            (
                x[each.period],
                y(each.value),
                f"{period_name(each.period, language)}: {value(statistic, each.value, own, language)} ({interval(statistic, each.lower, each.upper, own, language)})"
                if each.lower is not None and each.upper is not None
                else f"{period_name(each.period, language)}: {value(statistic, each.value, own, language)}",
            )
            for each in results
            if each.value is not None
        ],
        "signs": [(x[each.period], SIGNS[each.status]) for each in results if not each.shown],
        "reference": [
            " ".join(
                f"{x[each.period]},{y(each.value)}"
                for each in run
                if each.period in x and each.value is not None
            )
            for run in _runs(reference.results, cuts)
        ]
        if reference
        else [],
        "target": y(target) if target is not None else None,
        "target_at": _beside(y(target), top) if target is not None else None,
        "target_name": f"{say('line_target', language)} {value(statistic, target, own, language)}"
        if target is not None
        else "",
        "turns": turns_on_paper(turns, x, step, width - RIGHT, language, small=small),
        "name": line.name,
        "small": small,
    }


def _beside(line: float, top: float) -> float:
    """Return where the name of a line stands: above it, or below where it is at the top."""
    return line - 6 if line > top + 12 else line + 14


def _runs(results: tuple[Result, ...], cuts: Collection[Period] = ()) -> list[list[Result]]:
    """Return the stretches of consecutive periods that have a number; a line never bridges a period without one, nor a break."""
    runs: list[list[Result]] = []
    for each in results:
        if not each.shown:
            continue
        if runs and runs[-1][-1].period.index == each.period.index - 1 and each.period not in cuts:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _band(run: list[Result], x: dict[Any, float], y: Any) -> str:
    with_limits = [each for each in run if each.lower is not None and each.upper is not None]
    if len(with_limits) == 1:
        only, half = with_limits[0], 4
        low, high, here = y(only.lower), y(only.upper), x[only.period]
        return f"{here - half},{low} {here + half},{low} {here + half},{high} {here - half},{high}"
    lows = [f"{x[each.period]},{y(each.lower)}" for each in with_limits]
    highs = [f"{x[each.period]},{y(each.upper)}" for each in reversed(with_limits)]
    return " ".join([*lows, *highs])


def sparkline(results: tuple[Result, ...]) -> dict[str, Any] | None:
    """Return what the sparkline template draws: the last twelve periods without scale, or None below three numbers."""
    last = results[-12:]
    amounts = [each.value for each in last if each.value is not None]
    if len(amounts) < 3:
        return None
    low, high = min(amounts), max(amounts)
    spread = (high - low) or 1.0
    x = {each.period: round(3 + place * 94 / max(1, len(last) - 1), 1) for place, each in enumerate(last)}
    paths = [
        " ".join(
            f"{x[each.period]},{round(21 - (each.value - low) / spread * 18, 1)}"
            for each in run
            if each.value is not None
        )
        for run in _runs(last)
    ]
    final = next(each for each in reversed(last) if each.value is not None)
    assert final.value is not None
    return {"paths": paths, "end": (x[final.period], round(21 - (final.value - low) / spread * 18, 1))}


def time_figure(statistic: str, own: int | None, lines: list[Line], language: str) -> str:
    """Return a plotly figure of several series over time as JSON: hidden periods are null, in every language's marks."""
    periods = sorted({each.period for line in lines for each in line.results})
    traces = []
    for place, line in enumerate(lines):
        by_period = {each.period: each for each in line.results}
        here = [by_period.get(period) for period in periods]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": line.name,
                "x": [short_period(period, language) for period in periods],
                "y": [each.value if each else None for each in here],
                "customdata": [
                    _custom(each, period, language) for each, period in zip(here, periods, strict=True)
                ],
                "hovertemplate": hover(statistic, own, "%{customdata[3]}", "y"),
                "connectgaps": False,
                "visible": "legendonly" if place > 5 else True,
                "line": {"width": 3 if place == 0 else 1.5},
            }
        )
    layout = {
        "yaxis": value_axis(statistic, own),
        "xaxis": {"type": "category"},
        "legend": {"orientation": "h", "y": -0.15},
        "colorway": COLOURS,
    }
    return as_json(traces, layout, language)


def _custom(result: Result | None, period: Period, language: str) -> list[Any]:
    numbers = (
        [result.lower, result.upper, result.n] if result is not None and result.shown else [None, None, None]
    )
    return [*numbers, period_name(period, language)]
