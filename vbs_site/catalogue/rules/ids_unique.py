"""An id belongs to one measure, whether it is computed or described: it is the address of the measure's page."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each described measure with the id of an indicator."""
    for name in catalogue.described:
        if name in catalogue.indicators:
            file, line = document.place(("indicators", name))
            yield document.diagnosis(
                ("described", name),
                "an id belongs to one measure",
                got=f"{name!r}, also an indicator at {file}:{line}",
                hint="Remove or rename one",
            )
