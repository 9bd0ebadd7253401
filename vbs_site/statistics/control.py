"""Control charts: what a series has been up to, and whether a stable process can be trusted to meet a target.

The limits are those of `control_limits`, the rules those of `control_rules`; a catalogue names both.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vbs_site.statistics import control_limits
from vbs_site.statistics.control_limits import Limits, Numbers, Truths, by_phase
from vbs_site.statistics.control_rules import anhoej, beyond, making_data_count

FEWEST = 12
"""Points that limits must rest on before a rule is held against them; with fewer, chance alone breaks too many."""

CHARTS: dict[str, Callable[..., Limits]] = {
    "xmr": control_limits.xmr,
    "p": control_limits.p,
    "p_prime": control_limits.p_prime,
    "u": control_limits.u,
    "u_prime": control_limits.u_prime,
}
BETTER = {"higher": 1, "lower": -1, "neutral": 0}


@dataclass(frozen=True)
class ControlChart:
    """A judged series, one entry per point.

    Attributes:
        centre, lower, upper: lines of the chart, cut at 0 and 1 where the figures are counted shares, and at 0 where they
            are counted rates; nan where there is none.
        signals: names of the rules that fire, the one that decides first.
        variation: `common`, `improvement` or `concern`; `high` or `low` where neither is better; None where nothing is
            said, because there is no value, no limit or too few points.
    """

    centre: Numbers
    lower: Numbers
    upper: Numbers
    signals: list[tuple[str, ...]]
    variation: list[str | None]


def control_chart(
    chart: str,
    rules: str,
    value: ArrayLike,
    numerator: ArrayLike,
    denominator: ArrayLike,
    phase: ArrayLike,
    baseline: ArrayLike,
    direction: str,
) -> ControlChart:
    """Return limits and special causes of a series, in the order of time.

    Args:
        chart: `xmr`, `p`, `p_prime`, `u` or `u_prime`.
        rules: `making-data-count` or `anhoej`.
        value: the figures; nan where none is shown. Limits of `xmr` are not cut, whatever the figures are.
        numerator: events; read by the other charts, whose figures must be numerator over denominator.
        denominator: patients, or the time or people that events are counted over, in the unit that the figures are per.
        phase: a whole number per point; limits are reckoned anew, and patterns begin anew, where it changes.
        baseline: the points that limits are reckoned from; a phase without any is reckoned from all its points.
        direction: what is better: `higher`, `lower` or `neutral`.

    Returns:
        No signals and no variation in a phase whose limits rest on fewer than `FEWEST` values; its limits are as they
        come. They are nan when no two values follow each other, and under `p_prime` and `u_prime` when nothing, or
        everything, is an event: nothing is said of such a phase either.

    Raises:
        ValueError: when columns are of unequal length, a figure is not its numerator over its denominator, or counts are
            impossible.
    """
    y, x, n = (np.asarray(column, dtype=float) for column in (value, numerator, denominator))
    phases, base = np.asarray(phase, dtype=np.int64), np.asarray(baseline, dtype=bool)
    if len({column.shape for column in (y, x, n, phases, base)}) != 1:
        raise ValueError("the columns of a control chart need one entry per point each")
    if chart == "xmr":
        limits = by_phase(CHARTS[chart], phases, base, y)
    else:
        x, n = (np.where(np.isfinite(y), column, np.nan) for column in (x, n))
        if not np.allclose(control_limits.shares(x, n), y, rtol=1e-9, atol=0, equal_nan=True):
            raise ValueError(f"a chart {chart} needs figures that are numerator over denominator")
        limits = by_phase(CHARTS[chart], phases, base, x, n)
    judged = np.isfinite(y) & np.isfinite(limits.upper) & _enough(y, phases, base)
    if rules == "making-data-count":
        signals, variation = _by_making_data_count(y, limits, phases, direction)
    else:
        signals, variation = _by_anhoej(y, limits, phases, direction)
    most = {"p": 1.0, "p_prime": 1.0}.get(chart, np.inf)
    shown = limits if chart == "xmr" else limits.cut(0, most)
    return ControlChart(
        shown.centre,
        shown.lower,
        shown.upper,
        [fired if ok else () for fired, ok in zip(signals, judged, strict=True)],
        [what if ok else None for what, ok in zip(variation, judged, strict=True)],
    )


def assurance(target: float, op: str, lower: float, upper: float) -> str:
    """Return whether a process that goes on as it is meets a target: NHS Making Data Count's assurance.

    Args:
        target: in the unit of the limits.
        op: `<`, `<=`, `>` or `>=`: on which side of the target figures meet it.
        lower: limit at the latest point.
        upper: limit at the latest point.

    Returns:
        `pass` when both limits lie on the right side of the target, `fail` when both lie on the wrong one,
        `inconsistent` when the target lies between the limits or on one: chance decides from time to time. `unknown`
        without limits; NHSRplotthedots says `inconsistent` then.
    """
    if not (np.isfinite(lower) and np.isfinite(upper)):
        return "unknown"
    good, bad = (operator.gt, operator.lt) if op in (">", ">=") else (operator.lt, operator.gt)
    if good(lower, target) and good(upper, target):
        return "pass"
    return "fail" if bad(lower, target) and bad(upper, target) else "inconsistent"


def _enough(value: Numbers, phase: NDArray[np.int64], baseline: Truths) -> Truths:
    """Return which points are in a phase whose limits rest on `FEWEST` values or more."""
    enough = np.zeros(len(value), dtype=bool)
    for number in np.unique(phase):
        here = phase == number
        base = here & baseline if np.any(here & baseline) else here
        enough[here] = np.isfinite(value[base]).sum() >= FEWEST
    return enough


def _variation(side: int, direction: str) -> str:
    """Return what a special cause to one side means; 0 is none."""
    if side == 0:
        return "common"
    if BETTER[direction] == 0:
        return "high" if side > 0 else "low"
    return "improvement" if side == BETTER[direction] else "concern"


def _by_making_data_count(
    value: Numbers, limits: Limits, phase: NDArray[np.int64], direction: str
) -> tuple[list[tuple[str, ...]], list[str | None]]:
    """Return the rules that fire at each point, and what the first of them means."""
    fired = making_data_count(value, limits, phase)
    return fired.names(), [_variation(side, direction) for side in fired.side()]


def _by_anhoej(
    value: Numbers, limits: Limits, phase: NDArray[np.int64], direction: str
) -> tuple[list[tuple[str, ...]], list[str | None]]:
    """Return `outside` at points beyond a limit, and `runs` at every point of a phase that is not random.

    The run statistics say that the level of a phase has moved, and not when or which way. A run that is too long says it
    of its own points: they are better or worse. The other points of the phase are told as high or low, and not judged;
    so is a point on the centre line, by the point before it.
    """
    signals: list[tuple[str, ...]] = [()] * len(value)
    variation: list[str | None] = ["common"] * len(value)
    for number in np.unique(phase):
        here = np.flatnonzero(phase == number)
        lines = limits.of(phase == number)
        runs, out = anhoej(value[here], lines.centre), beyond(value[here], lines.lower, lines.upper)
        last = next((int(side) for side in runs.side if side), 0)
        for point, side, length, outside in zip(here, runs.side, runs.length, out, strict=True):
            last = int(side) or last
            signals[point] = ("outside",) * bool(outside) + ("runs",) * runs.signal
            if outside:
                variation[point] = _variation(int(outside), direction)
            elif runs.signal:
                proven = runs.allowed is not None and length > runs.allowed
                variation[point] = _variation(last, direction if proven else "neutral")
    return signals, variation
