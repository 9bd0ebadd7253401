"""What an organisation lies within lasts as long as it does, or something takes over from it.

It may begin later: what is shown for it before its first day is the same people and places, re-cast.
"""

from collections.abc import Iterator

from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.diagnostics import Diagnosis


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield a fault for each unit under `within` that ends too early."""
    known = reference.organisations.by_id
    for at, each in enumerate(reference.members):
        for place, step in enumerate(each.within):
            parent, ends = known[step.unit], step.valid_to or each.valid_to
            if parent.valid_to is None or parent.successor is not None:
                continue
            if ends is None or parent.valid_to < ends:
                rule = f"{parent.id} lasts as long as what lies within it, or has a successor"
                got = f"its last day {parent.valid_to}"
                hint = "Write valid_to under `within`, and what comes after, or name the successor"
                yield reference.fault(at, "within", place, rule=rule, got=got, hint=hint)
