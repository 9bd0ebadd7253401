"""The organisations that results are shown for: codes, names, places in the hierarchy, validity."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from vbs_site.catalogue.words import Frozen, Text
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError

UNKNOWN = "unknown"
"""Id of the unit to which rows with a code that is not in the reference are counted."""
NATIONAL = "national"
"""Unit kind and id of the national level."""


class Organisation(Frozen):
    """One unit. `codes` are what stands in extracts; `within` is the unit one level up."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")]
    kind: str
    name: Text
    within: str | None = None
    codes: list[str] = []
    valid_from: Any = None
    valid_to: Any = None
    status: str | None = None


def registered_id(code: str) -> str:
    """Return the id of a unit that only a source registers, by its code."""
    return code.replace("_", "-")


@dataclass(frozen=True)
class Organisations:
    """All units, by id and by (kind, code)."""

    members: tuple[Organisation, ...] = ()
    by_id: dict[str, Organisation] = field(default_factory=dict)
    by_code: dict[tuple[str, str], Organisation] = field(default_factory=dict)

    @classmethod
    def of(cls, members: list[Organisation]) -> "Organisations":
        """Return the members indexed by id and code, ordered by id."""
        ordered = tuple(sorted(members, key=lambda each: (each.kind, each.id)))
        by_code = {(each.kind, code): each for each in ordered for code in each.codes}
        return cls(ordered, {each.id: each for each in ordered}, by_code)

    def of_kind(self, kind: str) -> list[Organisation]:
        """Return the members of one kind, ordered by id."""
        return [each for each in self.members if each.kind == kind]

    def ancestor(self, unit: str, kind: str) -> str | None:
        """Return the id of the unit of `kind` that `unit` is or lies within, or None."""
        here = self.by_id.get(unit)
        while here is not None:
            if here.kind == kind:
                return here.id
            here = self.by_id.get(here.within) if here.within else None
        return None


def read_organisations(path: Path) -> Organisations:
    """Read an organisation reference.

    Raises:
        FaultError: naming each entry that is broken, repeated, or placed within a unit that does not exist.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        members = TypeAdapter(list[Organisation]).validate_python(raw["organisations"])
    except OSError as error:
        raise FaultError.one(
            ExitCode.CATALOGUE, path, "the organisation file can be read", got=error.strerror or ""
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise FaultError(
            ExitCode.CATALOGUE, [Diagnosis(str(path), line, "", "the file is YAML", error.problem or "")]
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, ValidationError):
            raise FaultError(
                ExitCode.CATALOGUE, [_entry_fault(path, each) for each in error.errors()]
            ) from None
        hint = "Look for a date that does not exist, or bytes that are not UTF-8"
        raise FaultError.one(
            ExitCode.CATALOGUE, path, "the file is YAML in UTF-8", got=type(error).__name__, hint=hint
        ) from None
    except (KeyError, TypeError):
        raise FaultError.one(ExitCode.CATALOGUE, path, "the file has a list under `organisations:`") from None
    faults = list(_faults(path, members))
    if faults:
        raise FaultError(ExitCode.CATALOGUE, faults)
    return Organisations.of(members)


def _entry_fault(path: Path, error: Any) -> Diagnosis:
    return Diagnosis(
        str(path),
        0,
        f"organisations.{'.'.join(map(str, error['loc']))}",
        error["msg"],
        hint="See an entry beside it",
    )


def _faults(path: Path, members: list[Organisation]) -> list[Diagnosis]:
    faults, ids, codes = [], set[str](), set[tuple[str, str]]()
    within = {each.id: each.within for each in members}
    known = within.keys()
    for each in members:
        if each.id in ids or each.id in (UNKNOWN, NATIONAL):
            faults.append(
                Diagnosis(str(path), 0, each.id, "an organisation id stands once and is no reserved word")
            )
        if each.within is not None and each.within not in known:
            faults.append(Diagnosis(str(path), 0, each.id, "`within` names an organisation", each.within))
        above, steps = each.within, 0
        while above in known and steps <= len(members):
            above, steps = within[above], steps + 1
        if steps > len(members):
            faults.append(Diagnosis(str(path), 0, each.id, "an organisation does not lie within itself"))
        for code in each.codes:
            if (each.kind, code) in codes:
                faults.append(
                    Diagnosis(str(path), 0, each.id, "a code belongs to one organisation of a kind", code)
                )
            codes.add((each.kind, code))
        ids.add(each.id)
    return faults
