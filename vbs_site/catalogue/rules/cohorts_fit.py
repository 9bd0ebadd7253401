"""A cohort looks back whole periods, and its members are placed by where they live."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.words import CALENDAR_MONTHS
from vbs_site.diagnostics import Diagnosis
from vbs_site.periods import MONTHS


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for a look-back that is no whole number of periods, or a cohort by treating unit."""
    for name, indicator in catalogue.indicators.items():
        if indicator.kind != "mean" or indicator.cohort is None:
            continue
        root, within = ("indicators", name), indicator.cohort.within
        months = within.count * CALENDAR_MONTHS.get(within.unit, 0)
        if months == 0 or months % MONTHS[indicator.period]:
            rule = f"a cohort looks back a whole number of periods ({indicator.period})"
            yield document.diagnosis(
                (*root, "cohort", "within"),
                rule,
                got=f"{within.count} {within.unit}",
                hint="Write quarters or years",
            )
        for i, kind in enumerate(indicator.units):
            if catalogue.units[kind].path is None:
                yield document.diagnosis(
                    (*root, "units", i), "members of a cohort are placed by a unit with a `path`", got=kind
                )
        if catalogue.catalogue.report_from is None:
            yield document.diagnosis(root, "a cohort needs catalogue.report_from")
