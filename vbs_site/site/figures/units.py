"""Units with intervals from highest to lowest value, the country and the target beside them, and the same in plotly."""

from collections import Counter
from typing import Any

from vbs_site.site.figures.axes import COLOURS, LEFT, RIGHT, TOP, WIDTH, axis, width_of
from vbs_site.site.figures.interactive import as_json, hover, value_axis
from vbs_site.site.figures.marks import PLOTLY_COLOURS, PLOTLY_FORMS, mark, shape_of
from vbs_site.site.numbers import interval, value
from vbs_site.site.results import Result
from vbs_site.site.words import say

NAMED = 70
"""Most units that stand with their names; more are drawn closer together without them."""
LETTERS = 40
"""Most letters of a name beside its unit; the rest of a longer one is said when it is pointed at."""
LABELS = 20
"""Height of the line above the units that names the lines."""


def comparison_chart(
    statistic: str,
    own: int | None,
    rows: list[tuple[str, Result]],
    national: Result | None,
    language: str,
    *,
    target: float | None = None,
) -> dict[str, Any] | None:
    """Return what the comparison template draws: units with intervals from highest to lowest value, or None.

    Only units with a number are drawn; the table has them all.

    Args:
        statistic: for number formats.
        own: decimals of the indicator, where it sets them.
        rows: unit names and results.
        national: what the units are held against.
        language: of labels.
        target: the target of the indicator.
    """
    drawn = [(name, each) for name, each in rows if each.value is not None]
    if len(drawn) < 2:
        return None
    drawn.sort(key=lambda pair: (-(pair[1].value or 0), pair[0]))
    lines = {"national": national.value if national is not None else None, "target": target}
    amounts = [
        amount
        for amount in (
            *(limit for _, each in drawn for limit in (each.value, each.lower, each.upper)),
            *lines.values(),
        )
        if amount is not None
    ]
    scale = axis(statistic, amounts, language)
    named = len(drawn) <= NAMED
    pitch, left = (19, 250) if named else (5, LEFT)
    top = TOP + LABELS
    height = top + len(drawn) * pitch + 34

    def x(amount: float) -> float:
        return scale.place(amount, left, WIDTH - left - RIGHT)

    return {
        "width": WIDTH,
        "height": height,
        "left": left,
        "right": WIDTH - RIGHT,
        "top": top,
        "bottom": height - 30,
        "ticks": [(x(amount), label) for amount, label in scale.ticks],
        "lines": _lines(
            [
                (
                    kind,
                    x(amount),
                    f"{say(f'line_{kind}', language)} {value(statistic, amount, own, language)}",
                )
                for kind, amount in lines.items()
                if amount is not None
            ],
            left,
        ),
        "rows": [
            {
                "y": round(top + (place + 0.5) * pitch, 1),
                "name": _short(name) if named else "",
                "low": x(each.lower) if each.lower is not None else None,
                "high": x(each.upper) if each.upper is not None else None,
                "verdict": each.comparison or "undecided",
                "mark": mark(
                    shape_of(each.comparison or "undecided"),
                    x(each.value or 0),
                    top + (place + 0.5) * pitch,
                    4.2 if named else 2.4,
                ),
                "title": f"{name}: {_words(statistic, own, each, language)}",
            }
            for place, (name, each) in enumerate(drawn)
        ],
        "named": named,
        "summary": _summary(statistic, own, [each for _, each in drawn], lines, language),
    }


def _short(name: str) -> str:
    return name if len(name) <= LETTERS else name[: LETTERS - 1].rstrip(" ,") + "…"


def _words(statistic: str, own: int | None, result: Result, language: str) -> str:
    words = value(statistic, result.value or 0, own, language)
    if result.lower is not None and result.upper is not None:
        words += f" ({interval(statistic, result.lower, result.upper, own, language)})"
    return f"{words}; {say(result.comparison, language)}" if result.comparison else words


def _summary(
    statistic: str, own: int | None, drawn: list[Result], lines: dict[str, float | None], language: str
) -> str:
    """Return the chart in words, for those who do not see it."""
    parts = [say("chart_units", language).format(len(drawn))]
    parts += [
        f"{say(f'line_{kind}', language)} {value(statistic, amount, own, language)}"
        for kind, amount in lines.items()
        if amount is not None
    ]
    counted = Counter(each.comparison for each in drawn if each.comparison)
    parts += [f"{count} {say(word, language)}" for word, count in sorted(counted.items())]
    return "; ".join(parts)


def _lines(lines: list[tuple[str, float, str]], left: float) -> list[dict[str, Any]]:
    """Return each line with its label above it: of two that would touch, one stands to the left and one to the right."""
    found: list[dict[str, Any]] = []
    for kind, x, label in sorted(lines, key=lambda line: line[1]):
        half = width_of(label) / 2
        centre = min(max(x, left + half), WIDTH - half - 2)
        found.append({"kind": kind, "x": x, "label": label, "at": round(centre, 1), "half": half})
    if len(found) == 2:
        first, second = found
        overlap = first["at"] + first["half"] + 10 - (second["at"] - second["half"])
        if overlap > 0:
            second["at"] = min(second["at"] + overlap / 2, WIDTH - second["half"] - 2)
            first["at"] = second["at"] - second["half"] - 10 - first["half"]
            first["at"], second["at"] = round(first["at"], 1), round(second["at"], 1)
    return found


def comparison_figure(
    statistic: str,
    own: int | None,
    rows: list[tuple[str, Result]],
    national: Result | None,
    language: str,
    *,
    target: float | None = None,
) -> str:
    """Return a plotly figure of units with intervals as JSON."""
    drawn = sorted(
        ((name, each) for name, each in rows if each.value is not None),
        key=lambda pair: (pair[1].value or 0, pair[0]),
    )
    shapes = [shape_of(each.comparison or "undecided") for _, each in drawn]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [each.value for _, each in drawn],
        "y": [name for name, _ in drawn],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "color": COLOURS[7],
            "thickness": 1.5,
            "width": 0,
            "array": [None if each.upper is None else each.upper - (each.value or 0) for _, each in drawn],
            "arrayminus": [
                None if each.lower is None else (each.value or 0) - each.lower for _, each in drawn
            ],
        },
        "customdata": [[each.lower, each.upper, each.n] for _, each in drawn],
        "hovertemplate": hover(statistic, own, "%{y}", "x"),
        "marker": {
            "color": [PLOTLY_COLOURS[shape.tone] for shape in shapes],
            "symbol": [PLOTLY_FORMS[shape.form] + ("-open" if shape.hollow else "") for shape in shapes],
            "size": 9,
        },
        "showlegend": False,
    }
    layout: dict[str, Any] = {
        "xaxis": value_axis(statistic, own),
        "yaxis": {"type": "category", "automargin": True},
        "height": 140 + 18 * len(drawn),
        "shapes": [
            {
                "type": "line",
                "xref": "x",
                "yref": "paper",
                "x0": amount,
                "x1": amount,
                "y0": 0,
                "y1": 1,
                "line": {"dash": dash, "width": 1.5, "color": colour},
            }
            for amount, dash, colour in (
                (national.value if national is not None else None, "dash", COLOURS[7]),
                (target, "dashdot", COLOURS[4]),
            )
            if amount is not None
        ],
    }
    return as_json([trace], layout, language)
