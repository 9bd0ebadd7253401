"""One measured process: `sides.py (product | hand | chain) EXTRACTS MEMORY THREADS REPORT`.

Writes a JSON report: CPU seconds per part, the peak of resident memory, and (for `product` and `hand`) the numbers.
`product` wants the extracts checked before: its cache lies in EXTRACTS/cache. `chain` starts from nothing.
"""

# ruff: noqa: PLC0415 - a side loads only what it measures
import importlib.util
import json
import re
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CATALOGUE = HERE / "catalogue.yaml"


def cpu() -> float:
    """Return the CPU seconds of this process so far, all threads, user and system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """Return the peak of resident memory. `ru_maxrss` would also count the parent that this process was forked from."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


class Stopwatch:
    """CPU seconds per named part; a part ends when the next one begins."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._name, self._since = "", 0.0

    def __call__(self, name: str) -> None:
        now = cpu()
        if self._name:
            self.parts[self._name] = self.parts.get(self._name, 0.0) + now - self._since
        self._name, self._since = name, now


def product(extracts: Path, memory_mb: int, threads: int) -> dict[str, Any]:
    """Compute every indicator of the catalogue through the product."""
    from vbs_site.catalogue.loading import load
    from vbs_site.engines.duckdb_engine import connect
    from vbs_site.engines.engine import Settings, open_engine
    from vbs_site.extracts.deliveries import find_deliveries
    from vbs_site.extracts.prepare import prepare
    from vbs_site.measures.aggregates import compute, sources_used

    watch = Stopwatch()
    watch("catalogue")
    loaded = load(CATALOGUE)
    with tempfile.TemporaryDirectory() as folder:
        spill = Path(folder)
        watch("checking, warm")
        deliveries = find_deliveries(loaded.catalogue, loaded.organisations, extracts, sources_used(loaded))
        prepared = prepare(
            loaded.catalogue,
            loaded.organisations,
            deliveries,
            extracts / "cache",
            lambda: connect(memory_mb, spill, threads),
            lambda _: None,
        )
        watch("engine")
        settings = Settings(memory_mb=memory_mb, threads=threads)
        with open_engine(settings, prepared.relations, prepared.folders, spill) as engine:
            aggregates = compute(loaded, deliveries, prepared, engine, watch)
        watch("")
    organisations = loaded.organisations.by_id
    rows = aggregates.rows[
        (aggregates.rows["stratum"] == "all") & (aggregates.rows["coverage"] == "complete")
    ]
    finest = {name: indicator.units[0] for name, indicator in loaded.catalogue.indicators.items()}
    numbers = [
        [
            each.indicator,
            organisations[each.unit].codes[0] if each.unit in organisations else each.unit,
            each.period,
            each.eligible,
            each.n,
            each.numerator,
            float(each.sum),
            float(each.sum_sq),
        ]
        for each in rows.itertuples()
        if each.unit_kind == finest[each.indicator]
    ]
    return {"parts": watch.parts, "numbers": json.loads(json.dumps(numbers, default=int))}


def hand(extracts: Path, memory_mb: int, threads: int) -> dict[str, Any]:
    """Run the hand-written SQL as it stands, on the extracts as they were generated."""
    import duckdb

    from bench.data import shared_bench

    specification = importlib.util.spec_from_file_location("duck_sql", shared_bench() / "duck_sql.py")
    assert specification is not None and specification.loader is not None
    written = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(written)
    watch, numbers = Stopwatch(), []
    with tempfile.TemporaryDirectory() as spill:
        watch("engine")
        connection = duckdb.connect()
        connection.execute(
            f"SET threads = {threads}; SET memory_limit = '{memory_mb}MiB'; SET preserve_insertion_order = false; SET temp_directory = '{spill}'"
        )
        for source in ("contacts", "patients", "procedures", "pro", "population", "municipalities"):
            connection.execute(f"CREATE VIEW {source} AS SELECT * FROM '{extracts}/{source}.parquet'")
        for name in "abcde":
            watch(name)
            numbers += connection.execute(written.SQL[name]).fetchall()
        watch("")
        connection.close()
    return {"parts": watch.parts, "numbers": json.loads(json.dumps(numbers, default=float))}


def chain(extracts: Path, memory_mb: int, threads: int) -> dict[str, Any]:
    """Run check, compute, release and site as the main job does, with nothing there before."""
    from vbs_site import steps
    from vbs_site.engines.engine import Settings
    from vbs_site.progress import Reporter

    watch = Stopwatch()

    class Timed(Reporter):
        @contextmanager
        def step(self, name: str, parts: int) -> Iterator[Callable[[str], None]]:  # noqa: ARG002 - the Reporter's own
            watch(name)
            yield lambda _part: None
            watch("between")

    with tempfile.TemporaryDirectory() as out:
        places, report = steps.Places.around(CATALOGUE, extracts, Path(out)), Timed(quiet=True)
        loaded = steps.check(places, report)
        steps.compute_step(places, report, loaded, Settings(memory_mb=memory_mb, threads=threads))
        summary = steps.release_step(places, report, loaded, None, None)
        steps.site_step(places, report, 1, summary.release)
        watch("")
        pages = sum(1 for _ in (Path(out) / "site" / summary.release).rglob("index.html"))
    return {"parts": watch.parts, "pages": pages}


def main() -> None:
    side, extracts, memory_mb, threads, report = sys.argv[1:6]
    sys.path.insert(0, str(HERE.parent))
    found = {"product": product, "hand": hand, "chain": chain}[side](
        Path(extracts), int(memory_mb), int(threads)
    )
    found |= {"process": cpu(), "peak": peak_mib()}
    Path(report).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
