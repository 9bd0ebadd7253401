"""How many rows are left at each step from a source to the figure: the whole country, the latest complete period.

The steps are those of `catalogue.wording.flow`: what is read here is what is said there.
"""

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from vbs_site.catalogue.events import Exclusion
from vbs_site.catalogue.indicators import Proportion, ShareOfSum
from vbs_site.catalogue.model import Catalogue
from vbs_site.engines.engine import Engine
from vbs_site.engines.primitives import both, case, column, count_rows, literal, table, total
from vbs_site.engines.relations import DELIVERER
from vbs_site.measures.completeness import Reach
from vbs_site.measures.counted import counted
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import Columns, with_parts
from vbs_site.periods import Period

Flow = dict[str, Any]
"""`period` and `counts`: step to count. `rows`, `where` and `courses` are what is left; the others what is left out."""


def settled(carried: Reach) -> Period | None:
    """Return the latest listed period that every delivery covers with its look-ahead."""
    return next(
        (each for each in reversed(carried.periods) if carried.coverage(each, None) == "complete"), None
    )


def eligible_in(indicator: Any, period: Period, found: Columns) -> int | None:
    """Return how many index events an indicator's query counted in a period; None where it adds up something else."""
    if isinstance(indicator, ShareOfSum):
        return None
    counted = zip(found["period"], found["eligible"], strict=True)
    return int(sum(count for index, count in counted if period.first_part.index <= index <= period.index))


def flow_of(
    catalogue: Catalogue,
    name: str,
    period: Period,
    deliverer: str | None,
    engine: Engine,
    eligible: int | None,
) -> Flow:
    """Return the counts of one indicator that counts index events.

    Args:
        catalogue: the catalogue.
        name: the indicator.
        period: the period.
        deliverer: as in `Scope`.
        engine: gives rows of the sources.
        eligible: the index events that every exclusion leaves; None counts them.
    """
    indicator: Any = catalogue.indicators[name]
    of, exclusions = indicator.of, getattr(indicator, "exclude", [])
    scope = Scope(catalogue, name, indicator.units[0], period.first_day, period.end, deliverer=deliverer)
    ((rows, meeting),) = engine.rows(_read(scope))
    counts = {"rows": int(rows)}
    if of.where is not None:
        counts["where"] = int(meeting)
    plain = of.chain is None and of.only_first is None and of.washout is None
    left = [int(meeting)] if plain else []
    left += [_left(scope, exclusions[:number], engine) for number in range(len(left), len(exclusions))]
    if len(left) <= len(exclusions):
        left.append(_left(scope, exclusions, engine) if eligible is None else eligible)
    if of.chain is not None:
        counts["courses"] = left[0]
    elif not plain:
        counts["repeated"] = int(meeting) - left[0]
    for number in range(1, len(left)):
        counts[f"excluded_{number}"] = left[number - 1] - left[number]
    return {"period": period.id, "counts": counts | {"eligible": left[-1]}}


def added(parts: list[Mapping[str, Flow]]) -> dict[str, Flow]:
    """Return the counts of parts together, for the indicators that all of them counted in the same period."""
    found = {}
    for name, first in parts[0].items():
        others = [part.get(name) for part in parts]
        if all(each is not None and each["period"] == first["period"] for each in others):
            counts = {step: sum(each["counts"][step] for each in others if each) for step in first["counts"]}
            found[name] = {"period": first["period"], "counts": counts}
    return found


def _read(scope: Scope) -> exp.Select:
    """Return the number of rows of the period, and of those that meet the condition."""
    of = scope.indicator.of
    met = scope.where(of.from_, of.where, "s")
    meeting = count_rows() if met is None else total(case(met, literal(1), literal(0)))
    mine = (
        exp.EQ(this=column(DELIVERER, "s"), expression=literal(scope.deliverer)) if scope.deliverer else None
    )
    reported = scope.reported(of.from_, scope.time(of.from_, of.at), "s")
    return exp.select(count_rows(), meeting).from_(table(of.from_, "s")).where(both(reported, mine))


def _left(scope: Scope, exclusions: list[Exclusion], engine: Engine) -> int:
    """Return the number of index events that some of the exclusions leave."""
    indicator = scope.indicator
    shared = {field: getattr(indicator, field) for field in ("title", "units", "period", "report_from", "of")}
    bare: dict[str, Any] = shared | {
        "kind": "proportion",
        "exclude": exclusions,
        "event": None,
        "stratify": [],
    }
    plain = Proportion.model_construct(**bare)
    catalogue = scope.catalogue.model_copy(update={"indicators": {scope.name: plain}})
    rows = counted(
        Scope(catalogue, scope.name, scope.unit_kind, scope.start, scope.end, deliverer=scope.deliverer)
    )
    ((left,),) = engine.rows(with_parts(rows.query.select(count_rows()), rows.parts))
    return int(left)
