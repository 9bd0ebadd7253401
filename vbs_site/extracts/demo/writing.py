"""Writes the delivered files: Parquet per region or for the country, and `deliveries.yaml`."""

from pathlib import Path

import duckdb
import pandas as pd
import yaml

from vbs_site.extracts.demo.faults import complete_until
from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.register import (
    answers_of_register,
    contacts_of_register,
    municipalities_of_register,
    procedures_of_register,
)
from vbs_site.extracts.demo.tables import Tables, column
from vbs_site.extracts.demo.timeline import END_DAY, as_date

# The DuckDB type of every column that is not text.
TYPES = {
    "BIGINT": ("dw_ek_kontakt", "procedure_id", "answer_id", "person_id", "score", "kommunekode", "antal"),
    "TIMESTAMP": ("kont_starttidspunkt", "kont_sluttidspunkt"),
    "DATE": ("dato_start", "svardato", "foedselsdato", "doedsdato", "kvartal_start"),
    "BOOLEAN": ("akut",),
    "DECIMAL(18,2)": ("drg_vaerdi",),
}
TYPE_OF = {name: kind for kind, columns in TYPES.items() for name in columns}
REGIONAL = ("contacts", "procedures", "pro")
NATIONAL = ("persons", "population")


def write_extracts(folder: Path, tables: Tables, places: Places) -> None:
    """Write all tables and the record of deliveries below `folder`.

    Args:
        folder: The extracts folder; made when it is not there.
        tables: What is delivered.
        places: The delivering regions.
    """
    regional = {
        "contacts": (tables.contacts, contacts_of_register(tables.contacts, places)),
        "procedures": (tables.procedures, procedures_of_register(tables.procedures, places)),
        "pro": (tables.pro, answers_of_register(tables.pro)),
    }
    national = {
        "persons": tables.persons,
        "municipalities": municipalities_of_register(places),
        "population": tables.population,
    }
    # One thread and kept order: the same rows give the same bytes on every machine.
    with duckdb.connect(config={"threads": 1, "preserve_insertion_order": True}) as connection:
        for source in REGIONAL:
            (folder / source).mkdir(parents=True, exist_ok=True)
            table, delivered = regional[source]
            for at, region in enumerate(places.regions):
                rows = delivered[column(table, "region") == at]
                _write(connection, rows, folder / source / f"{region}.parquet")
        for source, rows in national.items():
            _write(connection, rows, folder / f"{source}.parquet")
    _write_deliveries(folder / "deliveries.yaml", places)


def _write(connection: duckdb.DuckDBPyConnection, rows: pd.DataFrame, file: Path) -> None:
    """Write one Parquet file with the column types of the contract."""
    columns = ", ".join(
        f'CAST("{name}" AS {TYPE_OF.get(name, "VARCHAR")}) AS "{name}"' for name in rows.columns
    )
    quoted = str(file).replace("'", "''")
    connection.register("delivered_rows", rows)
    select = f"SELECT {columns} FROM delivered_rows"
    connection.execute(f"COPY ({select}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")
    connection.unregister("delivered_rows")


def _write_deliveries(file: Path, places: Places) -> None:
    """Write what was delivered until when; the date is the first day that is not covered."""
    record = {
        "synthetic": True,
        "complete_until": {
            **{
                source: {region: as_date(complete_until(region)) for region in places.regions}
                for source in REGIONAL
            },
            **{source: as_date(END_DAY) for source in NATIONAL},
        },
    }
    head = "# Made by the demo generator. A date is the first day that the delivery does not cover.\n"
    file.write_text(head + yaml.safe_dump(record, sort_keys=False), encoding="utf-8", newline="\n")
