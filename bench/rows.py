"""Rows of the printed table: what was measured, the bar, and whether it is met."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HEAD = "| contacts | what | measured | bar | |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        size: contacts, such as `10 M`.
        what: what was measured.
        measured: the number, with its unit and spread.
        bar: what is demanded; empty where nothing is.
        met: the verdict; None without a bar.
    """

    size: str
    what: str
    measured: str
    bar: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        sign = {None: "", True: "✓", False: "✗"}[self.met]
        return f"| {self.size} | {self.what} | {self.measured} | {self.bar} | {sign} |"


def ratio(size: str, what: str, ratios: Sequence[float], bar: float | None = None, words: str = "") -> Row:
    """Return a row with the median of paired ratios, and between which values they lie.

    Args:
        size: contacts.
        what: what is divided by what.
        ratios: one per pair.
        bar: upper bound of the median; None when nothing is demanded.
        words: what else is said of the number.
    """
    spread = f" ({min(ratios):.2f}-{max(ratios):.2f})" if len(ratios) > 1 else ""
    measured = f"{median(ratios):.2f}{spread}{words}"
    return Row(size, what, measured, *([f"≤ {bar:.2f}", median(ratios) <= bar] if bar else []))
