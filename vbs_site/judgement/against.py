"""Figures against a target, their own past and similar units. Every verdict comes from an interval, never from a point."""

import operator
from typing import Any

import numpy as np
import pandas as pd

from vbs_site.catalogue.indicators import Target
from vbs_site.judgement.rows import Judged, Numbers, deviation, exposure, numbers, words
from vbs_site.statistics.differences import (
    difference_of_limits,
    difference_of_means,
    difference_of_proportions,
    ratio_of_rates,
)
from vbs_site.statistics.intervals import Estimate

COMPARISONS = (
    "indicator",
    "statistic",
    "unit_kind",
    "unit",
    "period",
    "against",
    "with",
    "reference",
    "difference",
    "lower",
    "upper",
    "method",
    "verdict",
)
KEYS = ["indicator", "statistic", "unit_kind", "unit", "period"]
REACHED = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt}
NO_DIFFERENCE = {"ratio-exact": 1.0}
"""Method to the difference of two equal units; 0 for the others."""


def against_targets(judged: Judged) -> pd.DataFrame:
    """Return, for each target that is in force on a period's last day, whether the interval lies on its right side.

    `met` when the whole interval does, `not_met` when none of it does, else `undecided`. Targets are for the number that
    an indicator is known by; a proposal is held against none.
    """
    parts, held = [_none()], {text: judged.targets_on(each) for text, each in judged.periods.items()}
    for target in judged.indicator.targets:
        periods = [text for text, each in held.items() if target in each]
        rows = judged.compared[judged.compared["period"].isin(periods)]
        level = f"{target.op} {target.value:g}"
        parts.append(_table(rows, "target", level, target.value, None, _reached(rows, target)))
    return _joined(parts)


def _reached(rows: pd.DataFrame, target: Target) -> list[str]:
    reached = REACHED[target.op]
    low, high = (reached(numbers(rows[name]), target.value) for name in ("lower", "upper"))
    found: list[str] = np.where(low & high, "met", np.where(low | high, "undecided", "not_met")).tolist()
    return found


def against_past(judged: Judged) -> pd.DataFrame:
    """Return each figure against the same period of the year before: `better`, `worse`, `unchanged` or `undeterminable`.

    `unchanged` says that the difference is no more than chance. There is no telling across a break in the series, nor
    where one of the two is not shown, rests on fewer than the minimum or has no interval. Ratios to expected events are
    not compared: each period has a reference of its own.
    """
    if not judged.stands_alone:
        return _none()
    rows = judged.compared
    before = {text: each.next(-each.per_year) for text, each in judged.periods.items()}
    comparable = {
        text
        for text, earlier in before.items()
        if judged.phase(earlier, rebased=False) == judged.phase(judged.periods[text], rebased=False)
    }
    earlier = rows.set_index(["unit_kind", "unit", "period"])
    keys = pd.MultiIndex.from_arrays(
        [
            rows["unit_kind"],
            rows["unit"],
            rows["period"].map({text: each.id for text, each in before.items()}),
        ]
    )
    known = keys.isin(earlier.index) & rows["period"].isin(comparable).to_numpy()
    now, then = rows[known], earlier.reindex(keys[known]).reset_index()
    told = _compared(judged, now, then, "own_past", then["period"].to_list())
    told["verdict"] = told["verdict"].replace("undecided", "unchanged")
    shown = judged.every[(judged.every["status"] == "shown") & ~judged.every.index.isin(now.index)]
    untold = _table(
        shown, "own_past", [before[text].id for text in shown["period"]], np.nan, None, "undeterminable"
    )
    return _joined([told, untold])


def against_similar(judged: Judged) -> pd.DataFrame:
    """Return each unit of a declared group against the others of the group together, when all that is shown is added up."""
    parts = [_none()]
    for group, similar in judged.catalogue.similar.items():
        rows = judged.compared
        here = rows[(rows["unit_kind"] == similar.unit_kind) & rows["unit"].isin(similar.units)]
        here = here[here.groupby("period")["unit"].transform("size") > 1]
        if len(here) and judged.stands_alone and judged.family in ("proportion", "count", "mean"):
            parts.append(_compared(judged, here, _others(judged, here), "similar", group))
    return _joined(parts)


def _others(judged: Judged, rows: pd.DataFrame) -> pd.DataFrame:
    """Return, beside each unit, all others of its period as one: counts added up, means with the deviation of all their patients."""
    n = numbers(rows["n"])
    own = pd.DataFrame({"n": n, "period": rows["period"].to_numpy()})
    if judged.family == "mean":
        value = numbers(rows["value"])
        own["sum"], own["squares"] = n * value, (n - 1) * deviation(rows) ** 2 + n * value**2
    else:
        own["numerator"], own["set_against"] = numbers(rows["numerator"]), exposure(rows, judged.each)
    sums = own.columns.drop("period")
    rest = own.groupby("period")[list(sums)].transform("sum") - own[sums]
    if judged.family == "mean":
        mean = rest["sum"] / rest["n"]
        spread = np.maximum(rest["squares"] - rest["n"] * mean**2, 0) / (rest["n"] - 1)
        return rest.assign(value=mean, sd=np.sqrt(spread))
    return rest.assign(value=rest["numerator"] / rest["set_against"])


def _compared(
    judged: Judged, now: pd.DataFrame, then: pd.DataFrame, against: str, with_: list[str] | str
) -> pd.DataFrame:
    """Return a comparison of each row with the row beside it in `then`."""
    if not len(now):
        return _none()
    estimate, method = _difference(judged, now, then)
    above, below = words(judged.direction)
    none = NO_DIFFERENCE.get(method, 0.0)
    verdict = np.where(
        estimate.lower > none, above, np.where(estimate.upper < none, below, "undecided")
    ).astype(object)
    verdict[np.isnan(estimate.lower) | np.isnan(estimate.upper)] = "undecided"
    table = _table(now, against, with_, numbers(then["value"]), estimate, list(verdict))
    table["method"] = method
    return table


def _difference(judged: Judged, now: pd.DataFrame, then: pd.DataFrame) -> tuple[Estimate, str]:
    """Return the difference of two independent figures by the method that fits how they are counted."""

    def both(name: str) -> tuple[Numbers, Numbers]:
        return numbers(now[name]), numbers(then[name])

    (n, n_then), (value, value_then) = both("n"), both("value")
    if judged.family == "proportion":
        x, x_then = both("numerator")
        return difference_of_proportions(x, n, x_then, n_then), "newcombe"
    if judged.family == "count":
        x, x_then = both("numerator")
        time = exposure(now, judged.each)
        time_then = then["set_against"].to_numpy() if "set_against" in then else exposure(then, judged.each)
        return ratio_of_rates(x, time, x_then, time_then), "ratio-exact"
    if judged.family == "mean":
        sd_then = then["sd"].to_numpy() if "sd" in then else deviation(then)
        return difference_of_means(value, deviation(now), n, value_then, sd_then, n_then), "welch"
    one, other = (
        Estimate(*(numbers(each[name]) for name in ("value", "lower", "upper"))) for each in (now, then)
    )
    return difference_of_limits(one, other), "square-and-add"


def first_of(table: pd.DataFrame, against: str) -> pd.Series:
    """Return the verdict of each row against one thing, the first where there are several: index of results to verdict."""
    here = table[table["against"] == against]
    return here[~here.index.duplicated()]["verdict"]


def _table(
    rows: pd.DataFrame, against: str, with_: Any, reference: Any, estimate: Estimate | None, verdict: Any
) -> pd.DataFrame:
    # A rate over none is without bound: nothing stands there then.
    limits = {
        column: np.nan
        if estimate is None
        else np.where(np.isinf(getattr(estimate, name)), np.nan, getattr(estimate, name))
        for column, name in (("difference", "value"), ("lower", "lower"), ("upper", "upper"))
    }
    return rows[KEYS].assign(
        **{
            "against": against,
            "with": with_,
            "reference": reference,
            **limits,
            "method": "",
            "verdict": verdict,
        }
    )[list(COMPARISONS)]


def _none() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COMPARISONS))


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([each for each in parts if len(each)] or parts[:1])
