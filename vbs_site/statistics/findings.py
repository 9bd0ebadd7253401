"""Aggregates to findings: one row per indicator, statistic, unit, period and stratum.

Columns: `indicator, statistic, unit_kind, unit, period, stratum, status, n, numerator, exposure, value, lower, upper,
method`. `status` is `shown` or the reason why there is no value; `exposure` is what the numerator is set against when
that is not n: the days or years that people were followed, or the events expected. Disclosure control has not been
applied, so the table is confidential.
"""

import numpy as np
import pandas as pd

from vbs_site.catalogue.indicators import (
    Indicator,
    Rate,
    Ratio,
    StandardisedRate,
    StandardisedRatio,
    TimeToEvent,
)
from vbs_site.catalogue.judging import IntervalMethod
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.catalogue.populations import PersonTime
from vbs_site.catalogue.statistics import (
    ADJUSTED,
    ANSWERED,
    CRUDE_PROPORTION,
    DIRECT,
    INDIRECT,
    SHARE,
    TIME_FREE,
    Statistic,
    method_of,
    statistics_of,
)
from vbs_site.statistics.intervals import (
    EXACT_BELOW,
    Estimate,
    directly_standardised,
    mean,
    proportion,
    rate,
    ratio_to_expected,
    wilson,
)
from vbs_site.statistics.survival import Curve, kaplan_meier, read_at, time_free

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
    "exposure",
    "value",
    "lower",
    "upper",
    "method",
)
PROPORTIONS = {"clopper-pearson": proportion, "wilson": wilson}
"""Method to the function that gives proportions with their limits."""
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
        interval = catalogue.judging(name).interval
        curves = _curves(rows, divided) if isinstance(indicator, TimeToEvent) else []
        for statistic in statistics_of(indicator):
            if statistic.day is not None:
                found = _of_curves(indicator, statistic, rows, curves)
            elif isinstance(indicator, StandardisedRate | StandardisedRatio):
                weights = (standards or {}).get(name, {})
                found = _standardised(indicator, statistic, rows, divided, weights, interval)
            else:
                found = _finding(indicator, statistic, rows, references.get(name, {}), interval)
            parts.append(found.assign(method=method_of(statistic, interval)))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    return table.sort_values(
        ["indicator", "statistic", "unit_kind", "unit", "period", "stratum"], kind="stable", ignore_index=True
    )[list(COLUMNS)]


def _finding(
    indicator: Indicator,
    statistic: Statistic,
    rows: pd.DataFrame,
    references: dict[str, str],
    interval: IntervalMethod,
) -> pd.DataFrame:
    found = _cells(statistic, rows)
    found["n"] = rows["eligible"] if statistic in ANSWERED else rows["n"]
    if statistic.counts:
        found["numerator"] = rows["n" if statistic in ANSWERED else "numerator"].astype("Float64")
    _set_status(indicator, statistic, rows, found)
    if statistic is ADJUSTED:
        _refuse(found, ~rows["period"].isin(list(references)), "not_delivered")
    if isinstance(indicator, Rate) and isinstance(indicator.per, PersonTime):
        days = rows["person_days"].to_numpy(dtype=float)
        found["exposure"] = days / DAYS_PER_YEAR if indicator.per.person_time == "years" else days
        _refuse(found, found["exposure"] <= 0, "not_applicable")
    if isinstance(indicator, Ratio):
        _refuse(found, rows["expected"].astype(float) == 0, "not_applicable")
    shown = (found["status"] == "shown").to_numpy()
    return _told(found, shown, _estimate(indicator, statistic, rows, found, shown, references, interval))


def _cells(statistic: Statistic, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of a statistic without numbers, in the order of the rows."""
    empty = pd.array([pd.NA] * len(rows), dtype="Float64")
    return rows[KEYS].assign(statistic=statistic.name, numerator=empty, exposure=np.nan)


def _refuse(found: pd.DataFrame, where: pd.Series | np.ndarray, status: str) -> None:
    """Give the reason why there is no value to those that had none until now."""
    found.loc[(found["status"] == "shown") & where, "status"] = status


def _told(found: pd.DataFrame, shown: np.ndarray, estimate: Estimate) -> pd.DataFrame:
    """Return the findings with the numbers of those that are shown."""
    for name in ("value", "lower", "upper"):
        column = np.full(len(found), np.nan)
        column[shown] = getattr(estimate, name)
        found[name] = column
    return found


def _curves(rows: pd.DataFrame, divided: pd.DataFrame) -> list[Curve | None]:
    """Return the curve of the life table of each unit and period; None where nobody is followed."""
    cell = ["unit_kind", "unit", "period", "stratum"]
    days = divided["part"].str.removeprefix("day=").astype(int)
    tables = {
        key: table[["day", "n", "numerator"]].to_numpy(dtype=float).T
        for key, table in divided.assign(day=days).groupby(cell)
    }
    return [
        kaplan_meier(*tables[key]) if key in tables and tables[key][1].sum() > 0 else None
        for key in rows[cell].itertuples(index=False, name=None)
    ]


def _of_curves(
    indicator: Indicator, statistic: Statistic, rows: pd.DataFrame, curves: list[Curve | None]
) -> pd.DataFrame:
    """Return the share free of the event at one time, or the mean time free, of the curve of each unit and period."""
    day = statistic.day
    assert day is not None
    found = _cells(statistic, rows)
    events = [each.events[each.day <= day].sum() if each is not None else 0.0 for each in curves]
    found["n"], found["numerator"] = rows["n"], pd.array(events, dtype="Float64")
    _set_status(indicator, statistic, rows, found)
    reading = time_free if statistic.name == TIME_FREE else read_at
    numbers = np.full((len(rows), 3), np.nan)
    unread = np.zeros(len(rows), dtype=bool)
    for place, (curve, status) in enumerate(zip(curves, found["status"], strict=True)):
        if curve is None or status != "shown":
            continue
        read = reading(curve, day)
        unread[place] = read is None
        if read is not None:
            numbers[place] = read
    _refuse(found, unread, "incomplete_follow_up")
    found[["value", "lower", "upper"]] = numbers
    return found


def _standardised(
    indicator: StandardisedRate | StandardisedRatio,
    statistic: Statistic,
    rows: pd.DataFrame,
    divided: pd.DataFrame,
    standard: dict[str, str],
    interval: IntervalMethod,
) -> pd.DataFrame:
    """Return standardised rates or ratios, or the crude figure of the same people and events.

    A direct rate is not shown below 10 events (as PHEindicatormethods), nor where a stratum of the standard has no
    people in the unit; a ratio's expected events come from the rates of all units together in the same period.
    """
    found = _cells(statistic, rows)
    people, events = _by_stratum(indicator, rows, divided)
    found["n"] = people.sum(axis=1).to_numpy(dtype=np.int64)
    found["numerator"] = pd.array(events.sum(axis=1).to_numpy(), dtype="Float64")
    _set_status(indicator, statistic, rows, found)
    if statistic is DIRECT:
        strata = sorted(standard)
        x, n = (table.reindex(columns=strata, fill_value=0.0).to_numpy() for table in (events, people))
        _refuse(found, (x.sum(axis=1) < EXACT_BELOW) | (n <= 0).any(axis=1), "too_few")
        shown = (found["status"] == "shown").to_numpy()
        weights = np.array([float(standard[stratum]) for stratum in strata])
        assert indicator.per is not None, "a rate is taken over a population"
        return _told(found, shown, directly_standardised(x[shown], n[shown], weights, indicator.per.each))
    if statistic is INDIRECT:
        national = (rows["unit_kind"] == NATIONAL).to_numpy()
        rates = (events[national] / people[national]).fillna(0).droplevel(["unit_kind", "unit"])
        expected_by_stratum = people.to_numpy() * rates.reindex(rows["period"]).fillna(0).to_numpy()
        found["exposure"] = expected_by_stratum.sum(axis=1)
        _refuse(found, found["exposure"] <= 0, "not_applicable")
    shown = (found["status"] == "shown").to_numpy()
    columns = ("numerator", "n", "exposure")
    counted, whole, expected = (found[name][shown].to_numpy(dtype=float) for name in columns)
    if statistic is INDIRECT:
        return _told(found, shown, ratio_to_expected(counted, expected))
    if statistic is CRUDE_PROPORTION:
        return _told(found, shown, PROPORTIONS[interval](counted, whole))
    assert indicator.per is not None, "index events at risk have a crude proportion"
    return _told(found, shown, rate(counted, whole, indicator.per.each))


def _by_stratum(
    indicator: StandardisedRate | StandardisedRatio, rows: pd.DataFrame, divided: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return people and events of each row, a column per stratum.

    Index events of unknown sex or age are a stratum of their own. A population has no such people, so events among
    them are left out.
    """
    known = divided[~divided["part"].str.contains(f"={UNKNOWN}")] if indicator.per is not None else divided
    cells = ["unit_kind", "unit", "period"]
    people, events = (
        known.pivot_table(index=cells, columns="part", values=name, aggfunc="sum", fill_value=0)
        .reindex(pd.MultiIndex.from_frame(rows[cells]), fill_value=0)
        .astype(float)
        for name in ("n", "numerator")
    )
    return people, events


def _set_status(indicator: Indicator, statistic: Statistic, rows: pd.DataFrame, found: pd.DataFrame) -> None:
    """Say of every finding whether it is shown; where there is nobody, or a count below 0, there is nothing to show."""
    found["status"] = rows["coverage"].replace({"complete": "shown"}).astype("object")
    n = found["n"]
    _refuse(found, (n <= 0) | (found["numerator"] < 0).fillna(value=False).astype(bool), "not_applicable")
    if statistic.judged and indicator.minimum.denominator is not None:
        _refuse(found, n < indicator.minimum.denominator, "too_few")
    if statistic.judged and indicator.minimum.response_rate is not None:
        _refuse(found, rows["n"] < rows["eligible"].map(indicator.minimum.answers), "low_coverage")


def _estimate(
    indicator: Indicator,
    statistic: Statistic,
    rows: pd.DataFrame,
    found: pd.DataFrame,
    shown: np.ndarray,
    references: dict[str, str],
    interval: IntervalMethod,
) -> Estimate:
    here, told = rows[shown], found[shown]
    n = told["n"].to_numpy(dtype=float)
    if statistic.counts:
        numerator = told["numerator"].to_numpy(dtype=float)
        if isinstance(indicator, Rate):
            timed = isinstance(indicator.per, PersonTime)
            over = told["exposure"].to_numpy(dtype=float) if timed else n
            return rate(numerator, over, indicator.per.each)
        if statistic is SHARE:
            return _share(numerator, n, interval)
        return PROPORTIONS[interval](numerator, n)
    if statistic is ADJUSTED:
        return _adjusted(rows, here, references)
    if isinstance(indicator, Ratio):
        value = here["sum"].to_numpy(dtype=float) / here["expected"].to_numpy(dtype=float) * indicator.each
        return Estimate(value, np.full(len(value), np.nan), np.full(len(value), np.nan))
    return mean(n, here["sum"].to_numpy(dtype=float), here["sum_sq"].to_numpy(dtype=float))


def _share(numerator: np.ndarray, n: np.ndarray, interval: IntervalMethod) -> Estimate:
    """Return quotients of delivered counts; where the part exceeds the whole (counted apart) there is no binomial interval."""
    within = numerator <= n
    estimate = PROPORTIONS[interval](np.where(within, numerator, n), n)
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
