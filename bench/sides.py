"""One measured process: `sides.py SIDE REPORT WORDS…`. See the functions for the words of each side.

Writes a JSON report: CPU seconds (`parts`) and elapsed seconds (`elapsed`) per part, CPU seconds of the whole process,
the peak of its resident memory and, where numbers are compared, the numbers.
"""

# ruff: noqa: PLC0415 - a side loads only what it measures
import contextlib
import hashlib
import json
import re
import resource
import runpy
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CATALOGUE = HERE / "catalogue.yaml"
MEASURES = "abcdefg"
ONE_QUERY_FOR_BOTH = "ef"
"""Measures that are one query by hand and two indicators here."""
JOINTS = {"hip": "F", "knee": "G"}
"""Joint to its letter in the codes of operations."""


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
    """CPU seconds and elapsed seconds per named part; a part ends when the next one begins."""

    def __init__(self) -> None:
        self.parts, self.elapsed = dict[str, float](), dict[str, float]()
        self._name, self._since = "", (0.0, 0.0)

    def __call__(self, name: str) -> None:
        now = cpu(), time.perf_counter()
        if self._name:
            for seconds, end, start in zip((self.parts, self.elapsed), now, self._since, strict=True):
                seconds[self._name] = seconds.get(self._name, 0.0) + end - start
        self._name, self._since = name, now

    def read(self) -> dict[str, Any]:
        """End the last part; return what was used so far, to be called before numbers are made ready to compare."""
        self("")
        return {"parts": self.parts, "elapsed": self.elapsed, "process": cpu(), "peak": peak_mib()}


def timed(watch: Stopwatch, function: Callable[..., Any], name: str, after: str) -> Callable[..., Any]:
    """Return a function as a part of its own; the part after it is named, too."""

    def run(*arguments: Any, **options: Any) -> Any:
        watch(name)
        found = function(*arguments, **options)
        watch(after)
        return found

    return run


def reporter(watch: Stopwatch, *, each_part_of: str = "") -> Any:
    """Return a reporter that tells a stopwatch the steps of the main job, and the parts of one of them."""
    from vbs_site.progress import Reporter

    class Timed(Reporter):
        @contextmanager
        def step(self, name: str, parts: int) -> Iterator[Callable[[str], None]]:  # noqa: ARG002 - the Reporter's own
            watch(name)
            yield watch if name == each_part_of else lambda _part: None
            watch("between")

    return Timed(quiet=True)


def product(extracts: str, cache: str, out: str, memory: str, threads: str, only: str = "") -> dict[str, Any]:
    """Compute the aggregates of all, or the part of one unit, as `build.py compute` does. Aggregates are left in OUT.

    The time from opening the engine to the first indicator is in the part `compute`, that of the table `tabulating`.
    """
    from vbs_site import steps
    from vbs_site.engines.engine import Settings
    from vbs_site.measures import aggregates as room
    from vbs_site.places import Places

    watch = Stopwatch()
    room.tabulated = timed(watch, room.tabulated, "tabulating", "note")
    places = replace(Places.around(CATALOGUE, Path(extracts), Path(out)), cache=Path(cache))
    report, settings = (
        reporter(watch, each_part_of="compute"),
        Settings(memory_mb=int(memory), threads=int(threads)),
    )
    loaded = steps.check(places, report)
    aggregates = steps.compute_step(places, report, loaded, settings, only or None)
    used = watch.read()
    if only:
        return used
    from bench.equality import of_product

    codes = {each.id: each.codes[0] for each in loaded.organisations.members}
    table = (places.aggregates / room.TABLE).read_bytes()
    return used | {
        "rows": len(aggregates.rows),
        "sha256": hashlib.sha256(table).hexdigest(),
        "numbers": of_product(aggregates.rows, aggregates.note["standards"], codes),
    }


def hand(extracts: str, memory: str, threads: str) -> dict[str, Any]:
    """Run the hand-written SQL as it stands, on the extracts as they were generated."""
    import duckdb

    from bench.data import shared_bench
    from bench.equality import of_reference

    written = runpy.run_path(str(shared_bench() / "duck_sql.py"))["SQL"]
    watch, numbers = Stopwatch(), []
    with tempfile.TemporaryDirectory() as spill:
        watch("compute")
        connection = duckdb.connect()
        connection.execute(
            f"SET threads = {threads}; SET memory_limit = '{memory}MiB'; SET preserve_insertion_order = false; SET temp_directory = '{spill}'"
        )
        for source in (
            "contacts",
            "patients",
            "procedures",
            "pro",
            "population",
            "municipalities",
            "hospitals",
        ):
            connection.execute(f"CREATE VIEW {source} AS SELECT * FROM '{extracts}/{source}.parquet'")
        for name in MEASURES:
            watch(name)
            numbers += connection.execute(written[name]).fetchall()
        used, apart = watch.read(), Stopwatch()
        for measure in ONE_QUERY_FOR_BOTH:
            for joint, letter in JOINTS.items():
                apart(f"{measure}-{joint}")
                connection.execute(_of_one_joint(written[measure], letter)).fetchall()
        apart("")
        connection.close()
    return used | {"numbers": of_reference(numbers), "apart": apart.parts}


def _of_one_joint(written: str, letter: str) -> str:
    """Return hand-written SQL for both joints limited to one, as an indicator is: `code LIKE 'KNFB%'` stays alone."""
    limited = re.sub(r"code LIKE 'KNF(.)%' OR code LIKE 'KNG\1%'", rf"code LIKE 'KN{letter}\1%'", written)
    assert limited != written, "the hand-written SQL names both joints"
    return limited


def pandas(extracts: str, program: str) -> dict[str, Any]:
    """Run the pandas program as it stands: every table is read once and kept. Its imports have a part of their own."""
    import pandas as pd

    from bench.equality import of_reference

    with tempfile.TemporaryDirectory() as out:
        target = Path(out) / "numbers.parquet"
        sys.argv = [program, extracts, "parquet", "all", "once", str(target)]
        watch = Stopwatch()
        watch("compute")
        runpy.run_path(program, run_name="__main__")
        used = watch.read()
        numbers = of_reference(pd.read_parquet(target).itertuples(index=False))
    return used | {"numbers": numbers}


def chain(extracts: str, memory: str, threads: str) -> dict[str, Any]:
    """Run check, compute, release and site as the main job does, with nothing there before."""
    from vbs_site import publishing, steps
    from vbs_site.engines.engine import Settings
    from vbs_site.places import Places

    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as out:
        places, report = Places.around(CATALOGUE, Path(extracts), Path(out)), reporter(watch)
        loaded = steps.check(places, report)
        steps.compute_step(places, report, loaded, Settings(memory_mb=int(memory), threads=int(threads)))
        summary = publishing.release_step(places, report, loaded, None, None)
        publishing.site_step(places, report, 1, summary.release)
        used = watch.read()
        pages = sum(1 for _ in (Path(out) / "site" / summary.release).rglob("index.html"))
    return used | {"pages": pages}


def prepare(extracts: str, cache: str, memory: str, threads: str) -> dict[str, Any]:
    """Check every delivery, and leave what was found in the cache: a computation with this cache checks nothing again."""
    from vbs_site.catalogue.loading import load
    from vbs_site.engines.duckdb_engine import connect
    from vbs_site.extracts import prepare as room
    from vbs_site.extracts.deliveries import find_deliveries
    from vbs_site.measures.aggregates import sources_used

    watch = Stopwatch()
    loaded = load(CATALOGUE)
    watch("extracts")
    found = find_deliveries(loaded.catalogue, loaded.organisations, Path(extracts), sources_used(loaded))
    with tempfile.TemporaryDirectory() as spill:
        opened = lambda: connect(int(memory), Path(spill), int(threads))  # noqa: E731
        room.prepare(loaded.catalogue, loaded.organisations, found, Path(cache), opened, lambda _: None)
    return watch.read()


def ingest(delivered: str, memory: str, threads: str) -> dict[str, Any]:
    """Write a CSV of contacts as typed Parquet, as the first check of a delivery does."""
    from vbs_site.catalogue.loading import load
    from vbs_site.engines.duckdb_engine import connect
    from vbs_site.extracts import reading

    watch, path = Stopwatch(), Path(delivered)
    source = load(CATALOGUE).catalogue.sources["contacts"]
    with tempfile.TemporaryDirectory(dir=path.parent) as cache:
        watch("ingest")
        with contextlib.closing(connect(int(memory), Path(cache), int(threads))) as connection:
            reading.ingest(connection, path, "contacts", source, Path(cache))
        return watch.read()


def combine(whole: str, out: str, *parts: str) -> dict[str, Any]:
    """Combine the parts of units, and hold the result against the aggregates of all."""
    from vbs_site import steps
    from vbs_site.measures import combine as room
    from vbs_site.measures.aggregates import TABLE
    from vbs_site.places import Places
    from vbs_site.tables import read_parquet

    watch = Stopwatch()
    places, report = Places.around(CATALOGUE, None, Path(out)), reporter(watch)
    room.added_up = timed(watch, room.added_up, "adding up", "combine")
    loaded = steps.check(places, report)
    steps.combine_step(places, report, loaded, [Path(part) for part in parts], leave_out_incomplete=False)
    used = watch.read()
    one, other = (read_parquet(folder / TABLE) for folder in (places.aggregates, Path(whole)))
    same_rows = len(one) == len(other)
    differing = int((one != other).any(axis=1).sum()) if same_rows else abs(len(one) - len(other))
    return used | {"rows": len(other), "differing": differing}


def check(catalogue: str, cache: str) -> dict[str, Any]:
    """Check a catalogue, its organisations and its content, as `build.py check` does; no data is read.

    Worked examples that the cache remembers as right are not run again.
    """
    watch = Stopwatch()
    watch("imports")
    from vbs_site import steps
    from vbs_site.places import Places

    places = replace(Places.around(Path(catalogue)), cache=Path(cache))
    steps.check(places, reporter(watch))
    return watch.read()


SIDES = (product, hand, pandas, chain, prepare, ingest, combine, check)


def main() -> None:
    name, report, *words = sys.argv[1:]
    sys.path[0] = str(HERE.parent)
    side = next(each for each in SIDES if each.__name__ == name)
    Path(report).write_text(json.dumps(side(*words)), encoding="utf-8")


if __name__ == "__main__":
    main()
