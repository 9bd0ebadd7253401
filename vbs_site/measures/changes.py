"""Paired scores before and after an index event."""

from sqlglot import exp

from vbs_site.catalogue.indicators import Change
from vbs_site.engines.primitives import (
    Node,
    both,
    case,
    cast,
    column,
    count_if,
    count_rows,
    is_null,
    literal,
    total,
)
from vbs_site.measures.answers import answers, with_answers
from vbs_site.measures.counted import counted
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import SQUARE, SUM, grouped, squared, with_parts


def change(scope: Scope) -> exp.Select:
    """Pair a score before and after. Improved means a change of at least the threshold in the instrument's direction."""
    indicator = scope.indicator
    keys = len(scope.source(indicator.of.from_).key)
    if isinstance(indicator, Change) and indicator.measure is not None:
        rows = counted(scope)
        query, parts = rows.query, rows.parts
        for name in ("baseline", "follow_up"):
            parts[f"{name}_answers"] = answers(scope, indicator.measure, getattr(indicator.measure, name))
            query = with_answers(query, keys, name)
        before, after, expected = column("score", "baseline"), column("score", "follow_up"), None
    else:
        pair = indicator.pair
        names = {"baseline": pair.baseline, "follow_up": pair.follow_up} | (
            {"expected": pair.expected} if pair.expected else {}
        )
        rows = counted(scope, {key: cast(column(name, "s"), "DECIMAL(18, 6)") for key, name in names.items()})
        query, parts = rows.query, rows.parts
        before, after = column("baseline", "i"), column("follow_up", "i")
        expected = column("expected", "i") if pair.expected else None
    difference = exp.paren(exp.Sub(this=after, expression=before))
    complete = both(
        *(exp.Not(this=is_null(node.copy())) for node in (before, after, expected) if node is not None)
    )
    paired = exp.Case(ifs=[exp.If(this=complete, true=difference)])
    statistics = {
        "eligible": count_rows(),
        "n": count_if(complete.copy()),
        "missing": total(exp.Case(ifs=[exp.If(this=complete.copy(), true=literal(0))], default=literal(1))),
        "sum": total(paired, SUM),
        "sum_sq": total(squared(paired), SQUARE),
    }
    instrument = scope.catalogue.instruments[indicator.instrument]
    if indicator.improved is not None:
        threshold = next(each.value for each in instrument.thresholds if each.kind == indicator.improved)
        better: Node = exp.GTE(this=difference.copy(), expression=literal(threshold))
        if instrument.direction == "lower":
            better = exp.LTE(this=difference.copy(), expression=literal(-threshold))
        statistics["numerator"] = count_if(both(complete.copy(), better))
    if expected is not None:
        expected_change = exp.paren(exp.Sub(this=expected, expression=before.copy()))
        residual = exp.paren(exp.Sub(this=after.copy(), expression=expected.copy()))
        statistics["expected"] = total(
            exp.Case(ifs=[exp.If(this=complete.copy(), true=expected_change)]), SUM
        )
        statistics["residual_sq"] = total(case(complete.copy(), squared(residual)), SQUARE)
    return with_parts(grouped(scope, query, statistics), parts)
