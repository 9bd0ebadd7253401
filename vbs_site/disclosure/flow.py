"""The counts on the way from source rows to a figure: which of them may stand beside it.

A step is hidden when it, or what can be subtracted from published numbers, would be a small count. Fails closed: with one
small step no other step that leaves rows out is shown, and what is read is shown only as far from the figure as the
threshold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Indicator,
    Mean,
    Proportion,
    StandardisedRatio,
    TimeToEvent,
)
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL
from vbs_site.catalogue.protection import Disclosure
from vbs_site.catalogue.statistics import ANSWERED, over_population, statistics_of
from vbs_site.tables import records

READ = ("rows", "where", "courses")
"""Steps whose count is what is left after them; the count of every other step before the figure is what it leaves out."""


OF_EVENTS = (Proportion, Change, AdjustedChange, Mean, StandardisedRatio, TimeToEvent)
"""Kinds whose n is a number of index events, unless it is a population."""


@dataclass(frozen=True)
class Count:
    """One step of one indicator in one period; no count where it is not shown."""

    indicator: str
    period: str
    step: str
    count: int | None


def protect_flow(
    catalogue: Catalogue, flow: Mapping[str, Mapping[str, Any]], results: pd.DataFrame
) -> list[Count]:
    """Return the steps of every indicator whose national figure is shown.

    Where any national figure of the indicator is hidden, what it hides could be subtracted from a step: none is shown.

    Args:
        catalogue: has the policy.
        flow: of the aggregates' note.
        results: protected results.
    """
    national = results[(results["unit_kind"] == NATIONAL) & (results["stratum"] == "all")]
    whole, gone = (national[national["status"] == status] for status in ("shown", "suppressed"))
    hidden = set(zip(gone["indicator"], gone["period"], strict=True))
    found = list[Count]()
    for name, each in flow.items():
        rows = whole[(whole["indicator"] == name) & (whole["period"] == each["period"])]
        by_statistic = {str(row["statistic"]): row for row in records(rows)}
        figure = _figure(catalogue.indicators[name], by_statistic)
        if figure is not None:
            counted = _counted(catalogue.indicators[name], figure, each["counts"]["eligible"])
            before = steps_shown(each["counts"], counted, catalogue.protection(name))
            shown = ({} if (name, each["period"]) in hidden else before) | figure
            steps = [*(step for step in each["counts"] if step != "eligible"), "eligible", "missing", *figure]
            found += [Count(name, each["period"], step, shown.get(step)) for step in dict.fromkeys(steps)]
    return found


def _figure(indicator: Indicator, rows: dict[str, dict[str, Any]]) -> dict[str, int] | None:
    """Return the published denominator and numerator, given the row of each statistic; None when there is no figure."""
    statistics = statistics_of(indicator)
    if statistics[0].name not in rows:
        return None
    figure = {"denominator": int(rows[statistics[0].name]["n"])}
    counting = next((each.name for each in statistics if each.counts and each not in ANSWERED), None)
    if counting in rows and pd.notna(rows[counting]["numerator"]):
        figure["numerator"] = int(rows[counting]["numerator"])
    return figure


def _counted(indicator: Indicator, figure: Mapping[str, int], eligible: int) -> int:
    """Return how many of the eligible rows are in the figure, as far as its published counts tell."""
    if over_population(indicator):
        return figure.get("numerator", eligible)
    return figure["denominator"] if isinstance(indicator, OF_EVENTS) else eligible


def steps_shown(counts: Mapping[str, int], counted: int, policy: Disclosure) -> dict[str, int]:
    """Return the counts before the figure that may be shown; `counted` of the eligible rows are in it."""
    eligible = counts["eligible"]
    missing = eligible - counted
    out = [count for step, count in counts.items() if step not in (*READ, "eligible")]
    left = [counts[step] for step in READ if step in counts]
    between = [more - less for more, less in zip(left, [*left[1:], eligible + sum(out)], strict=True)]
    small = any(_small(count, policy) for count in (*out, missing))
    if small or any(_few(count, policy) for count in between):
        return dict(_far_from(counts, (eligible, counted), policy))
    return dict(counts) | {"missing": missing}


def _far_from(
    counts: Mapping[str, int], ends: tuple[int, int], policy: Disclosure
) -> Iterator[tuple[str, int]]:
    """Yield what is read, nearest to the figure first, as far as nothing small can be subtracted."""
    for step in reversed([each for each in READ if each in counts]):
        if not any(_few(counts[step] - end, policy) for end in ends):
            yield step, counts[step]
            ends = (counts[step], counts[step])


def _small(count: int, policy: Disclosure) -> bool:
    return 0 < count < policy.threshold or (count == 0 and not policy.zeros_shown)


def _few(count: int, policy: Disclosure) -> bool:
    return 0 < abs(count) < policy.threshold
