"""The same extracts through every engine: whether all rows are equal, and how long each engine takes.

Run it as `python bench/engines.py --data DIR`. DuckDB and Spark read the Parquet files, PostgreSQL the tables of a
server that is started for the run and filled with the same files. Every engine is a process of its own,
`build.py compute --anew` with `bench/catalogue.yaml`. Files are checked before the runs, as a delivery is once; a
database is checked in every run, so its time has that in it. Loading the database is not measured.

Exit code: 0 when all rows are equal, 1 when any differs, 2 when the bench cannot run here.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from bench.data import NotPossibleError, extracts  # noqa: E402 - the project is found first
from bench.options import parser_with  # noqa: E402
from bench.rows import HEAD, Row  # noqa: E402
from vbs_site.engines.names import ENGINES  # noqa: E402
from vbs_site.measures.aggregates import TABLE  # noqa: E402
from vbs_site.measures.shape import TYPES  # noqa: E402

CATALOGUE = PROJECT / "bench" / "catalogue.yaml"
SCHEMA = "bench"
POSTGRES = {"VARCHAR": "TEXT", "DOUBLE": "DOUBLE PRECISION"}
BATCH = 100_000
EXACT = {name for name, kind in TYPES.items() if kind == "BIGINT"}
"""Counts; the other statistics are sums, equal within 1e-9."""


def main() -> int:
    options = _parser().parse_args()
    try:
        seconds, tables = measured(options)
    except (NotPossibleError, FileNotFoundError, subprocess.CalledProcessError) as reason:
        print(f"bench: {reason}", file=sys.stderr)
        return 2
    faults, size = 0, f"{options.millions:g} M"
    print(HEAD)
    for name in seconds:
        if name != "duckdb":
            differing = different(tables[name], tables["duckdb"])
            faults += len(differing)
            what = f"elapsed, `build.py compute`: {name} / duckdb"
            print(Row(size, what, f"{seconds[name] / seconds['duckdb']:.1f}"))
            what = f"rows that differ between {name} and duckdb, of {len(tables['duckdb']):,}"
            verdict = "equal" if not differing else str(len(differing))
            print(Row(size, what, verdict, "equal", not differing))
            for line in differing[:5]:
                print(line, file=sys.stderr)
    return 1 if faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = parser_with(__doc__)
    parser.add_argument(
        "--millions", type=float, default=1.0, metavar="M", help="millions of contacts (default: 1)"
    )
    return parser


def measured(options: argparse.Namespace) -> tuple[dict[str, float], dict[str, pd.DataFrame]]:
    """Return the elapsed seconds and the aggregates of each engine, DuckDB first."""
    folder = extracts(options.data.resolve(), options.millions, options.reference_python)
    delivered = folder / "delivered"
    seconds, tables = dict[str, float](), dict[str, pd.DataFrame]()
    with tempfile.TemporaryDirectory(dir=folder, prefix="room-") as home:
        room = Path(home)
        computed(options, "duckdb", CATALOGUE, delivered, room)  # checks the files and keeps what it found
        for name in ENGINES:
            print(f"{options.millions:g} M: {name}", file=sys.stderr)
            if name == "postgres":
                with server_filled_from(delivered):
                    found = computed(options, name, with_tables(room), letter_alone(delivered, room), room)
            else:
                found = computed(options, name, CATALOGUE, delivered, room)
            seconds[name], tables[name] = found
    return seconds, tables


def computed(
    options: argparse.Namespace, engine: str, catalogue: Path, delivered: Path, room: Path
) -> tuple[float, pd.DataFrame]:
    """Compute every indicator in a process of its own; return the elapsed seconds and the aggregates."""
    command = [sys.executable, str(PROJECT / "build.py"), "compute", "--quiet", "--anew"]
    command += ["--catalogue", str(catalogue), "--extracts", str(delivered), "--out", str(room)]
    command += ["--engine", engine, "--memory", str(options.memory), "--threads", str(options.threads)]
    begun = time.perf_counter()
    subprocess.run(command, check=True)
    elapsed = time.perf_counter() - begun
    return elapsed, duckdb.sql(f"SELECT * FROM '{room / 'aggregates' / TABLE}'").df()


def different(ours: pd.DataFrame, theirs: pd.DataFrame) -> list[str]:
    """Return the rows that differ: keys and counts must be the same, sums within 1e-9."""
    keys = [name for name in theirs.columns if name not in TYPES]
    both = ours.merge(theirs, on=keys, how="outer", suffixes=("", "_duckdb"), indicator=True)
    same = both["_merge"] == "both"
    for name in TYPES:
        one, other = both[name].astype(float), both[f"{name}_duckdb"].astype(float)
        near = (one - other).abs() <= (0 if name in EXACT else 1e-9 * other.abs())
        same &= near
    return [" ".join(map(str, row)) for row in both.loc[~same, keys].itertuples(index=False)]


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


@contextmanager
def server_filled_from(delivered: Path) -> Iterator[None]:
    """Start a PostgreSQL server of its own whose tables hold the rows of the delivered files."""
    import psycopg  # noqa: PLC0415 - an optional extra
    from engines import RUN, start_postgres  # noqa: PLC0415 - of the tests, as is the server

    with RUN:
        start_postgres()
        with psycopg.connect("", autocommit=True) as writer:
            writer.execute(f"CREATE SCHEMA {SCHEMA}")
            for path in sorted(delivered.glob("*.parquet")):
                fill(writer, path)
            writer.execute("ANALYZE")
        yield


def fill(writer: Any, path: Path) -> None:
    """Copy a Parquet file into a table of the same name."""
    with duckdb.connect() as reader:
        found = reader.read_parquet(str(path))
        columns = ", ".join(
            f'"{column}" {POSTGRES.get(str(kind), str(kind))}'
            for column, kind in zip(found.columns, found.types, strict=True)
        )
        writer.execute(f'CREATE TABLE {SCHEMA}."{path.stem}" ({columns})')
        rows = reader.execute(f"SELECT * FROM '{path}'")
        with writer.cursor().copy(f'COPY {SCHEMA}."{path.stem}" FROM STDIN (FORMAT csv)') as copy:
            while batch := rows.fetchmany(BATCH):
                text = io.StringIO()
                csv.writer(text).writerows(batch)
                copy.write(text.getvalue())


def with_tables(room: Path) -> Path:
    """Write the catalogue beside its organisations, each source with the table that holds it."""
    written = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    for name, source in written["sources"].items():
        source["table"] = f"{SCHEMA}.{name}"
    (room / "catalogue.yaml").write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    for name in ("organisations.yaml", "mkdocs.yml", "content"):
        (room / name).symlink_to(CATALOGUE.parent / name)
    return room / "catalogue.yaml"


def letter_alone(delivered: Path, room: Path) -> Path:
    """Return a folder with nothing but the dates of a delivery."""
    folder = room / "delivered"
    folder.mkdir()
    os.link(delivered / "deliveries.yaml", folder / "deliveries.yaml")
    return folder


if __name__ == "__main__":
    sys.exit(main())
