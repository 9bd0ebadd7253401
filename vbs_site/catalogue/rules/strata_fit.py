"""Strata are shown for measures of index events; populations and delivered counts are not divided."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis

DIVIDED = ("proportion", "change", "adjusted_change")


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for strata of a kind that has none."""
    for name, indicator in catalogue.indicators.items():
        if indicator.stratify and indicator.kind not in DIVIDED:
            rule = f"strata are shown for {', '.join(DIVIDED)}"
            yield document.diagnosis(
                ("indicators", name, "stratify"), rule, got=f"a {indicator.kind}", hint="Remove it"
            )
