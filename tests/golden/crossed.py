"""Tables in which every member of every dimension is crossed with every other, as the reference's cases are."""

import itertools
from collections import defaultdict

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, identity

from vbs_site.disclosure.system import System


class Crossed:
    """The cells of a table and which of them add up to which.

    Args:
        leaves: (member of each dimension, …) to its count.
        links: per dimension, (parent, grouping) to the members that it consists of.
    """

    def __init__(self, leaves, links):
        self.links = links
        members = [self._members(place, {key[place] for key in leaves}) for place in range(len(links))]
        self.cells = list(itertools.product(*members))
        self.place = {cell: place for place, cell in enumerate(self.cells)}
        self.counts = self._counts(leaves)
        self.sums = self._sums()

    def _members(self, place, leaves):
        links = self.links[place]
        named = dict.fromkeys(member for (parent, _), parts in links.items() for member in (parent, *parts))
        return list(named) + sorted(leaves - set(named))

    def _leaves_of(self, place, member):
        for (parent, _), parts in self.links[place].items():
            if parent == member:
                return [leaf for part in parts for leaf in self._leaves_of(place, part)]
        return [member]

    def _counts(self, leaves):
        of = [
            {member: self._leaves_of(place, member) for member in {cell[place] for cell in self.cells}}
            for place in range(len(self.links))
        ]
        return np.array(
            [
                sum(
                    leaves.get(leaf, 0) for leaf in itertools.product(*(of[i][m] for i, m in enumerate(cell)))
                )
                for cell in self.cells
            ],
            dtype=np.int64,
        )

    def _sums(self):
        rows, columns, signs, row = [], [], [], 0
        for cell in self.cells:
            for place, links in enumerate(self.links):
                for (parent, _), parts in links.items():
                    if parent != cell[place]:
                        continue
                    others = [self.place[(*cell[:place], part, *cell[place + 1 :])] for part in parts]
                    rows += [row] * (1 + len(parts))
                    columns += [self.place[cell], *others]
                    signs += [1] + [-1] * len(parts)
                    row += 1
        return csr_matrix(coo_matrix((signs, (rows, columns)), shape=(row, len(self.cells)), dtype=np.int64))

    def system(self, threshold=5, *, zeros_shown, width=1):
        """Return what is to be protected: one entry per cell, each as dear as the next."""
        counts, cells = self.counts, len(self.cells)
        sensitive = (counts < threshold) & ((counts > 0) | (not zeros_shown))
        return System(
            counts=counts,
            sums=self.sums,
            shows=csr_matrix(identity(cells, dtype=np.int64)),
            public=np.zeros(cells, dtype=bool),
            sensitive=sensitive,
            low=np.full(cells, 1.0 if zeros_shown else 0.0) * (counts > 0),
            high=np.full(cells, np.inf),
            width=np.full(cells, width),
            gone=sensitive,
            kept=(counts == 0) & zeros_shown,
            cost=np.ones(cells),
        )


def read(leaves, hierarchy, dims):
    """Return the table of one case of the reference."""
    links = [defaultdict(list) for _ in dims]
    for row in hierarchy:
        if row["parent"]:
            links[dims.index(row["dim"])][row["parent"], row["grouping"]].append(row["child"])
    return Crossed({tuple(row[dim] for dim in dims): int(row["count"]) for row in leaves}, links)
