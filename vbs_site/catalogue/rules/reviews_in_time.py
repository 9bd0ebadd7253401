"""A definition that is past its review date is named, so that it is looked through."""

import datetime
from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document, today: datetime.date) -> Iterator[Diagnosis]:
    """Yield a warning for each overdue review and a fault for a review date that is none."""
    for name, indicator in catalogue.indicators.items():
        path = ("indicators", name, "review", "next")
        due = indicator.review.next
        if due is not None and not isinstance(due, datetime.date):
            yield document.diagnosis(path, "a review date is a date such as 2027-10-01", got=repr(due))
        elif due is not None and due < today:
            yield document.diagnosis(
                path,
                "the review is overdue",
                got=due.isoformat(),
                hint="Review it and set the next date",
                level="warning",
            )
