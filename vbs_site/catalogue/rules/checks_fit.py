"""What a fault leads to is possible: a row is set aside by what stands in it alone, and joined sources have unique keys."""

from collections.abc import Iterator
from typing import get_args

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.sources import Check
from vbs_site.diagnostics import Diagnosis

BETWEEN_ROWS = ("key", "duplicate", "person", "sudden_change")
"""Faults that no row has by itself: which of several equal rows is right cannot be told from them."""


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each answer that cannot be given, and for person ids of different types."""
    joined = {step.split(".")[0] for unit in catalogue.units.values() for step in unit.path or []}
    if catalogue.persons:
        joined.add(catalogue.persons.source)
    for name, source in catalogue.sources.items():
        root = ("sources", name, "checks")
        for each in get_args(Check):
            answer = source.checks.answer(each)
            if answer == "set_aside" and each in BETWEEN_ROWS:
                rule = "a row is set aside by what stands in it alone"
                yield document.diagnosis((*root, each), rule, got=answer, hint="Use refuse or report")
        if source.checks.required == "report":
            rule, hint = (
                "a column whose values may be missing is nullable",
                "Set nullable: true on the column",
            )
            yield document.diagnosis((*root, "required"), rule, got="report", hint=hint)
        if source.checks.key == "report" and name in joined:
            rule = "a source that others are joined to has each key once"
            yield document.diagnosis((*root, "key"), rule, got="report", hint="Use refuse")
    yield from _person_types(catalogue, document)


def _person_types(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each person column that cannot be compared with the register's."""
    persons = catalogue.persons
    register = catalogue.sources[persons.source] if persons else None
    if register is None or register.person not in register.columns:
        return
    wanted = register.columns[register.person].type
    for name, source in catalogue.sources.items():
        if source.person in source.columns and source.columns[source.person].type != wanted:
            rule = "person ids are of the same type in every source"
            got = f"{source.columns[source.person].type}, not {wanted} as in {persons.source if persons else ''}"
            yield document.diagnosis(("sources", name, "columns", source.person), rule, got=got)
