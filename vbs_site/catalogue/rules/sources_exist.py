"""Every source, codeset owner and register that is named exists."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.uses import uses
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each name of a source that is not one."""
    known = catalogue.sources
    written = [
        ((*use.path, "from"), use.source) for name in catalogue.indicators for use in uses(catalogue, name)
    ]
    named = [
        (path, source) for path, source in written if path in document.places or not document.places
    ]  # once, where it is written
    if catalogue.persons:
        named.append((("persons", "source"), catalogue.persons.source))
    for unit, each in catalogue.units.items():
        if each.register_:
            named.append((("units", unit, "register", "source"), each.register_.source))
        named += [(("units", unit, "path"), step.split(".")[0]) for step in each.path or []]
    for path, source in dict.fromkeys(named):
        if source not in known:
            yield document.diagnosis(path, "the source exists", got=repr(source), hint=nearest(source, known))
