"""Aggregates to findings: one row per indicator, statistic, unit, period and stratum.

Columns: `indicator, statistic, unit_kind, unit, period, stratum, status, n, numerator, value, lower, upper, method,
comparison`. `status` is `shown` or the reason why there is no value; disclosure control has not been applied, so the
table is confidential.
"""

import numpy as np
import pandas as pd

from vbs_site.catalogue.indicators import Indicator, Rate
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL
from vbs_site.catalogue.statistics import ADJUSTED, ANSWERED, SHARE, Statistic, statistics_of
from vbs_site.statistics.intervals import Estimate, mean, proportion, rate

COLUMNS = (
    "indicator",
    "statistic",
    "unit_kind",
    "unit",
    "period",
    "stratum",
    "status",
    "n",
    "numerator",
    "value",
    "lower",
    "upper",
    "method",
    "comparison",
)
KEYS = ["indicator", "unit_kind", "unit", "period", "stratum"]


def find(
    catalogue: Catalogue, aggregates: pd.DataFrame, references: dict[str, dict[str, str]]
) -> pd.DataFrame:
    """Return the findings of every indicator.

    Args:
        catalogue: for kinds, directions and minimums.
        aggregates: the table of `vbs_site.measures.aggregates`.
        references: indicator to published figure per period, for adjusted changes.
    """
    parts = []
    for name, indicator in catalogue.indicators.items():
        rows = aggregates[aggregates["indicator"] == name].reset_index(drop=True)
        published = references.get(name, {})
        parts += [_finding(indicator, statistic, rows, published) for statistic in statistics_of(indicator)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    return table.sort_values(
        ["indicator", "statistic", "unit_kind", "unit", "period", "stratum"], kind="stable", ignore_index=True
    )[list(COLUMNS)]


def _finding(
    indicator: Indicator, statistic: Statistic, rows: pd.DataFrame, references: dict[str, str]
) -> pd.DataFrame:
    found = rows[KEYS].copy()
    found["statistic"], found["method"] = statistic.name, statistic.method
    found["n"] = rows["eligible"] if statistic in ANSWERED else rows["n"]
    if statistic in ANSWERED:
        found["numerator"] = rows["n"].astype("Float64")
    else:
        found["numerator"] = (
            rows["numerator"].astype("Float64")
            if statistic.counts
            else pd.array([pd.NA] * len(rows), dtype="Float64")
        )
    found["status"] = _status(indicator, statistic, rows, found["n"])
    if statistic is ADJUSTED:
        found.loc[(found["status"] == "shown") & ~rows["period"].isin(list(references)), "status"] = (
            "not_delivered"
        )
    shown = (found["status"] == "shown").to_numpy()
    estimate = _estimate(indicator, statistic, rows, found, shown, references)
    for name in ("value", "lower", "upper"):
        column = np.full(len(rows), np.nan)
        column[shown] = getattr(estimate, name)
        found[name] = column
    found["comparison"] = _comparison(indicator, statistic, found)
    return found


def _status(indicator: Indicator, statistic: Statistic, rows: pd.DataFrame, n: pd.Series) -> pd.Series:
    status = rows["coverage"].replace({"complete": "shown"}).astype("object")
    open_ = status == "shown"
    status[open_ & (n == 0)] = "not_applicable"
    open_ = status == "shown"
    if statistic.judged and indicator.minimum.denominator is not None:
        status[open_ & (n < indicator.minimum.denominator)] = "too_few"
        open_ = status == "shown"
    if statistic.judged and indicator.minimum.response_rate is not None:
        status[open_ & (rows["n"] < indicator.minimum.response_rate * rows["eligible"])] = "low_coverage"
    return status


def _estimate(
    indicator: Indicator,
    statistic: Statistic,
    rows: pd.DataFrame,
    found: pd.DataFrame,
    shown: np.ndarray,
    references: dict[str, str],
) -> Estimate:
    here = rows[shown]
    n = found["n"][shown].to_numpy(dtype=float)
    if statistic.counts:
        numerator = found["numerator"][shown].to_numpy(dtype=float)
        if isinstance(indicator, Rate):
            return rate(numerator, n, indicator.per.each)
        if statistic is SHARE:
            return _share(numerator, n)
        return proportion(numerator, n)
    if statistic is ADJUSTED:
        return _adjusted(rows, here, references)
    return mean(n, here["sum"].to_numpy(dtype=float), here["sum_sq"].to_numpy(dtype=float))


def _share(numerator: np.ndarray, n: np.ndarray) -> Estimate:
    """Return quotients of delivered counts; where the part exceeds the whole (counted apart) there is no binomial interval."""
    within = numerator <= n
    estimate = proportion(np.where(within, numerator, n), n)
    return Estimate(
        numerator / n, np.where(within, estimate.lower, np.nan), np.where(within, estimate.upper, np.nan)
    )


def _adjusted(rows: pd.DataFrame, here: pd.DataFrame, references: dict[str, str]) -> Estimate:
    """Return mean(observed - expected), re-centred so that the national residual lies at the published national change.

    Method: NHS England PROMs, case-mix-adjusted average health gain. Unit value = mean residual of the unit - mean
    residual of all records + published national gain.
    """
    national = rows[(rows["unit_kind"] == NATIONAL) & (rows["stratum"] == "all") & (rows["n"] > 0)].set_index(
        "period"
    )
    centre = (national["sum"] - national["expected"]) / national["n"]
    residual = here["sum"].to_numpy(dtype=float) - here["expected"].to_numpy(dtype=float)
    estimate = mean(here["n"].to_numpy(dtype=float), residual, here["residual_sq"].to_numpy(dtype=float))
    shift = (
        here["period"]
        .map(pd.Series({period: float(value) for period, value in references.items()}, dtype=float) - centre)
        .to_numpy(dtype=float)
    )
    return Estimate(estimate.value + shift, estimate.lower + shift, estimate.upper + shift)


def _comparison(indicator: Indicator, statistic: Statistic, found: pd.DataFrame) -> pd.Series:
    """Return `better`, `worse` (`higher`, `lower` where neither is better) or `undecided` against the national value.

    Decided only when the whole 95 % interval lies on one side of the national value of the same period and stratum.
    With many units about one in twenty would be decided by chance alone; the pages say so.
    """
    national = found[(found["unit_kind"] == NATIONAL) & (found["status"] == "shown")].set_index(
        ["period", "stratum"]
    )["value"]
    keys = pd.MultiIndex.from_frame(found[["period", "stratum"]])
    level = national.reindex(keys).to_numpy(dtype=float)
    direction = indicator.direction if statistic.direction == "own" else statistic.direction
    above, below = (found["lower"] > level).to_numpy(), (found["upper"] < level).to_numpy()
    words = {"higher": ("better", "worse"), "lower": ("worse", "better"), "neutral": ("higher", "lower")}[
        direction
    ]
    verdict = np.where(above, words[0], np.where(below, words[1], "undecided")).astype(object)
    comparable = (
        (found["status"] == "shown").to_numpy()
        & ~np.isnan(level)
        & (found["unit_kind"] != NATIONAL).to_numpy()
    )
    verdict[~comparable] = None
    return pd.Series(verdict, index=found.index, dtype="object")
