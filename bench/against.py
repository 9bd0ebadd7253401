"""The product against SQL written by hand and against pandas: paired runs, and whether the numbers are equal."""

from collections.abc import Iterable
from statistics import median

from bench.equality import differences
from bench.processes import Bench, Report, compute_cpu
from bench.rows import Row, ratio

Pair = dict[str, Report]
"""Side to what it reported; the sides of a pair ran one after the other."""

SIDES = ("product", "hand", "pandas", "chain")
MEASURES = {
    "a": "acute readmission",
    "b": "courses per citizens",
    "c": "DRG per chronic",
    "d": "share virtual",
    "e": "PRO change",
    "f": "revision within two years",
    "g": "standardised admissions",
}
HAND_BAR = {10: 0.90, 50: 0.80}
MEASURE_BAR = {10: 1.05, 50: 1.05}
PANDAS_BAR = {1: 0.65, 10: 0.50, 50: 0.35}
PEAK_BAR = {10: 0.25, 50: 0.25}
"""Millions of contacts to the bar; other sizes have none."""


def unequal(pair: Pair) -> list[str]:
    """Return where the numbers of a side differ from those of the hand-written SQL."""
    return [
        line
        for side in ("product", "pandas")
        if side in pair and "hand" in pair
        for line in differences(pair[side]["numbers"], pair["hand"]["numbers"], (side, "hand"))
    ]


def rows_of(bench: Bench, pairs: list[Pair]) -> list[Row]:
    """Return what the pairs of one size say."""
    there = pairs[0].keys()
    found = list[Row]()
    if {"product", "hand"} <= there:
        found += _against_hand(bench, pairs)
    if {"product", "pandas"} <= there:
        found += _against_pandas(bench, pairs)
    if {"chain", "hand"} <= there:
        found += _chain(bench, pairs)
    return found


def _against_hand(bench: Bench, pairs: list[Pair]) -> list[Row]:
    size, millions = bench.size, bench.millions
    whole = [compute_cpu(pair["product"]) / compute_cpu(pair["hand"]) for pair in pairs]
    found = [ratio(size, "**CPU, computing a-g: product / hand**", whole, HAND_BAR.get(millions))]
    for name, label in MEASURES.items():
        share = median(_cpu(pair["hand"], [name]) / compute_cpu(pair["hand"]) for pair in pairs)
        ours = [
            _cpu(pair["product"], [each for each in pair["product"]["parts"] if each.startswith(f"{name}-")])
            for pair in pairs
        ]
        theirs = [_cpu(pair["hand"], [name]) for pair in pairs]
        apart = [
            sum(seconds for each, seconds in pair["hand"]["apart"].items() if each.startswith(f"{name}-"))
            for pair in pairs
        ]
        bar = MEASURE_BAR.get(millions)
        what = f"CPU, {name} {label} ({share:.0%} of hand): product / hand"
        if all(apart):
            found.append(ratio(size, f"{what}, both as two queries", _each(ours, apart), bar))
            found.append(ratio(size, f"{what}, by hand as one query", _each(ours, theirs)))
        else:
            found.append(ratio(size, what, _each(ours, theirs), bar))
    rest = {"opening the engine": "compute", "the table of all": "tabulating", "the note beside it": "note"}
    for what, name in rest.items():
        found.append(_share(pairs, size, f"CPU, {what}: product / all of hand", "product", [name]))
    process = [pair["product"]["process"] / pair["hand"]["process"] for pair in pairs]
    found.append(ratio(size, "CPU, whole process with start-up and warm check: product / hand", process))
    found.append(_peak(bench, pairs, "hand"))
    return found


def _against_pandas(bench: Bench, pairs: list[Pair]) -> list[Row]:
    whole = [compute_cpu(pair["product"]) / compute_cpu(pair["pandas"]) for pair in pairs]
    process = [pair["product"]["process"] / pair["pandas"]["process"] for pair in pairs]
    what = "**CPU, computing a-g: product / pandas**"
    return [
        ratio(bench.size, what, whole, PANDAS_BAR.get(bench.millions)),
        ratio(bench.size, "CPU, whole process with start-up and warm check: product / pandas", process),
        _peak(bench, pairs, "pandas", PEAK_BAR.get(bench.millions)),
    ]


def _chain(bench: Bench, pairs: list[Pair]) -> list[Row]:
    pages = pairs[0]["chain"]["pages"]
    steps = {"extracts": "checking new files (cold)", "release": "release", "site": f"site, {pages} pages"}
    found = [
        _share(pairs, bench.size, f"CPU, chain: {what} / computing by hand", "chain", [name])
        for name, what in steps.items()
    ]
    peak = median(pair["chain"]["peak"] for pair in pairs)
    return [*found, Row(bench.size, "peak of the whole chain", f"{peak:.0f} MiB")]


def _share(pairs: list[Pair], size: str, what: str, side: str, names: Iterable[str]) -> Row:
    names = list(names)
    return ratio(size, what, [_cpu(pair[side], names) / compute_cpu(pair["hand"]) for pair in pairs])


def _peak(bench: Bench, pairs: list[Pair], side: str, bar: float | None = None) -> Row:
    ours, theirs = (median(pair[each]["peak"] for pair in pairs) for each in ("product", side))
    ratios = [pair["product"]["peak"] / pair[side]["peak"] for pair in pairs]
    words = f", {ours:.0f} / {theirs:.0f} MiB"
    return ratio(bench.size, f"peak memory: product / {side}", ratios, bar, words)


def _each(ours: list[float], theirs: list[float]) -> list[float]:
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def _cpu(report: Report, names: Iterable[str]) -> float:
    return sum(report["parts"][name] for name in names)
