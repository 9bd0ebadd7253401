"""Control charts: a series with its centre line and limits, and the points that are more than chance."""

import datetime
import itertools
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from vbs_site.periods import Period
from vbs_site.site.figures.axes import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    apart,
    axis,
    period_labels,
    width_of,
)
from vbs_site.site.figures.marks import Mark, mark, shape_of
from vbs_site.site.numbers import date, interval, period_name, value
from vbs_site.site.words import SIGNS, say

LIMITS = ("upper", "centre", "lower")
VARIATIONS = ("common", "improvement", "concern", "high", "low", "unjudged")
NAMES = 84
"""Width at the right for the names of the lines."""
NUMBERS = 18
"""Height at the top for the numbers of the turns."""


class ControlPoint(NamedTuple):
    """One period of a control chart.

    Attributes:
        value: None where no number is shown; limits of such a period are never drawn.
        status: `shown`, or why there is no number.
        centre, lower, upper: the lines at this period, None where there are none.
        variation: `common`, `improvement`, `concern`, `high` or `low`; `unjudged` where nothing is said.
        signals: names of the rules that fired.
    """

    period: Period
    value: float | None
    status: str = "shown"
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    variation: str = "common"
    signals: tuple[str, ...] = ()


class Turn(NamedTuple):
    """Where limits are reckoned anew, or where figures are not comparable with those before.

    Attributes:
        period: the first one after it.
        number: by which the list below the chart names it.
        day, reason: when and why.
        kind: at a `break` the line of values is cut as well.
    """

    period: Period
    number: int
    day: datetime.date
    reason: str
    kind: Literal["rebase", "break"] = "rebase"


def control_chart(
    statistic: str,
    own: int | None,
    points: Sequence[ControlPoint],
    language: str,
    *,
    turns: Sequence[Turn] = (),
    target: float | None = None,
    small: bool = False,
) -> dict[str, Any] | None:
    """Return what the control-chart template draws, or None when no period has a number.

    Args:
        statistic: for number formats.
        own: decimals of the indicator, where it sets them.
        points: one per period, oldest first.
        language: of labels.
        turns: what ends one set of limits and begins another.
        target: the target of the indicator.
        small: a small multiple, without names of lines.
    """
    shown = [each for each in points if each.value is not None]
    if not shown:
        return None
    turns = [each for each in turns if points[0].period < each.period <= points[-1].period]
    width, height = (270, 165) if small else (WIDTH, 310)
    left, right = (44, width - RIGHT) if small else (LEFT, width - NAMES)
    top = TOP + (NUMBERS if turns and not small else 0)
    bottom = height - BOTTOM
    amounts = [
        amount
        for each in shown
        for amount in (each.value, each.centre, each.lower, each.upper, target)
        if amount is not None
    ]
    scale = axis(statistic, amounts, language, 3 if small else 5)
    pitch = (right - left) / len(points)
    x = {each.period: round(left + (place + 0.5) * pitch, 1) for place, each in enumerate(points)}

    def y(amount: float) -> float:
        return round(bottom - scale.place(amount, 0, bottom - top), 1)

    parts = phases(points, turns)
    return {
        "width": width,
        "height": height,
        "left": left,
        "right": right,
        "top": top,
        "bottom": bottom,
        "small": small,
        "ticks": [(y(amount), label) for amount, label in scale.ticks],
        "labels": period_labels(
            [each.period for each in points], list(x.values()), language, 4 if small else 12
        ),
        "lines": [
            (name, _steps(run, name, x, y, pitch))
            for name in LIMITS
            for phase in parts
            for run in _runs(phase, name)
        ],
        "target": y(target) if target is not None else None,
        "paths": [
            " ".join(f"{x[each.period]},{y(each.value)}" for each in run if each.value is not None)
            for run in _value_runs(points, turns)
        ],
        "points": [
            _mark(statistic, own, each, x[each.period], y(each.value), pitch, language, small=small)
            for each in shown
            if each.value is not None
        ],
        "signs": [(x[each.period], SIGNS[each.status]) for each in points if each.value is None],
        "turns": turns_on_paper(turns, x, pitch, right, language, small=small),
        "names": [] if small else _names(statistic, own, points, y, top + 4, bottom, target, language),
        "summary": _summary(statistic, own, points, language),
        "used": [
            (mark(shape_of(word), 8, 8, 4.0), say(f"variation_{word}", language))
            for word in VARIATIONS
            if any(each.variation == word for each in shown)
        ],
    }


def phases(points: Sequence[ControlPoint], turns: Sequence[Turn]) -> list[list[ControlPoint]]:
    """Return the shown points between one turn and the next."""
    starts = [each.period for each in turns]
    return [
        list(phase)
        for _, phase in itertools.groupby(
            (each for each in points if each.value is not None),
            key=lambda point: sum(start <= point.period for start in starts),
        )
    ]


def _runs(phase: list[ControlPoint], name: str) -> list[list[ControlPoint]]:
    """Return the stretches of a phase over which one line is drawn.

    A level line runs on over periods without a number; one that changes with n says nothing about them.
    """
    runs: list[list[ControlPoint]] = []
    for each in phase:
        if getattr(each, name) is None:
            continue
        last = runs[-1][-1] if runs else None
        if last is not None and (
            last.period.index == each.period.index - 1 or getattr(last, name) == getattr(each, name)
        ):
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _value_runs(points: Sequence[ControlPoint], turns: Sequence[Turn]) -> list[list[ControlPoint]]:
    """Return the stretches of consecutive periods that have a number and are comparable."""
    cuts = {each.period for each in turns if each.kind == "break"}
    runs: list[list[ControlPoint]] = []
    for each in points:
        if each.value is None:
            continue
        if runs and runs[-1][-1].period.index == each.period.index - 1 and each.period not in cuts:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _steps(
    run: list[ControlPoint], name: str, x: dict[Period, float], y: Callable[[float], float], pitch: float
) -> str:
    """Return the path of a line that is level over each period and steps between them."""
    half = pitch / 2
    first, last = x[run[0].period], x[run[-1].period]
    height = y(getattr(run[0], name))
    path = f"M{first - half:.1f} {height:g}"
    for each in run[1:]:
        if (new := y(getattr(each, name))) != height:
            path += f"H{x[each.period] - half:.1f}V{new:g}"
            height = new
    return path + f"H{last + half:.1f}"


def _mark(
    statistic: str,
    own: int | None,
    point: ControlPoint,
    x: float,
    y: float,
    pitch: float,
    language: str,
    *,
    small: bool,
) -> Mark:
    shape = shape_of(point.variation)
    room = pitch * 0.36
    size = min(3.4, max(2.0, room)) if shape.form == "circle" else min(4.6, max(2.8, room))
    return mark(shape, x, y, size * (0.85 if small else 1), words_of(statistic, own, point, language))


def words_of(statistic: str, own: int | None, point: ControlPoint, language: str) -> str:
    """Return what a point says when pointed at: period, value, and the rules that fired."""
    assert point.value is not None
    words = f"{period_name(point.period, language)}: {value(statistic, point.value, own, language)}"
    if point.signals:
        rules = ", ".join(say(f"rule_{each}", language) for each in point.signals)
        words += f"; {say(f'variation_{point.variation}', language)}: {rules}"
    return words


def turns_on_paper(
    turns: Sequence[Turn], x: dict[Period, float], pitch: float, right: float, language: str, *, small: bool
) -> list[dict[str, Any]]:
    """Return the turns; a date stands beside its number where there is room before the next one."""
    places = [round(x[each.period] - pitch / 2, 1) for each in turns]
    ends = [*(place - 14 for place in places[1:]), right + NAMES][: len(places)]
    return [
        {
            "x": place,
            "number": each.number,
            "kind": each.kind,
            "date": words if not small and place + 14 + width_of(words) < end else "",
            "title": f"{words}: {each.reason}",
        }
        for each, place, end in zip(turns, places, ends, strict=True)
        for words in [date(each.day, language)]
    ]


def _names(
    statistic: str,
    own: int | None,
    points: Sequence[ControlPoint],
    y: Callable[[float], float],
    top: float,
    bottom: float,
    target: float | None,
    language: str,
) -> list[tuple[str, float, str]]:
    """Return (line, height, words) of each line as it ends, beside the chart."""
    last = next(
        (each for each in reversed(points) if each.value is not None and each.centre is not None), None
    )
    ends = {name: getattr(last, name) for name in LIMITS} if last is not None else {}
    ends |= {"target": target}
    given = [(name, amount) for name, amount in ends.items() if amount is not None]
    heights = apart([y(amount) for _, amount in given], top, bottom)
    return [
        (name, height, f"{say(f'line_{name}', language)} {value(statistic, amount, own, language)}")
        for (name, amount), height in zip(given, heights, strict=True)
    ]


def _summary(statistic: str, own: int | None, points: Sequence[ControlPoint], language: str) -> str:
    """Return the chart in words, for those who do not see it."""
    shown = [each for each in points if each.value is not None]
    last = shown[-1]
    assert last.value is not None
    parts = [
        say("chart_periods", language).format(len(shown), len(points)),
        say("chart_latest", language).format(
            period_name(last.period, language), value(statistic, last.value, own, language)
        ),
    ]
    if last.centre is not None:
        parts.append(f"{say('line_centre', language)} {value(statistic, last.centre, own, language)}")
    if last.lower is not None and last.upper is not None:
        limits = interval(statistic, last.lower, last.upper, own, language)
        parts.append(f"{say('chart_limits', language)} {limits}")
    judged = [each.variation for each in shown if each.variation != "unjudged"]
    special = sum(each != "common" for each in judged)
    key = {0: "chart_special_none", 1: "chart_special_one"}.get(special, "chart_special")
    parts.append(say(key if judged else "chart_unjudged", language).format(special))
    return ", ".join(parts)
