"""What the audit can find, in the words of its rules. No finding holds the number that it is about."""

from vbs_site.diagnostics import Diagnosis

HIDDEN_EVERYWHERE = "a figure that is hidden is hidden on every surface"
NO_SMALL = "no small count is shown"
ALIKE = "hidden figures all look the same"
AGREES = "every number shown is one that the release publishes"
UNKNOWABLE = "a hidden count cannot be worked out"
ENDED = "the attack on hidden counts comes to an end"
READABLE = "every file can be read"


def still_there(file: str, line: int, cell: str, what: str) -> Diagnosis:
    """Return that something of a hidden figure is still there."""
    return Diagnosis(file, line, cell, HIDDEN_EVERYWHERE, what, "Leave it out where the figure is hidden")


def small_shown(file: str, line: int, cell: str, what: str) -> Diagnosis:
    """Return that a small count can be read."""
    return Diagnosis(file, line, cell, NO_SMALL, what, "Hide the figure, or report fewer and larger groups")


def told_apart(file: str, line: int, cell: str, what: str) -> Diagnosis:
    """Return that one hidden figure can be told from another."""
    hint = "Give every hidden figure the same sign: why one is hidden is for the publisher's log alone"
    return Diagnosis(file, line, cell, ALIKE, what, hint)


def differs(file: str, line: int, cell: str, what: str) -> Diagnosis:
    """Return that a number is shown which is not in the release."""
    hint = "A second number for the same people tells of them too: build the surface from the release again"
    return Diagnosis(file, line, cell, AGREES, what, hint)


def worked_out(file: str, line: int, count: str, values: int, places: tuple[str, ...]) -> Diagnosis:
    """Return that a hidden count follows from what is shown.

    Args:
        file: where the count is hidden.
        line: the line there.
        count: which count it is.
        values: how many values it can have.
        places: what it follows from.
    """
    number = "1 possible value" if values == 1 else f"{values} possible values"
    origin = f" from {', '.join(places)}" if places else ""
    hint = "Hide another of these figures too"
    return Diagnosis(file, line, count, UNKNOWABLE, f"can be worked out ({number}){origin}", hint)
