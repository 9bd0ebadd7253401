"""A path from a person to a unit goes through columns that exist and keys that fit."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each step of a unit's path, or of its register, that leads nowhere."""
    for name, unit in catalogue.units.items():
        for step in unit.path or []:
            source, column = step.split(".")
            columns = catalogue.sources[source].columns
            if column not in columns:
                yield document.diagnosis(
                    ("units", name, "path"),
                    f"the column exists in {source}",
                    got=repr(column),
                    hint=nearest(column, columns),
                )
        for step in (unit.path or [])[1:]:
            source = step.split(".")[0]
            if len(catalogue.sources[source].key) != 1:
                yield document.diagnosis(
                    ("units", name, "path"),
                    f"{source} is found by one key column",
                    got=", ".join(catalogue.sources[source].key),
                )
        if unit.register_:
            columns = catalogue.sources[unit.register_.source].columns
            for key, column in (("code", unit.register_.code), ("name", unit.register_.name)):
                if column not in columns:
                    rule = f"the column exists in {unit.register_.source}"
                    yield document.diagnosis(
                        ("units", name, "register", key),
                        rule,
                        got=repr(column),
                        hint=nearest(column, columns),
                    )
