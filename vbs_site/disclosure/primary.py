"""Primary suppression: which cells hold a count that points at few people.

A count is small from 1 to threshold - 1 (Danish registers: 1 and 2, threshold 3; others: below 5). What is looked at is
every count that can be read from the cell: n, the numerator, and what is left of n without the numerator.
"""

import pandas as pd

from vbs_site.catalogue.protection import Disclosure


def small(count: pd.Series, policy: Disclosure) -> pd.Series:
    """Return whether each count is small; with `zeros_shown: false`, a zero is small too."""
    lowest = 1 if policy.zeros_shown else 0
    return ((count >= lowest) & (count < policy.threshold)).fillna(value=False).astype(bool)


def small_group(found: pd.DataFrame, policy: Disclosure) -> pd.Series:
    """Return whether the group itself is small; an empty group (n = 0) names nobody."""
    return small(found["n"], policy) & (found["n"] > 0)


def small_part(found: pd.DataFrame, policy: Disclosure, *, complement: bool) -> pd.Series:
    """Return whether the numerator, or what is left of n without it, is small in a group that is not empty.

    Args:
        found: findings with `n` and `numerator`.
        policy: threshold and treatment of zeros.
        complement: whether the rest is people too (not so for a rate, where n is the population).
    """
    numerator = found["numerator"].astype("Float64")
    part = small(numerator, policy)
    if complement:
        part |= small(found["n"] - numerator, policy)
    return part & (found["n"] > 0)
