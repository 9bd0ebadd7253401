"""Whether units differ by more than chance, and by how much limits are widened for it.

Every unit's figure is brought to a scale on which chance spreads it alike whatever its level, and held against the centre
there (Spiegelhalter 2005, "Funnel plots for comparing institutional performance", Statistics in Medicine 24). The mean
square of the z-scores, phi, is near 1 when chance is all there is. Limits are widened by a factor (multiplicative), or by
a variance between units, tau squared (additive; DerSimonian and Laird 1986 about the fixed centre, as Spiegelhalter et al.
2012 and FunnelPlotR do). Units far from all others would hide themselves by widening the limits, so the outermost
z-scores are pulled in (winsorised) or left out (truncated) before the spread is reckoned.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from vbs_site.catalogue.judging import Overdispersion
from vbs_site.statistics.intervals import Numbers


@dataclass(frozen=True)
class Scale:
    """A scale that figures are brought to before they are compared, and the way back."""

    to: Callable[[Numbers], Numbers]
    back: Callable[[Numbers], Numbers]

    def z_scores(self, value: Numbers, centre: float, error: Numbers) -> Numbers:
        """Return how many standard errors (of this scale) each value lies above the centre."""
        return (self.to(value) - self.to(np.array(centre))) / error

    def limits(self, centre: float, error: Numbers, deviate: float) -> tuple[Numbers, Numbers]:
        """Return the values that lie so many standard errors (of this scale) below and above the centre."""
        middle = self.to(np.array(centre))
        return self.back(middle - deviate * error), self.back(middle + deviate * error)


def _log(ratio: Numbers) -> Numbers:
    with np.errstate(divide="ignore"):
        return np.log(ratio)


def _sine_squared(angle: Numbers) -> Numbers:
    # Beyond a quarter turn the sine would fold back, and a wider limit would lie nearer to the centre.
    return np.sin(np.clip(angle, 0, np.pi / 2)) ** 2


PLAIN = Scale(lambda value: value, lambda value: value)
"""Means and changes: the standard error is that of the figure itself."""
ANGLE = Scale(lambda share: np.arcsin(np.sqrt(share)), _sine_squared)
"""Shares of n: the standard error is 1 / (2 sqrt(n))."""
ROOT = Scale(np.sqrt, lambda root: np.maximum(root, 0) ** 2)
"""Counts over expected: the standard error is 1 / (2 sqrt(expected)). Finite for a unit without events."""
LOG = Scale(_log, np.exp)
"""Counts over expected as the SHMI of NHS Digital: the standard error is 1 / sqrt(expected); no events lie infinitely low."""


@dataclass(frozen=True)
class Spread:
    """How much units differ.

    Attributes:
        phi: mean square of the z-scores that were kept; near 1 when units differ by chance alone.
        tau2: variance between units on the scale of the errors; 0 when chance explains all.
    """

    phi: float
    tau2: float

    @property
    def more_than_chance(self) -> bool:
        """Whether there is anything to widen limits for."""
        return self.phi > 1

    def widen(self, error: Numbers, how: Overdispersion) -> Numbers:
        """Return standard errors with the spread between units in them; never smaller than given."""
        if how == "none":
            return error
        return (
            error * math.sqrt(max(1, self.phi)) if how == "multiplicative" else np.sqrt(error**2 + self.tau2)
        )


def winsorised(z: Numbers, share: float) -> Numbers:
    """Return z-scores with those beyond the quantiles `share` and 1 - `share` (type 7) pulled in to them."""
    return np.clip(z, *np.quantile(z, [share, 1 - share]))


def truncated(z: Numbers, share: float) -> NDArray[np.bool_]:
    """Return which z-scores are kept when those in the outermost groups of size `share` are left out (NHS Digital, SHMI)."""
    if share == 0:
        return np.ones(len(z), dtype=np.bool_)
    groups = 1 / share
    group = np.floor(stats.rankdata(z) * groups / (len(z) + 1))
    return np.asarray((group > 0) & (group < groups - 1))


def spread(z: Numbers, error: Numbers) -> Spread:
    """Return phi and tau squared of z-scores that were kept, and their standard errors.

    One unit alone says nothing of a spread between units: its tau squared is 0. Sums are exact, so that the order of units
    does not matter.
    """
    n = len(z)
    phi = math.fsum(z**2) / n
    if n == 1 or n * phi < n - 1:
        return Spread(phi, 0.0)
    weight = 1 / error**2
    total = math.fsum(weight)
    return Spread(phi, (n * phi - (n - 1)) / (total - math.fsum(weight**2) / total))
