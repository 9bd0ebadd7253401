"""A value assessment names areas that exist and two measures in use, both reported for its unit kinds and the same periods."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each area, measure and unit kind of a value assessment that is not there."""
    for name, pair in catalogue.value.items():
        path = ("value", name)
        for i, area in enumerate(pair.areas):
            if area not in catalogue.areas:
                hint = nearest(area, catalogue.areas)
                yield document.diagnosis((*path, "areas", i), "the area exists", got=repr(area), hint=hint)
        found = {}
        for side, indicator in (("outcome", pair.outcome.indicator), ("resource", pair.resource.indicator)):
            place = (*path, side, "indicator")
            if indicator in catalogue.computed:
                found[side] = catalogue.indicators[indicator]
            elif indicator in catalogue.indicators:
                got = f"{indicator} is {catalogue.indicators[indicator].lifecycle.state}"
                rule = "both measures of a value assessment are in use"
                yield document.diagnosis(place, rule, got=got)
            else:
                hint = nearest(indicator, catalogue.indicators)
                yield document.diagnosis(place, "the indicator exists", got=repr(indicator), hint=hint)
        periods = {each.period: None for each in found.values()}
        if len(periods) > 1:
            rule = "both measures are reported for the same periods"
            yield document.diagnosis(path, rule, got=" and ".join(periods))
        for i, kind in enumerate(pair.units):
            for side, each in found.items():
                kinds = [
                    level
                    for unit in each.units
                    if unit in catalogue.units
                    for level in catalogue.levels(unit)
                ]
                if kind not in kinds:
                    rule = f"the {side} is measured for the unit kinds that are placed"
                    yield document.diagnosis(
                        (*path, "units", i), rule, got=repr(kind), hint=nearest(kind, kinds)
                    )
