"""How much is left to see: for the publisher alone, because the events of hidden lines are counted."""

from typing import NamedTuple

import pandas as pd


class Shown(NamedTuple):
    """What is shown of what there was to show, each 0-1; None where there was nothing.

    Attributes:
        lines: share of the lines that had a value.
        events: share of these lines' numerators, added up over everyone in each unit of the finest kind and above alike.
        everyone: share of the lines of everyone, without strata.
    """

    lines: float | None
    events: float | None
    everyone: float | None


def shown_of(findings: pd.DataFrame, results: pd.DataFrame) -> Shown:
    """Return how much of the findings the results show.

    Args:
        findings: the table of `vbs_site.statistics.findings`.
        results: the same lines after protection.
    """
    there = (findings["status"] == "shown").to_numpy()
    left = there & (results["status"] == "shown").to_numpy()
    all_of_them = (findings["stratum"] == "all").to_numpy()
    events = findings["numerator"].fillna(0).to_numpy(dtype=float)
    return Shown(
        _share(left.sum(), there.sum()),
        _share(events[left].sum(), events[there].sum()),
        _share((left & all_of_them).sum(), (there & all_of_them).sum()),
    )


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None
