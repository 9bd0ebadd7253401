"""The figures of a page that a program in the browser draws: their data stands in the page, hover texts included."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vbs_site.audit import findings
from vbs_site.audit.account import explained, near, numbers_in
from vbs_site.audit.markup import Node
from vbs_site.audit.naming import Place
from vbs_site.audit.page_tables import Page
from vbs_site.diagnostics import Diagnosis

DATA = (
    "x",
    "y",
    "z",
    "r",
    "theta",
    "values",
    "labels",
    "customdata",
    "text",
    "hovertext",
    "base",
    "ids",
    "open",
    "close",
)
"""What of a trace holds numbers of people, and not of the drawing."""
EXACT = 1e-6


def read_figures(page: Page, root: Node) -> None:
    """Check the data of every figure of a page."""
    for script in root.find("script"):
        kind = script.get("type")
        text = "".join(each for each in script.children if isinstance(each, str))
        if "json" in kind:
            read_json(page, text, script.line)


def read_json(page: Page, text: str, line: int) -> None:
    """Check data that stands in a page or a file of its own."""
    try:
        data = json.loads(text)
    except ValueError:
        page.found.append(Diagnosis(page.file, line, "", findings.READABLE, "data that is no JSON"))
        return
    for figure in _figures(data):
        for trace in figure:
            _trace(page, trace, line)


def _figures(data: Any) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield the traces of every figure in some data, whatever it is wrapped in."""
    if isinstance(data, dict):
        traces = data.get("data")
        if isinstance(traces, list) and any(isinstance(each, dict) for each in traces):
            yield [each for each in traces if isinstance(each, dict)]
        for key, value in data.items():
            if key != "layout":
                yield from _figures(value) if not (key == "data" and isinstance(value, list)) else ()
        frames = data.get("frames")
        if isinstance(frames, list):
            return
    elif isinstance(data, list):
        for each in data:
            yield from _figures(each)


def _trace(page: Page, trace: Mapping[str, Any], line: int) -> None:
    """Check each point of a trace; a list that is longer than the others has points too many."""
    own = _said(page, str(trace.get("name", "")), Place())
    columns = {key: _listed(trace[key]) for key in DATA if key in trace}
    for key in ("error_x", "error_y"):
        for side in ("array", "arrayminus"):
            if isinstance(trace.get(key), dict) and side in trace[key]:
                columns[f"{key}.{side}"] = _listed(trace[key][side])
    for number in range(max((len(each) for each in columns.values()), default=0)):
        point = {key: each[number] for key, each in columns.items() if number < len(each)}
        place = own
        for key, value in point.items():
            for words in _texts(value):
                place = _said(page, words, place) if key != "text" or place.unit is None else place
        _point(page, point, place.under(page.place), line, str(trace.get("name", "")))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, list):
        for each in value:
            yield from _numbers(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _numbers(each)


def _said(page: Page, words: str, place: Place) -> Place:
    """Return what words in a figure say of a point, beside what is known."""
    names = page.names
    unit = names.unit_of(words)
    periods = names.periods_in(names.without_units(words))
    if unit is None and words in names.periods:
        periods = (words,)
    found = Place(
        unit=unit,
        period=periods[0] if periods else None,
        statistic=names.statistic_of(words, page.place.indicator),
        stratum=names.stratum_of(words),
        indicator=names.indicator_of(words),
    )
    return place.under(found)


def _point(page: Page, point: Mapping[str, Any], place: Place, line: int, name: str) -> None:
    if place.indicator is None:
        return
    where = f"the data of a figure ({name})" if name else "the data of a figure"
    given = [
        number for key, value in point.items() if not key.startswith("error") for number in _numbers(value)
    ]
    words = [text for value in point.values() for text in _texts(value)]
    spoken = [
        number
        for text in words
        for number in numbers_in(page.names.without_periods(page.names.without_units(text)), page.language)
    ]
    placed = place.unit is not None and place.period is not None
    if placed:
        hidden = page.account.hidden(place)
        if hidden is not None and (given or spoken or point.get("error_x.array") is not None):
            page.found.append(findings.still_there(page.file, line, hidden.cell().words, where))
            return
    known = place.unit is not None and bool(page.account.lines(place))
    pool = page.account.pool(place) if known else page.account.of_indicator(place.indicator)
    exact = all(near(number, pool, EXACT) or number == 0 for number in given)
    if not exact or not all(explained(each, pool) for each in spoken if not _level(each.value)):
        page.unexplained(place, line, where)


def _level(number: float) -> bool:
    """Return whether a number is the level of a limit, which stands in many a name."""
    return number in (95.0, 99.0, 99.8, 99.9)
