"""Both halves of a ratio are measured for the same units and periods, and give the statistic that is asked for."""

from collections.abc import Iterator

from vbs_site.catalogue.indicators import Indicator, Ratio
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest

GIVEN = {
    "proportion": ("eligible", "n", "numerator"),
    "rate": ("n", "numerator", "person_days"),
    "mean": ("eligible", "n", "sum"),
    "change": ("eligible", "n", "numerator", "sum"),
    "adjusted_change": ("eligible", "n", "numerator", "sum"),
    "time_to_event": ("n", "numerator", "person_days"),
    "standardised_rate": ("n", "numerator"),
    "standardised_ratio": ("n", "numerator"),
    "share_of_sum": ("n", "numerator"),
}
"""Kind to the additive statistics that a ratio can be made of."""


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each half that cannot be one."""
    for name, indicator in catalogue.indicators.items():
        if not isinstance(indicator, Ratio):
            continue
        for side in ("numerator", "denominator"):
            half = getattr(indicator, side)
            path = ("indicators", name, side)
            other = catalogue.indicators.get(half.indicator)
            if other is None:
                hint = nearest(half.indicator, catalogue.indicators)
                yield document.diagnosis(
                    (*path, "indicator"), "the indicator exists", got=repr(half.indicator), hint=hint
                )
                continue
            fault = _fault(indicator, other, half.statistic)
            if fault is not None:
                yield document.diagnosis(path, fault[0], got=fault[1])


def _fault(ratio: Ratio, other: Indicator, statistic: str) -> tuple[str, str] | None:
    if statistic not in GIVEN.get(other.kind, ()):
        return f"a {other.kind} gives {', '.join(GIVEN.get(other.kind, ('nothing to divide',)))}", statistic
    if other.period != ratio.period:
        return "both halves are reported for the same periods as the ratio", other.period
    missing = [unit for unit in ratio.units if unit not in other.units]
    if missing:
        return "both halves are measured for the units of the ratio", f"no {', '.join(missing)}"
    if ratio.stratify:
        return "a ratio has no strata", ", ".join(ratio.stratify)
    return None
