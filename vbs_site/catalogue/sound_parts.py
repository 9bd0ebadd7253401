"""Every fault of a catalogue in one run: rules hold for what could be read, and what follows from a fault is not told again.

An entry is one name in one section, such as `indicators.readmission`. An entry with a fault that keeps rules from looking
at it is left out, and so is every entry that leads to it; the rules look at the rest.
"""

import datetime
import re
from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from vbs_site.catalogue import rules
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.model_faults import diagnoses
from vbs_site.catalogue.reading import Document, Place
from vbs_site.diagnostics import Diagnosis

SECTIONS = tuple(
    name
    for name, info in Catalogue.model_fields.items()
    if getattr(info.annotation, "__origin__", None) is dict
)
"""The keys of a catalogue that hold entries by name."""


def every_fault(document: Document, today: datetime.date | None) -> tuple[Catalogue | None, list[Diagnosis]]:
    """Return the catalogue that a document holds, None when its grammar is broken, and every fault and warning.

    Args:
        document: data with places; without a file that could not be read nothing is said of the names in it.
        today: the day against which review dates are held; None leaves that rule out.
    """
    catalogue, faults = None, list[Diagnosis]()
    broken = [entry(path) for path in document.lost]
    try:
        catalogue = Catalogue.model_validate(document.data)
    except ValidationError as error:
        faults = diagnoses(document, error, Catalogue)
        broken += [entry(tuple(each["loc"])) for each in error.errors()]
    if document.whole and None not in broken:
        left_out = {each for each in broken if each is not None}
        faults += _of_the_rest(document, catalogue, left_out, today)
    return catalogue, faults


def entry(path: Place) -> Place | None:
    """Return the entry in which a place lies; None for what no entry holds."""
    return path[:2] if len(path) > 1 and path[0] in SECTIONS else None


def _of_the_rest(
    document: Document, catalogue: Catalogue | None, left_out: set[Place], today: datetime.date | None
) -> Iterator[Diagnosis]:
    """Yield what rules find in everything but some entries, as far as it does not come of their absence."""
    rest = catalogue if not left_out else _rest(document, left_out)
    while rest is not None:
        found = list(rules.names(rest, document))
        yield from _own(found, left_out)
        if not found:
            yield from _own(rules.meanings(rest, document, today), left_out)
            return
        leading = {entry(tuple(each.object.split("."))) for each in found}
        more = {each for each in leading if each is not None} - left_out
        left_out |= more
        rest = _rest(document, left_out) if more and None not in leading else None


def _rest(document: Document, left_out: Iterable[Place]) -> Catalogue | None:
    """Return the catalogue without some entries; None when nothing of a section is left."""
    data = document.data | {
        section: dict(document.data[section])
        for section in SECTIONS
        if isinstance(document.data.get(section), dict)
    }
    for section, name in left_out:
        data[str(section)].pop(name, None)
    try:
        return Catalogue.model_validate(data)
    except ValidationError:
        return None


def _own(found: Iterable[Diagnosis], left_out: Iterable[Place]) -> Iterator[Diagnosis]:
    """Yield the faults that do not speak of a name that was left out."""
    names = "|".join(re.escape(str(name)) for _, name in left_out)
    speaks = re.compile(rf"(?<![\w-])(?:{names})(?![\w-])")
    for each in found:
        if not names or not speaks.search(each.got):
            yield each
