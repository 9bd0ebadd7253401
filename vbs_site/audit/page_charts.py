"""The drawn charts of a page: no point, line or name at the place of a hidden figure, and none that nothing explains.

Axes are read from the labels beside them, so a point's place on paper gives its period and its value back.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vbs_site.audit import findings
from vbs_site.audit.account import near, numbers_in
from vbs_site.audit.markup import Node
from vbs_site.audit.naming import Place
from vbs_site.audit.page_tables import Page
from vbs_site.audit.release import NATIONAL, RESULTS, Line

_TOKEN = re.compile(r"([MmLlHhVvAaCcQqSsTtZz])|(-?\d*\.?\d+(?:e-?\d+)?)")
_TAKES = {"m": 2, "l": 2, "h": 1, "v": 1, "a": 7, "c": 6, "q": 4, "s": 4, "t": 2, "z": 0}
PIXEL = 0.75
"""How far a point may be drawn from where it should be: coordinates are written with one decimal."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """A scale of numbers along one side: value = base + slope · place on paper."""

    base: float
    slope: float

    def value(self, place: float) -> float:
        """Return the number at a place."""
        return self.base + self.slope * place

    @property
    def pixel(self) -> float:
        """Return how much a point may differ in value, drawn as exactly as it is."""
        return abs(self.slope) * PIXEL


@dataclass(frozen=True)
class Chart:
    """A chart as it is drawn.

    Attributes:
        place: what its words speak of.
        x, y: scales of numbers; None where there is none.
        periods: place on paper to period.
        line: of the page.
    """

    place: Place
    x: Axis | None
    y: Axis | None
    periods: dict[float, str]
    line: int

    def period(self, x: float) -> str | None:
        """Return the period at a place, or None between two."""
        found = min(self.periods, key=lambda at: abs(at - x), default=None)
        return self.periods[found] if found is not None and abs(found - x) <= self._reach() else None

    def _reach(self) -> float:
        places = sorted(self.periods)
        gaps = [b - a for a, b in pairwise(places)]
        return min(gaps, default=10.0) * 0.2


def read_charts(page: Page, root: Node) -> None:
    """Check every chart of a page, and every title in one."""
    for svg in root.find("svg"):
        if svg.within("svg") is not None or "icon" in svg.get("class") or "key" in svg.get("class"):
            continue
        if page.place.indicator is None and svg.within("table") is None:
            continue
        chart = _chart(page, svg)
        if chart.place.indicator is None:
            continue
        if chart.x is None and chart.y is None and not chart.periods:
            _spark(page, svg, chart)
        else:
            _points(page, svg, chart)
        for title in svg.find("title", "desc"):
            _title(page, title, chart)


def _chart(page: Page, svg: Node) -> Chart:
    place = _around(page, svg)
    labels = [each for each in svg.find("text") if "tick" in each.get("class")]
    below, beside = defaultdict[float, list[Node]](list), defaultdict[float, list[Node]](list)
    for each in labels:
        at = _at(each)
        if each.get("text-anchor") == "middle":
            below[at[1]].append(each)
        else:
            beside[at[0]].append(each)
    row = max(below.values(), key=len, default=[])
    column = max(beside.values(), key=len, default=[])
    periods = _periods(page, row, place)
    x = None if periods else _axis(page, [(label, _at(label)[0]) for label in row])
    level = [each for each in svg.find("line") if each.get("y1") and each.get("y1") == each.get("y2")]
    ruled = [each for each in level if "grid" in each.get("class")]  # a target can lie nearer to a label
    grid = [_number(each.get("y1")) for each in ruled or level]
    y = _axis(page, [(label, _beside(_at(label)[1], grid)) for label in column])
    return Chart(place, x, y, periods, svg.line)


def _around(page: Page, svg: Node) -> Place:
    """Return what the words around a chart say: its row in a table, its caption, its own label, the heading before."""
    place, names = Place(), page.names
    row = svg.within("tr")
    if row is not None:
        place = names.anchor(row.get("id"))
        for link in row.find("a"):
            place = place.under(names.path(link.get("href")))
        return place.under(page.place)
    words = [svg.get("aria-label")]
    figure = svg.within("figure")
    caption = figure.first("figcaption") if figure is not None else None
    if caption is not None:
        words.insert(0, caption.text())
    for each in words:
        unit = names.unit_of(each)
        periods = names.periods_in(names.without_units(each))
        statistic = names.statistic_of(each.rpartition(": ")[2], page.place.indicator)
        only = periods[0] if len(periods) == 1 else None
        place = place.under(Place(unit=unit, period=only, statistic=statistic))
    return place.under(page.place)


def _at(node: Node) -> Point:
    return _number(node.get("x")), _number(node.get("y"))


def _beside(y: float, grid: Sequence[float]) -> float:
    """Return the height of the line that a label stands beside: a text is written a little below it."""
    near_by = [each for each in grid if abs(each - y) < 8]
    return min(near_by, key=lambda each: abs(each - y), default=y)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _periods(page: Page, labels: Sequence[Node], place: Place) -> dict[float, str]:
    """Return where each period lies; between labels, where not every period has its own, it follows from these."""
    lines = page.account.lines(Place(indicator=place.indicator))
    known = sorted({line.values["period"] for line in lines if line.file.endswith(RESULTS)})
    named = dict[float, str]()
    for label in labels:
        found = page.names.periods_in(label.text())
        if len(found) == 1:
            # Where quarters are drawn, a year is written at its first one.
            first = f"{found[0]}Q1"
            named[_at(label)[0]] = first if found[0] not in known and first in known else found[0]
    if len(named) < 2:
        return named
    order = {period: number for number, period in enumerate(known)}
    ends = [(order[period], x) for x, period in sorted(named.items()) if period in order]
    if len(ends) < 2 or ends[0][0] == ends[-1][0]:
        return named
    slope = (ends[-1][1] - ends[0][1]) / (ends[-1][0] - ends[0][0])
    return {round(ends[0][1] + slope * (number - ends[0][0]), 1): period for period, number in order.items()}


def _axis(page: Page, labels: Sequence[tuple[Node, float]]) -> Axis | None:
    points = list[tuple[float, float]]()
    for label, place in labels:
        words = label.text()
        numbers = numbers_in(words, page.language)
        if len(numbers) != 1:
            return None
        points.append((place, numbers[0].value / (100 if "%" in words else 1)))
    if len(points) < 2 or points[0][0] == points[-1][0]:
        return None
    slope = (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])
    return Axis(points[0][1] - slope * points[0][0], slope)


def _points(page: Page, svg: Node, chart: Chart) -> None:
    for node in svg.walk():
        if node.tag in ("circle", "ellipse"):
            _mark(page, chart, node, (_number(node.get("cx")), _number(node.get("cy"))))
        elif node.tag == "path" and ("mark" in node.get("class") or "point" in node.get("class")):
            _mark(page, chart, node, _middle(node.get("d")))
        elif node.tag == "rect" and chart.periods and node.get("class"):
            x = _number(node.get("x")) + _number(node.get("width")) / 2
            _mark(page, chart, node, (x, _number(node.get("y"))))
        elif node.tag in ("polyline", "polygon") and chart.periods:
            _drawn_line(page, chart, node)


def _mark(page: Page, chart: Chart, node: Node, point: Point) -> None:
    """Check a point: where its period or its name says what it is, that figure has to be shown."""
    place = chart.place
    if chart.periods:
        period = chart.period(point[0])
        if period is None:
            return
        place = place._replace(period=period)
        hidden = page.account.hidden(place)
        if place.unit is not None and hidden is not None:
            page.found.append(
                findings.still_there(page.file, node.line, hidden.cell().words, "a point in a chart")
            )
            return
        if chart.y is not None and not _on_axis(page, place, chart.y, point[1]):
            page.unexplained(place, node.line, "a chart (a point that no figure explains)")
        return
    if chart.x is None:
        return
    # A point that lies at no shown value, or at a shown value but no shown n, belongs to nobody who is shown.
    free = place._replace(unit=None, statistic=None)
    lines = [line for line in page.account.lines(free) if line.values["status"] == "shown"]
    if chart.y is not None:
        x, y = chart.x.value(point[0]), chart.y.value(point[1])
        fits = any(
            near(x, _sizes(line), 4 * chart.x.pixel) and near(y, _values(line), 4 * chart.y.pixel)
            for line in lines
        )
    else:
        x = chart.x.value(point[0])
        fits = any(near(x, _values(line), 4 * chart.x.pixel) for line in lines)
    if not fits and lines:
        page.unexplained(free, node.line, "a chart (a point that no figure explains)")


def _sizes(line: Line) -> list[float]:
    return sorted(each for column in ("n", "exposure") if (each := line.number_of(column)) is not None)


def _values(line: Line) -> list[float]:
    value = line.number_of("value")
    return [] if value is None else sorted((value, value * 100))


def _on_axis(page: Page, place: Place, axis: Axis, y: float) -> bool:
    """Return whether a place on an axis is a number that is shown in a place, of any unit when none is said."""
    pool = page.account.pool(place._replace(statistic=None))
    at = axis.value(y)
    return near(at, pool, 2 * axis.pixel)


def _drawn_line(page: Page, chart: Chart, node: Node) -> None:
    """Check the corners of a line or band: none lies at a period whose figure is hidden, unless it is the country's."""
    corners = _corners(node.get("points"))
    if chart.place.unit is None or not corners:
        return
    gone = list[Line]()
    for x, _ in corners:
        period = chart.period(x)
        if period is not None:
            hidden = page.account.hidden(chart.place._replace(period=period))
            if hidden is not None:
                gone.append(hidden)
    if gone and not _another(page, chart, corners):
        words = gone[0].cell().words
        page.found.append(findings.still_there(page.file, node.line, words, "a corner of a line in a chart"))


def _another(page: Page, chart: Chart, corners: Sequence[Point]) -> bool:
    """Return whether a line is wholly that of the country, or of limits, drawn for comparison."""
    axis = chart.y
    if axis is None:
        return False
    country = chart.place._replace(unit=NATIONAL, unit_kind=None)
    return all(
        (period := chart.period(x)) is not None
        and near(axis.value(y), page.account.pool(country._replace(period=period)), 2 * axis.pixel)
        for x, y in corners
    )


def _spark(page: Page, svg: Node, chart: Chart) -> None:
    """Check a small line without axes: it has no more corners than there are figures that are shown."""
    corners = [len(_corners(each.get("points"))) for each in svg.find("polyline")]
    if not corners or chart.place.unit is None:
        return
    lines = page.account.lines(chart.place._replace(period=None))
    shown = {line.values["period"] for line in lines if line.values["status"] == "shown"}
    if sum(corners) > len(shown):
        page.unexplained(
            chart.place._replace(period=None), svg.line, "a small chart (more points than figures)"
        )


def _title(page: Page, title: Node, chart: Chart) -> None:
    words = title.text()
    names = page.names
    unit = names.unit_of(words)
    periods = names.periods_in(names.without_units(words))
    place = Place(unit=unit, period=periods[0] if periods else None).under(chart.place)
    if unit is not None and unit != chart.place.unit:
        place = place._replace(unit_kind=None)
    if place.unit is None or (place.period is None and unit is None):
        return
    hidden = page.account.hidden(place) if place.period is not None else None
    plain = names.without_periods(names.without_units(words))
    if hidden is not None and numbers_in(plain, page.language):
        page.found.append(
            findings.still_there(page.file, title.line, hidden.cell().words, "a title in a chart")
        )
        return
    limits = re.sub(r"9[59](?:[.,]\d+)?\s*%[- ]", " ", plain)
    page.check(limits, place, title.line, "a title in a chart")


def _corners(points: str) -> list[Point]:
    numbers = [float(each) for each in re.findall(r"-?\d*\.?\d+", points)]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def _middle(path: str) -> Point:
    """Return the middle of what a path covers."""
    xs, ys = list[float](), list[float]()
    for x, y in _walk(path):
        xs.append(x)
        ys.append(y)
    return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2) if xs else (float("nan"), float("nan"))


def _walk(path: str) -> Iterator[Point]:
    """Yield the points that a path goes through; of curves, their ends."""
    x = y = 0.0
    for command, numbers in _commands(path):
        low = command.lower()
        if low == "z":
            continue
        ends = {"h": (numbers[-1], 0.0), "v": (0.0, numbers[-1])}.get(
            low, (numbers[-2], numbers[-1]) if len(numbers) > 1 else (0.0, 0.0)
        )
        if command.islower():
            x, y = x + ends[0], y + ends[1]
        else:
            x = ends[0] if low != "v" else x
            y = ends[1] if low != "h" else y
        yield x, y


def _commands(path: str) -> Iterable[tuple[str, list[float]]]:
    command, numbers = "", list[float]()
    for match in _TOKEN.finditer(path):
        if match[1]:
            command, numbers = match[1], []
            if command.lower() == "z":
                yield command, numbers
            continue
        numbers.append(float(match[2]))
        if command and len(numbers) == _TAKES[command.lower()]:
            yield command, numbers
            numbers = []
