"""The rules that an organisation reference must keep: one rule per file, all of them run, all faults collected.

A rule is a module with `check(reference)` that yields diagnoses; its docstring is the rule as people read it.
"""

from collections.abc import Iterator

from vbs_site.catalogue.organisation_rules import (
    codes_stand_once,
    dates_in_order,
    found_in_extracts,
    ids_stand_once,
    named_in_every_language,
    parents_exist,
    parents_in_force,
    parents_in_turn,
    succession_agrees,
)
from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.diagnostics import Diagnosis

NAMES = (ids_stand_once, parents_exist)
ALONE = (codes_stand_once, dates_in_order, named_in_every_language, parents_in_turn, succession_agrees)
BY_NAME = (found_in_extracts, parents_in_force)
"""Rules that look an organisation up by what stands under `within`: a wrong name would be told twice."""


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield every fault; what only follows from a wrong name is not told."""
    names = [fault for rule in NAMES for fault in rule.check(reference)]
    yield from names
    for rule in ALONE if names else (*ALONE, *BY_NAME):
        yield from rule.check(reference)
