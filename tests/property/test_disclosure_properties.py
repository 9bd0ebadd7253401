"""What must hold of every pattern of hidden entries, on small random tables where every other table can be listed."""

import itertools

import numpy as np
import pytest
from golden.crossed import Crossed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from vbs_site.disclosure.elimination import eliminated
from vbs_site.disclosure.optimise import CannotProtectError, suppress, unprotected
from vbs_site.disclosure.pieces import pieces
from vbs_site.disclosure.system import System

UNITS = {("all", "1"): ["north", "south"], ("north", "1"): ["a", "b"], ("south", "1"): ["c"]}
MERGED = UNITS | {("merged", "1"): ["b", "c"]}
QUARTERS = {("year", "1"): ["q1", "q2", "q3"]}
ROLLING = {("year", "1"): ["q1", "q2", "q3"], ("half", "1"): ["q2", "q3"]}


def suppressed(system):
    """Return the pattern, or the counts that cannot be protected."""
    try:
        return suppress(system), ()
    except CannotProtectError as error:
        return None, error.counts


FEW = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def table(counts, units, quarters):
    leaves = dict(zip(itertools.product("abc", ("q1", "q2", "q3")), counts, strict=True))
    return Crossed(leaves, [units, quarters])


tables = st.builds(
    table,
    st.lists(st.integers(0, 9), min_size=9, max_size=9),
    st.sampled_from([UNITS, MERGED]),
    st.sampled_from([QUARTERS, ROLLING]),
)


def reached(system, hidden, far=3):
    """Return for every count its least and largest possible value, by trying all whole-number tables near the true one.

    Every table is a sum of what its leaves are, so all deviations of the leaves by up to `far` are tried.
    """
    sums = system.sums.toarray()
    known = system.known(hidden)
    free = np.flatnonzero(~known)
    total = {int(np.flatnonzero(row == 1)[0]) for row in sums}
    leaves = [count for count in range(len(system.counts)) if count not in total]
    made = np.zeros((len(system.counts), len(leaves)), dtype=np.int64)
    made[leaves, np.arange(len(leaves))] = 1
    for _ in range(len(total)):
        for row in sums:
            parts = np.flatnonzero(row == -1)
            made[np.flatnonzero(row == 1)[0]] = made[parts].sum(axis=0)
    low, high = system.counts.copy(), system.counts.copy()
    movable = [place for place, leaf in enumerate(leaves) if leaf in set(free.tolist())]
    steps = range(-far, far + 1)
    if (2 * far + 1) ** len(movable) > 120_000:
        return None
    for by in itertools.product(steps, repeat=len(movable)):
        moved = np.zeros(len(leaves), dtype=np.int64)
        moved[movable] = by
        other = system.counts + made @ moved
        if (other[known] != system.counts[known]).any():
            continue
        if (other[free] < system.low[free]).any() or (other[free] > system.high[free]).any():
            continue
        low, high = np.minimum(low, other), np.maximum(high, other)
    return low, high


@FEW
@given(tables, st.booleans())
def test_disclosure_a_pattern_protects_and_keeps_what_must_be_kept(made, zeros_shown):
    system = made.system(zeros_shown=zeros_shown)
    pattern, lost = suppressed(system)
    if pattern is None:
        assert set(lost) <= set(np.flatnonzero(system.sensitive).tolist())
        assert unprotected(system, ~system.kept), "nothing else could have been hidden either"
        return
    assert (pattern.hidden >= system.gone).all()
    assert not (pattern.hidden & system.kept).any()
    assert unprotected(system, pattern.hidden) == []


@FEW
@given(st.lists(st.integers(1, 6), min_size=4, max_size=4), st.booleans())
def test_disclosure_protection_is_what_listing_every_table_says(counts, zeros_shown):
    leaves = dict(zip(itertools.product("ab", ("q1", "q2")), counts, strict=True))
    made = Crossed(leaves, [{("all", "1"): ["a", "b"]}, {("year", "1"): ["q1", "q2"]}])
    system = made.system(zeros_shown=zeros_shown)
    for hidden in (system.gone, system.gone | (np.arange(len(system.gone)) % 2 == 0), ~system.kept):
        possible = reached(system, hidden)
        assert possible is not None
        low, high = possible
        found = [
            int(count)
            for count in np.flatnonzero(system.sensitive)
            if high[count] - low[count] < system.width[count]
        ]
        assert unprotected(system, hidden) == found


@FEW
@given(tables, st.booleans())
def test_disclosure_the_same_table_is_hidden_the_same_way(made, zeros_shown):
    system = made.system(zeros_shown=zeros_shown)
    first, lost = suppressed(system)
    again, lost_again = suppressed(system)
    assert lost == lost_again
    assert first is None or (again.hidden == first.hidden).all()


def subtracted(piece, hidden):
    """Return which targets are sums and differences of what is known, by the rank of real numbers."""
    every = np.eye(len(piece.counts))
    known = np.vstack([piece.sums.toarray(), every[~piece.free(hidden)]])
    rank = np.linalg.matrix_rank(known)
    return [
        int(each) for each in piece.targets if np.linalg.matrix_rank(np.vstack([known, every[each]])) == rank
    ]


@FEW
@given(tables, st.booleans())
def test_disclosure_elimination_leaves_nothing_to_subtraction_and_no_entry_could_be_shown_beside(
    made, zeros_shown
):
    system = made.system(zeros_shown=zeros_shown)
    for piece in pieces(system):
        lost = subtracted(piece, np.ones(len(piece.entries), dtype=bool))
        for hidden in eliminated(piece, system.counts[piece.counts]):
            assert subtracted(piece, hidden) == lost
            for entry in np.flatnonzero(hidden):
                one_more = hidden & (np.arange(len(hidden)) != entry)
                assert subtracted(piece, one_more) != lost


@FEW
@given(st.lists(st.integers(0, 7), min_size=4, max_size=4))
def test_disclosure_an_optimal_pattern_is_the_cheapest_of_all(counts):
    """Every pattern of a 2 x 2 table with totals is tried; tables may be any distance away."""
    leaves = dict(zip(itertools.product("ab", ("q1", "q2")), counts, strict=True))
    made = Crossed(leaves, [{("all", "1"): ["a", "b"]}, {("year", "1"): ["q1", "q2"]}])
    system = made.system(zeros_shown=True)
    choice = np.flatnonzero(~(system.gone | system.kept))
    least = None
    for many in range(len(choice) + 1):
        for more in itertools.combinations(choice.tolist(), many):
            hidden = system.gone.copy()
            hidden[list(more)] = True
            if not unprotected(system, hidden):
                least = hidden.sum()
                break
        if least is not None:
            break
    if least is None:
        with pytest.raises(CannotProtectError):
            suppress(system)
    else:
        assert suppress(system).hidden.sum() == least


@FEW
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30)), min_size=4, max_size=7),
    st.integers(1, 3),
)
def test_disclosure_entries_that_show_several_counts_with_a_wider_interval(groups, width):
    """A row shows how many there are and how many of them have the event; the rest follows. The last row is the total."""
    events, rest = (np.array(column) for column in zip(*groups, strict=True))
    parts = np.stack([events + rest, events, rest], axis=1)
    counts = np.concatenate([parts, parts.sum(axis=0, keepdims=True)]).astype(np.int64)
    rows, size = counts.shape[0], counts.size
    at = np.arange(size).reshape(counts.shape)
    sums = np.zeros((rows + 3, size), dtype=np.int64)
    for row in range(rows):
        sums[row, at[row]] = (1, -1, -1)
    for part in range(3):
        sums[rows + part, at[-1, part]] = 1
        sums[rows + part, at[:-1, part]] = -1
    flat = counts.ravel()
    shows = np.zeros((rows, size), dtype=np.int64)
    for row in range(rows):
        shows[row, at[row, :2]] = 1
    sensitive = (flat > 0) & (flat < 5)
    gone = sensitive.reshape(rows, 3).any(axis=1)
    system = System(
        counts=flat,
        sums=csr_matrix(sums),
        shows=csr_matrix(shows),
        public=np.zeros(size, dtype=bool),
        sensitive=sensitive,
        low=np.zeros(size),
        high=np.full(size, np.inf),
        width=np.full(size, width),
        gone=gone,
        kept=(counts[:, 0] == 0) & ~gone,
        cost=np.arange(1, rows + 1, dtype=float),
    )
    pattern, lost = suppressed(system)
    if pattern is None:
        assert set(lost) & set(unprotected(system, ~system.kept))
        return
    assert unprotected(system, pattern.hidden) == []


def test_disclosure_what_is_public_is_passed_over():
    made = table([1, 9, 9, 9, 9, 9, 9, 9, 9], UNITS, QUARTERS)
    system = made.system(zeros_shown=True)
    out = System(**(vars(system) | {"public": np.ones(len(system.counts), dtype=bool)}))
    pattern = suppress(out)
    assert (pattern.hidden == out.gone).all()
    assert unprotected(out, out.gone) == []


def test_disclosure_fails_closed_when_the_work_allowed_is_used_up():
    made = table([1, 9, 9, 9, 9, 9, 9, 9, 9], UNITS, QUARTERS)
    system = made.system(zeros_shown=True)
    with pytest.raises(CannotProtectError) as refused:
        suppress(system, allowance=0)
    assert set(refused.value.counts) == set(unprotected(system, system.gone))
