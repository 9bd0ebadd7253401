"""A retired measure says why, and the measure that takes its place exists and is not itself."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each retired measure without a reason and each successor that is none."""
    known = {*catalogue.indicators, *catalogue.described}
    for section, measures in (("indicators", catalogue.indicators), ("described", catalogue.described)):
        for name, measure in measures.items():
            path, lifecycle = (section, name, "lifecycle"), measure.lifecycle
            if lifecycle.state == "retired" and lifecycle.reason is None:
                yield document.diagnosis(path, "a retired measure says why", hint="Add `reason`")
            successor = lifecycle.successor
            if successor is not None and (successor == name or successor not in known):
                rule, hint = (
                    "the successor is another measure that exists",
                    nearest(successor, known - {name}),
                )
                yield document.diagnosis((*path, "successor"), rule, got=repr(successor), hint=hint)
