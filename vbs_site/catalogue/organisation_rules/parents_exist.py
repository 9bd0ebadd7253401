"""What an organisation lies within is an organisation, and never itself."""

from collections.abc import Iterator

from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.diagnostics import Diagnosis, nearest


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield a fault for each unit under `within` that does not exist, and for each loop."""
    parents = {each.id: {step.unit for step in each.within} for each in reference.members}
    for at, each in enumerate(reference.members):
        for unit in sorted(parents[each.id] - parents.keys()):
            rule = "`within` names an organisation"
            yield reference.fault(at, "within", rule=rule, got=repr(unit), hint=nearest(unit, parents))
        above, reached = set(parents[each.id]), set[str]()
        while above:
            reached |= above
            above = {unit for name in above for unit in parents.get(name, ())} - reached
        if each.id in reached:
            rule = "an organisation does not lie within itself"
            yield reference.fault(at, "within", rule=rule, hint="Follow `within` upwards from it")
