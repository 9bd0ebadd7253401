"""A code in an extract leads to one organisation of a kind."""

from collections.abc import Iterator

from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.diagnostics import Diagnosis


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield a fault for each code that another organisation of the kind has, or that stands twice."""
    holders = dict[tuple[str, str], str]()
    for at, each in enumerate(reference.members):
        for code in each.all_codes:
            if (each.kind, code) in holders:
                rule = "a code belongs to one organisation of a kind"
                got, holder = repr(code), holders[each.kind, code]
                key = "codes" if code in each.codes else "sor"
                hint = f"{holder} has it; one that takes over from another need not repeat its codes"
                yield reference.fault(at, key, rule=rule, got=got, hint=hint)
            holders.setdefault((each.kind, code), each.id)
