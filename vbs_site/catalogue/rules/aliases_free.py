"""A former id leads to one measure, and no measure has it."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each alias that is an id in use, or an alias already."""
    used = dict.fromkeys((*catalogue.indicators, *catalogue.described), "the id of a measure")
    for section, measures in (("indicators", catalogue.indicators), ("described", catalogue.described)):
        for name, measure in measures.items():
            for i, alias in enumerate(measure.aliases):
                if alias in used:
                    yield document.diagnosis(
                        (section, name, "aliases", i),
                        "an alias is an id that is no longer in use",
                        got=f"{alias!r}, {used[alias]}",
                        hint="Remove it here, or give that measure another id",
                    )
                used.setdefault(alias, f"an alias of {name!r}")
