"""The marks of judged charts: a shape of its own for every verdict, so that colour adds and never carries."""

from typing import NamedTuple

from vbs_site.site.figures.axes import COLOURS


class Shape(NamedTuple):
    """How a verdict is drawn.

    Attributes:
        form: outline.
        tone: which colour of the style sheet.
        hollow: whether it is drawn as an outline.
    """

    form: str
    tone: str
    hollow: bool = False


class Mark(NamedTuple):
    """One mark on paper: its path, its classes in the style sheet, and what it says when pointed at."""

    path: str
    classes: str
    title: str


ORDINARY = Shape("circle", "plain")
SHAPES = {
    "better": Shape("square", "better"),
    "improvement": Shape("square", "better"),
    "worse": Shape("up", "worse"),
    "concern": Shape("up", "worse"),
    "higher": Shape("up", "neutral", hollow=True),
    "high": Shape("up", "neutral", hollow=True),
    "lower": Shape("down", "neutral", hollow=True),
    "low": Shape("down", "neutral", hollow=True),
    "undecided": Shape("diamond", "plain", hollow=True),
    "unjudged": Shape("circle", "plain", hollow=True),
}
"""Verdict, or kind of variation, to its shape; every other word is drawn as an ordinary point."""

PLOTLY_FORMS = {
    "circle": "circle",
    "square": "square",
    "up": "triangle-up",
    "down": "triangle-down",
    "diamond": "diamond",
}
PLOTLY_COLOURS = {"plain": COLOURS[0], "better": COLOURS[2], "worse": COLOURS[1], "neutral": COLOURS[7]}


def shape_of(word: str) -> Shape:
    """Return the shape of a verdict or of a kind of variation."""
    return SHAPES.get(word, ORDINARY)


def mark(shape: Shape, x: float, y: float, size: float, title: str = "") -> Mark:
    """Return a shape at a place; `size` is half its height."""
    classes = f"vbs-mark vbs-mark--{shape.tone}" + (" vbs-mark--hollow" if shape.hollow else "")
    return Mark(_path(shape.form, x, y, size), classes, title)


def _path(form: str, x: float, y: float, r: float) -> str:
    if form == "square":
        return f"M{_n(x - r)} {_n(y - r)}h{_n(2 * r)}v{_n(2 * r)}h{_n(-2 * r)}z"
    if form == "up":
        return f"M{_n(x)} {_n(y - 1.2 * r)}l{_n(1.2 * r)} {_n(2.2 * r)}h{_n(-2.4 * r)}z"
    if form == "down":
        return f"M{_n(x)} {_n(y + 1.2 * r)}l{_n(-1.2 * r)} {_n(-2.2 * r)}h{_n(2.4 * r)}z"
    if form == "diamond":
        step = _n(1.3 * r)
        return f"M{_n(x)} {_n(y - 1.3 * r)}l{step} {step}l-{step} {step}l-{step} -{step}z"
    return f"M{_n(x - r)} {_n(y)}a{_n(r)} {_n(r)} 0 1 0 {_n(2 * r)} 0a{_n(r)} {_n(r)} 0 1 0 {_n(-2 * r)} 0z"


def _n(amount: float) -> str:
    return f"{round(amount, 1):g}"
