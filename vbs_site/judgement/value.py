"""Value: outcome and resource use of the same course side by side, as cells of the value assessment matrix.

The matrix is A. Dal's (2015): resource use lower, same or higher by outcome better, same or worse. It says nothing of
what counts as the same, so the catalogue declares a band around the national value for each side. A unit has a place
only when the whole interval of each side lies within the band or beyond it; anything else is undecided. The national
value is taken as it is published, without its own uncertainty.

A proposal gets no verdict: where one of the two measures is a proposal, the positions of both numbers are told, and no
cell is.
"""

import math
from typing import Any, Literal, NamedTuple

import pandas as pd

from vbs_site.catalogue.indicators import AdjustedChange, Change
from vbs_site.catalogue.judging import OutcomeSide
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.catalogue.statistics import main_direction, statistics_of
from vbs_site.judgement.rows import overlapping
from vbs_site.tables import records

Position = Literal["lower", "same", "higher", "undecided"]
RESOURCE = ("lower", "same", "higher")
OUTCOME = ("better", "same", "worse")
CELLS = tuple(f"{resource}-{outcome}" for resource in RESOURCE for outcome in OUTCOME)
"""The nine cells, row by row."""
DILEMMAS = ("lower-worse", "higher-better")
"""Cells in which one side speaks for the unit and the other against it: neither good nor bad by themselves."""
COLUMNS = (
    "value",
    "unit_kind",
    "unit",
    "period",
    "outcome",
    "outcome_lower",
    "outcome_upper",
    "outcome_reference",
    "outcome_band",
    "outcome_position",
    "resource",
    "resource_lower",
    "resource_upper",
    "resource_reference",
    "resource_band",
    "resource_position",
    "cell",
)


class Interval(NamedTuple):
    """The limits of a number; NaN where it has none."""

    lower: float
    upper: float


class Side(NamedTuple):
    """One side of a comparison in one period.

    Attributes:
        units: published results by (unit kind, unit).
        reference: the national value.
        band: how far from it is still the same, on the scale of the values.
        minimum: fewest patients that it is judged on.
    """

    units: dict[tuple[str, str], dict[str, Any]]
    reference: float
    band: float
    minimum: int


def position(interval: Interval, reference: float, band: float) -> Position:
    """Return where an interval lies: wholly within the band (its edges included), wholly beyond it, or undecided.

    Args:
        interval: of the unit.
        reference: the national value, on the same scale.
        band: how far from the reference is the same, to either side; not negative.
    """
    low, high = reference - band, reference + band
    if low <= interval.lower and interval.upper <= high:
        return "same"
    if interval.upper < low:
        return "lower"
    return "higher" if interval.lower > high else "undecided"


def place(
    outcome: Interval,
    outcome_reference: float,
    outcome_band: float,
    direction: Literal["higher", "lower"],
    resource: Interval,
    resource_reference: float,
    resource_share: float,
) -> str:
    """Return the cell of a unit, such as `lower-better` (resource use first), or `undecided`.

    Args:
        outcome: interval of the outcome.
        outcome_reference: the national outcome.
        outcome_band: how far from it is the same outcome.
        direction: which outcome is better.
        resource: interval of the resource use, of which less is better.
        resource_reference: the national resource use.
        resource_share: how far from it is the same resource use, as a share of it.
    """
    effect = better(position(outcome, outcome_reference, outcome_band), direction)
    cost = position(resource, resource_reference, resource_share * abs(resource_reference))
    return cell(cost, effect)


def better(where: str, direction: str) -> str:
    """Return a position in words of what is better: `higher` is `better` or `worse`; the others stay as they are."""
    told = {"higher": ("better", "worse"), "lower": ("worse", "better")}[direction]
    return {"higher": told[0], "lower": told[1]}.get(where, where)


def cell(resource: str, outcome: str) -> str:
    """Return the cell of two positions: one of the nine, `undecided`, or `not_judged` where a side has no position."""
    both = f"{resource}-{outcome}"
    if both in CELLS:
        return both
    return "undecided" if {resource, outcome} <= {*RESOURCE, *OUTCOME, "undecided"} else "not_judged"


def is_proposed(catalogue: Catalogue, name: str) -> bool:
    """Return whether one of the two measures of a value assessment is a proposal, so that no cell is told."""
    pair = catalogue.value[name]
    sides = (pair.outcome.indicator, pair.resource.indicator)
    return any(catalogue.indicators[each].provenance.is_proposal for each in sides)


def outcome_band(catalogue: Catalogue, side: OutcomeSide) -> float:
    """Return how far two outcomes may lie apart and still be the same, on the scale of the values."""
    if side.same.width is not None:
        return side.same.width
    indicator = catalogue.indicators[side.indicator]
    assert isinstance(indicator, Change | AdjustedChange)
    thresholds = catalogue.instruments[indicator.instrument].thresholds
    return next(each.value for each in thresholds if each.kind == side.same.threshold)


def assess(catalogue: Catalogue, organisations: Organisations, results: pd.DataFrame) -> pd.DataFrame:
    """Return where each unit lies in each value assessment of the catalogue.

    Only published results are read. A period is assessed when the national values of both sides are shown. A unit has
    a row when either side has one; an organisation whose figures are the sum of others beside it in the period has none.

    Args:
        catalogue: with `value`.
        organisations: for units that take over from others.
        results: protected results as in `results.csv`.

    Returns:
        One row per assessment, unit and period; columns `COLUMNS`. `outcome` and `resource` are the values, `_band` is
        to either side of `_reference`. A position is `same`, `undecided`, `not_shown` (nothing is published) or
        `too_few` (fewer patients than the indicator is judged on); else `better` or `worse` of an outcome, `higher`
        or `lower` of a resource use and of a proposal's outcome. `cell` is one of `CELLS`, `undecided`, `not_judged`
        (a side is not shown or too few) or `proposal`.
    """
    results = results[(results["stratum"] == "all") & (results["unit"] != UNKNOWN)]
    rows = list[dict[str, Any]]()
    for name, pair in catalogue.value.items():
        outcome, resource = (
            _main_results(catalogue, organisations, results, each.indicator)
            for each in (pair.outcome, pair.resource)
        )
        for period in sorted({*outcome["period"]} & {*resource["period"]}):
            rows += _of_period(
                catalogue,
                name,
                str(period),
                outcome[outcome["period"] == period],
                resource[resource["period"] == period],
            )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = [
        each for each in COLUMNS if each.startswith(("outcome", "resource")) and "position" not in each
    ]
    return table.astype(dict.fromkeys(numbers, "float64"))


def _main_results(
    catalogue: Catalogue, organisations: Organisations, results: pd.DataFrame, indicator: str
) -> pd.DataFrame:
    main = statistics_of(catalogue.indicators[indicator])[0].name
    found = results[(results["indicator"] == indicator) & (results["statistic"] == main)]
    return found[~overlapping(organisations, found)]


def _of_period(
    catalogue: Catalogue, name: str, period: str, outcome: pd.DataFrame, resource: pd.DataFrame
) -> list[dict[str, Any]]:
    pair = catalogue.value[name]
    references = _national(outcome), _national(resource)
    if any(math.isnan(each) for each in references):
        return []
    bands = outcome_band(catalogue, pair.outcome), pair.resource.same.share * abs(references[1])
    indicators = pair.outcome.indicator, pair.resource.indicator
    effects, costs = (
        Side(_units(rows, pair.units), reference, band, catalogue.judging(indicator).minimum)
        for rows, reference, band, indicator in zip(
            (outcome, resource), references, bands, indicators, strict=True
        )
    )
    proposed = is_proposed(catalogue, name)
    direction = main_direction(catalogue.indicators[pair.outcome.indicator])
    found = []
    for unit in sorted({*effects.units, *costs.units}):
        effect, cost = _told(effects, unit), _told(costs, unit)
        if not proposed:
            effect["position"] = better(effect["position"], direction)
        told = "proposal" if proposed else cell(cost["position"], effect["position"])
        keys = dict(
            zip(("value", "unit_kind", "unit", "period", "cell"), (name, *unit, period, told), strict=True)
        )
        found.append(keys | _named("outcome", effect) | _named("resource", cost))
    return found


def _national(rows: pd.DataFrame) -> float:
    """Return the national value, NaN where it is not shown."""
    found = rows.loc[(rows["unit_kind"] == NATIONAL) & (rows["status"] == "shown"), "value"].dropna()
    return float(found.iloc[0]) if len(found) else math.nan


def _units(rows: pd.DataFrame, kinds: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    here = records(rows[rows["unit_kind"].isin(kinds)])
    return {(each["unit_kind"], each["unit"]): each for each in here}


def _told(side: Side, unit: tuple[str, str]) -> dict[str, Any]:
    """Return the numbers and the position of a unit on one side; a number that is not shown is not looked at."""
    told: dict[str, Any] = {"reference": side.reference, "band": side.band}
    row = side.units.get(unit)
    if row is None or row["status"] != "shown":
        return told | {"value": math.nan, "lower": math.nan, "upper": math.nan, "position": "not_shown"}
    told |= {key: math.nan if row[key] is None else float(row[key]) for key in ("value", "lower", "upper")}
    if row["n"] is None or row["n"] < side.minimum:
        return told | {"position": "too_few"}
    where = position(Interval(told["lower"], told["upper"]), side.reference, side.band)
    return told | {"position": where}


def _named(side: str, told: dict[str, Any]) -> dict[str, Any]:
    return {side if key == "value" else f"{side}_{key}": each for key, each in told.items()}
