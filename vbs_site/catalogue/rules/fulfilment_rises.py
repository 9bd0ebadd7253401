"""A policy keeps more with each criterion fulfilled, and asks for no more criteria than it has."""

from collections.abc import Iterator
from itertools import pairwise

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each step that does not rise above the one before it, or cannot be reached."""
    for name, policy in catalogue.policies.items():
        steps, path = policy.fulfilment.steps, ("policies", name, "fulfilment", "steps")
        for i, (before, step) in enumerate(pairwise(steps), 1):
            if step.criteria <= before.criteria or step.share <= before.share:
                yield document.diagnosis(
                    (*path, i),
                    "each step has more criteria and a larger share than the one before",
                    got=f"{step.criteria} criteria, {step.share:g}",
                    hint="Write them from the fewest criteria up",
                )
        for i, step in enumerate(steps):
            if step.criteria > len(policy.criteria):
                yield document.diagnosis(
                    (*path, i, "criteria"),
                    f"a step needs no more criteria than the policy has ({len(policy.criteria)})",
                    got=str(step.criteria),
                )
