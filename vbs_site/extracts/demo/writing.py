"""Writes the delivered files: Parquet per region or for the country, and `deliveries.yaml`."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import yaml

from vbs_site.extracts.demo.faults import complete_until, delivered
from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.register import (
    answers_of_areas,
    answers_of_register,
    contacts_of_register,
    municipalities_of_register,
    procedures_of_register,
)
from vbs_site.extracts.demo.registers.drawn import Drawn
from vbs_site.extracts.demo.tables import Tables, column
from vbs_site.extracts.demo.timeline import END_DAY, as_date

# The DuckDB type of every column that is not text.
TYPES = {
    "BIGINT": ("dw_ek_kontakt", "procedure_id", "answer_id", "person_id", "kommunekode", "antal"),
    "TIMESTAMP": ("kont_starttidspunkt", "kont_sluttidspunkt"),
    "DATE": ("dato_start", "svardato", "foedselsdato", "doedsdato", "kvartal_start"),
    "BOOLEAN": ("akut",),
    "DECIMAL(18,2)": ("drg_vaerdi",),
    "DECIMAL(18,3)": ("score",),
}
TYPE_OF = {name: kind for kind, columns in TYPES.items() for name in columns}
NATIONAL = ("persons", "population")


def write_extracts(folder: Path, tables: Tables, areas: list[Drawn], places: Places) -> None:
    """Write all tables and the record of deliveries below `folder`.

    Args:
        folder: The extracts folder; made when it is not there.
        tables: What is delivered.
        areas: What disease areas add, not yet cut where deliveries end.
        places: The delivering regions.
    """
    answers = answers_of_areas([each.answers for each in areas if each.answers is not None], places)
    pro = answers_of_register(tables.pro)
    answers["answer_id"] += int(pro["answer_id"].max())
    regional = {
        "contacts": (column(tables.contacts, "region"), contacts_of_register(tables.contacts, places)),
        "procedures": (
            column(tables.procedures, "region"),
            procedures_of_register(tables.procedures, places),
        ),
        "pro": (
            np.concatenate([column(tables.pro, "region"), column(answers, "region")]),
            pd.concat([pro, answers.drop(columns="region")], ignore_index=True),
        ),
    }
    types = dict(TYPE_OF)
    for register in (each for area in areas for each in area.registers):
        rows = delivered(register.rows, column(register.rows, "day"), places)
        regional[register.source] = (column(rows, "region"), rows.drop(columns=["region", "day"]))
        types |= register.types
    national = {
        "persons": tables.persons,
        "municipalities": municipalities_of_register(places),
        "population": tables.population,
    }
    # One thread and kept order: the same rows give the same bytes on every machine.
    with duckdb.connect(config={"threads": 1, "preserve_insertion_order": True}) as connection:
        for source, (delivering, table) in regional.items():
            (folder / source).mkdir(parents=True, exist_ok=True)
            for at, region in enumerate(places.regions):
                _write(connection, table[delivering == at], types, folder / source / f"{region}.parquet")
        for source, rows in national.items():
            _write(connection, rows, types, folder / f"{source}.parquet")
    _write_deliveries(folder / "deliveries.yaml", list(regional), places)


def _write(
    connection: duckdb.DuckDBPyConnection, rows: pd.DataFrame, types: dict[str, str], file: Path
) -> None:
    """Write one Parquet file with the column types of the contract."""
    columns = ", ".join(
        f'CAST("{name}" AS {types.get(name, "VARCHAR")}) AS "{name}"' for name in rows.columns
    )
    quoted = str(file).replace("'", "''")
    connection.register("delivered_rows", rows)
    select = f"SELECT {columns} FROM delivered_rows"
    connection.execute(f"COPY ({select}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")
    connection.unregister("delivered_rows")


def _write_deliveries(file: Path, regional: list[str], places: Places) -> None:
    """Write what was delivered until when; the date is the first day that is not covered."""
    record = {
        "synthetic": True,
        "complete_until": {
            **{
                source: {region: as_date(complete_until(region)) for region in places.regions}
                for source in regional
            },
            **{source: as_date(END_DAY) for source in NATIONAL},
        },
    }
    head = "# Made by the demo generator. A date is the first day that the delivery does not cover.\n"
    file.write_text(head + yaml.safe_dump(record, sort_keys=False), encoding="utf-8", newline="\n")
