"""A ratio in use is made of indicators in use: a draft or a retired one is not computed."""

from collections.abc import Iterator

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each half of a ratio in use that is a draft or retired."""
    for name, indicator in catalogue.computed.items():
        if not isinstance(indicator, Ratio):
            continue
        for key, half in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
            if half.indicator in catalogue.indicators and half.indicator not in catalogue.computed:
                yield document.diagnosis(
                    ("indicators", name, key, "indicator"),
                    "a ratio is made of indicators in use",
                    got=f"{half.indicator!r}, {catalogue.indicators[half.indicator].lifecycle.state}",
                    hint="Take another indicator, or give the ratio the same state",
                )
