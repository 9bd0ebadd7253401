"""Sums of money that one patient dominates: the p % rule.

A sum is sensitive when whoever made the second largest contribution could estimate the largest to within p percent of it:
X - x1 - x2 < p/100 x1 (Hundepool et al., Statistical Disclosure Control, Wiley 2012, section 4.2). The two largest
contributions are not known here, because no single patient's amount leaves the room where rows are read. What they can be
at most follows from the number, mean and standard deviation s of n amounts: x1 <= mean + s (n - 1) / sqrt(n), and
x1 + x2 <= 2 mean + s sqrt(2 (n - 1) (n - 2) / n) (Samuelson 1968, J Am Stat Assoc 63:1522; Wolkowicz & Styan 1979,
Linear Algebra Appl 29:471). So a sum that is held to be safe is safe, and some safe ones are hidden.
"""

import math

import pandas as pd
from babel.localedata import load as locale_data
from scipy import stats

from vbs_site.catalogue.indicators import Indicator, Mean
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.statistics import MEAN
from vbs_site.disclosure.columns import AMOUNT, Column, Counted
from vbs_site.disclosure.sums import Cell
from vbs_site.tables import records


def is_money(catalogue: Catalogue, indicator: Indicator) -> bool:
    """Return whether an indicator is the mean of amounts in a currency."""
    if not isinstance(indicator, Mean) or indicator.value.of_column is None:
        return False
    contract = catalogue.sources[indicator.value_source].columns.get(indicator.value.of_column)
    unit = contract.unit if contract is not None else None
    return unit is not None and unit in locale_data("en")["currency_names"]


def add_amounts(
    catalogue: Catalogue, found: Counted, findings: pd.DataFrame
) -> frozenset[tuple[Column, Cell]]:
    """Add to what is counted the amounts of money, which nobody may work out where one patient dominates them.

    An amount takes the place of a count that no other figure shows: as long as it can be another number, the sum of money
    can be another sum.

    Args:
        catalogue: for what is money, and the policies.
        found: what is counted; gets a column for each indicator of money.
        findings: the table of `vbs_site.statistics.findings`.

    Returns:
        The (column, cell) of the amounts that are dominated.
    """
    dominated = set[tuple[Column, Cell]]()
    for name in sorted({each.indicator for each in found.entries}):
        policy = catalogue.protection(name)
        if policy.dominance is None or not is_money(catalogue, catalogue.indicators[name]):
            continue
        column = (name, AMOUNT)
        rows = findings[(findings["indicator"] == name) & (findings["statistic"] == MEAN.name)]
        for row in records(rows):
            cell = Cell(*(str(row[key]) for key in Cell._fields))
            found.numbers[column][cell] = int(row["n"])
            if row["status"] != "shown":
                continue
            upper = math.nan if pd.isna(row["upper"]) else float(row["upper"])
            if is_dominated(int(row["n"]), float(row["value"]), upper, policy.dominance):
                dominated.add((column, cell))
        found.entries[:] = [
            each.showing(column) if each.indicator == name and each.statistic is MEAN else each
            for each in found.entries
        ]
    return frozenset(dominated)


def is_dominated(n: int, mean: float, upper: float, percent: float) -> bool:
    """Return whether one of n amounts can be so large that the second largest contributor could tell it from the sum.

    Args:
        n: how many amounts.
        mean: their mean.
        upper: the upper 95 % t limit of the mean, not a number for a single amount.
        percent: p of the p % rule.
    """
    if n < 3 or math.isnan(upper):
        return True
    deviation = (upper - mean) * math.sqrt(n) / float(stats.t.ppf(0.975, n - 1))
    largest = mean + deviation * (n - 1) / math.sqrt(n)
    two_largest = 2 * mean + deviation * math.sqrt(2 * (n - 1) * (n - 2) / n)
    return n * mean - two_largest < percent / 100 * largest
