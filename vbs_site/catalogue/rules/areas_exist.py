"""Every area that an indicator names exists."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each name of an area that is not one."""
    for name, indicator in catalogue.indicators.items():
        for i, area in enumerate(indicator.areas):
            if area not in catalogue.areas:
                yield document.diagnosis(
                    ("indicators", name, "areas", i),
                    "the area exists",
                    got=repr(area),
                    hint=nearest(area, catalogue.areas),
                )
