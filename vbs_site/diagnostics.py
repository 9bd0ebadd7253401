"""One type for everything that we tell a user is wrong."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal


class ExitCode(IntEnum):
    """What the shell sees; one code per class of fault, so that a script can tell them apart."""

    OK = 0
    USAGE = 2
    CATALOGUE = 10
    EXTRACTS = 11
    CONTENT = 12
    RELEASE = 13
    ENGINE = 14
    MACHINE = 15
    LEAK = 16
    BREAKING = 20
    VERSION = 21
    INTERRUPTED = 130


@dataclass(frozen=True, order=True)
class Diagnosis:
    """One fault: where it stands, which rule it breaks, what was found and what to do.

    Never holds a value from a patient row: rows are named by count, never by content.
    """

    file: str
    line: int
    object: str
    rule: str
    got: str = ""
    hint: str = ""
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Return the fault as one line: `file:line: object: rule. got: …. hint`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        words = [f"{place}: {self.object}: {self.rule}" if self.object else f"{place}: {self.rule}"]
        if self.got:
            words.append(f"got: {self.got}")
        if self.hint:
            words.append(self.hint)
        line = ". ".join(word.rstrip(".") for word in words)
        return " ".join(line.split()) + ("" if line.endswith("?") else ".")


class FaultError(Exception):
    """A user's mistake or the machine's refusal: ends a verb with its lines and its exit code, no traceback."""

    def __init__(self, code: ExitCode, diagnoses: Iterable[Diagnosis]) -> None:
        self.code = code
        self.diagnoses = tuple(sorted(set(diagnoses)))
        super().__init__("\n".join(str(diagnosis) for diagnosis in self.diagnoses))

    @classmethod
    def one(cls, code: ExitCode, file: object, rule: str, *, got: str = "", hint: str = "") -> "FaultError":
        """Return a fault with a single line that concerns a whole file or folder."""
        return cls(code, [Diagnosis(str(file), 0, "", rule, got, hint)])


def nearest(name: object, known: Iterable[object]) -> str:
    """Return a hint that names the closest known name, or lists what is known.

    Args:
        name: what was written.
        known: what could have been written.
    """
    names = [str(each) for each in known]
    lowered = {each.lower(): each for each in names}
    close = difflib.get_close_matches(str(name).lower(), list(lowered), n=1, cutoff=0.6)
    if close:
        return f"Did you mean {lowered[close[0]]!r}?"
    return f"Known: {', '.join(sorted(names)[:12])}" if names else "None is defined"
