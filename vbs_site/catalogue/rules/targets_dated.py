"""The dates of a target are dates in order, and targets of one label do not hold at the same time."""

import datetime
from collections.abc import Iterator, Sequence
from itertools import combinations

from vbs_site.catalogue.indicators import Target
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document, Place
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each target that ends before it begins, or overlaps another of the same label."""
    for section, measures in (("indicators", catalogue.indicators), ("described", catalogue.described)):
        for name, measure in measures.items():
            yield from _of_measure(document, (section, name, "targets"), measure.targets)


def _of_measure(document: Document, path: Place, targets: Sequence[Target]) -> Iterator[Diagnosis]:
    for i, target in enumerate(targets):
        first, last = _days(target)
        if first > last:
            got = f"{target.valid_from} to {target.valid_to}"
            yield document.diagnosis((*path, i), "a target ends no earlier than it begins", got=got)
    for (_, one), (i, other) in combinations(enumerate(targets), 2):
        if one.label == other.label and _days(one)[0] <= _days(other)[1] and _days(other)[0] <= _days(one)[1]:
            yield document.diagnosis(
                (*path, i),
                "targets of one label do not hold at the same time",
                got=f"{_said(other)} beside {_said(one)}",
                hint="Set valid_from and valid_to, or give them labels of their own",
            )


def _days(target: Target) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day."""
    return target.valid_from or datetime.date.min, target.valid_to or datetime.date.max


def _said(target: Target) -> str:
    return f"{target.value:g} ({target.valid_from or '…'} to {target.valid_to or '…'})"
