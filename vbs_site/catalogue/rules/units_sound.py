"""Every unit kind that a unit kind or a file pattern names exists, and none lies within itself."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each unknown unit kind and each loop."""
    units = catalogue.units
    sound = True
    for name, unit in units.items():
        named = (
            ("within", unit.within),
            ("organisations", unit.organisations),
            ("codes_of", unit.codes_of),
        )
        for key, other in named:
            if other is not None and other not in units:
                sound = False
                yield document.diagnosis(
                    ("units", name, key), "the unit kind exists", got=repr(other), hint=nearest(other, units)
                )
        seen, here = [name], unit.within
        while here in units and sound:
            if here in seen:
                sound = False
                yield document.diagnosis(
                    ("units", name, "within"),
                    "a unit kind does not lie within itself",
                    got=" > ".join([*seen, str(here)]),
                )
                break
            seen.append(str(here))
            here = units[str(here)].within
    for name, source in catalogue.sources.items():
        if source.delivered_by is not None and source.delivered_by not in units:
            yield document.diagnosis(
                ("sources", name, "files"),
                "the word in braces is a unit kind",
                got=repr(source.delivered_by),
                hint=nearest(source.delivered_by, units),
            )
