"""Funnels: every unit by its size and value, within or outside the limits that chance would keep it in."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, get_args

from vbs_site.site.figures.axes import BOTTOM, COLOURS, LEFT, LINE, WIDTH, apart, axis, width_of
from vbs_site.site.figures.interactive import as_json, value_axis
from vbs_site.site.figures.marks import (
    ORDINARY,
    PLOTLY_COLOURS,
    PLOTLY_FORMS,
    SHAPES,
    Mark,
    Shape,
    mark,
)
from vbs_site.site.numbers import number, value
from vbs_site.site.words import say

HEIGHT, TOP, TITLE = 400, 18, 18
"""Height of the drawing, room above the frame and room for the title below."""
NAMES = 74
"""Width at the right for the names of the lines."""
LABELLED = 6
"""Most units outside the limits that are named in the drawing."""

Position = Literal["inside", "outside_95", "outside_998"]
POSITIONS = get_args(Position)
Limits = tuple[float, float]
Curve = tuple[str, list[tuple[float, float]]]
"""Which limits, `inner` or `outer`, and the (size, amount) pairs that they run through."""
UNSAID = Shape("diamond", "neutral")
"""A unit outside the limits of which nothing is said."""


class FunnelUnit(NamedTuple):
    """One unit of a funnel.

    Attributes:
        size: what the limits narrow with: number of patients, expected number or person-time.
        value: None where no number is shown; such a unit is not drawn and its limits are not either.
        inner, outer: its 95 % and 99.8 % limits.
        verdict: `better`, `worse`, `higher`, `lower`, or empty when nothing is said.
    """

    name: str
    size: float
    value: float | None
    inner: Limits | None
    outer: Limits | None
    position: Position = "inside"
    verdict: str = ""


class LimitsAt(NamedTuple):
    """The limits of a unit of a given size, where they are drawn for more sizes than units have."""

    size: float
    inner: Limits
    outer: Limits


class Label(NamedTuple):
    """A name beside its mark."""

    x: float
    y: float
    anchor: str
    words: str


def funnel_chart(
    statistic: str,
    own: int | None,
    units: Sequence[FunnelUnit],
    centre: float | None,
    language: str,
    *,
    size_name: str,
    grid: Sequence[LimitsAt] = (),
    target: float | None = None,
) -> dict[str, Any] | None:
    """Return what the funnel template draws, or None when fewer than two units have a number.

    Args:
        statistic: for number formats.
        own: decimals of the indicator, where it sets them.
        units: in any order.
        centre: what the limits lie around.
        language: of labels.
        size_name: what the size is, in words.
        grid: limits by size; without it the lines run through the units' own limits.
        target: the target of the indicator.
    """
    drawn = sorted((each for each in units if each.value is not None), key=lambda each: each.size)
    if len(drawn) < 2:
        return None
    sizes = axis("n", [0.0, *(each.size for each in drawn)], language, 6)
    curves = _curves(drawn, grid, sizes.high)
    scale = axis(statistic, _seen(drawn, curves, centre, target), language)
    right, bottom = WIDTH - NAMES, HEIGHT - BOTTOM - TITLE

    def x(amount: float) -> float:
        return sizes.place(amount, LEFT, right - LEFT)

    def y(amount: float) -> float:
        return round(bottom - scale.place(amount, 0, bottom - TOP), 1)

    placed = [(each, x(each.size), y(each.value)) for each in drawn if each.value is not None]
    used = sorted({_place(each) for each in drawn}, key=_order)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": right,
        "top": TOP,
        "bottom": bottom,
        "ticks": [(y(amount), label) for amount, label in scale.ticks],
        "sizes": [(x(amount), label) for amount, label in sizes.ticks],
        "size_name": size_name,
        "curves": [
            (level, " ".join(f"{x(size)},{y(amount)}" for size, amount in curve))
            for level, curve in curves
            if curve
        ],
        "centre": y(centre) if centre is not None else None,
        "target": y(target) if target is not None else None,
        "names": _names(
            statistic, own, curves, {"centre": centre, "target": target}, y, (TOP, bottom), language
        ),
        "points": [
            _mark(each, across, up, words_of(statistic, own, each, size_name, language))
            for each, across, up in sorted(placed, key=lambda item: _order(_place(item[0])))
        ],
        "labels": _labels(drawn, [(across, up) for _, across, up in placed], right, bottom),
        "summary": _summary(statistic, own, drawn, centre, language),
        "used": [
            (mark(_shape(position, verdict), 8, 8, 4.4), place_in_words(position, verdict, language))
            for position, verdict in used
        ],
    }


def _curves(drawn: Sequence[FunnelUnit], grid: Sequence[LimitsAt], end: float) -> list[Curve]:
    """Return (level, points) of the four limit lines, from the smallest size to the largest."""
    first = drawn[0].size
    limits: list[tuple[float, Limits | None, Limits | None]] = [
        (each.size, each.inner, each.outer) for each in grid if first <= each.size <= end
    ] or [(each.size, each.inner, each.outer) for each in drawn]
    return [
        (level, [(size, pair[side]) for size, *pairs in sorted(limits) if (pair := pairs[place]) is not None])
        for place, level in enumerate(("inner", "outer"))
        for side in (0, 1)
    ]


def _seen(
    drawn: Sequence[FunnelUnit],
    curves: Sequence[Curve],
    centre: float | None,
    target: float | None,
) -> list[float]:
    """Return the amounts that the axis has to hold: all values, and of limits of the smallest units what leaves room.

    The limits of a handful of patients can be so wide that nothing else would be seen.
    """
    amounts = [each.value for each in drawn if each.value is not None]
    amounts += [each for each in (centre, target) if each is not None]
    spread = (max(amounts) - min(amounts)) or abs(amounts[0]) or 1.0
    lowest, highest = min(amounts) - 0.4 * spread, max(amounts) + 0.4 * spread
    limits = [amount for _, curve in curves for _, amount in curve]
    return amounts + [min(max(each, lowest), highest) for each in limits]


def _shape(position: Position, verdict: str) -> Shape:
    """Return the shape of a unit: an outline beyond the inner limits, filled beyond the outer ones."""
    if position == "inside":
        return ORDINARY
    shape = SHAPES.get(verdict, UNSAID)
    return shape._replace(hollow=position == "outside_95")


def _mark(unit: FunnelUnit, x: float, y: float, title: str) -> Mark:
    return mark(_shape(unit.position, unit.verdict), x, y, 3.2 if unit.position == "inside" else 4.4, title)


def words_of(statistic: str, own: int | None, unit: FunnelUnit, size_name: str, language: str) -> str:
    """Return what a unit says when pointed at."""
    assert unit.value is not None
    size = number(unit.size, 0 if float(unit.size).is_integer() else 1, language)
    words = f"{unit.name}: {value(statistic, unit.value, own, language)}; {size_name} {size}"
    return f"{words}; {place_in_words(unit.position, unit.verdict, language)}"


def place_in_words(position: str, verdict: str, language: str) -> str:
    """Return where a unit lies, as in `dårligere, uden for 99,8 %-grænsen`."""
    place = say(f"position_{position}", language)
    return f"{say(f'{verdict}_short', language)}, {place}" if verdict and position != "inside" else place


def _labels(
    drawn: Sequence[FunnelUnit], places: Sequence[tuple[float, float]], right: float, bottom: float
) -> list[Label]:
    """Return the names of the units outside, when few, each where it touches neither a mark nor another name."""
    outside = [(each, place) for each, place in zip(drawn, places, strict=True) if each.position != "inside"]
    if not 0 < len(outside) <= LABELLED:
        return []
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    # A name that stands closer to another unit outside than this would be read as that one's.
    taken += [(x - 8, y - 10, x + 8, y + 10) for _, (x, y) in outside]
    found = []
    for unit, (x, y) in outside:
        wide, half = width_of(unit.name), width_of(unit.name) / 2
        spots = (
            (Label(x + 9, y + 4, "start", unit.name), x + 9),
            (Label(x - 9, y + 4, "end", unit.name), x - 9 - wide),
            (Label(x, y - 14, "middle", unit.name), x - half),
            (Label(x, y + 21, "middle", unit.name), x - half),
        )
        for label, start in spots:
            box = (start, label.y - LINE + 3, start + wide, label.y + 3)
            inside = box[0] >= LEFT and box[2] <= right and box[1] >= TOP and box[3] <= bottom
            if inside and not any(_touch(box, other) for other in taken):
                taken.append(box)
                found.append(label._replace(x=round(label.x, 1), y=round(label.y, 1)))
                break
    return found


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _names(
    statistic: str,
    own: int | None,
    curves: Sequence[Curve],
    lines: dict[str, float | None],
    scale: Callable[[float], float],
    frame: tuple[float, float],
    language: str,
) -> list[tuple[str, float, str]]:
    """Return (line, height, words) of each line as it ends, beside the chart; a curve that ends outside has none."""
    given = [
        (name, scale(amount), f"{say(f'line_{name}', language)} {value(statistic, amount, own, language)}")
        for name, amount in lines.items()
        if amount is not None
    ] + [
        (level, scale(curve[-1][1]), say(f"line_{level}", language))
        for level, curve in curves
        if curve and frame[0] <= scale(curve[-1][1]) <= frame[1]
    ]
    heights = apart([height for _, height, _ in given], frame[0] + 4, frame[1])
    return [(name, height, words) for (name, _, words), height in zip(given, heights, strict=True)]


def _summary(
    statistic: str, own: int | None, drawn: Sequence[FunnelUnit], centre: float | None, language: str
) -> str:
    """Return the chart in words, for those who do not see it."""
    parts = [say("chart_units", language).format(len(drawn))]
    if centre is not None:
        parts.append(f"{say('line_centre', language)} {value(statistic, centre, own, language)}")
    parts += [
        f"{count} {place_in_words(position, verdict, language)}"
        for (position, verdict), count in sorted(
            Counter(_place(each) for each in drawn).items(), key=lambda item: _order(item[0])
        )
    ]
    return "; ".join(parts)


def _place(unit: FunnelUnit) -> tuple[Position, str]:
    return unit.position, unit.verdict if unit.position != "inside" else ""


def _order(place: tuple[Position, str]) -> tuple[int, str]:
    return POSITIONS.index(place[0]), place[1]


def funnel_figure(
    statistic: str,
    own: int | None,
    units: Sequence[FunnelUnit],
    centre: float | None,
    language: str,
    *,
    size_name: str,
    grid: Sequence[LimitsAt] = (),
    target: float | None = None,
) -> str:
    """Return a plotly funnel as JSON."""
    drawn = sorted((each for each in units if each.value is not None), key=lambda each: each.size)
    end = max((each.size for each in drawn), default=0.0)
    traces = [
        _line(
            say(f"line_{level}", language),
            curve,
            "dot" if level == "inner" else "dash",
            COLOURS[7],
            first=side == 0,
        )
        for side, (level, curve) in zip((0, 1, 0, 1), _curves(drawn, grid, end), strict=True)
        if curve
    ]
    traces += [
        _line(say(f"line_{name}", language), [(0.0, amount), (end, amount)], dash, colour, first=True)
        for name, amount, dash, colour in (
            ("centre", centre, "solid", COLOURS[7]),
            ("target", target, "dashdot", COLOURS[4]),
        )
        if amount is not None
    ]
    places = sorted({_place(each) for each in drawn}, key=_order)
    for position, verdict in places:
        members = [each for each in drawn if _place(each) == (position, verdict)]
        shape = _shape(members[0].position, verdict)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": place_in_words(position, verdict, language),
                "x": [each.size for each in members],
                "y": [each.value for each in members],
                "customdata": [[words_of(statistic, own, each, size_name, language)] for each in members],
                "hovertemplate": "%{customdata[0]}<extra></extra>",
                "marker": {
                    "symbol": PLOTLY_FORMS[shape.form] + ("-open" if shape.hollow else ""),
                    "color": PLOTLY_COLOURS[shape.tone],
                    "size": 7 if position == "inside" else 11,
                },
            }
        )
    layout = {
        "xaxis": {"title": {"text": size_name}, "rangemode": "tozero"},
        "yaxis": value_axis(statistic, own),
        "legend": {"orientation": "h", "y": -0.2},
    }
    return as_json(traces, layout, language)


def _line(
    name: str, curve: list[tuple[float, float]], dash: str, colour: str, *, first: bool
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "legendgroup": name,
        "showlegend": first,
        "x": [size for size, _ in curve],
        "y": [amount for _, amount in curve],
        "line": {"dash": dash, "width": 1.5, "color": colour},
        "hoverinfo": "skip",
    }
