"""Recompute the reference figures of a public data set through the product, and say how many agree.

Usage: `python examples/verify.py NAME DATA_DIR`

DATA_DIR holds one folder per data set, and `expected.csv` with `set, figure, value, n`: figures that were computed
without the product. `examples/NAME/figures.csv` says where each of them is found in what the product computes:

- `take`: a statistic of the public release, such as `proportion`, or what is left of one, `1-share_of_sum`; or from the
  confidential aggregates `share` (numerator divided by n), `numerator`, `n`, `sum`, or `equal_cells` (units for which the
  indicators, written in pairs `one=other`, have the same numerator and n).
- `period`: one period, `first..last`, or `all`.
- `left_out`: why the product does not give this figure; nothing else is filled in then.

Exit code 1 when a figure differs, or is neither compared nor left out for a reason.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from prepare import SETS, prepare

from vbs_site.diagnostics import FaultError
from vbs_site.engines.engine import Settings, default_memory_mb
from vbs_site.measures.aggregates import TABLE
from vbs_site.places import Places
from vbs_site.progress import Reporter
from vbs_site.publishing import release_step
from vbs_site.steps import check, compute_step
from vbs_site.tables import read_parquet

FEWEST_DECIMALS = 3
"""To which every reference figure is given at least; a zero at its end is not written."""
FROM_AGGREGATES = ("share", "numerator", "n", "sum")


@dataclass(frozen=True)
class Computed:
    """What the product made of the data: the public results, and the aggregates of everyone in each unit."""

    results: pd.DataFrame
    aggregates: pd.DataFrame


def main(arguments: list[str]) -> int:
    """Run the comparison; return the exit code."""
    if len(arguments) != 2 or arguments[0] not in SETS:
        print(__doc__, f"\nNAME is one of {', '.join(SETS)}.", file=sys.stderr)
        return 2
    name, data = arguments[0], Path(arguments[1])
    home = Path(__file__).parent / name
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder) / name
        shutil.copytree(home, aside, ignore=shutil.ignore_patterns("data", "site"))
        try:
            computed = _compute(aside / "indicators.yaml", prepare(name, data, aside))
        except FaultError as fault:
            print(fault, file=sys.stderr)
            return int(fault.code)
    figures = pd.read_csv(home / "figures.csv", dtype=str, keep_default_na=False).set_index("figure")
    expected = pd.read_csv(data / "expected.csv", dtype=str, keep_default_na=False)
    expected = expected[expected["set"].isin(SETS[name])].set_index("figure")
    return _report(name, figures, expected, computed)


def _compute(catalogue: Path, extracts: Path) -> Computed:
    places, report = Places.around(catalogue, extracts), Reporter(quiet=True)
    loaded = check(places, report)
    for warning in loaded.warnings:
        print(f"warning: {warning}")
    compute_step(places, report, loaded, Settings(memory_mb=default_memory_mb()))
    release = release_step(places, report, loaded, None, None)
    results = pd.read_csv(
        places.releases / release.release / "results.csv", dtype={"period": str, "unit": str}
    )
    aggregates = read_parquet(places.aggregates / TABLE)
    everyone = aggregates[(aggregates["stratum"] == "all") & (aggregates["part"] == "")]
    return Computed(results[results["stratum"] == "all"], everyone)


def _report(name: str, figures: pd.DataFrame, expected: pd.DataFrame, computed: Computed) -> int:
    """Print what differs and what is left out, and in one line how many figures agree; return the exit code."""
    agreeing = left_out = 0
    wrong = [f"{figure}: not in expected.csv" for figure in figures.index.difference(expected.index)]
    for figure, stated in expected.to_dict("index").items():
        if figure not in figures.index:
            wrong.append(f"{figure}: not in {name}/figures.csv")
            continue
        row = figures.loc[str(figure)]
        if row["left_out"]:
            left_out += 1
            print(f"left out: {figure}: {row['left_out']}")
            continue
        value, n = _found(row, computed)
        if _agrees(value, stated["value"]) and (not stated["n"] or n == float(stated["n"])):
            agreeing += 1
        else:
            wrong.append(f"{figure}: {value} of {n}, expected {stated['value']} of {stated['n'] or '?'}")
    for line in wrong:
        print(f"differs: {line}")
    print(f"{name}: {agreeing} of {len(expected)} figures agree, {left_out} left out, {len(wrong)} differ")
    return 1 if wrong or not agreeing else 0


def _agrees(value: float | None, stated: str) -> bool:
    """Return whether a value, rounded as the stated one is, equals it."""
    if value is None:
        return False
    decimals = max(FEWEST_DECIMALS, len(stated.partition(".")[2]))
    return abs(value - float(stated)) <= 0.5 * float(f"1e-{decimals}") * (1 + 1e-6)


def _found(row: Any, computed: Computed) -> tuple[float | None, float | None]:
    """Return a figure and its n as the product gives them; None where it gives none."""
    take, aggregates = row["take"], _periods(computed.aggregates, row["period"])
    if take == "equal_cells":
        return _equal_cells(aggregates[aggregates["unit_kind"] == row["unit"]], row["indicator"])
    table = aggregates if take in FROM_AGGREGATES else _periods(computed.results, row["period"])
    here = table[(table["indicator"] == row["indicator"]) & (table["unit"] == row["unit"])]
    if take not in FROM_AGGREGATES:
        here = here[here["statistic"] == take.removeprefix("1-")]
    if here.empty:
        return None, None
    if take not in FROM_AGGREGATES:
        value = float(here["value"].iloc[0])
        return (1 - value if take.startswith("1-") else value), float(here["n"].iloc[0])
    n = float(here["n"].sum())
    if take == "share":
        return float(here["numerator"].sum()) / n, n
    return float(here[take].sum()), n


def _periods(table: pd.DataFrame, wanted: str) -> pd.DataFrame:
    if wanted == "all":
        return table
    first, _, last = wanted.partition("..")
    return table[table["period"].between(first, last or first)]


def _equal_cells(table: pd.DataFrame, pairs: str) -> tuple[float, float]:
    """Return how many units have the same counts under both indicators of each pair, and how many have any."""
    equal = cells = 0
    counted = table[table["n"] > 0].set_index("unit")
    for pair in pairs.split():
        one, other = (counted[counted["indicator"] == each][["numerator", "n"]] for each in pair.split("="))
        both = one.join(other.add_suffix("_other"), how="inner")
        same = (both["numerator"] == both["numerator_other"]) & (both["n"] == both["n_other"])
        equal, cells = equal + int(same.sum()), cells + len(both)
    return float(equal), float(cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
