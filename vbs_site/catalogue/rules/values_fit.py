"""Every value in a condition has the type of its column: a category's own words, a code set, a number, a date."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from vbs_site.catalogue.conditions import Compare, comparisons
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.sources import Column
from vbs_site.catalogue.uses import derivations, uses
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each value that its column cannot hold."""
    by_indicators = (use for name in catalogue.indicators for use in uses(catalogue, name))
    for use in chain(derivations(catalogue), by_indicators):
        for each in comparisons(use.where) if use.where is not None else ():
            column = catalogue.sources[use.source].columns.get(each.column)
            fault = _fault(catalogue, each, column) if column is not None else None
            if fault:
                yield document.diagnosis(
                    (*use.path, "where", each.column), fault[0], got=fault[1], hint=fault[2]
                )


def _fault(catalogue: Catalogue, each: Compare, column: Column) -> tuple[str, str, str] | None:
    if each.operator == "missing":
        return None
    values = each.value if isinstance(each.value, tuple) else (each.value,)
    for value in values:
        if column.type == "category":
            allowed = column.values or {}
            if each.operator not in ("=", "in", "not_in"):
                return (f"a category is compared with =, in or not_in, not {each.operator}", repr(value), "")
            if str(value) not in allowed or isinstance(value, bool):
                return (f"the value is one of {', '.join(allowed)}", repr(value), nearest(value, allowed))
        elif column.type == "code":
            if each.operator not in ("in", "not_in") or value not in catalogue.codesets:
                return (
                    "a code column takes {in: codeset} or {not_in: codeset}",
                    repr(value),
                    nearest(value, catalogue.codesets),
                )
            if catalogue.codesets[value].system != column.system:
                return (
                    f"the codeset is of the column's system {column.system}",
                    catalogue.codesets[value].system,
                    "",
                )
        elif not _holds(column.type, value):
            return (f"the value fits a column of type {column.type}", repr(value), "")
    return None


def _holds(column_type: str, value: Any) -> bool:
    if column_type == "boolean":
        return isinstance(value, bool)
    if column_type in ("integer", "year"):
        return isinstance(value, int) and not isinstance(value, bool)
    if column_type == "decimal":
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
        )  # nor nan
    if column_type in ("date", "timestamp"):
        return hasattr(value, "year")
    return isinstance(value, str)
