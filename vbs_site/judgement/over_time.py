"""Series over time: control charts with the rules that fired, and whether a target will be reached as things are."""

import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vbs_site.catalogue.organisations import NATIONAL
from vbs_site.judgement.rows import SERIES, Judged, exposure, numbers
from vbs_site.periods import Period
from vbs_site.statistics.control import FEWEST, assurance, control_chart

CONTROL = (
    "indicator",
    "statistic",
    "unit_kind",
    "unit",
    "period",
    "phase",
    "centre",
    "lower",
    "upper",
    "signals",
    "variation",
    "assurance",
)
POSSIBLE = {"proportion": (0.0, 1.0), "interval": (0.0, None), "count": (0.0, None)}
"""Family to the least and the most that a figure can be; limits beyond are drawn there, and judged where they are."""


def charts(judged: Judged) -> pd.DataFrame:
    """Return the table `control`: the limits of every shown point of each series that has enough of them.

    Periods in which nothing is shown stand in the series as gaps. Where periods hold the same people, a chart would take
    these for a pattern: such a series has none, nor has the country's ratio to its own expected events, which is 1.
    """
    parts = [pd.DataFrame(columns=list(CONTROL))]
    if judged.family != "none" and not judged.indicator.periods_overlap:
        # Only XmR can take a figure that is no share or rate of whole people, such as more answers than were sent out.
        drawn = judged.rows if judged.way.control.chart == "xmr" else judged.compared
        for (kind, _), rows in drawn.groupby(SERIES, sort=True):
            if len(rows) >= FEWEST and (judged.stands_alone or kind != NATIONAL):
                parts.append(_chart(judged, rows))
    return pd.concat([each for each in parts if len(each)] or parts)


def _chart(judged: Judged, rows: pd.DataFrame) -> pd.DataFrame:
    way = judged.way.control
    places = rows["period"].map({text: each.index for text, each in judged.periods.items()})
    by_place = rows.assign(row=rows.index).set_index(places)
    start = judged.periods[rows["period"].iloc[0]]
    series = [start.next(place - start.index) for place in range(places.min(), places.max() + 1)]
    dense = by_place.reindex([each.index for each in series])
    parts = np.array([judged.phase(each, rebased=True) for each in series])
    phase = np.unique(parts, return_inverse=True)[1] + 1
    events, against = numbers(dense["numerator"]), exposure(dense, judged.each)
    chart = control_chart(
        way.chart,
        way.rules,
        numbers(dense["value"]) if way.chart == "xmr" else events / against,
        events,
        against,
        phase,
        _baseline(way.baseline_until, series, phase),
        judged.direction,
    )
    table = dense.assign(
        phase=phase,
        centre=chart.centre,
        lower=chart.lower,
        upper=chart.upper,
        signals=[";".join(each) for each in chart.signals],
        variation=pd.Series(chart.variation, index=dense.index, dtype="object"),
    )
    table["assurance"] = [
        _assured(judged, each, *row)
        for each, row in zip(
            series, table[["lower", "upper", "variation"]].itertuples(index=False), strict=True
        )
    ]
    share = judged.statistic.name.startswith("event_free")
    least, most = POSSIBLE.get("proportion" if share else judged.family, (None, None))
    table[["lower", "upper"]] = table[["lower", "upper"]].clip(least, most)
    shown = table[table["row"].notna()]
    return shown.set_index(shown["row"].astype(int))[list(CONTROL)]


def _baseline(
    until: datetime.date | None, series: list[Period], phase: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which points the limits are reckoned from; a phase that begins after the baseline is its own."""
    inside = np.array([until is None or each.last_day <= until for each in series])
    return inside | ~np.isin(phase, phase[inside])


def _assured(judged: Judged, period: Period, lower: float, upper: float, variation: str | None) -> str | None:
    """Return whether the target will be reached as things are: told where the chart is judged, of the first target in force."""
    targets = judged.targets_on(period)
    if not targets or variation is None:
        return None
    return assurance(targets[0].value, targets[0].op, lower, upper)
