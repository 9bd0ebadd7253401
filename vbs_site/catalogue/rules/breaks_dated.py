"""Breaks and rebases stand oldest first, each after the first reported day, and no day is both."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from vbs_site.catalogue.judging import Break
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document, Place
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each day that is not later than the one before it, is not reported, or is named as both."""
    general = catalogue.judgement.control.rebase
    yield from _of_one(document, ("judgement", "control", "rebase"), general, catalogue.catalogue.report_from)
    for name, indicator in catalogue.indicators.items():
        path, first = ("indicators", name), indicator.report_from or catalogue.catalogue.report_from
        yield from _of_one(document, (*path, "breaks"), indicator.breaks, first)
        if indicator.judge.control is not None:
            rebase = indicator.judge.control.rebase
            yield from _of_one(document, (*path, "judge", "control", "rebase"), rebase, first)
        anew = {each.date for each in catalogue.judging(name).control.rebase}
        for i, each in enumerate(indicator.breaks):
            if each.date in anew:
                yield document.diagnosis(
                    (*path, "breaks", i, "date"),
                    "a day is a break or a rebase",
                    got=f"{each.date}, which is both",
                    hint="Remove the rebase: limits are reckoned anew after a break",
                )


def _of_one(
    document: Document, path: Place, breaks: Sequence[Break], first: object | None
) -> Iterator[Diagnosis]:
    for i, (before, each) in enumerate(pairwise(breaks), 1):
        if each.date <= before.date:
            rule = "days stand oldest first, each once"
            yield document.diagnosis((*path, i, "date"), rule, got=f"{each.date} after {before.date}")
    for i, each in enumerate(breaks):
        # A day and a point in time cannot be compared, but as text they can.
        if first is not None and str(each.date) <= str(first):
            rule = "a series breaks, or its limits are reckoned anew, after the first reported day"
            got = f"{each.date}, reported from {first}"
            yield document.diagnosis((*path, i, "date"), rule, got=got, hint="Remove it, or correct the year")
