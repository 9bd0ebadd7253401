"""An intruder's attack on everything published: which hidden counts can be worked out, exactly or too narrowly.

1. Every count's bounds are narrowed row by row with whole-number rounding (`propagation`).
2. Linear programs ask for points that fit every fact. A point in whole numbers is a world that may be the true one:
   two such points that lie far enough apart show a count to be wide. One point serves all counts, so most counts
   need no program of their own. The others are asked for their least and largest value.
3. Where these leave fractions, whole-number programs decide.

A count is reported only when no whole numbers further apart than allowed fit. Work is counted in programs, never in
seconds, so that the same facts give the same answer everywhere; when the allowance is used up the attack ends with
`AllowanceError`, and what is undecided has to be held as unsafe.

Source of the method: Fischetti & Salazar-González (2000), "Models and algorithms for optimizing cell suppression in
tabular data with linear constraints", J. Am. Stat. Assoc. 95: the attacker's two programs per cell.
"""

from collections.abc import Iterable

import numpy as np

from vbs_site.audit.attacked import EXACT, Attacked, merged, unlisted
from vbs_site.audit.blocks import Block, Point, UndecidedError, blocks_of
from vbs_site.audit.facts import AllowanceError, ContradictionError, Name, Recovered, Sum, Target, Told
from vbs_site.audit.inversion import shares_that_fit
from vbs_site.audit.linear import MOST_PLACES, Floats, System, Whole
from vbs_site.audit.propagation import propagate

__all__ = [
    "AllowanceError",
    "ContradictionError",
    "Name",
    "Recovered",
    "Sum",
    "Target",
    "Told",
    "attack",
    "shares_that_fit",
]

ALLOWANCE = 20_000
"""Programs that an attack may use."""
PUSHES = 40
"""Times at most that all undecided counts of a block are moved at once, which takes two programs."""
IDLE = 2
"""Moves in a row that may decide next to nothing before that is given up."""
NEAR = (150, 600)
"""Columns of the small programs around a count in a large part."""
EXPLAINED = 10
"""Recovered counts of which a program says which facts bind; of others the nearest facts are named."""
TOLERANCE = 1e-4
"""How far from a whole number the solver's least or largest value may lie."""


class _Attack:
    """One attack under way: the counts attacked, and how many programs may still be used."""

    def __init__(self, attacked: Attacked, allowance: int, enough: int | None) -> None:
        self.attacked, self.left, self.enough = attacked, allowance, enough
        self.because: dict[int, tuple[str, ...]] = {}
        self.world, self.has_world = np.empty(0), np.empty(0, np.bool_)

    @property
    def ended(self) -> bool:
        """Whether as much was recovered as is wanted."""
        return self.enough is not None and int(self.attacked.narrow().sum()) >= self.enough

    def block(self, block: Block, entries: Whole, at: Whole) -> None:
        """Decide the entries of a block as far as the allowance goes.

        Args:
            block: the block; a program is used on it even when nothing in it is asked for: its facts may contradict.
            entries: entries of `attacked` in it.
            at: their columns in the block.
        """
        part = block.part[at]
        sizes = np.bincount(block.part, minlength=block.parts)
        self.attacked.large[entries] = sizes[part] > EXACT
        self.world, self.has_world = np.zeros(len(block.columns)), np.zeros(block.parts, np.bool_)
        self._see(block, entries, at, np.zeros(len(block.columns)))
        self._push(block, entries, at)
        self._near(block, entries, at)
        self._ask(block, entries, at)
        for each in range(block.parts):
            mine = part == each
            if len(self.attacked.unsettled(entries[mine])):
                alone = block.alone(each) if block.parts > 1 else block
                first = int(np.searchsorted(block.part, each))
                self._whole(alone, entries[mine], at[mine] - first)

    def _see(
        self, block: Block, entries: Whole, at: Whole, objective: Floats, *, whole: bool = False
    ) -> Floats | None:
        """Solve a program, take note of its point and return it; None when the allowance is used up."""
        point = self._solve(block, objective, whole=whole)
        if point is None:
            return None
        self.attacked.see(entries, at, block.part[at], point)
        self.world = np.where(point.whole[block.part], point.values, self.world)
        self.has_world |= point.whole
        return point.values

    def _solve(self, block: Block, objective: Floats, *, whole: bool = False) -> Point | None:
        """Solve a program; None when the allowance is used up or the solver gave up."""
        if not self.left:
            return None
        self.left -= 1
        try:
            return block.solve(objective, whole=whole)
        except UndecidedError:
            return None

    def _push(self, block: Block, entries: Whole, at: Whole) -> None:
        """Move all undecided counts at once, each up or down by lot, as long as that decides enough of them."""
        lots = np.random.default_rng(0)
        place = dict(zip(entries.tolist(), at.tolist(), strict=True))
        before, idle = self.attacked.undecided(entries), 0
        for _ in range(PUSHES):
            if not len(before) or np.bincount(block.part[at]).max() <= 2:
                return
            objective = np.zeros(len(block.columns))
            columns = [place[entry] for entry in before.tolist()]
            signs = lots.choice([-1.0, 1.0], len(before))
            for sign in (1.0, -1.0):
                objective[columns] = sign * signs
                self._see(block, entries, at, objective)
            after = self.attacked.undecided(before)
            idle = idle + 1 if len(before) - len(after) <= 4 else 0
            if idle == IDLE:
                return
            before = after

    def _near(self, block: Block, entries: Whole, at: Whole) -> None:
        """Decide in small programs around a count what a large part need not be asked for.

        With the rest free within its bounds, such a program tells how far a count can go at most; with the rest as in
        a world that fits, it gives other worlds that fit.
        """
        sizes = np.bincount(block.part)
        place = dict(zip(entries.tolist(), at.tolist(), strict=True))
        for entry in self.attacked.undecided(entries).tolist():
            if self.ended:
                return
            column = place[entry]
            part = int(block.part[column])
            for size in NEAR:
                if sizes[part] <= 2 * size or not self._is_open(entry):
                    break
                columns = block.near(column, size)
                here = int(np.searchsorted(columns, column))
                self._outer(block.around(columns, None), entry, here)
                for whole in (False, True):
                    if self.has_world[part]:
                        self._inner(block, columns, entries, at, entry, here, whole=whole)

    def _is_open(self, entry: int) -> bool:
        """Tell whether a count is neither recovered nor shown to be wide."""
        return bool(len(self.attacked.undecided(np.array([entry]))))

    def _outer(self, small: Block, entry: int, column: int) -> None:
        """Bound a count by the facts around it alone."""
        for sign in (1, -1):
            if self._is_open(entry) and not self._known(entry, sign):
                point = self._solve(small, _toward(small, column, sign))
                if point is not None:
                    self._bounded(small, entry, column, sign, float(point.values[column]))

    def _inner(
        self, block: Block, columns: Whole, entries: Whole, at: Whole, entry: int, column: int, *, whole: bool
    ) -> None:
        """Look for other worlds that differ around a count alone."""
        small = block.around(columns, self.world)
        for sign in (1, -1):
            if not self._is_open(entry) or self._known(entry, sign):
                continue
            try:
                point = self._solve(small, _toward(small, column, sign), whole=whole)
            except ContradictionError:  # the world itself fits, so this is the solver's tolerance
                return
            if point is not None and point.whole[0]:
                self.world = self.world.copy()
                self.world[columns] = point.values
                self.attacked.see(entries, at, block.part[at], Point(self.world, self.has_world))

    def _ask(self, block: Block, entries: Whole, at: Whole) -> None:
        """Ask for least and largest values, one count of each part at a time."""
        part = block.part[at]
        asked: set[tuple[int, int]] = set()
        while self.left and not self.ended:
            undecided = self.attacked.unsettled(entries)
            objective = np.zeros(len(block.columns))
            questions: dict[int, tuple[int, int, int]] = {}
            position = np.searchsorted(entries, undecided)
            for entry, where in zip(undecided.tolist(), position.tolist(), strict=True):
                if int(part[where]) in questions:
                    continue
                for sign in (1, -1):
                    if (entry, sign) not in asked and not self._known(entry, sign):
                        questions[int(part[where])] = (entry, int(at[where]), sign)
                        objective[at[where]] = sign
                        break
            if not questions:
                return
            asked.update((entry, sign) for entry, _, sign in questions.values())
            values = self._see(block, entries, at, objective)
            if values is None:
                continue
            for entry, column, sign in questions.values():
                self._bounded(block, entry, column, sign, float(values[column]))

    def _known(self, entry: int, sign: int) -> bool:
        """Tell whether a least (1) or largest (-1) value was seen that nothing can go beyond."""
        found = self.attacked
        if sign > 0:
            return bool(found.seen_low[entry] <= found.low[entry])
        return bool(found.seen_high[entry] >= found.high[entry])

    def _bounded(self, block: Block, entry: int, column: int, sign: int, value: float) -> None:
        """Take over the least (1) or largest (-1) value of a count, and why when that makes it narrow."""
        found = self.attacked
        narrow = found.narrow()[entry]
        if sign > 0:
            found.low[entry] = max(found.low[entry], np.ceil(value - TOLERANCE))
        elif value < block.high[column] or block.ends[column]:
            found.high[entry] = min(found.high[entry], np.floor(value + TOLERANCE))
        if found.narrow()[entry] and not narrow and len(self.because) < EXPLAINED:
            places = (*block.binding(_toward(block, column, 1)), *block.binding(_toward(block, column, -1)))
            self.because[entry] = tuple(dict.fromkeys(places))[:MOST_PLACES]

    def _whole(self, block: Block, entries: Whole, at: Whole) -> None:
        """Decide in whole numbers what fractions left open in a block of one part."""
        for entry, column in zip(entries.tolist(), at.tolist(), strict=True):
            for sign in () if self.ended else (1, -1):
                if not len(self.attacked.unsettled(np.array([entry]))) or self._known(entry, sign):
                    continue
                point = self._solve(block, _toward(block, column, sign), whole=True)
                if point is not None:
                    self.attacked.see(entries, at, block.part[at], point)
                    self._bounded(block, entry, column, sign, float(point.values[column]))


def _toward(block: Block, column: int, sign: int) -> Floats:
    """Return the objective whose least value is the least (1) or largest (-1) value of a column."""
    objective = np.zeros(len(block.columns))
    objective[column] = sign
    return objective


def attack(
    sums: Iterable[Sum],
    told: Iterable[Told],
    targets: Iterable[Target],
    *,
    small: int | None = None,
    allowance: int = ALLOWANCE,
    enough: int | None = None,
) -> list[Recovered]:
    """Return every hidden count that can be worked out.

    Args:
        sums: which counts are sums of which; they hold whatever was published.
        told: everything published.
        targets: the hidden counts; a count that has several signs may stand several times.
        small: when given, a count that is named but stands nowhere (the complement of a numerator, say) is also
            recovered when it is certainly at least 1 and below this. A count stands somewhere when it is a target, or
            when something told gives its value alone.
        allowance: programs that may be used.
        enough: when given, the attack may end once so many counts are recovered, whatever else could be.

    Returns:
        Recovered targets in their order, then recovered counts that stand nowhere, in the order of their first
        naming.

    Raises:
        ContradictionError: the facts cannot all be true.
        AllowanceError: some counts are undecided; what was recovered until then is in it.
        ValueError: a coefficient or limit is not a number, or a target's width is below 1.
    """
    told = list(told)
    wanted = merged(targets)
    if any(target.width < 1 for target in wanted.values()):
        raise ValueError("a target's width is at least 1")
    system = System(sums, told, wanted.values())
    propagate(system)
    others = unlisted(system, told, wanted) if small is not None else []
    names = [*wanted, *others]
    column = np.array([system.column(name) for name in names], np.int64)
    width = np.array([*(target.width for target in wanted.values()), *(0 for _ in others)], np.int64)
    attacked = Attacked(system, column, width, small or 0)
    under_way = _Attack(attacked, allowance, enough)
    _decide(system, under_way)
    narrow = attacked.narrow()
    recovered = [
        Recovered(
            names[entry],
            int(attacked.low[entry]),
            int(attacked.high[entry]),
            under_way.because.get(entry) or system.places([], [int(column[entry])]),
        )
        for entry in np.flatnonzero(narrow).tolist()
    ]
    undecided = attacked.undecided(np.arange(len(names)))
    if not under_way.ended and (len(undecided) or under_way.left < 1):
        raise AllowanceError(tuple(names[entry] for entry in undecided.tolist()), tuple(recovered))
    return recovered


def _decide(system: System, under_way: _Attack) -> None:
    """Put every block of a system to the programs."""
    attacked = under_way.attacked
    undecided = np.flatnonzero(attacked.low < attacked.high)
    undecided = undecided[~attacked.wide()[undecided]]
    order = undecided[np.argsort(attacked.column[undecided], kind="stable")]
    column = attacked.column[order]
    for block in blocks_of(system):
        if under_way.ended:
            return
        sorted_at = np.argsort(block.columns, kind="stable")
        place = np.searchsorted(block.columns[sorted_at], column)
        place = np.minimum(place, len(sorted_at) - 1)
        here = block.columns[sorted_at][place] == column
        entries, at = order[here], sorted_at[place[here]]
        by_entry = np.argsort(entries)
        under_way.block(block, entries[by_entry], at[by_entry])
