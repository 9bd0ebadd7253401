"""A definition that is past its review date is named, so that it is looked through."""

import datetime
from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document, today: datetime.date) -> Iterator[Diagnosis]:
    """Yield a warning for each overdue review."""
    for section, measures in (("indicators", catalogue.indicators), ("described", catalogue.described)):
        for name, measure in measures.items():
            due = measure.review.next
            if due is not None and due < today:
                yield document.diagnosis(
                    (section, name, "review", "next"),
                    "the review is overdue",
                    got=due.isoformat(),
                    hint="Review it and set the next date",
                    level="warning",
                )
