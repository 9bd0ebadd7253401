"""Where the catalogue asks for them, every active indicator has at least two worked examples, one of them an edge."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis

FEWEST = 2


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each active indicator that is not shown on patients."""
    if not catalogue.catalogue.examples_required:
        return
    for name, indicator in catalogue.indicators.items():
        examples = indicator.examples
        if indicator.lifecycle.state == "active" and (
            len(examples) < FEWEST or not any(example.edge for example in examples)
        ):
            edges = sum(example.edge for example in examples)
            yield document.diagnosis(
                ("indicators", name),
                f"an active indicator has at least {FEWEST} worked examples, one with `edge: true`",
                got=f"{len(examples)}, {edges} with `edge: true`",
                hint="Add them under `examples`",
            )
