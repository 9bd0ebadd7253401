"""Which entries are hidden so that no small count can be found: as few and as cheap as possible.

First every count is given room by the cheapest move, one after the other (`moves`), or what elimination leaves open is
(`elimination`), whichever is cheaper. A small piece is then solved by cutting
planes (`cuts`), which also tell when nothing is cheaper; a large one a neighbourhood at a time (`neighbourhoods`). Whatever
was done, the pattern is returned only with a proof in whole numbers (`proof`).
"""

from dataclasses import dataclass, replace

import numpy as np

from vbs_site.disclosure.alternatives import Alternatives, leaks
from vbs_site.disclosure.cuts import improved
from vbs_site.disclosure.elimination import eliminated
from vbs_site.disclosure.moves import HelplessError, clean, grow
from vbs_site.disclosure.neighbourhoods import cheaper
from vbs_site.disclosure.pieces import pieces
from vbs_site.disclosure.programs import AllowanceUsedUpError, Work
from vbs_site.disclosure.proof import without_proof
from vbs_site.disclosure.system import System

ALLOWANCE = 100_000
"""Programs for one system; far more than what any was seen to need."""


@dataclass(frozen=True)
class Effort:
    """Up to how many counts a piece may have for more work to be done on it than the moves are.

    Attributes:
        whole: to be solved whole, by cutting planes.
        around: to be looked around in, a neighbourhood at a time.
    """

    whole: int
    around: int


THOROUGH = Effort(whole=1000, around=5000)
"""Larger pieces are left as the moves made them: looking around takes longer than it is worth."""
QUICK = Effort(whole=100, around=0)
"""For a whole release: on the demo a third more work than the moves alone, and a thorough search hides 1 % less."""
WHOLE, AROUND = 2000, 3000
"""How many programs are spent at most on solving a piece whole, and on looking around in it."""
UNBOUNDED = 50
"""How many widths away from the truth another table is looked for when the question is only whether there is one."""


@dataclass(frozen=True)
class Pattern:
    """What is hidden.

    Attributes:
        hidden: (e,) of every entry of the system, those that are gone among them.
        method: `optimal` when no cheaper pattern protects by tables that differ by no more than the width, else
            `heuristic`.
        programs: how much work it was.
    """

    hidden: np.ndarray
    method: str
    programs: int


class CannotProtectError(Exception):
    """Some counts cannot be protected, or not with the work that is allowed.

    Attributes:
        counts: where they stand in the system.
    """

    def __init__(self, counts: tuple[int, ...]) -> None:
        super().__init__(
            f"{len(counts)} counts cannot be protected by hiding more, or not with the work allowed"
        )
        self.counts = counts


def suppress(system: System, *, allowance: int = ALLOWANCE, effort: Effort = THOROUGH) -> Pattern:
    """Return the entries to hide so that every sensitive count is protected.

    A sensitive count that is not public is protected when two tables in whole numbers agree with every known count, with
    all sums and with what is known of the unknown ones, and this count is `width` apart in them (or as far as `low` and
    `high` allow). Both tables are at hand for each count when this returns, checked in whole numbers. A sensitive count
    that is public is out already.

    Args:
        system: see there.
        allowance: how many programs may be solved.
        effort: how much is done to find a cheaper pattern once one protects.

    Raises:
        CannotProtectError: some counts cannot be protected, or not with this allowance.
    """
    work = Work(allowance)
    hidden, optimal = system.gone.copy(), True
    solved = list[Alternatives]()
    lost = list[int]()
    for piece in pieces(system):
        alternatives = Alternatives(piece, work)
        try:
            chosen, proved = _protected(alternatives, system.counts[piece.counts], effort)
        except HelplessError as error:
            lost += piece.counts[piece.targets[list(error.targets)]].tolist()
            continue
        hidden[piece.entries[chosen]] = True
        optimal &= proved
        solved.append(alternatives)
    for alternatives in solved:
        lost += without_proof(system, hidden, alternatives)
    if lost:
        raise CannotProtectError(tuple(sorted(lost)))
    return Pattern(hidden, "optimal" if optimal else "heuristic", work.used)


def _protected(alternatives: Alternatives, people: np.ndarray, effort: Effort) -> tuple[np.ndarray, bool]:
    """Return which entries of a piece to hide, and whether nothing cheaper is left."""
    piece, work = alternatives.piece, alternatives.work
    try:
        hidden = grow(alternatives, np.zeros(len(piece.entries), dtype=bool))
    except AllowanceUsedUpError:
        left = alternatives.unproved(piece.free(np.zeros(len(piece.entries), dtype=bool)))
        raise HelplessError(tuple(left.tolist())) from None
    proved = not hidden.any()
    try:
        alternatives.needed(piece.free(hidden))
        hidden = clean(alternatives, hidden)
        if not proved and len(piece.counts) <= effort.around:
            hidden = _cheapest_start(alternatives, hidden, people)
        if not proved and len(piece.counts) <= effort.whole:
            hidden, proved = improved(alternatives, hidden, WHOLE)
        if not proved and len(piece.counts) <= effort.around:
            hidden = cheaper(alternatives, hidden, work.used + AROUND)
    except AllowanceUsedUpError:
        return hidden, False
    return hidden, proved


def _cheapest_start(alternatives: Alternatives, hidden: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Return the cheapest of a pattern and those that begin by elimination."""
    piece = alternatives.piece
    for start in eliminated(piece, people):
        other = clean(alternatives, grow(alternatives, start))
        if piece.cost @ other < piece.cost @ hidden:
            hidden = other
    alternatives.needed(piece.free(hidden))
    return hidden


def unprotected(system: System, hidden: np.ndarray) -> list[int]:
    """Return the sensitive counts that are not public and not protected when exactly these entries are hidden."""
    found = list[int]()
    for piece in pieces(replace(system, gone=hidden, kept=~hidden), reach=UNBOUNDED):
        alternatives = Alternatives(piece, Work(float("inf")))
        leaks(alternatives, piece.free(hidden[piece.entries]))
        found += without_proof(system, hidden, alternatives)
    known = system.known(hidden) & ~system.public & system.sensitive
    return sorted({*found, *np.flatnonzero(known).tolist()})
