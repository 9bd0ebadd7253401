"""A funnel is set for an indicator of which one can be drawn."""

from collections.abc import Iterator

from vbs_site.catalogue.judging import WITHOUT_FUNNEL
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each indicator that sets a funnel and is of a kind that has none."""
    for name, indicator in catalogue.indicators.items():
        if indicator.judge.funnel is not None and indicator.kind in WITHOUT_FUNNEL:
            yield document.diagnosis(
                ("indicators", name, "judge", "funnel"),
                f"no funnel is drawn of these kinds: {', '.join(WITHOUT_FUNNEL)}",
                got=indicator.kind,
                hint="Remove it",
            )
