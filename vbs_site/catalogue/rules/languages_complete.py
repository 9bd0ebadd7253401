"""Every text is written in every language of the catalogue."""

from collections.abc import Iterator
from typing import Any

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document, Place
from vbs_site.catalogue.words import LANGUAGES
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each text that lacks a language."""
    wanted = catalogue.catalogue.languages

    def walk(value: Any, path: Place) -> Iterator[Diagnosis]:
        if isinstance(value, dict):
            if value and all(key in LANGUAGES for key in value):
                missing = [language for language in wanted if language not in value]
                if missing:
                    yield document.diagnosis(
                        path,
                        "a text is written in every language of the catalogue",
                        got=f"no {', '.join(missing)}",
                        hint="Add it",
                    )
                return
            for key, each in value.items():
                yield from walk(each, (*path, key))
        elif isinstance(value, list):
            for i, each in enumerate(value):
                yield from walk(each, (*path, i))

    yield from walk(document.data, ())
