"""Charts from the rows of the tables: SVG in the page first, and a plotly figure for those who ask for it.

Both are written as plain lists and strings; nothing is computed here that is not a position on paper.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from vbs_site.periods import Period
from vbs_site.site.numbers import decimals_of, interval, is_share, number, period_name, short_period, value
from vbs_site.site.results import Result
from vbs_site.site.words import SIGNS

COLOURS = ["#0b5cad", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#56b4e9", "#6a3d9a", "#7f7f7f", "#000000"]
"""Okabe and Ito's colours, which colour-blind readers can tell apart, led by the site's blue."""
WIDTH = 760
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 14, 46


@dataclass(frozen=True)
class Line:
    """One series of a time chart."""

    name: str
    results: tuple[Result, ...]


@dataclass(frozen=True)
class Axis:
    """Round numbers along an axis.

    Attributes:
        low, high: ends of the axis.
        ticks: (number, label) pairs.
    """

    low: float
    high: float
    ticks: list[tuple[float, str]] = field(default_factory=list)

    def place(self, amount: float, start: float, length: float) -> float:
        """Return where an amount lies on paper, one decimal."""
        share = (amount - self.low) / (self.high - self.low)
        return round(start + share * length, 1)


def axis(statistic: str, amounts: Sequence[float], language: str, target: int = 5) -> Axis:
    """Return an axis that holds all amounts, with about `target` round steps."""
    low, high = min(amounts), max(amounts)
    if low >= 0 and low < (high - low) * 1.2:
        low = 0.0
    if high == low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / target
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    factor = 100 if is_share(statistic) else 1
    places = max(0, -math.floor(math.log10(step * factor) + 1e-9))
    if abs(step * factor * 10**places - round(step * factor * 10**places)) > 1e-9:
        places += 1
    sign = ("\N{NO-BREAK SPACE}%" if language == "da" else "%") if is_share(statistic) else ""
    ticks = [(i * step, number(i * step * factor, places, language) + sign) for i in range(first, last + 1)]
    return Axis(first * step, last * step, ticks)


def time_chart(
    statistic: str, own: int | None, line: Line, reference: Line | None, language: str, *, small: bool = False
) -> dict[str, Any] | None:
    """Return what the time-chart template draws, or None when no period has a number.

    Args:
        statistic: for number formats.
        own: decimals of the indicator, where it sets them.
        line: the series with its interval.
        reference: a second series drawn thin, without interval.
        language: of labels.
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
    width, height = (270, 165) if small else (WIDTH, 290)
    left = 44 if small else LEFT
    scale = axis(statistic, amounts, language, 3 if small else 5)
    periods = [each.period for each in results]
    step = (width - left - RIGHT) / max(1, len(periods))
    x = {period: round(left + (place + 0.5) * step, 1) for place, period in enumerate(periods)}

    def y(amount: float) -> float:
        return round(height - BOTTOM - (scale.place(amount, 0, height - TOP - BOTTOM)), 1)

    every = max(1, math.ceil(len(periods) / (4 if small else 12)))
    return {
        "width": width,
        "height": height,
        "left": left,
        "right": width - RIGHT,
        "bottom": height - BOTTOM,
        "top": TOP,
        "ticks": [(y(amount), label) for amount, label in scale.ticks],
        "labels": [
            (x[period], short_period(period, language))
            for place, period in enumerate(periods)
            if (len(periods) - 1 - place) % every == 0
        ],
        "bands": [_band(run, x, y) for run in _runs(results)],
        "paths": [
            " ".join(f"{x[each.period]},{y(each.value)}" for each in run if each.value is not None)
            for run in _runs(results)
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
            for run in _runs(reference.results)
        ]
        if reference
        else [],
        "name": line.name,
        "small": small,
    }


def _runs(results: tuple[Result, ...]) -> list[list[Result]]:
    """Return the stretches of consecutive periods that have a number; a line never bridges a period without one."""
    runs: list[list[Result]] = []
    for each in results:
        if not each.shown:
            continue
        if runs and runs[-1][-1].period.index == each.period.index - 1:
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


def comparison_chart(
    statistic: str, own: int | None, rows: list[tuple[str, Result]], national: Result | None, language: str
) -> dict[str, Any] | None:
    """Return what the comparison template draws: units with intervals from highest to lowest value, or None.

    Only units with a number are drawn; the table has them all.
    """
    drawn = [(name, each) for name, each in rows if each.value is not None]
    if len(drawn) < 2:
        return None
    drawn.sort(key=lambda pair: (-(pair[1].value or 0), pair[0]))
    amounts = [
        amount for _, each in drawn for amount in (each.value, each.lower, each.upper) if amount is not None
    ]
    if national is not None and national.value is not None:
        amounts.append(national.value)
    scale = axis(statistic, amounts, language)
    named = len(drawn) <= 70
    pitch, left = (19, 250) if named else (4, LEFT)
    height = TOP + len(drawn) * pitch + 34

    def x(amount: float) -> float:
        return scale.place(amount, left, WIDTH - left - RIGHT)

    return {
        "width": WIDTH,
        "height": height,
        "left": left,
        "right": WIDTH - RIGHT,
        "top": TOP,
        "bottom": height - 30,
        "ticks": [(x(amount), label) for amount, label in scale.ticks],
        "national": x(national.value) if national is not None and national.value is not None else None,
        "rows": [
            {
                "y": round(TOP + (place + 0.5) * pitch, 1),
                "name": name if named else "",
                "x": x(each.value or 0),
                "low": x(each.lower) if each.lower is not None else None,
                "high": x(each.upper) if each.upper is not None else None,
                "verdict": each.comparison or "undecided",
                "title": f"{name}: {value(statistic, each.value or 0, own, language)}",
            }
            for place, (name, each) in enumerate(drawn)
        ],
        "named": named,
    }


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
                "hovertemplate": _hover(statistic, own, "%{customdata[3]}", "y"),
                "connectgaps": False,
                "visible": "legendonly" if place > 5 else True,
                "line": {"width": 3 if place == 0 else 1.5},
            }
        )
    layout = {
        "yaxis": _plotly_axis(statistic, own),
        "xaxis": {"type": "category"},
        "legend": {"orientation": "h", "y": -0.15},
        "colorway": COLOURS,
    }
    return _figure(traces, layout, language)


def _custom(result: Result | None, period: Period, language: str) -> list[Any]:
    numbers = (
        [result.lower, result.upper, result.n] if result is not None and result.shown else [None, None, None]
    )
    return [*numbers, period_name(period, language)]


def comparison_figure(
    statistic: str, own: int | None, rows: list[tuple[str, Result]], national: Result | None, language: str
) -> str:
    """Return a plotly figure of units with intervals as JSON."""
    drawn = sorted(
        ((name, each) for name, each in rows if each.value is not None),
        key=lambda pair: (pair[1].value or 0, pair[0]),
    )
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [each.value for _, each in drawn],
        "y": [name for name, _ in drawn],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [None if each.upper is None else each.upper - (each.value or 0) for _, each in drawn],
            "arrayminus": [
                None if each.lower is None else (each.value or 0) - each.lower for _, each in drawn
            ],
        },
        "customdata": [[each.lower, each.upper, each.n] for _, each in drawn],
        "hovertemplate": _hover(statistic, own, "%{y}", "x"),
        "marker": {"color": COLOURS[0]},
        "showlegend": False,
    }
    layout: dict[str, Any] = {
        "xaxis": _plotly_axis(statistic, own),
        "yaxis": {"type": "category", "automargin": True},
        "height": 140 + 18 * len(drawn),
    }
    if national is not None and national.value is not None:
        layout["shapes"] = [
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": national.value,
                "x1": national.value,
                "y0": 0,
                "y1": 1,
                "line": {"dash": "dash", "width": 1},
            }
        ]
    return _figure([trace], layout, language)


def _hover(statistic: str, own: int | None, heading: str, axis_name: str) -> str:
    form = _form(statistic, own)
    limits = "" if statistic == "ratio" else f" (%{{customdata[0]:{form}}}–%{{customdata[1]:{form}}})"
    return f"{heading}<br>%{{{axis_name}:{form}}}{limits}<br>n = %{{customdata[2]:,}}<extra>%{{fullData.name}}</extra>"


def _form(statistic: str, own: int | None) -> str:
    return ".1%" if is_share(statistic) else f",.{decimals_of(statistic, own)}f"


def _plotly_axis(statistic: str, own: int | None) -> dict[str, Any]:
    return {
        "tickformat": ".0%" if is_share(statistic) else _form(statistic, own),
        "automargin": True,
    }


def _figure(traces: list[dict[str, Any]], layout: dict[str, Any], language: str) -> str:
    layout |= {
        "separators": ",." if language == "da" else ".,",
        "margin": {"l": 60, "r": 16, "t": 36, "b": 48},
        "hovermode": "closest",
    }
    # `<` would let a name close the script element that holds the figure.
    return json.dumps(
        {"data": traces, "layout": layout}, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).replace("<", "\\u003c")
