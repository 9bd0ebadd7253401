"""The product against hand-written SQL: paired runs, CPU and memory as ratios, and whether the numbers are equal.

Exit code: 0 when all numbers are equal, 1 when any differs, 2 when the bench cannot run here. See README.md.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from bench.data import NotPossibleError, extracts, shared_bench  # noqa: E402 - the project is found first
from vbs_site.engines.engine import default_memory_mb  # noqa: E402

CPU_BAR = 1.2
SIDES = ("product", "hand", "chain")
MEASURES = {
    "a": ["a-readmission"],
    "b": ["b-courses"],
    "c": ["c-drg"],
    "d": ["d-virtual"],
    "e": ["e-hip", "e-knee"],
}
LABELS = {
    "a": "acute readmission",
    "b": "courses per citizens",
    "c": "DRG per chronic",
    "d": "share virtual",
    "e": "PRO change",
}
Numbers = dict[tuple[str, str, int], list[float]]
Report = dict[str, Any]


def measured(side: str, folder: Path, memory_mb: int, threads: int) -> Report:
    """Run one side in a process of its own and return what it reports."""
    with tempfile.TemporaryDirectory() as out:
        report = Path(out) / "report.json"
        command = [
            sys.executable,
            str(PROJECT / "bench" / "sides.py"),
            side,
            str(folder),
            str(memory_mb),
            str(threads),
            str(report),
        ]
        # Compiled Python is kept beside the extracts, so that a start-up is one of an installed product on every machine.
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = str(folder.parent / "pycache")
        subprocess.run(command, check=True, cwd=out, stdout=subprocess.DEVNULL, env=environment)
        return json.loads(report.read_text(encoding="utf-8"))


def of_product(rows: Iterable[list[Any]]) -> Numbers:
    """Return the product's numbers under the hand-written SQL's names: n, num, sum, sumsq per indicator, unit, quarter."""
    found: Numbers = {}
    names = {indicator: name for name, indicators in MEASURES.items() for indicator in indicators}
    for indicator, unit, period, eligible, n, numerator, total, squares in rows:
        name = names[indicator]
        year, quarter = period.split("Q")
        index = int(year) * 4 + int(quarter) - 1
        shares = {name: [n, numerator, total, squares]}
        if name == "e":
            shares = {"e": [eligible, n, total, squares], "e_mcid": [n, numerator, 0.0, 0.0]}
        for key, values in shares.items():
            sums = found.setdefault((key, unit, index), [0, 0, 0.0, 0.0])
            for i, value in enumerate(values):
                sums[i] += value
    return {key: values for key, values in found.items() if any(values)}


def of_hand(rows: Iterable[list[Any]]) -> Numbers:
    """Return the hand-written SQL's numbers; rows of nothing but zeros say nothing."""
    return {
        (name, unit, int(quarter)): [n, num, total, squares]
        for name, unit, quarter, n, num, total, squares in rows
        if n or num
    }


def differences(product: Numbers, hand: Numbers) -> list[str]:
    """Return what differs: n and num must be the same, sums within 1e-9."""
    lines = [
        f"{key}: only in {'the product' if key in product else 'the hand-written SQL'}"
        for key in sorted(product.keys() ^ hand.keys())
    ]
    for key in sorted(product.keys() & hand.keys()):
        ours, theirs = product[key], hand[key]
        same = ours[:2] == theirs[:2] and all(
            math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
            for one, other in zip(ours[2:], theirs[2:], strict=True)
        )
        if not same:
            lines.append(f"{key}: product {ours}, hand-written {theirs}")
    return lines


def part(report: Report, names: Iterable[str]) -> float:
    """Return the CPU seconds of some parts together."""
    return sum(report["parts"][name] for name in names)


def compute_cpu(report: Report) -> float:
    """Return the CPU seconds from opening the engine to the last number: start-up, catalogue and checks left out."""
    return part(report, report["parts"].keys() - {"catalogue", "checking, warm"})


def spread(ratios: list[float]) -> str:
    """Return the median of the pairs, and between which values they lie."""
    return (
        f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        if len(ratios) > 1
        else f"{ratios[0]:.2f}"
    )


def verdict(ratios: list[float]) -> str:
    return f"{spread(ratios)} | ≤ {CPU_BAR} {'✓' if median(ratios) <= CPU_BAR else '✗'}"


def rows_of(size: str, pairs: list[dict[str, Report]], memory_mb: int) -> list[str]:
    """Return the table's lines for one size: ratios of the product (or the whole chain) to the hand-written SQL."""

    def line(what: str, ratio: str, peak: str = "| |") -> str:
        return f"| {size} | {what} | {ratio} {peak} |"

    def against_hand(side: str, names: Iterable[str]) -> list[float]:
        return [part(pair[side], names) / compute_cpu(pair["hand"]) for pair in pairs]

    def share(name: str) -> float:
        return median(part(pair["hand"], [name]) / compute_cpu(pair["hand"]) for pair in pairs)

    ours, theirs, whole = (
        median(pair[side]["peak"] for pair in pairs) for side in ("product", "hand", "chain")
    )
    within = "✓" if ours <= memory_mb else f"+ {ours - memory_mb:.0f} of overhead"
    computed = [compute_cpu(pair["product"]) / compute_cpu(pair["hand"]) for pair in pairs]
    lines = [
        line("**compute, a-e**", verdict(computed), f"| {ours:.0f} / {theirs:.0f} | {memory_mb} {within}")
    ]
    for name, indicators in MEASURES.items():
        ratios = [part(pair["product"], indicators) / part(pair["hand"], [name]) for pair in pairs]
        lines.append(line(f"{name} {LABELS[name]} ({share(name):.0%} of hand)", verdict(ratios)))
    process = [pair["product"]["process"] / pair["hand"]["process"] for pair in pairs]
    lines += [
        line("whole process: start-up, warm check, compute", f"{spread(process)} |"),
        line("checking unchanged files (warm)", f"{spread(against_hand('product', ['checking, warm']))} |"),
        line("chain: checking new files (cold)", f"{spread(against_hand('chain', ['extracts']))} |"),
    ]
    pages = pairs[0]["chain"]["pages"]
    for step, what in (("compute", "compute"), ("release", "release"), ("site", f"site, {pages} pages")):
        peak = f"| {whole:.0f} (whole chain) | {memory_mb}" if step == "site" else "| |"
        lines.append(line(f"chain: {what}", f"{spread(against_hand('chain', [step]))} |", peak))
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1,10", metavar="M,M", help="millions of contacts (default: 1,10)")
    parser.add_argument("--pairs", type=int, default=3, metavar="N", help="paired runs per size (default: 3)")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(tempfile.gettempdir()) / "vbs-bench",
        metavar="DIR",
        help="where extracts lie or are generated, a folder per size (default: %(default)s)",
    )
    parser.add_argument(
        "--memory",
        type=int,
        default=default_memory_mb(),
        metavar="MB",
        help="memory limit of the engine on both sides (default: %(default)s)",
    )
    parser.add_argument(
        "--threads", type=int, default=1, metavar="N", help="threads of the engine on both sides (default: 1)"
    )
    parser.add_argument(
        "--generator-python",
        default=sys.executable,
        metavar="PATH",
        help="a python that has pyarrow, to generate with",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every report there")
    options = parser.parse_args()
    lines, reports, faults = [], {}, list[str]()
    try:
        shared_bench()
        for size in map(float, options.sizes.split(",")):
            folder = extracts(options.data.resolve(), size, options.generator_python)
            name = f"{size:g} M"
            for side in SIDES:  # fills the caches: checks, files, compiled Python
                measured(side, folder, options.memory, options.threads)
            pairs = []
            for number in range(options.pairs):
                print(f"{name}: pair {number + 1} of {options.pairs}", file=sys.stderr)
                pairs.append(
                    {side: measured(side, folder, options.memory, options.threads) for side in SIDES}
                )
                found = differences(
                    of_product(pairs[-1]["product"]["numbers"]), of_hand(pairs[-1]["hand"]["numbers"])
                )
                faults += [f"{name}: {each}" for each in found]
            lines += rows_of(name, pairs, options.memory)
            cells = len(of_hand(pairs[-1]["hand"]["numbers"]))
            print(
                f"{name}: {'NOT EQUAL' if faults else 'equal'}, {cells:,} cells (indicator × unit × quarter): n and num exact, sums to 1e-9",
                file=sys.stderr,
            )
            reports[name] = [
                {
                    side: {key: value for key, value in report.items() if key != "numbers"}
                    for side, report in pair.items()
                }
                for pair in pairs
            ]
    except NotPossibleError as reason:
        print(f"bench: {reason}", file=sys.stderr)
        return 2
    print(
        "| contacts | what | CPU, ratio to hand | bar | peak MiB product / hand | memory limit MiB |\n|---|---|---|---|---|---|"
    )
    print("\n".join(lines))
    if options.json:
        options.json.write_text(json.dumps(reports, indent=1), encoding="utf-8")
    print(*(faults[:20] or ["equal"]), sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
