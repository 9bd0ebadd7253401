"""From a catalogue file to the frozen model, with every fault of every file found in one run."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vbs_site.catalogue import rules
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisation_file import read_organisations
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.reading import Document, read
from vbs_site.catalogue.sound_parts import every_fault
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError


@dataclass(frozen=True)
class Loaded:
    """A catalogue that passed its checks.

    Attributes:
        path: the main file.
        catalogue: the model.
        document: the data as read, with places; kept for the release bundle and for messages.
        organisations: the organisation reference, empty when the catalogue names none.
        warnings: what is worth saying and stops nothing.
    """

    path: Path
    catalogue: Catalogue
    document: Document
    organisations: Organisations
    warnings: tuple[Diagnosis, ...]


def load(path: Path, *, today: datetime.date | None = None) -> Loaded:
    """Read, validate and check a catalogue.

    Args:
        path: the main YAML file.
        today: the day against which review dates are held; None leaves that rule out.

    Raises:
        FaultError: with one diagnosis per fault (exit code 10).
    """
    document, faults = read(path)
    if not document.data:
        raise FaultError(
            ExitCode.CATALOGUE,
            faults or [Diagnosis(str(path), 1, "", "the catalogue holds something", "an empty file")],
        )
    catalogue, warnings = checked(document, faults, today=today)
    organisations = Organisations()
    if catalogue.catalogue.organisations:
        organisations = read_organisations(
            path.parent / catalogue.catalogue.organisations, catalogue.catalogue.languages
        )
    unnamed = list(rules.members(catalogue, document, organisations))
    if unnamed:
        raise FaultError(ExitCode.CATALOGUE, unnamed)
    return Loaded(path, catalogue, document, organisations, warnings)


def checked(
    document: Document, faults: Iterable[Diagnosis] = (), *, today: datetime.date | None = None
) -> tuple[Catalogue, tuple[Diagnosis, ...]]:
    """Return the catalogue that a document holds, and its warnings.

    Args:
        document: data with places.
        faults: what was found wrong while it was read.
        today: the day against which review dates are held; None leaves that rule out.

    Raises:
        FaultError: with one diagnosis per fault (exit code 10).
    """
    catalogue, found = every_fault(document, today)
    wrong = [*faults, *(each for each in found if each.level == "error")]
    if catalogue is None or document.lost or wrong:
        raise FaultError(ExitCode.CATALOGUE, wrong)
    return catalogue, tuple(found)
