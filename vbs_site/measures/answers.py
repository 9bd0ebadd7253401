"""The paired score of a PRO measure: which answer before and after the index event is taken."""

from sqlglot import exp

from vbs_site.catalogue.values import Answer, Measurement
from vbs_site.catalogue.words import Duration
from vbs_site.engines.conditions_sql import single_valued
from vbs_site.engines.primitives import Node, both, cast, column, literal, named, plus, table
from vbs_site.measures.scope import Scope


def answers(scope: Scope, measure: Measurement, answer: Answer) -> exp.Select:
    """Return `key_0`…, `score` and `pick` (1 for the answer that is taken) per index event and answer in its window.

    The window is counted in whole days, both ends included. Among several answers the first or last by time is taken;
    at the same time, the one with the lowest key. An answer without a score is passed over.
    """
    contract = scope.source(measure.from_)
    at = scope.time(measure.from_, measure.at)
    assert contract.person is not None
    keys = len(scope.source(scope.indicator.of.from_).key)
    low, high = answer.window
    day, index_day = cast(column(at, "r"), "DATE"), cast(column("index_time", "i"), "DATE")
    on = [
        exp.EQ(this=column(contract.person, "r"), expression=column("person", "i")),
        exp.GTE(this=day, expression=plus(index_day, low) if low.count else index_day),
        exp.LTE(this=day.copy(), expression=plus(index_day.copy(), high) if high.count else index_day.copy()),
    ]
    earlier = Duration(max(0, -low.count), low.unit)
    later = Duration(max(0, high.count), high.unit)
    rows = exp.select("*", copy=False).from_(table(measure.from_, "c"), copy=False)
    rows = rows.where(
        both(
            scope.where(measure.from_, measure.where, "c"),
            scope.where(measure.from_, answer.where, "c"),
            exp.Not(this=exp.Is(this=column(measure.value, "c"), expression=exp.null())),
            scope.reported(measure.from_, at, "c", before=earlier, after=later),
        ),
        copy=False,
    )
    order: list[Node] = [exp.Ordered(this=column(at, "r"), desc=answer.pick == "last", nulls_first=False)]
    told = {contract.person, at, *single_valued(measure.where, answer.where)}
    order += [
        exp.Ordered(this=column(key, "r"), nulls_first=False) for key in contract.key if key not in told
    ]
    rank = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(f"key_{i}", "i") for i in range(keys)],
        order=exp.Order(expressions=order),
    )
    query = exp.select(
        *(column(f"key_{i}", "i") for i in range(keys)),
        named(cast(column(measure.value, "r"), "DECIMAL(18, 6)"), "score"),
        named(rank, "pick"),
        copy=False,
    )
    return query.from_(table("index_events", "i"), copy=False).join(
        rows.subquery("r", copy=False), on=both(*on), join_type="INNER", copy=False
    )


def with_answers(query: exp.Select, keys: int, name: str) -> exp.Select:
    """Return the query over `index_events` (alias `i`) with the picked answers joined as `name`; null where there is none."""
    on = [exp.EQ(this=column(f"key_{i}", name), expression=column(f"key_{i}", "i")) for i in range(keys)]
    on.append(exp.EQ(this=column("pick", name), expression=literal(1)))
    return query.join(table(f"{name}_answers", name), on=both(*on), join_type="LEFT", copy=False)
