"""Sex is a category with listed values where results are divided by it: its values become strata."""

from collections.abc import Iterator

from vbs_site.catalogue.indicators import strata_of
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.populations import Per
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for every column that results are divided by and that may hold any text."""
    for source, name in sorted(_columns(catalogue)):
        column = catalogue.sources[source].columns.get(name)
        if column is not None and column.type != "category":  # whether it exists, other rules ask
            yield document.diagnosis(
                ("sources", source, "columns", name),
                "a column that results are divided by is a category, since its values are published",
                got=f"{name} of type {column.type}",
                hint="Write {type: category, values: […]} with the values that may be published",
            )


def _columns(catalogue: Catalogue) -> set[tuple[str, str]]:
    """Return the source and column of the sex of persons, and of that of every population that is divided by sex."""
    divided = [each for each in catalogue.indicators.values() if "sex" in strata_of(each)]
    pers = (getattr(each, "per", None) for each in divided)
    found = {(per.from_, per.sex) for per in pers if isinstance(per, Per)}
    if divided and catalogue.persons is not None:
        found.add((catalogue.persons.source, catalogue.persons.sex))
    return {(source, name) for source, name in found if source in catalogue.sources}
