"""What is published together, as whole counts that add up: the one thing that suppression has to reason about.

A *count* is a number of people or events: a group, those of it with the event, the rest. An *entry* is one line of a
published table; it shows one or more counts, and hiding it hides all of them. A count is known to a reader when an entry
that shows it is not hidden, or when it is public anyway. *Sums* say which counts add up to which.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class System:
    """Counts, the sums between them and the entries that show them.

    Attributes:
        counts: (c,) the true whole counts, 0 or more.
        sums: (s, c) one row per sum, 1 for the total and -1 for each part, so that `sums @ counts` is 0.
        shows: (e, c) 1 where an entry shows a count; a count that no entry shows can still follow from others.
        public: (c,) whether everybody knows a count, whatever is hidden here: published before, or elsewhere.
        sensitive: (c,) whether a count points at few people, so that nobody may find it.
        low, high: (c,) between which whole numbers a reader knows a count to lie when it is not shown (`high` may be
            infinite). The true count lies between them.
        width: (c,) how far apart the smallest and the largest possible value of a sensitive count must be left.
        gone: (e,) entries that are hidden in any case; each that shows a sensitive count is among them.
        kept: (e,) entries that are never hidden, such as a true zero where zeros are shown.
        cost: (e,) what is lost when an entry is hidden.
    """

    counts: np.ndarray
    sums: csr_matrix
    shows: csr_matrix
    public: np.ndarray
    sensitive: np.ndarray
    low: np.ndarray
    high: np.ndarray
    width: np.ndarray
    gone: np.ndarray
    kept: np.ndarray
    cost: np.ndarray

    def known(self, hidden: np.ndarray) -> np.ndarray:
        """Return which counts a reader knows when these entries are hidden."""
        told = np.asarray(self.shows.T @ (~hidden).astype(np.int64)).ravel() > 0
        return np.asarray(self.public | told)
