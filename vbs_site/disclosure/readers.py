"""What a reader finds by plain subtraction: in a sum with one unknown count, that count."""

from dataclasses import dataclass

import numpy as np

from vbs_site.disclosure.pieces import Piece


@dataclass
class Reader:
    """Which counts a reader has not found by plain subtraction, and how many of them are in each sum."""

    piece: Piece
    unknown: np.ndarray
    left: np.ndarray

    @classmethod
    def of(cls, piece: Piece, free: np.ndarray) -> "Reader":
        """Return the reader who knows all other counts."""
        unknown = free.copy()
        within = abs(piece.by_sum)
        while True:
            left = np.rint(within @ unknown).astype(np.int64)
            alone = within[np.flatnonzero(left == 1)]
            found = np.unique(alone.indices[unknown[alone.indices]])
            if not len(found):
                return cls(piece, unknown, left)
            unknown[found] = False

    def told(self, shown: np.ndarray, never: np.ndarray) -> list[int] | None:
        """Tell the reader counts, and return all that follow; None, and nothing told, when one follows that must not.

        Args:
            shown: which counts are told.
            never: (n,) which counts the reader must not find.
        """
        piece = self.piece
        found = list[int]()
        waiting = [int(count) for count in shown if self.unknown[count]]
        while waiting:
            count = waiting.pop()
            if not self.unknown[count]:
                continue
            self.unknown[count] = False
            found.append(count)
            rows = piece.sums.indices[piece.sums.indptr[count] : piece.sums.indptr[count + 1]]
            self.left[rows] -= 1
            if never[count]:
                self.forget(found)
                return None
            for row in rows[self.left[rows] == 1]:
                members = piece.by_sum.indices[piece.by_sum.indptr[row] : piece.by_sum.indptr[row + 1]]
                waiting.extend(members[self.unknown[members]].tolist())
        return found

    def forget(self, found: list[int]) -> None:
        """Take back what was told last."""
        for count in found:
            self.unknown[count] = True
            rows = self.piece.sums.indices[self.piece.sums.indptr[count] : self.piece.sums.indptr[count + 1]]
            self.left[rows] += 1
