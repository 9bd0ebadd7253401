"""A method for the interval of a proportion is set where there is a proportion."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.statistics import PROPORTION, statistics_of
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each indicator that sets a method and has no proportion."""
    for name, indicator in catalogue.indicators.items():
        methods = {each.method for each in statistics_of(indicator)}
        if indicator.judge.interval is not None and PROPORTION.method not in methods:
            yield document.diagnosis(
                ("indicators", name, "judge", "interval"),
                "judge.interval is for proportions",
                got=f"{indicator.judge.interval} for the kind {indicator.kind}",
                hint="Remove it",
            )
