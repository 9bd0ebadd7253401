"""Groups of similar units are of a unit kind that exists, and a unit stands once in one group of its kind."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each unit kind that does not exist, and for each unit that stands twice."""
    groups = dict[tuple[str, str], str]()
    for name, similar in catalogue.similar.items():
        path = ("similar", name)
        if similar.unit_kind not in catalogue.units:
            hint = nearest(similar.unit_kind, catalogue.units)
            rule, got = "the unit kind exists", repr(similar.unit_kind)
            yield document.diagnosis((*path, "unit_kind"), rule, got=got, hint=hint)
        for i, unit in enumerate(similar.units):
            other = groups.setdefault((similar.unit_kind, unit), name)
            # The position tells a second mention in the same group from the first.
            if other != name or unit in similar.units[:i]:
                yield document.diagnosis(
                    (*path, "units", i),
                    "a unit stands once in one group of its kind",
                    got=f"{unit!r}, which stands in {other!r} already",
                    hint="Keep it in one",
                )
