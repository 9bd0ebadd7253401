"""Every unit kind that is named exists, can be found from the index rows, and lies in a chain without loops."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each unknown unit kind, loop, or unit that an indicator cannot reach."""
    units = catalogue.units
    sound = True
    for name, unit in units.items():
        for key, other in (("within", unit.within), ("organisations", unit.organisations)):
            if other is not None and other not in units:
                sound = False
                yield document.diagnosis(("units", name, key), "the unit kind exists", got=repr(other), hint=nearest(other, units))
        seen, here = [name], unit.within
        while here in units and sound:
            if here in seen:
                sound = False
                yield document.diagnosis(("units", name, "within"), "a unit kind does not lie within itself", got=" > ".join([*seen, str(here)]))
                break
            seen.append(str(here))
            here = units[str(here)].within
    for name, source in catalogue.sources.items():
        if source.delivered_by is not None and source.delivered_by not in units:
            yield document.diagnosis(("sources", name, "files"), "the word in braces is a unit kind", got=repr(source.delivered_by), hint=nearest(source.delivered_by, units))
    for name, indicator in catalogue.indicators.items():
        for i, kind in enumerate(indicator.units):
            path = ("indicators", name, "units", i)
            if kind not in units:
                yield document.diagnosis(path, "the unit kind exists", got=repr(kind), hint=nearest(kind, units))
            elif units[kind].column is None and units[kind].path is None:
                rule = "the finest unit kind of an indicator has a `column` or a `path`"
                yield document.diagnosis(path, rule, got=repr(kind), hint="Name a finer kind; the levels above it are shown too")
        down_to = indicator.stratify_down_to
        if down_to != "national" and down_to not in units:
            yield document.diagnosis(("indicators", name, "stratify_down_to"), "the unit kind exists", got=repr(down_to), hint=nearest(down_to, [*units, "national"]))
        per = getattr(indicator, "per", None)
        if per is not None and units.get(indicator.units[0]) and catalogue.organisation_kind(indicator.units[0]) != indicator.units[0] and not units[indicator.units[0]].path:
            yield document.diagnosis(("indicators", name, "per"), "a rate is taken over the population of the same units")
