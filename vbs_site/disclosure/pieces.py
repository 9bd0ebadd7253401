"""A connected part of a system, told as deviations: how far another table may be from the true one.

With the true counts subtracted, every sum adds up to nothing and a count that a reader knows deviates by nothing. A count
deviates when its *switch* is on: every entry that shows it is hidden.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import bmat, csc_matrix, csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

from vbs_site.disclosure.system import System

ALWAYS = -1
"""The switch of a count that no reader knows, whatever else is hidden."""


@dataclass(frozen=True)
class Piece:
    """Counts that can be unknown and are connected by sums or by an entry that shows them.

    Attributes:
        counts: (n,) where the counts stand in the system.
        entries: (m,) where the entries that may be hidden or shown stand in the system.
        sums: (s, n) the sums between these counts; all other counts of the system are known.
        up, down: (n,) how far a count may be above and below the true one, not further than is of use.
        switch: (n,) which switch lets a count deviate; `ALWAYS` for none.
        joint: (j, m) 1 where a switch after the first m waits for an entry: the counts that several entries show.
        targets: (t,) which counts are sensitive.
        width: (t,) how far apart two possible values of each must be.
        cost: (m,) of hiding an entry.
    """

    counts: np.ndarray
    entries: np.ndarray
    sums: csc_matrix
    up: np.ndarray
    down: np.ndarray
    switch: np.ndarray
    joint: csr_matrix
    targets: np.ndarray
    width: np.ndarray
    cost: np.ndarray

    @cached_property
    def whole_sums(self) -> csc_matrix:
        """The sums in whole numbers."""
        return csc_matrix(self.sums.astype(np.int64))

    @cached_property
    def by_sum(self) -> csr_matrix:
        """The sums, one after the other."""
        return csr_matrix(self.sums)

    @cached_property
    def totals(self) -> csr_matrix:
        """The total of each sum, where it can be unknown."""
        return csr_matrix(self.by_sum.maximum(0)) if self.sums.nnz else self.by_sum

    @cached_property
    def shown(self) -> list[np.ndarray]:
        """Which counts each entry shows."""
        entries = len(self.entries)
        counts = np.argsort(self.switch, kind="stable")
        at = np.searchsorted(self.switch[counts], np.arange(self.switches + 1))
        own = [counts[at[place] : at[place + 1]] for place in range(self.switches)]
        waits = self.joint.tocsc()
        return [
            np.concatenate(
                [
                    own[entry],
                    *(
                        own[entries + row]
                        for row in waits.indices[waits.indptr[entry] : waits.indptr[entry + 1]]
                    ),
                ]
            )
            for entry in range(entries)
        ]

    def shown_by(self, entry: int) -> np.ndarray:
        """Return which counts an entry shows."""
        return self.shown[entry]

    @property
    def switches(self) -> int:
        """How many switches there are: the entries and those that wait for several."""
        return len(self.entries) + self.joint.shape[0]

    def on(self, hidden: np.ndarray) -> np.ndarray:
        """Return how far each count is let go, between 0 and 1, when entries are hidden to such a degree."""
        switches = np.ones(self.switches + 1)
        switches[: len(self.entries)] = hidden
        for place in range(self.joint.shape[0]):
            waits = self.joint.indices[self.joint.indptr[place] : self.joint.indptr[place + 1]]
            switches[len(self.entries) + place] = hidden[waits].min()
        return np.asarray(switches[self.switch])

    def free(self, hidden: np.ndarray) -> np.ndarray:
        """Return which counts a reader does not know when these entries are hidden."""
        return self.on(hidden.astype(float)) > 0


def pieces(system: System, *, reach: int = 1) -> Iterator[Piece]:
    """Yield the connected parts of a system that hold a sensitive count, in the order of its counts.

    Args:
        system: the whole.
        reach: how many times the largest width a count may be away from the true one.
    """
    shows = csr_matrix(system.shows)
    certain = np.asarray(shows.T @ system.kept.astype(np.int64)).ravel() > 0
    unknown = ~(system.public | certain)
    open_entries = ~(system.gone | system.kept)
    sums = (abs(csr_matrix(system.sums)) > 0).astype(np.int64)
    parts: Any = [sums[:, unknown], shows[:, unknown]]
    ties = vstack(parts)
    corners: Any = [[None, ties.T], [ties, None]]
    links = bmat(corners)
    _, label = connected_components(csr_matrix(links), directed=False)
    label = label[: int(unknown.sum())]
    of_count = np.full(len(system.counts), -1)
    of_count[unknown] = label
    for part in dict.fromkeys(of_count[system.sensitive & unknown].tolist()):
        yield _piece(system, np.flatnonzero(of_count == part), open_entries, reach)


def _piece(system: System, counts: np.ndarray, may_hide: np.ndarray, reach: int) -> Piece:
    shows = csr_matrix(system.shows[:, counts])
    touching = np.asarray(abs(shows).sum(axis=1)).ravel() > 0
    entries = np.flatnonzero(touching & may_hide)
    sums: Any = csr_matrix(system.sums[:, counts]).astype(float)
    sums = sums[np.diff(sums.indptr) > 0]
    switch, joint = _switches(csr_matrix(shows[entries]))
    true = system.counts[counts]
    low, high = np.ceil(system.low[counts]), np.floor(system.high[counts])
    targets = np.flatnonzero(system.sensitive[counts])
    width = np.minimum(system.width[counts][targets], (high - low)[targets])
    most = max(float(width.max(initial=1)), 1.0) * reach
    return Piece(
        counts=counts,
        entries=entries,
        sums=csc_matrix(sums),
        up=np.minimum(high - true, most),
        down=np.minimum(true - low, most),
        switch=switch,
        joint=joint,
        targets=targets,
        width=width,
        cost=system.cost[entries].astype(float),
    )


def narrowed(piece: Piece, hidden: np.ndarray, offered: np.ndarray, targets: np.ndarray) -> Piece:
    """Return the part of a piece in which only some entries are up for choice; the others stay as they are.

    Args:
        piece: the whole.
        hidden: (m,) what is hidden.
        offered: (m,) which entries may be hidden or shown.
        targets: which targets of the piece are to be protected.
    """
    counts = np.flatnonzero(piece.free(hidden | offered))
    entries = np.flatnonzero(offered)
    own = csr_matrix((np.ones(len(piece.entries)), (np.arange(len(piece.entries)),) * 2))
    waits = csr_matrix(vstack([own, piece.joint])) if piece.joint.shape[0] else own
    switched = np.flatnonzero(piece.switch[counts] >= 0)
    place = csr_matrix(
        (np.ones(len(switched)), (switched, piece.switch[counts][switched])),
        shape=(len(counts), waits.shape[0]),
    )
    switch, joint = _switches(csr_matrix((place @ waits)[:, entries].T))
    sums = csr_matrix(piece.sums[:, counts])
    sums = sums[np.diff(sums.indptr) > 0]
    return Piece(
        counts=counts,
        entries=entries,
        sums=csc_matrix(sums),
        up=piece.up[counts],
        down=piece.down[counts],
        switch=switch,
        joint=joint,
        targets=np.searchsorted(counts, piece.targets[targets]),
        width=piece.width[targets],
        cost=piece.cost[entries],
    )


def _switches(shows: csr_matrix) -> tuple[np.ndarray, csr_matrix]:
    """Return the switch of every count, and which entries each switch waits for that waits for several."""
    by_count = csc_matrix(shows)
    by_count.sort_indices()
    entries, counts = shows.shape
    switch = np.full(counts, ALWAYS)
    joint = dict[tuple[int, ...], int]()
    for count in range(counts):
        waits = tuple(by_count.indices[by_count.indptr[count] : by_count.indptr[count + 1]].tolist())
        if len(waits) == 1:
            switch[count] = waits[0]
        elif waits:
            switch[count] = entries + joint.setdefault(waits, len(joint))
    rows = [row for row, waits in enumerate(joint) for _ in waits]
    columns = [entry for waits in joint for entry in waits]
    return switch, csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(joint), entries))
