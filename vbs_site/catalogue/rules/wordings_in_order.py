"""The wordings of a criterion stand by time, oldest first, one for each time."""

from collections.abc import Iterator
from itertools import pairwise

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each wording that is not later than the one before it."""
    for name, policy in catalogue.policies.items():
        for key, criterion in policy.criteria.items():
            for i, (before, wording) in enumerate(pairwise(criterion.wordings), 1):
                # As text, 2018 comes before 2018-11 and that before 2018-11-05.
                if str(wording.when) <= str(before.when):
                    yield document.diagnosis(
                        ("policies", name, "criteria", key, "wordings", i, "when"),
                        "wordings stand oldest first, one for each time",
                        got=f"{wording.when} after {before.when}",
                    )
