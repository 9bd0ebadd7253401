"""Whole years of indicators that are reported by shorter periods: the sums of a year's periods, before anything is computed.

They are for units whose shorter periods hold too few people to be shown. Only measures whose sums add up over time have
them: a population, a cohort or a published reference belongs to one period.
"""

import decimal

import pandas as pd

from vbs_site.catalogue.indicators import Change, Indicator, Mean, Proportion, ShareOfSum, TimeToEvent
from vbs_site.catalogue.model import Catalogue
from vbs_site.measures.aggregates import EXACT
from vbs_site.measures.shape import STATISTICS
from vbs_site.periods import Period, parse_period, period_of
from vbs_site.statistics.findings import COLUMNS, find

KEYS = ["indicator", "unit_kind", "unit", "stratum", "part"]


def has_years(indicator: Indicator) -> bool:
    """Return whether the sums of an indicator's periods add up to those of a year."""
    if indicator.period not in ("month", "quarter", "half_year"):
        return False
    if isinstance(indicator, Mean):
        return indicator.cohort is None
    return type(indicator) in (Proportion, ShareOfSum, Change, TimeToEvent)


def find_years(catalogue: Catalogue, aggregates: pd.DataFrame) -> pd.DataFrame:
    """Return the findings of whole years, of everyone in each unit.

    Args:
        catalogue: for kinds and periods.
        aggregates: the table of `vbs_site.measures.aggregates`, with successors' sums.

    Returns:
        The columns of `find`. A year is there when all its periods are in the table and none of them waits for
        deliveries or follow-up. Where reporting years are not calendar years there is none: it would read like one.
    """
    chosen = {name: each for name, each in catalogue.computed.items() if has_years(each)}
    rows = aggregates[aggregates["indicator"].isin(list(chosen)) & (aggregates["stratum"] == "all")]
    if rows.empty or catalogue.catalogue.year_starts != 1:
        return pd.DataFrame(columns=list(COLUMNS))
    with decimal.localcontext(prec=EXACT):
        years = _added_up(rows)
    return find(catalogue.model_copy(update={"indicators": chosen}), years, {}, {})


def _added_up(rows: pd.DataFrame) -> pd.DataFrame:
    periods = {text: parse_period(text) for text in rows["period"].unique()}
    year = {text: period_of(each.first_day, "year").id for text, each in periods.items()}
    rows = rows.assign(year=rows["period"].map(year))
    whole = rows["coverage"].eq("complete").groupby([rows[key] for key in [*KEYS[:3], "year"]]).all()
    there = rows.groupby([*KEYS[:3], "year"])["period"].agg(lambda found: _is_whole(found, periods))
    good = (whole & there).loc[lambda each: each].index
    kept = rows[pd.MultiIndex.from_frame(rows[[*KEYS[:3], "year"]]).isin(good)]
    sums = kept.groupby([*KEYS, "year"], as_index=False, sort=False)[list(STATISTICS)].sum()
    return sums.rename(columns={"year": "period"}).assign(coverage="complete")[
        [each for each in rows.columns if each != "year"]
    ]


def _is_whole(found: pd.Series, periods: dict[str, Period]) -> bool:
    here = [periods[text] for text in found.unique()]
    return len(here) == here[0].per_year
