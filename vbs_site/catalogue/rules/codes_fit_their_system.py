"""Every code has the shape of its code system."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.sources import CODE_SHAPES
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each code that its system cannot have."""
    for name, codeset in catalogue.codesets.items():
        shape = CODE_SHAPES[codeset.system]
        for i, code in enumerate(codeset.codes):
            if not shape.match(code):
                guess = f"D{code}" if codeset.system == "sks-diagnosis" else f"K{code}"
                hint = (
                    f"Did you mean {guess!r}?"
                    if codeset.system.startswith("sks") and shape.match(guess)
                    else "Look the code up"
                )
                yield document.diagnosis(
                    ("codesets", name, "codes", i),
                    f"the code has the shape of {codeset.system}",
                    got=repr(code),
                    hint=hint,
                )
