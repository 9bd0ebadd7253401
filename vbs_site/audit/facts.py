"""What an intruder knows about counts: which are sums of which, what was told of each, and what must stay unknown."""

import math
from collections.abc import Hashable
from dataclasses import dataclass

Name = Hashable
"""One count of people or events: a tuple of texts, say indicator, unit, period, stratum and which count."""


@dataclass(frozen=True)
class Sum:
    """A count that is always the sum of its parts.

    Attributes:
        total: the count that is a sum.
        parts: the counts that it is the sum of; one that stands twice counts twice.
        why: the rule behind it, for a reader.
    """

    total: Name
    parts: tuple[Name, ...]
    why: str = ""


@dataclass(frozen=True)
class Told:
    """Something published about counts: low ≤ Σ coefficient · count ≤ high.

    Attributes:
        terms: count and its coefficient.
        low: least value that what is shown leaves possible; -inf for none.
        high: largest value; inf for none.
        where: the file and the place in it.
    """

    terms: tuple[tuple[Name, float], ...]
    low: float
    high: float
    where: str


@dataclass(frozen=True)
class Target:
    """A hidden count that must stay wide.

    Attributes:
        count: the count.
        least: the least value that the sign in its place tells of.
        most: the largest value that the sign tells of.
        width: it is recovered when its largest possible value less its least is below this; 1: only when exact.
    """

    count: Name
    least: float = 0
    most: float = math.inf
    width: int = 1


@dataclass(frozen=True)
class Recovered:
    """A count that can be worked out, exactly or too narrowly.

    Attributes:
        count: the count.
        low: least whole number that fits everything told.
        high: largest; None when there is none.
        because: places of facts that together give it, at most six.
    """

    count: Name
    low: int
    high: int | None
    because: tuple[str, ...]


class ContradictionError(Exception):
    """The facts cannot all be true, say because a count was revised between two releases.

    Attributes:
        where: places of facts that contradict each other, as few as were easily found.
    """

    def __init__(self, where: tuple[str, ...]) -> None:
        self.where = where
        super().__init__("what is published contradicts itself: " + ("; ".join(where) or "no place known"))


class AllowanceError(Exception):
    """The attack did not come to an end with the programs that it was given: what is left must be held as unsafe.

    Attributes:
        undecided: the counts that are neither recovered nor shown to be wide.
        recovered: what was recovered until then.
    """

    def __init__(self, undecided: tuple[Name, ...], recovered: tuple[Recovered, ...]) -> None:
        self.undecided = undecided
        self.recovered = recovered
        super().__init__(f"the attack used its allowance with {len(undecided)} counts undecided")
