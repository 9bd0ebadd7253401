"""Every area that an indicator or a described measure names exists."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each name of an area that is not one."""
    for section, measures in (("indicators", catalogue.indicators), ("described", catalogue.described)):
        for name, measure in measures.items():
            for i, area in enumerate(measure.areas):
                if area not in catalogue.areas:
                    hint = nearest(area, catalogue.areas)
                    path = (section, name, "areas", i)
                    yield document.diagnosis(path, "the area exists", got=repr(area), hint=hint)
