"""The units of every indicator have names: from the organisation file or from a register."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault when a catalogue has neither an organisation file nor a register for a unit kind in use."""
    if catalogue.catalogue.organisations:
        return
    for name, indicator in catalogue.indicators.items():
        for i, kind in enumerate(indicator.units):
            if catalogue.units[kind].register_ is None:
                hint = "Set catalogue.organisations, or units." + kind + ".register"
                yield document.diagnosis(
                    ("indicators", name, "units", i), "the units have names", got=repr(kind), hint=hint
                )
