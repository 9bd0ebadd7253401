"""The shape of every query's result: the same columns, one row per unit code, period and stratum.

`unit_code, period, sex, age_band, eligible, n, numerator, missing, sum, sum_sq, expected, residual_sq`. `sum` and
`expected` are DECIMAL(38, 6), `sum_sq` and `residual_sq` DECIMAL(38, 12), counts BIGINT: bytes do not depend on threads,
and every column can be added across units, regions and strata.
"""

from sqlglot import exp

from vbs_site.engines.primitives import Node, cast, column, literal, named
from vbs_site.measures.scope import Scope

STATISTICS = ("eligible", "n", "numerator", "missing", "sum", "sum_sq", "expected", "residual_sq")
SUM, SQUARE = "DECIMAL(38, 6)", "DECIMAL(38, 12)"
TYPES = {
    "eligible": "BIGINT",
    "n": "BIGINT",
    "numerator": "BIGINT",
    "missing": "BIGINT",
    "sum": SUM,
    "sum_sq": SQUARE,
    "expected": SUM,
    "residual_sq": SQUARE,
}


def grouped(
    scope: Scope,
    query: exp.Select,
    statistics: dict[str, Node],
    *,
    alias: str = "i",
    period: Node | None = None,
) -> exp.Select:
    """Return the query with the shared output columns, grouped by unit, period and strata."""
    if period is None:
        index = scope.indicator.of
        period = scope.period_index(
            index.from_, scope.time(index.from_, index.at), column("index_time", alias)
        )
    strata = [
        column(stratum, alias) for stratum in ("sex", "age_band") if stratum in scope.indicator.stratify
    ]
    groups = [column("unit_code", alias), period, *strata]
    columns = [named(cast(groups[0].copy(), "TEXT"), "unit_code"), named(period.copy(), "period")]
    for stratum in ("sex", "age_band"):
        here: Node = column(stratum, alias) if stratum in scope.indicator.stratify else exp.null()
        columns.append(named(cast(here, "TEXT"), stratum))
    columns += [named(statistics.get(each, cast(literal(0), TYPES[each])), each) for each in STATISTICS]
    return query.select(*columns, append=False, copy=False).group_by(*groups, copy=False)


def with_parts(query: exp.Select, parts: dict[str, Node]) -> exp.Select:
    """Return the query with named parts before it, in order."""
    for name, part in parts.items():
        query = query.with_(exp.to_identifier(name, quoted=True), as_=part, copy=False)
    return query
