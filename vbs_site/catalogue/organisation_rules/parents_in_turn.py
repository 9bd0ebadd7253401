"""An organisation lies within one other at a time: where that changes, each begins the day after the one before ends."""

from collections.abc import Iterator
from itertools import pairwise

from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.catalogue.organisations import day_after
from vbs_site.diagnostics import Diagnosis


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield a fault for each gap, overlap or open end between two units under `within`."""
    for at, each in enumerate(reference.members):
        for place, (before, after) in enumerate(pairwise(each.within), start=1):
            if before.valid_to is None or day_after(before.valid_to) != after.valid_from:
                rule = "under `within`, each unit begins the day after the one before it ends"
                got = f"until {before.valid_to or 'no day'}, then from {after.valid_from or 'no day'}"
                hint = "Write valid_to of the one and valid_from of the next"
                yield reference.fault(at, "within", place, rule=rule, got=got, hint=hint)
