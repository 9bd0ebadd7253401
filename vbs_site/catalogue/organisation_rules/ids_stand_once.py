"""An id is one organisation's, and no reserved word."""

from collections.abc import Iterator

from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.diagnostics import Diagnosis


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield a fault for each id that stands twice or means something else."""
    seen = {UNKNOWN, NATIONAL}
    for at, each in enumerate(reference.members):
        if each.id in seen:
            rule = "an organisation id stands once and is no reserved word"
            yield reference.fault(at, "id", rule=rule, got=repr(each.id), hint="Choose another id")
        seen.add(each.id)
