"""Tiny tables in, aggregates out: a mini catalogue, an engine in memory, and the compiled query between them.

A table is written as text, one line per row, with only the columns that the example is about:

    | person | start            | end              |
    | 1      | 2026-01-01 08:00 | 2026-01-02 08:00 |

Other columns take the values in `DEFAULTS`; keys are numbered when they are not written. An empty cell is no value.
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engines import engine_called, fill

from vbs_site.catalogue import rules
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.measures.compile import compile_measure
from vbs_site.measures.shape import STATISTICS
from vbs_site.periods import Period

Row = dict[str, Any]

DEFAULTS: dict[str, dict[str, str]] = {
    "contacts": {"person": "1", "hospital": "H1", "kind": "inpatient", "acute": "no"},
    "procedures": {"person": "1", "hospital": "H1", "code": "KNFB20"},
    "pro": {"person": "1", "instrument": "OHS"},
    "persons": {"birth": "1950-01-01", "sex": "K", "municipality": "101"},
    "population": {},
    "records": {"provider": "P1", "year": "2026"},
    "published": {},
    "municipalities": {},
}
NUMBERED = {"contacts": "id", "procedures": "id", "pro": "id", "records": "id"}
PLACES = """
    | municipality | region |
    | 101          | R1     |
    | 102          | R2     |
"""

MINI: dict[str, Any] = {
    "catalogue": {
        "id": "mini",
        "version": "1.0.0",
        "title": {"en": "Mini"},
        "publisher": {"en": "The tests"},
        "languages": ["en"],
        "report_from": datetime.date(2026, 1, 1),
        "organisations": "organisations.yaml",
    },
    "persons": {"source": "persons", "birth": "birth", "death": "death"},
    "sources": {
        "contacts": {
            "title": {"en": "Contacts"},
            "rows": {"en": "contacts"},
            "files": "contacts/{region}.parquet",
            "key": ["id"],
            "person": "person",
            "time": {"start": "start", "end": "end"},
            "columns": {
                "id": "integer",
                "person": "integer",
                "hospital": "text",
                "start": "timestamp",
                "end": {"type": "timestamp", "nullable": True},
                "kind": {"type": "category", "values": ["inpatient", "outpatient", "virtual"]},
                "acute": {"type": "boolean", "nullable": True},
                "diagnosis": {"type": "code", "system": "sks-diagnosis", "nullable": True},
                "cost": {"type": "decimal", "nullable": True},
                "points": {"type": "decimal", "scale": 3, "nullable": True},
                "note": {"type": "text", "nullable": True},
            },
        },
        "procedures": {
            "title": {"en": "Procedures"},
            "rows": {"en": "procedures"},
            "files": "procedures.parquet",
            "key": ["id"],
            "person": "person",
            "time": {"start": "date"},
            "columns": {
                "id": "integer",
                "person": "integer",
                "hospital": "text",
                "code": {"type": "code", "system": "sks-procedure"},
                "date": "date",
            },
        },
        "pro": {
            "title": {"en": "Answers"},
            "rows": {"en": "answers"},
            "files": "pro.parquet",
            "key": ["id"],
            "person": "person",
            "time": {"start": "date"},
            "columns": {
                "id": "integer",
                "person": "integer",
                "instrument": {"type": "category", "values": ["OHS", "PAIN"]},
                "moment": {"type": "category", "values": ["before", "after"]},
                "date": "date",
                "score": {"type": "integer", "nullable": True},
            },
        },
        "persons": {
            "title": {"en": "Persons"},
            "rows": {"en": "persons"},
            "files": "persons.parquet",
            "key": ["person"],
            "person": "person",
            "columns": {
                "person": "integer",
                "birth": {"type": "date", "nullable": True},
                "death": {"type": "date", "nullable": True},
                "sex": {"type": "category", "values": ["K", "M"], "nullable": True},
                "municipality": {"type": "integer", "nullable": True},
            },
        },
        "municipalities": {
            "title": {"en": "Municipalities"},
            "rows": {"en": "municipalities"},
            "files": "municipalities.parquet",
            "key": ["municipality"],
            "columns": {"municipality": "integer", "region": "text"},
        },
        "population": {
            "title": {"en": "Population"},
            "rows": {"en": "citizens"},
            "files": "population.parquet",
            "key": ["region", "date"],
            "time": {"start": "date"},
            "columns": {"region": "text", "date": "date", "persons": "integer"},
        },
        "records": {
            "title": {"en": "Records"},
            "rows": {"en": "records"},
            "files": "records.csv",
            "key": ["id"],
            "columns": {
                "id": "integer",
                "provider": "text",
                "year": "year",
                "before": {"type": "decimal", "scale": 3, "nullable": True},
                "after": {"type": "decimal", "scale": 3, "nullable": True},
                "expected": {"type": "decimal", "scale": 6, "nullable": True},
                "sent": {"type": "integer", "nullable": True},
                "returned": {"type": "integer", "nullable": True},
                "readmitted": {"type": "boolean", "nullable": True},
            },
        },
        "published": {
            "title": {"en": "Published figures"},
            "rows": {"en": "figures"},
            "files": "published.csv",
            "key": ["year"],
            "columns": {"year": "year", "gain": {"type": "decimal", "scale": 6}},
        },
    },
    "codesets": {
        "cancer": {"system": "sks-diagnosis", "codes": ["DC"], "title": {"en": "cancer"}, "source": "SKS"},
        "copd": {"system": "sks-diagnosis", "codes": ["DJ44"], "title": {"en": "COPD"}, "source": "SKS"},
        "hip": {"system": "sks-procedure", "codes": ["KNFB"], "title": {"en": "hip"}, "source": "SKS"},
    },
    "instruments": {
        "OHS": {
            "title": {"en": "Oxford Hip Score"},
            "range": [0, 48],
            "direction": "higher",
            "thresholds": [
                {"kind": "mic_individual", "value": 8, "title": {"en": "8 points"}, "source": "made up"}
            ],
        },
        "PAIN": {
            "title": {"en": "Pain, 0 is none"},
            "range": [0, 10],
            "direction": "lower",
            "thresholds": [
                {"kind": "mic_individual", "value": 2, "title": {"en": "2 points"}, "source": "made up"}
            ],
        },
    },
    "units": {
        "region": {"title": {"en": "Region"}, "plural": {"en": "Regions"}},
        "hospital": {
            "title": {"en": "Hospital"},
            "plural": {"en": "Hospitals"},
            "column": "hospital",
            "within": "region",
        },
        "residence": {
            "title": {"en": "Residence"},
            "plural": {"en": "Residences"},
            "path": ["persons.municipality", "municipalities.region"],
            "organisations": "region",
        },
        "provider": {"title": {"en": "Provider"}, "plural": {"en": "Providers"}, "column": "provider"},
    },
    "areas": {"area": {"title": {"en": "Area"}}},
}

COMMON: dict[str, Any] = {
    "title": {"en": "An example"},
    "why": {"en": "To show what counts."},
    "areas": ["area"],
    "dimension": "outcome",
    "matters": "safety",
    "provenance": {"status": "proposal", "source": {"en": "the tests"}},
    "direction": "neutral",
    "units": ["hospital"],
    "period": "quarter",
    "review": {"owner": {"en": "the tests"}},
}


def catalogue_with(indicator: Mapping[str, Any], **about: Any) -> Catalogue:
    """Return the mini catalogue with one indicator, after the checks that a user's catalogue passes."""
    data = MINI | {
        "catalogue": MINI["catalogue"] | about,
        "indicators": {"example": COMMON | dict(indicator)},
    }
    catalogue = Catalogue.model_validate(data)
    faults = list(rules.check(catalogue, Document(data=data), None))
    assert not faults, "\n".join(map(str, faults))
    return catalogue


def rows_of(text: str) -> list[dict[str, str]]:
    """Return the rows of a table written as text."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]


def full_rows(tables: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return the rows of every table with defaults and keys filled in."""
    full = {}
    for name, given in ({"municipalities": PLACES} | dict(tables)).items():
        known = MINI["sources"][name]["columns"].keys()
        full[name] = []
        for number, row in enumerate(rows_of(given) if isinstance(given, str) else given, start=1):
            assert row.keys() <= known, f"{name} has no column {row.keys() - known}"
            numbered = {NUMBERED[name]: str(number)} if name in NUMBERED else {}
            full[name].append(numbered | DEFAULTS[name] | row)
    return full


def measure_on(
    engine: str,
    indicator: Mapping[str, Any],
    tables: Mapping[str, Any],
    *,
    unit: str | None = None,
    start: str | None = "2026-01-01",
    end: str | None = "2027-01-01",
    **about: Any,
) -> list[Row]:
    """Return the aggregates of an indicator over tiny tables, ordered by unit, period and stratum.

    Args:
        engine: id of the engine.
        indicator: what differs from `COMMON`.
        tables: source to rows.
        unit: unit kind; the indicator's first when not given.
        start, end: reported days, end excluded.
        about: further keys of the catalogue's head, such as `year_starts`.
    """
    catalogue = catalogue_with(indicator, **about)
    example = catalogue.indicators["example"]
    days = [datetime.date.fromisoformat(day) if day else None for day in (start, end)]
    query = compile_measure(catalogue, "example", unit or example.units[0], *days)
    filled = engine_called(engine)
    fill(filled, catalogue, query, full_rows(tables))
    found = filled.rows(query)
    starts = catalogue.catalogue.year_starts if example.period == "year" else 1
    rows = []
    for code, period, sex, age_band, in_bin, *statistics in found:
        row = {
            "unit": code,
            "period": Period(example.period, period, starts).id,
            "sex": sex,
            "age_band": age_band,
            "bin": in_bin,
        }
        rows.append(row | dict(zip(STATISTICS, statistics, strict=True)))
    return sorted(rows, key=lambda row: str([row[key] for key in ("unit", "period", "sex", "age_band", "bin")]))


def counts(rows: list[Row], names: str) -> Any:
    """Return the named statistics added up over all rows: a number for one name, a tuple for several."""
    sums = tuple(_plain(sum(row[name] for row in rows)) for name in names.split())
    return sums if len(sums) > 1 else sums[0]


def listed(rows: list[Row], names: str) -> list[tuple[Any, ...]]:
    """Return the named columns of every row."""
    return [tuple(_plain(row[name]) for name in names.split()) for row in rows]


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
