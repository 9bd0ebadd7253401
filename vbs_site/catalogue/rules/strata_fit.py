"""Strata are shown for measures of index events; populations and delivered counts are not divided."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis

DIVIDED = ("proportion", "mean", "change", "adjusted_change", "time_to_event")


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for strata of a kind that has none."""
    for name, indicator in catalogue.indicators.items():
        of_cohort = getattr(indicator, "cohort", None) is not None
        if indicator.stratify and (indicator.kind not in DIVIDED or of_cohort):
            rule = f"strata are shown for {', '.join(DIVIDED)}"
            yield document.diagnosis(
                ("indicators", name, "stratify"),
                rule,
                got=f"a {indicator.kind}" + (" of a cohort" if of_cohort else ""),
                hint="Remove it",
            )
