"""How long it takes to protect tables of growing size: process CPU time, and how much is hidden.

    python bench/disclosure.py                    # 10, 25 and 50 units
    python bench/disclosure.py --units 50,100,200,500

A table has units in regions and the nation, quarters and calendar years, everybody and five strata (two sexes, three age
bands). Each entry shows the number of people and how many of them have the event; who has not is the rest.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from vbs_site.disclosure.optimise import suppress, unprotected
from vbs_site.disclosure.system import System

QUARTERS, REGIONS, THRESHOLD, WIDTH, SEED = 20, 5, 5, 3, 2026
STRATA = ("all", "women", "men", "young", "middle", "old")
SHARES = (("women", 0.55), ("young", 0.2), ("middle", 0.35))
PARTS = ("n", "numerator", "rest")


@dataclass(frozen=True)
class Axis:
    """Members of a dimension, the first of them leaves; and sums as (total, parts)."""

    members: int
    leaves: int
    sums: list[tuple[int, list[int]]]


def axis(leaves: int, group: int) -> Axis:
    """Return leaves in groups and one total."""
    groups = -(-leaves // group)
    parts = [list(range(at, min(at + group, leaves))) for at in range(0, leaves, group)]
    total = leaves + groups
    sums = [(leaves + place, each) for place, each in enumerate(parts)]
    return Axis(total + 1, leaves, [*sums, (total, list(range(leaves, total)))])


def table(units: int, people: float, share: float) -> System:
    """Return a table with made-up people, the same each time."""
    lot = np.random.default_rng(SEED)
    places, periods = axis(units, -(-units // REGIONS)), axis(QUARTERS, 4)
    size = np.exp(lot.normal(np.log(people), 0.7, units))
    rate = np.clip(lot.normal(share, share / 3, units), 0.01, 0.9)
    # everybody by sex, age and event, for every unit and quarter
    mean = size[:, None] * np.ones(periods.leaves)
    cells = np.zeros((places.members, periods.members, 2, 3, 2), dtype=np.int64)
    for sex, of_sex in enumerate((0.55, 0.45)):
        for age, of_age in enumerate((0.2, 0.35, 0.45)):
            for event, odds in enumerate((rate, 1 - rate)):
                drawn = lot.poisson(mean * of_sex * of_age * odds[:, None])
                cells[:units, :QUARTERS, sex, age, event] = drawn
    for total, parts in places.sums:
        cells[total] = cells[parts].sum(axis=0)
    for total, parts in periods.sums:
        cells[:, total] = cells[:, parts].sum(axis=1)
    by_stratum = [cells.sum(axis=(2, 3)), *(cells[:, :, sex].sum(axis=2) for sex in range(2))]
    by_stratum += [cells[:, :, :, age].sum(axis=2) for age in range(3)]
    events = np.stack(by_stratum, axis=2)
    counts = np.concatenate([events.sum(axis=3, keepdims=True), events], axis=3)
    return _system(counts, places, periods)


def _system(counts: np.ndarray, places: Axis, periods: Axis) -> System:
    at = np.arange(counts.size).reshape(counts.shape)
    sums = [(at[total], at[parts]) for total, parts in places.sums]
    sums += [(at[:, total], at[:, parts].swapaxes(0, 1)) for total, parts in periods.sums]
    sums += [(at[:, :, 0], at[:, :, parts].transpose(2, 0, 1, 3)) for parts in ([1, 2], [3, 4, 5])]
    sums += [(at[..., 0], np.moveaxis(at[..., 1:], -1, 0))]
    rows, columns, signs, row = [], [], [], 0
    for totals, parts in sums:
        for total, each in zip(totals.ravel(), parts.reshape(len(parts), -1).T, strict=True):
            rows += [row] * (len(each) + 1)
            columns += [total, *each]
            signs += [1] + [-1] * len(each)
            row += 1
    flat = counts.ravel()
    sensitive = (flat > 0) & (flat < THRESHOLD)
    entries = counts.size // len(PARTS)
    shown = np.arange(counts.size).reshape(entries, len(PARTS))[:, :2]  # the rest is not written, but follows
    shows = csr_matrix(
        (np.ones(shown.size, dtype=np.int64), (np.repeat(np.arange(entries), 2), shown.ravel())),
        shape=(entries, counts.size),
    )
    rows_of = flat.reshape(entries, len(PARTS))
    gone = sensitive.reshape(entries, len(PARTS)).any(axis=1)
    return System(
        counts=flat,
        sums=csr_matrix(coo_matrix((signs, (rows, columns)), shape=(row, counts.size), dtype=np.int64)),
        shows=shows,
        public=np.zeros(counts.size, dtype=bool),
        sensitive=sensitive,
        low=np.zeros(counts.size),
        high=np.full(counts.size, np.inf),
        width=np.full(counts.size, WIDTH),
        gone=gone,
        kept=(rows_of[:, 0] == 0) & ~gone,
        cost=1 + np.log1p(rows_of[:, 0]),
    )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--units", default="10,25,50", help="numbers of units, with commas")
    options.add_argument("--people", type=float, default=60, help="people per unit and quarter")
    options.add_argument("--share", type=float, default=0.12, help="share of them with the event")
    options.add_argument(
        "--check", action="store_true", help="ask again, from nothing, whether every count is protected"
    )
    chosen = options.parse_args()
    print(
        "| units | entries | counts | sensitive | gone | hidden | share shown | CPU s | s per 1,000 entries | method |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for units in (int(each) for each in chosen.units.split(",")):
        system = table(units, chosen.people, chosen.share)
        begun = time.process_time()
        pattern = suppress(system)
        seconds = time.process_time() - begun
        entries, hidden = len(system.gone), int(pattern.hidden.sum())
        print(
            f"| {units} | {entries:,} | {len(system.counts):,} | {int(system.sensitive.sum()):,} "
            f"| {int(system.gone.sum()):,} | {hidden:,} | {1 - hidden / entries:.3f} | {seconds:.1f} "
            f"| {1000 * seconds / entries:.2f} | {pattern.method} |",
            flush=True,
        )
        if chosen.check:
            assert unprotected(system, pattern.hidden) == []


if __name__ == "__main__":
    main()
