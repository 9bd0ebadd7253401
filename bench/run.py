"""The product against SQL written by hand and against pandas, and the other bars of the measurement engine.

Prints the table of README.md. Exit code: 0 when all numbers are equal, 1 when any differs, 2 when the bench cannot run
here. A missed bar is shown as ✗ and does not change the exit code. See README.md.
"""

import argparse
import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path[0] = str(PROJECT)

from bench import against, bars  # noqa: E402 - the project is found first
from bench.data import NotPossibleError, can, shared_bench  # noqa: E402
from bench.options import parser_with  # noqa: E402
from bench.processes import Bench, compute_cpu  # noqa: E402
from bench.rows import HEAD, Row  # noqa: E402


def main() -> int:
    options = _parser().parse_args()
    if options.tables:
        _print(
            [Row(**each) for path in options.tables for each in json.loads(path.read_text("utf-8"))["rows"]]
        )
        return 0
    try:
        rows, reports, faults = _measured(options)
    except NotPossibleError as reason:
        print(f"bench: {reason}", file=sys.stderr)
        return 2
    _print(rows)
    if options.json:
        saved = {"rows": [vars(row) for row in rows], "reports": reports, "differences": faults}
        options.json.write_text(json.dumps(saved, indent=1, ensure_ascii=False), encoding="utf-8")
    for fault in faults[:20]:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = parser_with(__doc__)
    add = parser.add_argument
    add("--sizes", default="1,10", metavar="M,M", help="millions of contacts (default: 1,10)")
    add("--pairs", type=int, default=3, metavar="N", help="paired runs per size (default: 3)")
    add(
        "--sides",
        default=",".join(against.SIDES),
        metavar="S,S",
        help="what takes turns (default: product,hand,pandas,chain)",
    )
    add("--all", action="store_true", help="measure the other bars as well")
    names = ", ".join(bar.__name__ for bar in bars.PER_SIZE)
    add("--bars", default="", metavar="B,B", help=f"measure these of the other bars: {names}")
    add("--json", type=Path, metavar="FILE", help="also write rows and reports there")
    add(
        "--tables",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="measure nothing; print the table of such files",
    )
    return parser


def _measured(options: argparse.Namespace) -> tuple[list[Row], dict[str, Any], list[str]]:
    """Return the rows of the table, every report without its numbers, and what differs."""
    shared_bench()
    sides = [each for each in options.sides.split(",") if each]
    if "pandas" in sides and not can(options.reference_python, "pandas", "pyarrow"):
        hint = "name a python that has them with --reference-python, or leave pandas out of --sides"
        raise NotPossibleError(f"{options.reference_python} has no pandas with pyarrow; {hint}")
    rows, reports, faults = list[Row](), dict[str, Any](), list[str]()
    computed = dict[float, dict[str, float]]()
    for millions in map(float, options.sizes.split(",")):
        bench = Bench.of(millions, options)
        pairs = list[against.Pair]()
        for number in range(options.pairs if sides else 0):
            print(f"{bench.size}: pair {number + 1} of {options.pairs}", file=sys.stderr)
            if not pairs:  # files and compiled Python come into the caches of the machine
                for side in sides:
                    bench.side(side)
            pairs.append({side: bench.side(side) for side in sides})
            faults += [f"{bench.size}: {each}" for each in against.unequal(pairs[-1])]
        if pairs:
            rows += [*against.rows_of(bench, pairs), _equality(bench, pairs, faults)]
            computed[millions] = {
                side: median(compute_cpu(pair[side]) for pair in pairs) for side in sides if side != "chain"
            }
            reports[bench.size] = [
                {
                    side: {key: value for key, value in each.items() if key != "numbers"}
                    for side, each in pair.items()
                }
                for pair in pairs
            ]
        for bar in bars.PER_SIZE:
            if options.all or bar.__name__ in options.bars.split(","):
                print(f"{bench.size}: {bar.__name__}", file=sys.stderr)
                rows += bar(bench)
    rows += bars.growth(computed)
    if options.all:
        rows += bars.check_of_catalogue(bench)
    return rows, reports, faults


def _equality(bench: Bench, pairs: list[against.Pair], faults: list[str]) -> Row:
    cells = len(next(iter(pairs[0].values())).get("numbers", []))
    differing = sum(fault.startswith(f"{bench.size}: ") for fault in faults)
    what = f"cells (measure × unit × quarter) that differ from hand, of {cells:,} in {len(pairs)} pairs"
    return Row(bench.size, what, str(differing), "0", differing == 0)


def _print(rows: list[Row]) -> None:
    print(HEAD, *rows, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
