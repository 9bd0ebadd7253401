"""A policy names areas, a kind of organisation and indicators that exist."""

from collections.abc import Collection, Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document, Place
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each name in a policy that is nothing of its kind."""

    def faults(path: Place, word: str, known: Collection[str], what: str) -> Iterator[Diagnosis]:
        if word not in known:
            yield document.diagnosis(path, f"the {what} exists", got=repr(word), hint=nearest(word, known))

    kinds = {catalogue.organisation_kind(each) for each in catalogue.units}
    for name, policy in catalogue.policies.items():
        path = ("policies", name)
        yield from faults((*path, "unit"), policy.unit, kinds, "kind of organisation")
        for i, area in enumerate(policy.areas):
            yield from faults((*path, "areas", i), area, catalogue.areas, "area")
        for key, criterion in policy.criteria.items():
            place = (*path, "criteria", key, "indicator")
            yield from faults(place, criterion.indicator, catalogue.indicators, "indicator")
