"""A group of similar units names organisations of its kind, and not both one and those that it takes over from."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document, organisations: Organisations) -> Iterator[Diagnosis]:
    """Yield a fault for each unit that the organisation file has not, and for each that holds others of the group.

    Units of a register are known when it is read.
    """
    for name, similar in catalogue.similar.items():
        if catalogue.units[similar.unit_kind].register_ is not None:
            continue
        kind = catalogue.organisation_kind(similar.unit_kind)
        known = [each.id for each in organisations.members if each.kind == kind]
        for i, unit in enumerate(similar.units):
            path = ("similar", name, "units", i)
            if unit not in known:
                rule = f"the organisation file has an organisation of the kind {kind} with this id"
                yield document.diagnosis(path, rule, got=repr(unit), hint=nearest(unit, known))
                continue
            held = [each for each in organisations.by_id[unit].predecessors if each in similar.units]
            if held:
                rule, got = (
                    "a group does not hold a unit and what it takes over from",
                    f"{unit!r} and {', '.join(map(repr, held))}",
                )
                yield document.diagnosis(
                    path, rule, got=got, hint="Keep one of the two: its figures hold theirs"
                )
