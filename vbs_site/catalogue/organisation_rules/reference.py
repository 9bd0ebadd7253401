"""An organisation reference as its rules see it: the entries in the order of the file, and where each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import Diagnosis


@dataclass(frozen=True)
class Reference:
    """The entries of a file.

    Attributes:
        document: the data with places.
        members: the entries in order.
        languages: those that names are needed in.
    """

    document: Document
    members: Sequence[Organisation]
    languages: Sequence[str]

    @cached_property
    def organisations(self) -> Organisations:
        """Return the entries by id and code."""
        return Organisations.of(list(self.members))

    def fault(self, at: int, *keys: str | int, rule: str, got: str = "", hint: str = "") -> Diagnosis:
        """Return a fault of the entry at a position, at the line of one of its keys."""
        file, line = self.document.place(("organisations", at, *keys))
        return Diagnosis(file, line, self.members[at].id, rule, got, hint)
