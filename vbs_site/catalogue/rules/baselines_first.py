"""A baseline ends within the reported time, before the first break or rebase."""

from collections.abc import Iterator

from vbs_site.catalogue.judging import written_at
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each baseline without a reported day in it, and for each that a change falls into."""
    for name, indicator in catalogue.indicators.items():
        control = catalogue.judging(name).control
        if control.baseline_until is None:
            continue
        path = (*written_at(name, indicator.judge, "control"), "baseline_until")
        first = indicator.report_from or catalogue.catalogue.report_from
        # A day and a point in time cannot be compared, but as text they can.
        if first is not None and str(control.baseline_until) < str(first)[:10]:
            yield document.diagnosis(
                path,
                "a baseline holds reported days",
                got=f"{control.baseline_until}, while {name} is reported from {first}",
                hint="Correct the year, or give the indicator a judge.control of its own",
            )
        changes = [each.date for each in (*control.rebase, *indicator.breaks)]
        if changes and min(changes) <= control.baseline_until:
            yield document.diagnosis(
                path,
                "a baseline ends before the first break or rebase",
                got=f"{control.baseline_until}, while {name} changes on {min(changes)}",
                hint="End it earlier, or give the indicator a judge.control of its own",
            )
