"""Every unit kind that an indicator names exists, can be found from its rows, and is named once."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each unit kind that an indicator cannot reach or names twice."""
    units = catalogue.units
    for name, indicator in catalogue.indicators.items():
        for i, kind in enumerate(indicator.units):
            path = ("indicators", name, "units", i)
            if kind not in units:
                yield document.diagnosis(
                    path, "the unit kind exists", got=repr(kind), hint=nearest(kind, units)
                )
            elif units[kind].column is None and units[kind].path is None:
                rule = "the finest unit kind of an indicator has a `column` or a `path`"
                yield document.diagnosis(
                    path, rule, got=repr(kind), hint="Name a finer kind; the levels above it are shown too"
                )
        missing = [kind for kind in indicator.units if kind not in units]
        for i, kind in enumerate(indicator.units):
            if not missing and any(
                kind in catalogue.levels(other)[1:] or (other == kind and j < i)
                for j, other in enumerate(indicator.units)
            ):
                rule = "a unit kind is named once; the levels above it are shown by themselves"
                yield document.diagnosis(
                    ("indicators", name, "units", i), rule, got=repr(kind), hint="Name only the finest kind"
                )
            above = {
                level
                for other in indicator.units[:i]
                if other in units
                for level in catalogue.levels(other)[1:]
            }
            shared = [level for level in catalogue.levels(kind)[1:] if level in above] if not missing else []
            if shared:
                rule = "two unit kinds of an indicator share no level above them, which would be shown twice"
                hint = "Name one of them, or make two indicators"
                yield document.diagnosis(
                    ("indicators", name, "units", i), rule, got=repr(shared[0]), hint=hint
                )
        down_to = indicator.stratify_down_to
        if down_to != "national" and down_to not in units:
            yield document.diagnosis(
                ("indicators", name, "stratify_down_to"),
                "the unit kind exists",
                got=repr(down_to),
                hint=nearest(down_to, [*units, "national"]),
            )
