"""What all charts share: sizes, colours, axes with round numbers, and labels that do not touch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from vbs_site.periods import Period
from vbs_site.site.numbers import is_share, number, short_period

COLOURS = ["#0b5cad", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#56b4e9", "#6a3d9a", "#7f7f7f", "#000000"]
"""Okabe and Ito's colours, which colour-blind readers can tell apart, led by the site's blue."""
WIDTH = 760
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 14, 46
LETTER = 6.2
"""Width of a letter of the charts' small text, rather too wide than too narrow."""
LINE = 13
"""Height of a line of it."""


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


def width_of(words: str) -> float:
    """Return about how wide words are on paper."""
    return len(words) * LETTER


def period_labels(
    periods: Sequence[Period], places: Sequence[float], language: str, most: int
) -> list[tuple[float, str]]:
    """Return the (place, label) of as many periods as fit without touching, the last one among them."""
    labels = [short_period(period, language) for period in periods]
    pitch = (places[-1] - places[0]) / max(1, len(places) - 1)
    widest = max(width_of(label) for label in labels) + 8
    every = max(1, math.ceil(len(periods) / most), math.ceil(widest / pitch) if pitch else 1)
    return [
        (place, label)
        for index, (place, label) in enumerate(zip(places, labels, strict=True))
        if (len(periods) - 1 - index) % every == 0
    ]


def apart(heights: Sequence[float], top: float, bottom: float, gap: float = LINE) -> list[float]:
    """Return heights, in the order given, moved as little as needed to lie at least `gap` apart within the frame."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    moved = list(heights)
    floor = top
    for each in order:
        moved[each] = max(moved[each], floor)
        floor = moved[each] + gap
    ceiling = bottom
    for each in reversed(order):
        moved[each] = min(moved[each], ceiling)
        ceiling = moved[each] - gap
    return [round(each, 1) for each in moved]
