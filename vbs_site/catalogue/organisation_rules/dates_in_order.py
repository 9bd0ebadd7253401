"""An organisation prepares itself before it begins, and begins before it ends."""

from collections.abc import Iterator
from itertools import pairwise

from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.diagnostics import Diagnosis

ORDER = ("preparatory_from", "valid_from", "valid_to")


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield a fault for each day that comes before one that it follows."""
    for at, each in enumerate(reference.members):
        stated = [(key, day) for key in ORDER if (day := getattr(each, key)) is not None]
        for (earlier, first), (later, second) in pairwise(stated):
            if second < first:
                rule = f"{earlier} is not after {later}"
                yield reference.fault(at, later, rule=rule, got=f"{first} and {second}", hint="Swap them")
