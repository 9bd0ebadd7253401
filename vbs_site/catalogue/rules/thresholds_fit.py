"""Instruments and thresholds that are named exist and lie inside the instrument's range."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for an unknown instrument or threshold, or one that the scale cannot hold."""
    for name, instrument in catalogue.instruments.items():
        low, high = instrument.range
        if low >= high:
            yield document.diagnosis(
                ("instruments", name, "range"), "a range goes from low to high", got=str(instrument.range)
            )
        for i, threshold in enumerate(instrument.thresholds):
            if not 0 < threshold.value <= high - low:
                yield document.diagnosis(
                    ("instruments", name, "thresholds", i),
                    "a change threshold lies inside the range",
                    got=f"{threshold.value:g}",
                )
    for name, indicator in catalogue.indicators.items():
        if indicator.kind not in ("change", "adjusted_change"):
            continue
        named = catalogue.instruments.get(indicator.instrument)
        path = ("indicators", name)
        if named is None:
            hint = nearest(indicator.instrument, catalogue.instruments)
            yield document.diagnosis(
                (*path, "instrument"), "the instrument exists", got=repr(indicator.instrument), hint=hint
            )
            continue
        kinds = [each.kind for each in named.thresholds]
        if indicator.improved is not None and indicator.improved not in kinds:
            yield document.diagnosis(
                (*path, "improved"),
                "the instrument has this threshold",
                got=indicator.improved,
                hint=nearest(indicator.improved, kinds),
            )
        if indicator.direction != named.direction:
            yield document.diagnosis(
                (*path, "direction"),
                "the direction is the instrument's",
                got=indicator.direction,
                hint=f"{indicator.instrument}: {named.direction}",
            )
