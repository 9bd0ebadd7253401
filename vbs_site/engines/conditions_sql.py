"""A condition of the catalogue as a SQL tree."""

import datetime
from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from vbs_site.catalogue.conditions import AllOf, AnyOf, Compare, Condition, Not, comparisons
from vbs_site.catalogue.sources import Codeset, Source
from vbs_site.engines.primitives import Node, both, cast, column, either, has_prefix, is_null, literal

_COMPARE: dict[str, type[exp.Binary]] = {"=": exp.EQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}


def condition_sql(condition: Condition, source: Source, codesets: Mapping[str, Codeset], table: str) -> Node:
    """Return the condition on rows of `source`, whose columns are found in `table`."""
    match condition:
        case Compare():
            return _compare(condition, source, codesets, table)
        case AllOf(parts):
            return both(*(condition_sql(part, source, codesets, table) for part in parts))
        case AnyOf(parts):
            return either(*(exp.paren(condition_sql(part, source, codesets, table)) for part in parts))
        case Not(part):
            return exp.Not(this=exp.paren(condition_sql(part, source, codesets, table)))


def _compare(each: Compare, source: Source, codesets: Mapping[str, Codeset], table: str) -> Node:
    contract = source.columns[each.column]
    here = column(each.column, table)
    if each.operator == "missing":
        return is_null(here) if each.value else exp.Not(this=is_null(here))
    if contract.type == "code":
        prefixes = [code for name in each.value for code in codesets[name].codes]
        matches = has_prefix(here, prefixes)
        return matches if each.operator == "in" else exp.Not(this=exp.paren(matches))
    typed = [
        _typed(contract.type, value)
        for value in (each.value if isinstance(each.value, tuple) else (each.value,))
    ]
    if each.operator in ("in", "not_in"):
        inside = exp.In(this=here, expressions=typed)
        return inside if each.operator == "in" else exp.Not(this=inside)
    if each.operator == "between":
        return exp.Between(this=here, low=typed[0], high=typed[1])
    if contract.type == "boolean" and each.operator == "=":
        # Engines read the column itself faster than a comparison with it.
        return here if each.value else exp.Not(this=here)
    return _COMPARE[each.operator](this=here, expression=typed[0])


def _typed(column_type: str, value: Any) -> Node:
    if column_type == "timestamp" and isinstance(value, datetime.date):
        return cast(literal(value), "TIMESTAMP")
    return literal(str(value) if column_type in ("category", "text") else value)


def any_missing(condition: Condition, source: Source, table: str) -> Node | None:
    """Return whether a column that the condition compares is missing; None when none can be, or it asks for that itself."""
    if any(each.operator == "missing" for each in comparisons(condition)):
        return None
    names = dict.fromkeys(each.column for each in comparisons(condition))
    can_be = [is_null(column(name, table)) for name in names if source.columns[name].nullable]
    return either(*can_be) if can_be else None


def single_valued(*conditions: Condition | None) -> set[str]:
    """Return the columns that have one and the same value in every row that meets all the conditions."""
    parts = [part for condition in conditions if condition is not None for part in _conjuncts(condition)]
    return {part.column for part in parts if isinstance(part, Compare) and part.operator == "="}


def shared_part(conditions: list[Condition | None]) -> Condition | None:
    """Return the conjuncts that every condition has in common, to be used as a filter ahead of a join."""
    if not conditions or any(condition is None for condition in conditions):
        return None
    parts = [set(_conjuncts(condition)) for condition in conditions if condition is not None]
    common = set.intersection(*parts)
    ordered = (
        [part for part in _conjuncts(conditions[0]) if part in common] if conditions[0] is not None else []
    )
    return AllOf(tuple(ordered)) if ordered else None


def _conjuncts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, AllOf) else (condition,)
