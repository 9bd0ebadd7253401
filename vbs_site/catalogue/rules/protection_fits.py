"""A disclosure policy has a threshold of at least 3, asks for no more than hiding a small count leaves open, and rounds no finer than its threshold."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.protection import FEWEST, Disclosure
from vbs_site.catalogue.reading import Document, Place
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each part of the catalogue's policy, and of a source's with what it takes from there, that cannot be kept."""
    yield from _of(document, ("disclosure",), catalogue.disclosure)
    for name, source in catalogue.sources.items():
        if source.disclosure is not None and source.derive is None:
            yield from _of(document, ("sources", name, "disclosure"), catalogue.policy_of(name))


def _of(document: Document, path: Place, policy: Disclosure) -> Iterator[Diagnosis]:
    if policy.threshold < FEWEST:
        yield document.diagnosis(
            (*path, "threshold"),
            f"a threshold is at least {FEWEST}: Statistics Denmark never shows fewer observations in a cell",
            got=str(policy.threshold),
        )
    elif policy.least_width > policy.widest:
        yield document.diagnosis(
            (*path, "width"),
            f"a threshold of {policy.threshold} leaves a hidden count at most {policy.widest} wide, "
            f"since a group of {policy.threshold} is shown",
            got=str(policy.least_width),
            hint="Raise the threshold, or leave `width` out",
        )
    if policy.round_to is not None and policy.round_to < policy.threshold:
        yield document.diagnosis(
            (*path, "round_to"),
            f"counts are rounded to the threshold or more, so that no count under {policy.threshold} is told",
            got=str(policy.round_to),
        )
