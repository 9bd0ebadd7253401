"""A worked example gives rows of delivered sources with values of their columns' types, and says which statistics come out."""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal

from vbs_site.catalogue.example_rows import unwritten
from vbs_site.catalogue.examples import ADDITIVE, WHERE, Example
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document, Place
from vbs_site.catalogue.sources import CODE_SHAPES, Column
from vbs_site.catalogue.text_tables import TextTable
from vbs_site.diagnostics import Diagnosis, nearest

LARGEST = 2**63
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,12})?")
FORMS = {
    "integer": re.compile(r"-?[0-9]{1,19}"),
    "year": re.compile(r"[0-9]{4}"),
    "decimal": NUMBER,
    "date": re.compile(_DAY),
    "timestamp": re.compile(rf"{_DAY}( [0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?)?"),
}
"""Type of a column to how its values are written."""


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each table of an example that does not fit the contract of its source."""
    for name, indicator in catalogue.indicators.items():
        for number, example in enumerate(indicator.examples):
            place: Place = ("indicators", name, "examples", number)
            for source, table in example.given.items():
                yield from _given(catalogue, document, (*place, "given", source), source, table)
            yield from _then(document, (*place, "then"), example)


def _given(
    catalogue: Catalogue, document: Document, place: Place, name: str, table: TextTable
) -> Iterator[Diagnosis]:
    source = catalogue.sources.get(name)
    if source is None:
        hint = nearest(name, catalogue.sources)
        yield document.diagnosis(place, "the source exists", got=repr(name), hint=hint)
        return
    if source.derive is not None:
        rule, hint = "an example gives rows of delivered sources", f"Give {catalogue.base_of(name)}"
        yield document.diagnosis(place, rule, got=f"{name}, which is derived", hint=hint)
        return
    for key in table.columns:
        if key not in source.columns:
            hint = nearest(key, source.columns)
            yield document.diagnosis(place, f"the column exists in {name}", got=repr(key), hint=hint)
    persons = catalogue.persons
    counted = {*source.key, source.person, persons.birth if persons and persons.source == name else None}
    for key, column in source.columns.items():
        if key not in table.columns and key not in counted and unwritten(column) is None:
            rule = f"an example writes every {column.type} of its rows"
            yield document.diagnosis(place, rule, got=f"no column {key}", hint="Add it")
    for number, row in enumerate(table.records(), start=1):
        for key, cell in row.items():
            broken = _unfit(source.columns[key], cell) if key in source.columns else None
            if broken is not None:
                yield document.diagnosis(place, broken, got=f"{key} {cell!r} in row {number}")


def _unfit(column: Column, cell: str) -> str | None:
    """Return the rule that a cell breaks."""
    if cell == "":
        return None if column.nullable else "only a nullable column can be empty"
    match column.type:
        case "boolean":
            return None if cell in ("yes", "no") else "a boolean is yes or no"
        case "category":
            values = column.values or {}
            return None if cell in values else f"the value is one of {', '.join(values)}"
        case "code" if column.system is not None and not CODE_SHAPES[column.system].match(cell):
            return f"the code has the shape of {column.system}"
        case "integer" | "year" | "decimal" | "date" | "timestamp" if not _is(column, cell):
            return f"the value fits a column of type {column.type}"
        case _:
            return None


def _is(column: Column, cell: str) -> bool:
    """Return whether a text is a value of a column of numbers or times that every engine reads."""
    if not FORMS[column.type].fullmatch(cell):
        return False
    if column.type == "decimal":
        return abs(Decimal(cell)) < Decimal(10).scaleb(17 - column.scale)
    if column.type in ("integer", "year"):
        return -LARGEST <= int(cell) < LARGEST
    try:
        datetime.datetime.fromisoformat(cell)
    except ValueError:  # the form of a date that does not exist
        return False
    return True


def _then(document: Document, place: Place, example: Example) -> Iterator[Diagnosis]:
    for column in example.then.columns:
        if column not in (*WHERE, *ADDITIVE):
            hint = nearest(column, (*WHERE, *ADDITIVE))
            yield document.diagnosis(place, "the statistic exists", got=repr(column), hint=hint)
    for row in example.then.records():
        for column, cell in row.items():
            if column not in WHERE and not NUMBER.fullmatch(cell):
                yield document.diagnosis(place, "what comes out is a number", got=f"{column} {cell!r}")
