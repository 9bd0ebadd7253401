"""A group of similar units names organisations of its kind."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document, organisations: Organisations) -> Iterator[Diagnosis]:
    """Yield a fault for each unit that the organisation file has not; units of a register are known when it is read."""
    for name, similar in catalogue.similar.items():
        if catalogue.units[similar.unit_kind].register_ is not None:
            continue
        kind = catalogue.organisation_kind(similar.unit_kind)
        known = [each.id for each in organisations.members if each.kind == kind]
        for i, unit in enumerate(similar.units):
            if unit not in known:
                rule = f"the organisation file has an organisation of the kind {kind} with this id"
                path = ("similar", name, "units", i)
                yield document.diagnosis(path, rule, got=repr(unit), hint=nearest(unit, known))
