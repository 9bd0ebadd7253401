"""Tables of published cells, as the reference attacker reads them, turned into facts for the product's own attack."""

import argparse
import itertools
import math
import re
from collections import defaultdict

from vbs_site.audit.attack import Sum, Target, Told, attack, shares_that_fit
from vbs_site.audit.inversion import share_of

SIGNS = {"", "*", ".", "..", "na", "nan", "none", "null", "x", "-", ":"}


def options_of(words):
    """Read the reference attacker's command line, as far as it concerns what is recovered."""
    parser = argparse.ArgumentParser()
    for flag in ("nonzero", "separate", "include-unlisted", "milp", "primary-only"):
        parser.add_argument(f"--{flag}", action="store_true")
    parser.add_argument("--min-width", type=float, default=1)
    parser.add_argument("--lt-min", type=int, default=0)
    parser.add_argument("--threshold", type=float, default=5)
    parser.add_argument("--round-base", type=float, default=1)
    parser.add_argument("--max-n", type=int, default=400)
    parser.add_argument("--unique-pairs", type=int, default=1)
    parser.add_argument("--where", action="append")
    return parser.parse_args(words.split())


class Hierarchy:
    """Members of every dimension and the leaves below them."""

    def __init__(self, rows, columns):
        self.children = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
        self.members = defaultdict(dict)
        for row in rows:
            dimension, parent, child = row["dim"].strip(), (row["parent"] or "").strip(), row["child"].strip()
            self.members[dimension][child] = True
            if parent:
                self.members[dimension][parent] = True
                grouping = (row.get("grouping") or "1").strip() or "1"
                self.children[dimension][parent][grouping].append(child)
        self.dimensions = [column for column in columns if column in self.members]
        if missing := set(self.members) - set(columns):
            raise ValueError(f"no column for {sorted(missing)}")

    def below(self, dimension, member):
        """Return the leaves of a member, by its first grouping."""
        if member not in self.members[dimension]:
            raise ValueError(f"{member!r} is no member of {dimension!r}")
        groupings = self.children[dimension].get(member)
        return self._leaves(dimension, next(iter(groupings.values()))) if groupings else {member}

    def _leaves(self, dimension, children):
        return set().union(*(self.below(dimension, child) for child in children))

    def leaves(self, key):
        """Return the leaf combinations that a combination of members is the sum of."""
        below = [sorted(self.below(d, member)) for d, member in zip(self.dimensions, key, strict=True)]
        return list(itertools.product(*below))

    def equal(self):
        """Yield combinations of members that have two sums: other groupings of a parent over other leaves."""
        for dimension, parents in self.children.items():
            for parent, groupings in parents.items():
                sets = [self._leaves(dimension, children) for children in groupings.values()]
                for other in sets[1:]:
                    if other != sets[0]:
                        yield from self._crossed(dimension, parent, sets[0], other)

    def _crossed(self, dimension, parent, one, other):
        at = self.dimensions.index(dimension)
        rest = [
            [parent] if d == dimension else [m for m in self.members[d] if m not in self.children[d]]
            for d in self.dimensions
        ]
        for key in itertools.product(*rest):
            yield key, [[(*key[:at], leaf, *key[at + 1 :]) for leaf in sorted(each)] for each in (one, other)]


def read_value(text, least):
    """Return the value, or None and what the sign tells."""
    text = (text or "").strip()
    if text.lower() in SIGNS:
        return None, 0.0, math.inf
    if below := re.fullmatch(r"(<=?|≤)\s*(\d+)", text):
        return None, least, float(below[2]) - (below[1] == "<")
    if span := re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", text):
        return None, float(span[1]), float(span[2])
    return float(text), None, None


def optional(row, name):
    text = (row.get(name) or "").strip()
    return float(text) if text else None


class Cells:
    """The facts of some rows of cells."""

    def __init__(self, hierarchy, rows, options):
        self.hierarchy, self.options = hierarchy, options
        self.told, self.targets, self.keys, self.atoms = [], [], {}, {}
        self.sums, self.shown, self.signs = [], {}, {}
        for number, row in enumerate(rows):
            self._cell(number, row)
        for number, row in enumerate(rows):
            self._percentage(number, row)
        for key, both in hierarchy.equal():
            if all(leaf in self.atoms for leaves in both for leaf in leaves):
                self.sums += [Sum(key, tuple(leaves), "groupings") for leaves in both]

    def key(self, row):
        return tuple(row[dimension].strip() for dimension in self.hierarchy.dimensions)

    def add(self, key):
        """Take a combination of members in, once, with the sum that it is."""
        if key not in self.keys:
            leaves = self.hierarchy.leaves(key)
            self.keys[key] = True
            self.atoms.update(dict.fromkeys(leaves))
            if leaves != [key]:
                self.sums.append(Sum(key, tuple(leaves)))

    def _cell(self, number, row):
        key, where = self.key(row), f"row {number}"
        self.add(key)
        value, least, most = read_value(row["value"], self.options.lt_min)
        if value is not None:
            half = self.options.round_base / 2 if self.options.round_base > 1 else 0.0
            self.told.append(Told(((key, 1.0),), value - half, value + half, where))
            self.shown[row.get("release"), key] = value
            return
        least = optional(row, "lo") if optional(row, "lo") is not None else least
        most = optional(row, "hi") if optional(row, "hi") is not None else most
        self.signs[row.get("release"), key] = (least, most)
        self.targets.append(
            Target(
                key, max(least, float(self.options.nonzero)), most, max(1, math.ceil(self.options.min_width))
            )
        )

    def _percentage(self, number, row):
        percentage, text = optional(row, "pct"), (row.get("pct_base") or "").strip()
        if percentage is None or not text:
            return
        key, where, decimals = self.key(row), f"row {number}", int(optional(row, "pct_decimals") or 0)
        dimension, member = (word.strip() for word in text.split("=", 1))
        base = tuple(
            member if d == dimension else m for d, m in zip(self.hierarchy.dimensions, key, strict=True)
        )
        self.add(base)
        self.told += share_of(key, base, percentage, decimals, where)
        if (row.get("release"), key) in self.shown:
            return
        lower, upper = optional(row, "ci_lower"), optional(row, "ci_upper")
        limits = None if lower is None else (lower, upper)
        known = self.shown.get((row.get("release"), base))
        sign = self.signs.get((row.get("release"), base), (0.0, math.inf))
        first, last = (known, known) if known is not None else (max(1, sign[0]), sign[1])
        pairs = [
            pair
            for pair in shares_that_fit(
                percentage,
                decimals,
                limits,
                int(optional(row, "ci_decimals") or 0),
                optional(row, "ci_level") or 0.95,
                "wilson",
                int(min(self.options.max_n if known is None else known, last)),
            )
            if pair[1] >= first
        ]
        if pairs:
            complete = math.isfinite(last) or len(pairs) <= self.options.unique_pairs
            for at, count in enumerate((key, base)):
                values = [pair[at] for pair in pairs]
                most = max(values) if complete else math.inf
                self.told.append(Told(((count, 1.0),), min(values), most, where))

    def everything(self):
        """Take in every other combination of members, as the sum of the leaf combinations that are known."""
        for key in itertools.product(*(self.hierarchy.members[d] for d in self.hierarchy.dimensions)):
            known = [leaf for leaf in self.hierarchy.leaves(key) if leaf in self.atoms]
            if key not in self.keys and known and known != [key]:
                self.keys[key] = True
                self.sums.append(Sum(key, tuple(known)))


def attack_cells(hierarchy_rows, rows, words):
    """Attack the rows of a case with the options of the reference.

    Returns:
        How many signs and unlisted counts were attacked, how many of these recovered, and the recovered counts.

    Raises:
        ContradictionError: the rows contradict each other.
    """
    options = options_of(words)
    hierarchy = Hierarchy(hierarchy_rows, list(rows[0]))
    releases = list(dict.fromkeys(row.get("release") for row in rows)) if options.separate else [None]
    attacked, recovered, found = 0, 0, []
    for release in releases:
        cells = Cells(hierarchy, [row for row in rows if release in (None, row.get("release"))], options)
        attacked += len(cells.targets)
        if options.include_unlisted:
            listed = {*(target.count for target in cells.targets), *(key for _, key in cells.shown)}
            cells.everything()
            attacked += len(({*cells.keys} | {*cells.atoms}) - listed)
        small = math.ceil(options.threshold) if options.include_unlisted else None
        new = attack(cells.sums, cells.told, cells.targets, small=small)
        signs = [target.count for target in cells.targets]
        recovered += sum(max(1, signs.count(each.count)) for each in new)
        found += new
    return attacked, recovered, found
