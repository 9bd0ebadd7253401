"""The same checks find the same faults in files, in a PostgreSQL table and in Spark."""

import datetime
from pathlib import Path

from engines import engine_called

from vbs_site.catalogue.loading import load
from vbs_site.engines.relations import sql_type
from vbs_site.extracts.checks import Register, Subject, check_rows
from vbs_site.extracts.deliveries import Delivery
from vbs_site.extracts.row_tests import row_tests

GOOD = Path(__file__).parents[1] / "bad_catalogues" / "good" / "catalogue.yaml"
DAY = "2026-01-05 08:00:00"
ROWS = [
    # id, person, hospital, start, end, kind, acute, diagnosis, cost
    ("1", "11", "H1", DAY, None, "inpatient", "true", "DJ44", "1.00"),
    ("2", "11", "H1", DAY, None, "inpatient", "true", "DJ44", "1.00"),
    ("3", "12", "H9", "2026-04-05 08:00:00", "2026-04-01 08:00:00", "other", None, "44.1", "-1.00"),
    ("3", "12", "H1", "2026-04-05 08:00:00", None, "virtual", "false", "DJ44", None),
    ("-5", "99", "H1", "2027-02-01 08:00:00", None, "virtual", "false", None, None),
    ("57", None, "H1", DAY, None, "virtual", "false", None, None),
]


def test_every_kind_of_fault_is_found(engine):
    catalogue = load(GOOD).catalogue
    answers = dict.fromkeys(("range", "category", "code", "order", "beyond", "unit", "key"), "report")
    source = catalogue.sources["contacts"].model_copy(
        update={
            "checks": catalogue.sources["contacts"].checks.model_copy(
                update=answers | {"required": "set_aside"}
            )
        }
    )
    runs = engine_called(engine)
    columns = {key: sql_type(column) for key, column in source.columns.items()}
    runs.fill("contacts", columns, ROWS)
    runs.fill("persons", {"person_id": "BIGINT"}, [("11",), ("12",)])
    delivery = Delivery("contacts", {None: ()}, {None: datetime.date(2027, 1, 1)})
    codes = {"hospital": {"H1": "hospital-1", "H2": "hospital-2"}}
    tests = row_tests(source, delivery, codes, ingested=False)
    subject = Subject("contacts", source, tests, "hospital", codes, lambda _: Path("contacts"))
    found = check_rows(runs, subject, Register("persons", "person_id", None))
    assert found.faults == []
    assert {
        (each.unit, each.period, each.check, each.column): (each.count, each.of)
        for each in found.quality
        if each.check != "missing"
    } == {
        ("hospital-1", "2026Q1", "rows", ""): (3, 3),
        ("hospital-1", "2026Q2", "rows", ""): (1, 1),
        ("hospital-1", "2027Q1", "rows", ""): (1, 1),
        ("unknown", "2026Q2", "rows", ""): (1, 1),
        ("unknown", "2026Q2", "unit", "hospital"): (1, 1),
        ("unknown", "2026Q2", "category", "kind"): (1, 1),
        ("unknown", "2026Q2", "required", "acute"): (1, 1),
        ("unknown", "2026Q2", "code", "diagnosis"): (1, 1),
        ("unknown", "2026Q2", "range", "cost"): (1, 1),
        ("unknown", "2026Q2", "order", "end"): (1, 1),
        ("unknown", "2026Q2", "set_aside", ""): (1, 1),
        ("hospital-1", "2026Q1", "required", "person_id"): (1, 3),
        ("hospital-1", "2026Q1", "set_aside", ""): (1, 3),
        ("hospital-1", "2027Q1", "beyond", "start"): (1, 1),
        ("hospital-1", "2027Q1", "person", "person_id"): (1, 1),
        ("hospital-1", "2026Q1", "duplicate", ""): (1, 3),
    }


def test_a_key_that_repeats_is_found(engine):
    catalogue = load(GOOD).catalogue
    source = catalogue.sources["pro"]
    runs = engine_called(engine)
    columns = {key: sql_type(column) for key, column in source.columns.items()}
    keys = ["-31", "-5", "0", "26", "31", "31"]
    runs.fill(
        "pro", columns, [(key, "11", f"2026-01-{place + 1:02d}", "1") for place, key in enumerate(keys)]
    )
    subject = Subject(
        "pro",
        source,
        row_tests(source, Delivery("pro", {None: ()}, {}), {}, ingested=False),
        None,
        {},
        lambda _: Path("pro"),
    )
    (fault,) = check_rows(runs, subject, None).faults
    assert "2 rows whose key stands several times" in str(fault)
