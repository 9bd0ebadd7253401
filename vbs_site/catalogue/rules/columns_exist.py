"""Every column that is named exists in its source, and a column that is added up is a number."""

from collections.abc import Iterator

from vbs_site.catalogue.conditions import comparisons
from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.uses import uses
from vbs_site.diagnostics import Diagnosis, nearest

NUMBERS = ("integer", "decimal")
ADDED_UP = (
    *("sum", "value", "baseline", "follow_up", "expected", "numerator", "denominator"),
    "value.column",
)
ELSEWHERE = ("units", "value.column", "value.days", "same", "numerator", "denominator")
"""Keys of columns of the index row that are written elsewhere in the indicator."""


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each unknown column and each sum of something that is no number."""
    for name, source in catalogue.sources.items():
        if source.derive is not None:  # it has its base's, see `derivations_fit`
            continue
        times = [("time", source.time.start), ("time", source.time.end)] if source.time else []
        for key, column in [*(("key", each) for each in source.key), ("person", source.person), *times]:
            if column is not None and column not in source.columns:
                yield document.diagnosis(
                    ("sources", name, key),
                    "the column exists",
                    got=repr(column),
                    hint=nearest(column, source.columns),
                )
    for name, indicator in catalogue.indicators.items():
        for use in uses(catalogue, name):
            columns = catalogue.sources[use.source].columns
            named = list(use.columns) + ([("at", use.at)] if use.at else [])
            if use.path[-1] == "of":
                unit_columns = [catalogue.units[kind].column for kind in indicator.units]
                named += [("units", column) for column in unit_columns if column]
            if use.path == ("indicators", name, "of"):
                named += [(key, column) for key, column in _of_the_row(indicator)]
            if use.where is not None:
                named += [("where", each.column) for each in comparisons(use.where)]
            for key, column in named:
                if column not in columns:
                    root = ("indicators", name)
                    path = (*root, *key.split(".")) if key in ELSEWHERE else (*use.path, key)
                    rule = f"the column exists in {use.source}"
                    yield document.diagnosis(path, rule, got=repr(column), hint=nearest(column, columns))
                elif key in ADDED_UP and columns[column].type not in NUMBERS:
                    yield document.diagnosis(
                        (*use.path, key),
                        "a column that is added up is a number",
                        got=f"{column} of type {columns[column].type}",
                    )
                elif key == "value.days" and columns[column].type not in ("date", "timestamp"):
                    rule, got = (
                        "days lie between two dates or timestamps",
                        f"{column} of type {columns[column].type}",
                    )
                    yield document.diagnosis(("indicators", name, "value", "days"), rule, got=got)


def _of_the_row(indicator: Indicator) -> Iterator[tuple[str, str]]:
    """Yield (key, column) for each column of the index row that a value or a link names."""
    value = getattr(indicator, "value", None)
    if value is not None and value.column is not None:
        yield "value.column", value.column
    for column in value.days or () if value is not None else ():
        yield "value.days", column
    owners = [getattr(indicator, "event", None), value, *getattr(indicator, "exclude", [])]
    for owner in owners:
        for link in (getattr(owner, "followed_by", None), getattr(owner, "preceded_by", None)):
            yield from (("same", column) for column in (link.same if link is not None else ()))
