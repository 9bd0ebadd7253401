"""The shape of every query's result: columns of one list, one row per unit code, period, stratum and bin.

`unit_code, period, sex, age_band, bin, eligible, n, numerator, missing, person_days, sum, sum_sq, expected,
residual_sq`; a query leaves out a stratum that it does not divide by and a statistic that is 0 in its kind. `bin` is the
day after the index event on which people leave a life table. `sum` and `expected` are DECIMAL(38, 6), `sum_sq` and
`residual_sq` DECIMAL(38, 12), counts BIGINT: bytes do not depend on threads, and every statistic can be added across
units, regions and strata.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from vbs_site.engines.primitives import Node, cast, column, named
from vbs_site.measures.scope import Scope

SUM, SQUARE = "DECIMAL(38, 6)", "DECIMAL(38, 12)"
TYPES = {
    "eligible": "BIGINT",
    "n": "BIGINT",
    "numerator": "BIGINT",
    "missing": "BIGINT",
    "person_days": "BIGINT",
    "sum": SUM,
    "sum_sq": SQUARE,
    "expected": SUM,
    "residual_sq": SQUARE,
}
STATISTICS = tuple(TYPES)
GROUPS = ("unit_code", "period", "sex", "age_band", "bin")

Columns = Mapping[str, Sequence[Any]]
"""The columns of a compiled query by name."""


def in_columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Columns:
    """Return the rows of a query as columns."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return dict(zip(names, columns, strict=True))


def grouped(
    scope: Scope,
    query: exp.Select,
    statistics: dict[str, Node],
    *,
    period: Node | None = None,
    unit: Node | None = None,
    strata: Mapping[str, Node] | None = None,
    in_bin: Node | None = None,
) -> exp.Select:
    """Return the query with the shared output columns, grouped by unit, period, strata and bin.

    Args:
        scope: the indicator.
        query: the rows to add up.
        statistics: by name, those that the kind has.
        period: the period's number.
        unit: the unit's code.
        strata: `sex` and `age_band`, as far as the indicator has them.
        in_bin: the bin of a life table.
    """
    if period is None:
        index = scope.indicator.of
        period = scope.period_index(index.from_, scope.time(index.from_, index.at), column("index_time", "i"))
    unit = column("unit_code", "i") if unit is None else unit
    strata = {name: column(name, "i") for name in scope.strata} if strata is None else strata
    bins = [in_bin] if in_bin is not None else []
    groups = [unit, period, *(strata[name] for name in scope.strata), *bins]
    columns = [named(cast(unit.copy(), "TEXT"), "unit_code"), named(period.copy(), "period")]
    columns += [named(cast(strata[name].copy(), "TEXT"), name) for name in GROUPS if name in scope.strata]
    columns += [named(cast(in_bin.copy(), "BIGINT"), "bin")] if in_bin is not None else []
    columns += [named(statistics[name], name) for name in STATISTICS if name in statistics]
    return query.select(*columns, append=False, copy=False).group_by(*groups, copy=False)


def squared(amount: Node) -> Node:
    """Return the square of an amount of DECIMAL(18).

    DuckDB keeps a product of two DECIMAL(18) within 18 digits, too few for an amount of 1000.000000; 19 digits make it
    wide. Spark gives the product 19 + 18 + 1 digits, just as many as it has, and so keeps every decimal.
    """
    return exp.Mul(this=cast(amount.copy(), "DECIMAL(19, 6)"), expression=amount.copy())


def with_parts(query: exp.Select, parts: dict[str, Node]) -> exp.Select:
    """Return the query with named parts before it, in order."""
    for name, part in parts.items():
        query = query.with_(exp.to_identifier(name, quoted=True), as_=part, copy=False)
    return query
