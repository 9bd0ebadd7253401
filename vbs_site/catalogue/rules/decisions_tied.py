"""A working group names areas that exist, and a decision names groups and measures that exist."""

from collections.abc import Collection, Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document, Place
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each name in a group or decision that is nothing of its kind."""

    def faults(path: Place, words: list[str], known: Collection[str], what: str) -> Iterator[Diagnosis]:
        for i, word in enumerate(words):
            if word not in known:
                rule = f"the {what} exists"
                yield document.diagnosis((*path, i), rule, got=repr(word), hint=nearest(word, known))

    measures = (*catalogue.indicators, *catalogue.described, *catalogue.policies)
    for name, group in catalogue.groups.items():
        yield from faults(("groups", name, "areas"), group.areas, catalogue.areas, "area")
    for name, decision in catalogue.decisions.items():
        path = ("decisions", name)
        yield from faults((*path, "groups"), decision.groups, catalogue.groups, "group")
        yield from faults((*path, "measures"), decision.measures, measures, "measure")
