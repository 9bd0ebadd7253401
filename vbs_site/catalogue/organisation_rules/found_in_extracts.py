"""Every organisation can have results: by a code of its own, by those within it, or by those that it takes over from."""

from collections.abc import Iterator

from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.diagnostics import Diagnosis


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield a fault for each organisation that no row can lead to."""
    above = {step.unit for each in reference.members for step in each.within}
    for at, each in enumerate(reference.members):
        if not each.all_codes and not each.predecessors and each.id not in above:
            rule = "an organisation has codes, or others lie within it or go before it"
            yield reference.fault(at, rule=rule, got="none", hint="Add `codes`, or leave it out")
