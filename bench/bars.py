"""The other bars of the measurement engine, one function each: from a bench of one size to rows of the table."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from statistics import median

import yaml

from bench.data import PROJECT, csv_of_contacts, put_into, quarters
from bench.processes import Bench, Report, compute_cpu, compute_elapsed
from bench.rows import Row, ratio

LIMITS = {1: (128, None), 10: (256, 350), 50: (512, 750)}
"""Millions of contacts to a small memory limit, and the bar of the peak with it, in MiB."""
TOO_SMALL_MB = 12
OUT_OF_MEMORY = 14
"""Exit code when a computation does not fit in its memory limit."""
RUNS = 5
"""Runs with each number of threads."""
CATALOGUE_BAR = 0.8
"""CPU seconds: of the order of the 0.08 that a prototype took to check the seven before data."""
FULL, FULL_BAR = PROJECT / "indicators.yaml", 1.0
"""The project's catalogue, and the CPU seconds that its check may take beyond imports."""

Bar = Callable[[Bench], list[Row]]


def small_limit(bench: Bench) -> list[Row]:
    """Peak and CPU with a small memory limit; runs with the default limit take turns."""
    if bench.millions not in LIMITS:
        return []
    limit, bar = LIMITS[bench.millions]
    pairs = [(bench.product(memory=limit), bench.product()) for _ in range(bench.pairs)]
    peak = max(small["peak"] for small, _ in pairs)
    verdict = (f"≤ {bar} MiB", peak <= bar) if bar else ("", None)
    ratios = [compute_cpu(small) / compute_cpu(default) for small, default in pairs]
    what = f"CPU, computing a-g: limit of {limit} MB / of {bench.memory} MB"
    return [
        Row(bench.size, f"peak with a limit of {limit} MB (highest)", f"{peak:.0f} MiB", *verdict),
        ratio(bench.size, what, ratios, 1.25 if bar else None),
    ]


def too_small_limit(bench: Bench) -> list[Row]:
    """What a user sees when the limit is too small: one line, and an exit code."""
    with bench.room() as room:
        shutil.copytree(bench.checked, room / "cache")
        command = [sys.executable, str(PROJECT / "build.py"), "compute", "--quiet"]
        command += ["--catalogue", str(PROJECT / "bench" / "catalogue.yaml"), "--out", str(room)]
        command += ["--extracts", str(bench.folder / "delivered"), "--memory", str(TOO_SMALL_MB)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = ended.stderr.splitlines()
    met = ended.returncode == OUT_OF_MEMORY and len(lines) == 1 and "out of memory" in lines[0]
    said = (
        f"exit {ended.returncode}: `{lines[0]}`"
        if len(lines) == 1
        else f"exit {ended.returncode}, {len(lines)} lines"
    )
    return [Row(bench.size, f"a limit of {TOO_SMALL_MB} MB", said, "one line, exit 14", met)]


def csv_ingest(bench: Bench) -> list[Row]:
    """Writing a delivered CSV of contacts as typed Parquet, which is done once."""
    csv = csv_of_contacts(bench.folder)
    pairs = [
        (bench.run("ingest", csv, bench.memory, bench.threads), bench.product()) for _ in range(bench.pairs)
    ]
    peak = max(ingest["peak"] for ingest, _ in pairs)
    gigabytes = csv.stat().st_size / 1e9
    what = f"one-time ingest of {gigabytes:.2g} GB of CSV"
    ratios = [ingest["parts"]["ingest"] / compute_cpu(computed) for ingest, computed in pairs]
    return [
        Row(bench.size, f"peak, {what} (highest)", f"{peak:.0f} MiB", "≤ 350 MiB", peak <= 350),
        ratio(bench.size, f"CPU, {what} / computing a-g once", ratios),
    ]


def new_quarter(bench: Bench) -> list[Row]:
    """Computing after a new quarter has come, against computing the same deliveries from nothing."""
    before, new = quarters(bench.folder)
    with bench.room() as room:
        delivered = room / "extracts"
        put_into(delivered, before)
        bench.compute(delivered, room, cache="remembered")
        put_into(delivered, new)
        pairs = []
        for number in range(bench.pairs):
            shutil.copytree(room / "remembered", room / f"again-{number}")
            again = bench.compute(delivered, room, cache=f"again-{number}")
            full = bench.compute(delivered, room, cache=f"nothing-{number}")
            pairs.append((again, full))
        unchanged = bench.compute(delivered, room, cache="again-0")
    same = all(again["sha256"] == full["sha256"] for again, full in [*pairs, (unchanged, pairs[0][1])])
    rows = f"{pairs[0][1]['rows']:,} rows"
    return [
        ratio(
            bench.size,
            "**CPU, computing a-g: one new quarter / all of it**",
            [compute_cpu(again) / compute_cpu(full) for again, full in pairs],
            0.15,
        ),
        Row(
            bench.size,
            f"one new quarter: table of {rows}",
            "identical" if same else "DIFFERS",
            "identical",
            same,
        ),
        ratio(
            bench.size,
            "CPU, computing a-g: nothing new / all of it",
            [compute_cpu(unchanged) / median(compute_cpu(full) for _, full in pairs)],
        ),
    ]


def combined(bench: Bench) -> list[Row]:
    """Combining the parts of all regions, against computing everything together."""
    organisations = yaml.safe_load((PROJECT / "bench" / "organisations.yaml").read_text(encoding="utf-8"))
    regions = [each["id"] for each in organisations["organisations"] if each["kind"] == "region"]
    with bench.room() as room:
        shutil.copytree(bench.checked, room / "cache")
        delivered = bench.folder / "delivered"
        bench.compute(delivered, room)
        (room / "aggregates").rename(room / "whole")
        for region in regions:
            bench.compute(delivered, room, only=region)
        parts = [room / "parts" / region for region in regions]
        reports = [bench.run("combine", room / "whole", room, *parts) for _ in range(bench.pairs)]
    adding = median(report["parts"]["adding up"] for report in reports)
    whole = median(report["parts"]["combine"] + report["parts"]["adding up"] for report in reports)
    differing, rows = max(report["differing"] for report in reports), reports[0]["rows"]
    what = f"{len(regions)} regions (median)"
    return [
        Row(bench.size, f"CPU, adding up the tables of {what}", f"{adding:.2f} s", "≤ 0.10 s", adding <= 0.1),
        Row(bench.size, f"CPU, the whole of `combine`, {what}", f"{whole:.2f} s"),
        Row(bench.size, f"combined: rows that differ, of {rows:,}", str(differing), "0", differing == 0),
    ]


def threads(bench: Bench) -> list[Row]:
    """The table of aggregates with 1, 2 and 4 threads, and the elapsed time of two against one; they take turns."""
    runs = {each: list[Report]() for each in (1, 2, 4)}
    for _ in range(RUNS):
        for count, reports in runs.items():
            reports.append(bench.product(threads=count))
    tables = {report["sha256"] for reports in runs.values() for report in reports}
    ratios = [compute_elapsed(two) / compute_elapsed(one) for one, two in zip(runs[1], runs[2], strict=True)]
    what = f"different tables from 1, 2 and 4 threads, {RUNS} runs each"
    return [
        ratio(bench.size, "elapsed, computing a-g: two threads / one", ratios, 0.70),
        Row(bench.size, what, f"{len(tables)} SHA-256", "1", len(tables) == 1),
    ]


def check_of_catalogue(bench: Bench) -> list[Row]:
    """Checking catalogues before any data is read: the bench's own, and the project's with its worked examples."""
    found = []
    for catalogue, bar in ((PROJECT / "bench" / "catalogue.yaml", CATALOGUE_BAR), (FULL, FULL_BAR)):
        with bench.room() as room:
            anew, *reports = [bench.run("check", catalogue, room / "cache") for _ in range(RUNS + 1)]
        checking = median(report["parts"]["check"] for report in reports)
        imports = median(report["parts"]["imports"] for report in reports)
        first = anew["parts"]["check"]
        measured = f"{checking:.2f} s, {first:.2f} s with every example run, and {imports:.2f} s of imports"
        what = f"CPU, checking {catalogue.name} before data (median)"
        found.append(Row("none", what, measured, f"≤ {bar} s", checking <= bar))
    return found


PER_SIZE: tuple[Bar, ...] = (small_limit, too_small_limit, csv_ingest, new_quarter, combined, threads)


def growth(computed: dict[float, dict[str, float]]) -> list[Row]:
    """Return how much more CPU the next size takes.

    Args:
        computed: millions of contacts to side to CPU seconds of computing (median).
    """
    return [
        Row(
            f"{small:g} → {large:g} M",
            f"CPU, computing a-g: growth, {side}",
            f"{computed[large][side] / computed[small][side]:.1f} ×",
            *(
                ["≤ 5.8 ×", computed[large][side] / computed[small][side] <= 5.8]
                if _is_barred(small, large, side)
                else []
            ),
        )
        for small, large in pairwise(sorted(computed))
        for side in ("product", "hand", "pandas")
        if side in computed[small] and side in computed[large]
    ]


def _is_barred(small: float, large: float, side: str) -> bool:
    return side == "product" and (small, large) == (10, 50)
