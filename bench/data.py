"""The extracts to measure on: written by the reference generator, then brought under the contract of the catalogue.

1M/               as generated: what the hand-written SQL and pandas read
1M/delivered/     the same rows as the catalogue's contracts ask for them: what the product reads
1M/csv/           contacts as CSV, written when first needed
1M/quarters/      the rows before the last quarter, and those of the last quarter
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
LAST_QUARTER = "2026-07-01"
END = "2026-10-01"
FOLLOWED_TO = "2026-10-02"
"""The hand-written SQL follows people to 1 October, the product to the day before the one that a delivery names."""
DATED = {"contacts": "start", "procedures": "date", "pro": "date", "population": "date"}
"""Source to the column that its rows are split into quarters by."""
STATED = (*DATED, "patients")
"""Sources whose delivery says up to which day it is complete: deaths come in time, too."""


class NotPossibleError(Exception):
    """The bench cannot run here; its sentence says what is missing."""


def shared_bench() -> Path:
    """Return the folder with the generator, the hand-written SQL and the pandas program."""
    shared = os.environ.get("VBS_SHARED")
    folder = (Path(shared) if shared else PROJECT.parent / "shared") / "bench"
    for name in ("gen.py", "duck_sql.py", "pd_run.py"):
        if not (folder / name).is_file():
            raise NotPossibleError(
                f"{folder / name} is not there; set VBS_SHARED to the folder that holds bench/{name}"
            )
    return folder


def extracts(data: Path, millions: float, reference_python: str) -> Path:
    """Return a folder with the extracts of a size, generated and delivered if they are not there yet."""
    folder = data / f"{millions:g}M"
    if not (folder / "population.parquet").exists():
        _generate(folder, round(millions * 1_000_000), reference_python)
    if not (folder / "delivered").exists():
        _deliver(folder)
    return folder


def csv_of_contacts(folder: Path) -> Path:
    """Return the contacts as CSV."""
    target = folder / "csv" / "contacts.csv"
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        aside = target.with_suffix(".part")
        _written(f"SELECT * FROM '{folder}/contacts.parquet'", aside, "FORMAT csv, HEADER")
        aside.rename(target)
    return target


def quarters(folder: Path) -> tuple[Path, Path]:
    """Return what was delivered before the last quarter, and what comes with it: new rows and a newer register."""
    before, new = folder / "quarters" / "before", folder / "quarters" / "new"
    if not new.exists():
        shutil.rmtree(folder / "quarters", ignore_errors=True)
        before.mkdir(parents=True)
        aside = new.with_suffix(".part")
        aside.mkdir()
        delivered = folder / "delivered"
        for source, day in DATED.items():
            rows = f"SELECT * FROM '{delivered}/{source}.parquet' WHERE \"{day}\""
            _written(f"{rows} < DATE '{LAST_QUARTER}'", before / f"{source}-1.parquet")
            _written(f"{rows} >= DATE '{LAST_QUARTER}'", aside / f"{source}-2.parquet")
        known = f"CASE WHEN death < DATE '{LAST_QUARTER}' THEN death END AS death"
        register = f"SELECT * REPLACE ({known}) FROM '{delivered}/patients.parquet'"
        _written(register, before / "patients.parquet")
        os.link(delivered / "patients.parquet", aside / "patients.parquet")
        os.link(delivered / "municipalities.parquet", before / "municipalities.parquet")
        _letter(before, dict.fromkeys(STATED, LAST_QUARTER))
        shutil.copy(delivered / "deliveries.yaml", aside)
        aside.rename(new)
    return before, new


def put_into(folder: Path, *delivered: Path) -> None:
    """Deliver the files of some folders into one, a later one in place of an earlier one. No bytes are copied."""
    folder.mkdir(exist_ok=True)
    for path in (path for each in delivered for path in sorted(each.iterdir())):
        (folder / path.name).unlink(missing_ok=True)
        os.link(path, folder / path.name)


def can(python: str, *packages: str) -> bool:
    """Return whether an interpreter has some packages."""
    command = [python, "-c", f"import {', '.join(packages)}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _generate(folder: Path, contacts: int, python: str) -> None:
    generator = shared_bench() / "gen.py"
    if not can(python, "duckdb", "numpy", "pyarrow"):
        hint = "install pyarrow, duckdb and numpy in a virtual environment of their own and name its python with --reference-python"
        raise NotPossibleError(
            f"{folder} holds no extracts, and {python} has no pyarrow to generate them with; {hint}"
        )
    print(f"generating {contacts:,} contacts in {folder}", file=sys.stderr)
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [python, str(generator), str(folder), str(contacts)], check=True, stdout=subprocess.DEVNULL
    )


def _deliver(folder: Path) -> None:
    """Write what the contract asks for and the generator does not have: row numbers, and dates for quarter numbers."""
    aside = folder / "delivered.part"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for source in ("contacts", "patients", "pro", "municipalities"):
        os.link(folder / f"{source}.parquet", aside / f"{source}.parquet")
    numbered = f"SELECT row_number() OVER () AS row_number, * FROM '{folder}/procedures.parquet'"
    _written(numbered, aside / "procedures.parquet")
    first_day = "make_date((quarter // 4)::INT, (quarter % 4 * 3 + 1)::INT, 1) AS date"
    by_date = f"SELECT region, {first_day}, sex, age_band, n FROM '{folder}/population.parquet'"
    _written(by_date, aside / "population.parquet")
    _letter(aside, dict.fromkeys(STATED, END) | dict.fromkeys(("procedures", "patients"), FOLLOWED_TO))
    aside.rename(folder / "delivered")


def _letter(folder: Path, until: Mapping[str, str]) -> None:
    days = "".join(f"  {source}: {day}\n" for source, day in until.items())
    (folder / "deliveries.yaml").write_text(f"synthetic: true\ncomplete_until:\n{days}", encoding="utf-8")


def _written(query: str, target: Path, form: str = "FORMAT parquet, COMPRESSION zstd") -> None:
    with duckdb.connect() as connection, tempfile.TemporaryDirectory() as spill:
        connection.execute(f"SET temp_directory = '{spill}'; SET memory_limit = '1GB'")
        connection.execute(f"COPY ({query}) TO '{target}' ({form})")
