"""What leaves disclosure control: the only thing that releases get to see."""

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Protected:
    """Results that may be published.

    Attributes:
        results: the findings, with `suppressed` for a status and no numbers where something is hidden.
        log: for the publisher: `indicator, statistic, unit_kind, unit, period, stratum, reason`, one line per hidden line.
        withheld: indicator to the reason why nothing of it is shown.
        years: whole years of units whose shorter periods are hidden, in the columns of the results.
    """

    results: pd.DataFrame
    log: pd.DataFrame
    withheld: dict[str, str] = field(default_factory=dict)
    years: pd.DataFrame = field(default_factory=pd.DataFrame)
