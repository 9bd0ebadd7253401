"""A target is written on the scale of its measure and in its direction."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.statistics import main_direction
from vbs_site.diagnostics import Diagnosis

SHARES = ("proportion", "share_of_sum", "time_to_event")


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for a percentage where a share is meant, and for a target against the direction."""
    for name, indicator in catalogue.indicators.items():
        direction = main_direction(indicator)
        for i, target in enumerate(indicator.targets):
            path = ("indicators", name, "targets", i)
            if indicator.kind in SHARES and not 0 <= target.value <= 1:
                hint = f"Did you mean {target.value / 100:g}?"
                yield document.diagnosis(
                    (*path, "value"),
                    "targets of a proportion are written 0-1",
                    got=f"{target.value:g}",
                    hint=hint,
                )
            wrong = {"higher": ("<=", "<"), "lower": (">=", ">")}.get(direction, ())
            if target.op in wrong:
                yield document.diagnosis(
                    (*path, "op"),
                    f"a target points the way of the direction ({direction} is better)",
                    got=target.op,
                )
