"""The way from source rows to the figure as a drawing: what stays in runs down, what goes out leaves to the right."""

import textwrap
from typing import NamedTuple

from vbs_site.catalogue.wording import Step

WIDTH, LEFT, MAIN, GAP, SIDE = 640, 1, 330, 48, 260
LINE, PADDING, BETWEEN = 18, 10, 26
LETTERS_MAIN, LETTERS_SIDE = 44, 33
"""How many letters fit on a line of a box."""


class Box(NamedTuple):
    """One box: its corner, size, lines of text and role."""

    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]
    role: str

    @property
    def middle(self) -> int:
        """Return the height at which arrows from the side meet it."""
        return self.y + self.height // 2


class Drawing(NamedTuple):
    """Boxes and arrows; an arrow is (x1, y1, x2, y2) with its head at the second point."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[tuple[int, int, int, int], ...]


def drawing(steps: tuple[Step, ...], counts: dict[str, str]) -> Drawing:
    """Return the drawing of the steps.

    Args:
        steps: in order.
        counts: step to its count as people read it; a step without one is drawn in words alone.
    """
    boxes, arrows = list[Box](), list[tuple[int, int, int, int]]()
    y, above = 1, None
    for number, step in enumerate(steps, start=1):
        aside = step.role in ("left_out", "missing")
        box = _box(step, number, counts.get(step.name), y, aside=aside)
        boxes.append(box)
        if aside:
            arrows.append((LEFT + MAIN // 2, box.middle, box.x, box.middle))
        else:
            # A denominator after the numerator is a population of its own; nobody comes to it from above.
            if above is not None and not (step.role == "denominator" and boxes[-2].role == "numerator"):
                arrows.append((LEFT + MAIN // 2, above, LEFT + MAIN // 2, box.y))
            above = box.y + box.height
        y = box.y + box.height + BETWEEN
    return Drawing(WIDTH, y - BETWEEN + 1, tuple(boxes), tuple(arrows))


def _box(step: Step, number: int, count: str | None, y: int, *, aside: bool) -> Box:
    letters = LETTERS_SIDE if aside else LETTERS_MAIN
    lines = tuple(textwrap.wrap(f"{number}. {step.short}", letters))
    if count is not None:
        lines = (*lines, f"n = {count}")
    x, width = (LEFT + MAIN + GAP, SIDE) if aside else (LEFT, MAIN)
    return Box(x, y, width, 2 * PADDING + LINE * len(lines), lines, step.role)
