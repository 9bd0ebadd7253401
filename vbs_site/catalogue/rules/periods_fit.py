"""A rolling year adds up four quarters, so it is only for measures whose events stand in one quarter each."""

from collections.abc import Iterator

from vbs_site.catalogue.indicators import Mean
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each rolling year of something that does not add up over quarters."""
    for name, indicator in catalogue.indicators.items():
        if indicator.period != "rolling_year":
            continue
        cohort = isinstance(indicator, Mean) and indicator.cohort is not None
        of = getattr(indicator, "of", None)
        once = of is not None and of.only_first == "in_period"
        if cohort or once:
            rule = "a rolling year adds up quarters, and the same person would count in each"
            got = "a cohort" if cohort else "only_first: in_period"
            hint = "Report by year, or use only_first: ever or washout"
            yield document.diagnosis(("indicators", name, "period"), rule, got=got, hint=hint)
