"""From an organisation reference to its units, with every fault of the file found in one run."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from vbs_site.catalogue import organisation_rules
from vbs_site.catalogue.model_faults import diagnoses
from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.catalogue.reading import Document, read
from vbs_site.catalogue.words import Frozen
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError


class _File(Frozen):
    """What the file holds."""

    organisations: list[Organisation]


def read_organisations(path: Path, languages: Sequence[str] = ()) -> Organisations:
    """Read an organisation reference and check it.

    Args:
        path: YAML with a list under `organisations:`.
        languages: those that every name is needed in.

    Raises:
        FaultError: with one diagnosis per fault (exit code 10).
    """
    document, faults = read(path)
    faults = [_of_organisations(each) for each in faults]
    if not isinstance(document.data.get("organisations"), list):
        if not document.lost and not faults:
            rule, hint = "the file has a list under `organisations:`", "Add it, with one entry per unit"
            faults = [Diagnosis(str(path), 1, "", rule, hint=hint)]
        raise FaultError(ExitCode.CATALOGUE, faults)
    return Organisations.of(list(_checked(document, faults, languages)))


def _of_organisations(fault: Diagnosis) -> Diagnosis:
    """Return a fault of reading with the hint for this kind of file."""
    hint = "Start it with `organisations:`" if "catalogue:" in fault.hint else fault.hint
    return replace(fault, rule=fault.rule.replace("a catalogue file", "an organisation file"), hint=hint)


def _checked(
    document: Document, faults: Sequence[Diagnosis], languages: Sequence[str]
) -> Sequence[Organisation]:
    try:
        members = _File.model_validate(document.data).organisations
    except ValidationError as error:
        raise FaultError(ExitCode.CATALOGUE, [*faults, *diagnoses(document, error, _File)]) from None
    if document.lost:
        raise FaultError(ExitCode.CATALOGUE, faults)
    found = [*faults, *organisation_rules.check(Reference(document, members, languages))]
    if found:
        raise FaultError(ExitCode.CATALOGUE, found)
    return members
