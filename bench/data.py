"""The extracts to measure on: written by the reference generator, then brought under the contract of the catalogue."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
COMPLETE_UNTIL = "2026-10-01"
NUMBERED = "procedures_numbered.parquet"
BY_DATE = "population_by_date.parquet"


class NotPossibleError(Exception):
    """The bench cannot run here; its sentence says what is missing."""


def shared_bench() -> Path:
    """Return the folder with the generator and the hand-written SQL."""
    shared = os.environ.get("VBS_SHARED")
    folder = (Path(shared) if shared else PROJECT.parent / "shared") / "bench"
    for name in ("gen.py", "duck_sql.py"):
        if not (folder / name).is_file():
            raise NotPossibleError(
                f"{folder / name} is not there; set VBS_SHARED to the folder that holds bench/{name}"
            )
    return folder


def extracts(data: Path, millions: float, generator_python: str) -> Path:
    """Return a folder with the extracts of a size, generated and prepared if they are not there yet."""
    folder = data / f"{millions:g}M"
    if not (folder / "population.parquet").exists():
        _generate(folder, round(millions * 1_000_000), generator_python)
    if not (folder / "deliveries.yaml").exists():
        _prepare(folder)
    return folder


def _generate(folder: Path, contacts: int, python: str) -> None:
    generator = shared_bench() / "gen.py"
    if subprocess.run(
        [python, "-c", "import duckdb, numpy, pyarrow"], capture_output=True, check=False
    ).returncode:
        hint = "install pyarrow, duckdb and numpy in a virtual environment of their own and name its python with --generator-python"
        raise NotPossibleError(
            f"{folder} holds no extracts, and {python} has no pyarrow to generate them with; {hint}"
        )
    print(f"generating {contacts:,} contacts in {folder}", file=sys.stderr)
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [python, str(generator), str(folder), str(contacts)], check=True, stdout=subprocess.DEVNULL
    )


def _prepare(folder: Path) -> None:
    """Write what the contract asks for and the generator does not have: row numbers, and dates for quarter numbers."""
    with duckdb.connect() as connection, tempfile.TemporaryDirectory() as spill:
        connection.execute(f"SET temp_directory = '{spill}'")
        for target, query in (
            (NUMBERED, f"SELECT row_number() OVER () AS row_number, * FROM '{folder}/procedures.parquet'"),
            (
                BY_DATE,
                f"SELECT region, make_date((quarter // 4)::INT, (quarter % 4 * 3 + 1)::INT, 1) AS date, sex, age_band, n FROM '{folder}/population.parquet'",
            ),
        ):
            connection.execute(f"COPY ({query}) TO '{folder}/{target}' (FORMAT parquet, COMPRESSION zstd)")
    sources = "".join(
        f"  {source}: {COMPLETE_UNTIL}\n" for source in ("contacts", "procedures", "pro", "population")
    )
    (folder / "deliveries.yaml").write_text(f"synthetic: true\ncomplete_until:\n{sources}", encoding="utf-8")
