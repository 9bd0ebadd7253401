"""Aggregates to findings: one row per indicator, statistic, unit, period and stratum.

Columns: `indicator, statistic, unit_kind, unit, period, stratum, status, n, numerator, value, lower, upper, method,
comparison`. `status` is `shown` or the reason why there is no value; disclosure control has not been applied, so the
table is confidential.
"""

import numpy as np
import pandas as pd

from vbs_site.catalogue.indicators import Indicator, Rate, Ratio, StandardisedRate, StandardisedRatio
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.catalogue.populations import PersonTime
from vbs_site.catalogue.statistics import (
    ADJUSTED,
    ANSWERED,
    SHARE,
    Statistic,
    over_population,
    statistics_of,
)
from vbs_site.statistics.intervals import (
    EXACT_BELOW,
    Estimate,
    Numbers,
    directly_standardised,
    mean,
    proportion,
    rate,
    ratio_to_expected,
)
from vbs_site.statistics.survival import kaplan_meier, read_at

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
DAYS_PER_YEAR = 365.25
KEYS = ["indicator", "unit_kind", "unit", "period", "stratum"]


def find(
    catalogue: Catalogue,
    aggregates: pd.DataFrame,
    references: dict[str, dict[str, str]],
    standards: dict[str, dict[str, str]] | None = None,
) -> pd.DataFrame:
    """Return the findings of every indicator.

    Args:
        catalogue: for kinds, directions and minimums.
        aggregates: the table of `vbs_site.measures.aggregates`.
        references: indicator to published figure per period, for adjusted changes.
        standards: indicator to people per stratum, for directly standardised rates.
    """
    parts = []
    for name, indicator in catalogue.computed.items():
        every = aggregates[aggregates["indicator"] == name]
        rows = every[every["part"] == ""].reset_index(drop=True)
        divided = every[every["part"] != ""]
        for statistic in statistics_of(indicator):
            if statistic.day is not None:
                parts.append(_event_free(indicator, statistic, rows, divided))
            elif isinstance(indicator, StandardisedRate | StandardisedRatio):
                weights = (standards or {}).get(name, {})
                parts.append(_standardised(indicator, statistic, rows, divided, weights))
            else:
                parts.append(_finding(indicator, statistic, rows, references.get(name, {})))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    return table.sort_values(
        ["indicator", "statistic", "unit_kind", "unit", "period", "stratum"], kind="stable", ignore_index=True
    )[list(COLUMNS)]


def _finding(
    indicator: Indicator, statistic: Statistic, rows: pd.DataFrame, references: dict[str, str]
) -> pd.DataFrame:
    found = _cells(statistic, rows)
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
    if isinstance(indicator, Rate | Ratio):
        # Nothing can be divided by no time at all, nor by an outcome that nobody had.
        below = rows["person_days" if isinstance(indicator, Rate) else "expected"].astype(float)
        timed = isinstance(indicator, Ratio) or not over_population(indicator)
        found.loc[(found["status"] == "shown") & timed & (below == 0), "status"] = "not_applicable"
    shown = (found["status"] == "shown").to_numpy()
    estimate = _estimate(indicator, statistic, rows, found, shown, references)
    return _told(indicator, statistic, found, shown, estimate)


def _cells(statistic: Statistic, rows: pd.DataFrame) -> pd.DataFrame:
    found = rows[KEYS].copy()
    found["statistic"], found["method"] = statistic.name, statistic.method
    return found


def _told(
    indicator: Indicator, statistic: Statistic, found: pd.DataFrame, shown: np.ndarray, estimate: Estimate
) -> pd.DataFrame:
    """Return the findings with the numbers of those that are shown, and what they are against the national value."""
    for name in ("value", "lower", "upper"):
        column = np.full(len(found), np.nan)
        column[shown] = getattr(estimate, name)
        found[name] = column
    found["comparison"] = _comparison(indicator, statistic, found)
    return found


def _people_or_time(indicator: Rate, here: pd.DataFrame, n: Numbers) -> Numbers:
    """Return what a rate is taken over: the population, or the days or years that people were followed."""
    if not isinstance(indicator.per, PersonTime):
        return n
    days = here["person_days"].to_numpy(dtype=float)
    return days / DAYS_PER_YEAR if indicator.per.person_time == "years" else days


def _event_free(
    indicator: Indicator, statistic: Statistic, rows: pd.DataFrame, divided: pd.DataFrame
) -> pd.DataFrame:
    """Return the share free of the event at one time, from the life table of each unit and period."""
    assert statistic.day is not None
    found = _cells(statistic, rows)
    found["n"], found["numerator"] = rows["n"], pd.array([0] * len(rows), dtype="Float64")
    found["status"] = _status(indicator, statistic, rows, found["n"])
    days = divided["part"].str.removeprefix("day=").astype(int)
    tables = dict(iter(divided.assign(day=days).groupby(["unit_kind", "unit", "period", "stratum"])))
    numbers = np.full((len(rows), 3), np.nan)
    keys = rows[["unit_kind", "unit", "period", "stratum"]].itertuples(index=False, name=None)
    for place, key in enumerate(keys):
        table = tables.get(key)
        if table is None:
            continue
        by_then = table[table["day"] <= statistic.day]
        found.loc[place, "numerator"] = float(by_then["numerator"].sum())
        if found.loc[place, "status"] != "shown":
            continue
        day, leaving, events = (table[name].to_numpy(dtype=float) for name in ("day", "n", "numerator"))
        read = read_at(kaplan_meier(day, leaving, events), statistic.day)
        if read is None:
            found.loc[place, "status"] = "incomplete_follow_up"
        else:
            numbers[place] = read
    found[["value", "lower", "upper"]] = numbers
    found["comparison"] = _comparison(indicator, statistic, found)
    return found


def _standardised(
    indicator: StandardisedRate | StandardisedRatio,
    statistic: Statistic,
    rows: pd.DataFrame,
    divided: pd.DataFrame,
    standard: dict[str, str],
) -> pd.DataFrame:
    """Return standardised rates or ratios. Whoever's sex or age is unknown is left out: they stand in no stratum.

    A direct rate is not shown below 10 events (as PHEindicatormethods), nor where a stratum of the standard has no
    people in the unit; a ratio's expected events come from the rates of all units together in the same period.
    """
    found = _cells(statistic, rows)
    known = divided[~divided["part"].str.contains(f"={UNKNOWN}")]
    people, events = (
        known.pivot_table(
            index=["unit_kind", "unit", "period"], columns="part", values=name, aggfunc="sum", fill_value=0
        )
        .reindex(pd.MultiIndex.from_frame(rows[["unit_kind", "unit", "period"]]), fill_value=0)
        .astype(float)
        for name in ("n", "numerator")
    )
    found["n"] = people.sum(axis=1).to_numpy(dtype=np.int64)
    found["numerator"] = pd.array(events.sum(axis=1).to_numpy(), dtype="Float64")
    found["status"] = _status(indicator, statistic, rows, found["n"])
    if isinstance(indicator, StandardisedRate):
        strata = sorted(standard)
        x, n = (table.reindex(columns=strata, fill_value=0.0).to_numpy() for table in (events, people))
        too_few = (x.sum(axis=1) < EXACT_BELOW) | (n <= 0).any(axis=1)
        found.loc[(found["status"] == "shown") & too_few, "status"] = "too_few"
        shown = (found["status"] == "shown").to_numpy()
        weights = np.array([float(standard[stratum]) for stratum in strata])
        estimate = directly_standardised(x[shown], n[shown], weights, indicator.per.each)
    else:
        national = (rows["unit_kind"] == NATIONAL).to_numpy()
        rates = (events[national] / people[national]).fillna(0).droplevel(["unit_kind", "unit"])
        expected = (people.to_numpy() * rates.reindex(rows["period"]).fillna(0).to_numpy()).sum(axis=1)
        found.loc[(found["status"] == "shown") & (expected <= 0), "status"] = "not_applicable"
        shown = (found["status"] == "shown").to_numpy()
        estimate = ratio_to_expected(events.sum(axis=1).to_numpy()[shown], expected[shown])
    return _told(indicator, statistic, found, shown, estimate)


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
            return rate(numerator, _people_or_time(indicator, here, n), indicator.per.each)
        if statistic is SHARE:
            return _share(numerator, n)
        return proportion(numerator, n)
    if statistic is ADJUSTED:
        return _adjusted(rows, here, references)
    if isinstance(indicator, Ratio):
        value = here["sum"].to_numpy(dtype=float) / here["expected"].to_numpy(dtype=float) * indicator.each
        return Estimate(value, np.full(len(value), np.nan), np.full(len(value), np.nan))
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
    A number without an interval is not compared.
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
        & (statistic.method != "none")
    )
    verdict[~comparable] = None
    return pd.Series(verdict, index=found.index, dtype="object")
