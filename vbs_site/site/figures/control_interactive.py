"""Control charts in plotly."""

import itertools
from collections.abc import Sequence
from typing import Any

from vbs_site.site.figures.axes import COLOURS
from vbs_site.site.figures.control import LIMITS, ControlPoint, Turn, phases, words_of
from vbs_site.site.figures.interactive import as_json, form_of, value_axis
from vbs_site.site.figures.marks import PLOTLY_COLOURS, PLOTLY_FORMS, shape_of
from vbs_site.site.numbers import date, short_period
from vbs_site.site.words import say


def control_figure(
    statistic: str,
    own: int | None,
    points: Sequence[ControlPoint],
    language: str,
    *,
    name: str,
    turns: Sequence[Turn] = (),
    target: float | None = None,
) -> str:
    """Return a plotly control chart as JSON: periods without a number are null, and so are their limits."""
    turns = [each for each in turns if points and points[0].period < each.period <= points[-1].period]
    traces = [
        _limit_trace(statistic, own, points, phase, line, language, first=place == 0)
        for line in LIMITS
        for place, phase in enumerate(phases(points, turns))
        if any(getattr(each, line) is not None for each in phase)
    ]
    periods = [short_period(each.period, language) for each in points]
    if target is not None and points:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": say("line_target", language),
                "x": [periods[0], periods[-1]],
                "y": [target, target],
                "line": {"dash": "dashdot", "width": 1.5, "color": COLOURS[4]},
                "hoverinfo": "name+y",
            }
        )
    cuts = {each.period for each in turns if each.kind == "break"}
    parts = itertools.groupby(points, key=lambda point: sum(cut <= point.period for cut in cuts))
    for place, (_, part) in enumerate(parts):
        traces.append(_value_trace(statistic, own, list(part), name, language, first=place == 0))
    places = {each.period: place for place, each in enumerate(points)}
    layout = {
        "yaxis": value_axis(statistic, own),
        "xaxis": {"type": "category", "categoryorder": "array", "categoryarray": periods},
        "legend": {"orientation": "h", "y": -0.15},
        "shapes": [
            {
                "type": "line",
                "yref": "paper",
                "x0": places[each.period] - 0.5,
                "x1": places[each.period] - 0.5,
                "y0": 0,
                "y1": 1,
                "line": {"dash": "solid" if each.kind == "break" else "dot", "width": 1, "color": COLOURS[7]},
            }
            for each in turns
        ],
        "annotations": [
            {
                "text": f"{each.number}: {date(each.day, language)}",
                "x": places[each.period] - 0.5,
                "yref": "paper",
                "y": 1,
                "yanchor": "bottom",
                "showarrow": False,
            }
            for each in turns
        ],
    }
    return as_json(traces, layout, language)


def _limit_trace(
    statistic: str,
    own: int | None,
    points: Sequence[ControlPoint],
    phase: list[ControlPoint],
    line: str,
    language: str,
    *,
    first: bool,
) -> dict[str, Any]:
    within = [each for each in points if phase[0].period <= each.period <= phase[-1].period]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": say(f"line_{line}", language),
        "legendgroup": line,
        "showlegend": first,
        "x": [short_period(each.period, language) for each in within],
        "y": [getattr(each, line) if each.value is not None else None for each in within],
        "hovertemplate": f"%{{x}}<br>%{{y:{form_of(statistic, own)}}}",
        "connectgaps": False,
        "line": {
            "shape": "hvh",
            "width": 1.5,
            "dash": "solid" if line == "centre" else "dash",
            "color": COLOURS[7],
        },
    }


def _value_trace(
    statistic: str, own: int | None, part: list[ControlPoint], name: str, language: str, *, first: bool
) -> dict[str, Any]:
    shapes = [shape_of(each.variation if each.value is not None else "") for each in part]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "legendgroup": "value",
        "showlegend": first,
        "x": [short_period(each.period, language) for each in part],
        "y": [each.value for each in part],
        "customdata": [
            [words_of(statistic, own, each, language) if each.value is not None else ""] for each in part
        ],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
        "connectgaps": False,
        "line": {"width": 2, "color": COLOURS[0]},
        "marker": {
            "symbol": [PLOTLY_FORMS[shape.form] for shape in shapes],
            "color": [PLOTLY_COLOURS[shape.tone] for shape in shapes],
            "size": [7 if shape.form == "circle" else 11 for shape in shapes],
        },
    }
