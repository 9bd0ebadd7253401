"""A working group ends no earlier than it began."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each group that ends before it began, compared as precisely as both are known."""
    for name, group in catalogue.groups.items():
        began, ended = str(group.began or ""), str(group.ended or "")
        known = min(len(began), len(ended))
        if ended[:known] < began[:known]:
            yield document.diagnosis(
                ("groups", name, "ended"),
                "a group ends no earlier than it began",
                got=f"{ended}, begun {began}",
            )
