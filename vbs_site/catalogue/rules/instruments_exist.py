"""Every instrument that a described measure names exists."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each name of an instrument that is not one; indicators have theirs in `thresholds_fit`."""
    known = catalogue.instruments
    for name, measure in catalogue.described.items():
        if measure.instrument is not None and measure.instrument not in known:
            path = ("described", name, "instrument")
            hint = nearest(measure.instrument, known)
            yield document.diagnosis(path, "the instrument exists", got=repr(measure.instrument), hint=hint)
