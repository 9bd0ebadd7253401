"""What each kind of fault leads to: the delivery refused, the row set aside, or the row used; always counted."""

from functools import partial

import duckdb
import pytest
import yaml
from unit.deliveries import CONTACTS, GOOD, PERSONS, PRO, RETURNS, ids, rows_of, written

from vbs_site.catalogue.loading import load
from vbs_site.diagnostics import FaultError
from vbs_site.engines.duckdb_engine import connect
from vbs_site.extracts.deliveries import find_deliveries
from vbs_site.extracts.prepare import prepare

OWN = {
    "required": {"acute": ("BOOLEAN", [True, None, False])},
    "range": {"cost": ("DECIMAL(18,2)", ["10.50", "-1", None])},
    "category": {"kind": ("VARCHAR", ["inpatient", "other", "virtual"])},
    "code": {"diagnosis": ("VARCHAR", ["DJ44", "44.1", None])},
    "order": {"end": ("TIMESTAMP", ["2026-01-06 08:00", "2026-01-01 08:00", None])},
    "beyond": {
        "start": ("TIMESTAMP", ["2026-01-05 08:00", "2027-01-01 00:00", "2026-01-07 08:00"]),
        "end": None,
    },
    "unit": {"hospital": ("VARCHAR", ["H1", "H9", "H2"])},
}
"""Fault to columns of three contacts, of which the second has it and no other."""
BETWEEN = {
    "key": {"contact_id": ("BIGINT", [1, 1, 3])},
    "duplicate": {
        name: (kind, [values[0], values[0], values[2]])
        for name, (kind, values) in CONTACTS.items()
        if name != "contact_id"
    },
    "person": {"person_id": ("BIGINT", [11, 99, 12])},
}
FAULTLESS = CONTACTS | {
    "hospital": ("VARCHAR", ["H1", "H1", "H2"]),
    "diagnosis": ("VARCHAR", ["DJ44", None, "DJ44"]),
    "person_id": ("BIGINT", [11, 12, 12]),
}


@pytest.fixture
def deliver(tmp_path):
    """Return a function that prepares deliveries under a catalogue with changes to its sources."""

    def run(
        table=None, *, changes=None, texts=None, until="2027-01-01", used=("contacts", "persons"), tables=None
    ):
        raw = yaml.safe_load(GOOD.read_text(encoding="utf-8"))
        for source, change in (changes or {}).items():
            columns = change.get("columns", {})
            raw["sources"][source] |= {key: value for key, value in change.items() if key != "columns"}
            raw["sources"][source]["columns"] |= columns
        (tmp_path / "catalogue.yaml").write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
        (tmp_path / "organisations.yaml").write_bytes((GOOD.parent / "organisations.yaml").read_bytes())
        folder = tmp_path / "extracts"
        written(folder / "persons.parquet", PERSONS)
        if table is not None:
            written(folder / "contacts" / "region-1.parquet", table)
        for name, each in (tables or {}).items():
            written(folder / name, each)
        for name, text in (texts or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "deliveries.yaml").write_text(f"complete_until: {{contacts: {until}, pro: {until}}}")
        loaded = load(tmp_path / "catalogue.yaml")
        found = find_deliveries(loaded.catalogue, loaded.organisations, folder, set(used))
        engine = partial(connect, 256, tmp_path / "spill", 1)
        return prepare(
            loaded.catalogue, loaded.organisations, found, tmp_path / "cache", engine, lambda _: None
        )

    return run


def counts(found, source="contacts"):
    """Return check to rows found, over all units and periods."""
    sums = {}
    for each in found.quality:
        if each.source == source:
            sums[each.check] = sums.get(each.check, 0) + each.count
    return sums


def with_fault(check):
    return FAULTLESS | {
        name: value or (CONTACTS[name][0], [None] * 3) for name, value in (OWN | BETWEEN)[check].items()
    }


@pytest.mark.parametrize("check", [*OWN, *BETWEEN])
def test_a_fault_that_refuses_stops_the_build(deliver, check):
    with pytest.raises(FaultError) as raised:
        deliver(with_fault(check), changes={"contacts": {"checks": {check: "refuse"}}})
    assert len(raised.value.diagnoses) == 1


@pytest.mark.parametrize("check", OWN)
def test_a_row_that_is_set_aside_is_counted_and_not_used(deliver, check):
    found = deliver(with_fault(check), changes={"contacts": {"checks": {check: "set_aside"}}})
    assert (counts(found)[check], counts(found)["set_aside"], counts(found)["rows"]) == (1, 1, 3)
    assert sorted(rows_of(found, "contacts", "contact_id")) == [(1,), (3,)]


@pytest.mark.parametrize("check", [*OWN.keys() - {"required"}, *BETWEEN])
def test_a_row_that_is_reported_is_counted_and_used(deliver, check):
    found = deliver(with_fault(check), changes={"contacts": {"checks": {check: "report"}}})
    assert counts(found)[check] == (2 if check == "key" else 1)
    assert "set_aside" not in counts(found)
    assert len(rows_of(found, "contacts")) == 3


def test_a_delivery_without_a_fault_has_none(deliver):
    assert counts(deliver(FAULTLESS)).keys() == {"rows", "missing"}


def test_counts_stand_with_their_unit_and_quarter(deliver):
    table = with_fault("range") | {
        "start": ("TIMESTAMP", ["2026-01-05 08:00", "2026-05-05 08:00", "2026-01-07 08:00"]),
        "end": ("TIMESTAMP", [None] * 3),
    }
    found = deliver(table, changes={"contacts": {"checks": {"range": "report"}}})
    (fault,) = [each for each in found.quality if each.check == "range"]
    assert (fault.deliverer, fault.unit, fault.period, fault.column) == (
        "region-1",
        "hospital-1",
        "2026Q2",
        "cost",
    )
    assert (fault.count, fault.of) == (1, 1)


@pytest.mark.parametrize(
    ("answer", "nullable", "used"),
    [("set_aside", False, [(100,)]), ("set_aside", True, [(100,)]), ("report", True, [(100,), (None,)])],
)
def test_a_value_of_another_type_in_a_text_file(deliver, answer, nullable, used):
    text = "hospital,year,sent,returned\nH1,2025,100,80\nH2,2025,x,40\n"
    change = {"checks": {"type": answer}, "columns": {"sent": {"type": "integer", "nullable": nullable}}}
    found = deliver(changes={"returns": change}, texts={"returns.csv": text}, used=("returns",))
    assert counts(found, "returns")["type"] == 1
    assert sorted(rows_of(found, "returns", "sent"), key=str) == used


def test_a_value_that_is_missing_since_it_could_not_be_read_is_still_needed(deliver):
    text = "hospital,year,sent,returned\nH1,2025,100,80\nH2,2025,x,40\n"
    with pytest.raises(FaultError) as raised:
        deliver(
            changes={"returns": {"checks": {"type": "report"}}},
            texts={"returns.csv": text},
            used=("returns",),
        )
    assert "returns.sent: every row has a value" in str(raised.value.diagnoses[0])


def test_a_person_whose_row_is_set_aside_is_not_known(deliver):
    persons = PERSONS | {"sex": ("VARCHAR", ["K", "X"])}
    found = deliver(
        FAULTLESS,
        changes={"persons": {"checks": {"category": "set_aside"}}},
        tables={"persons.parquet": persons},
    )
    assert rows_of(found, "persons", "person_id") == [(11,)]
    assert counts(found)["person"] == 2


# --- against what was delivered before ------------------------------------------------------------------------------


def contacts_of(months):
    """Return a table with this many contacts in each month of 2025, all at one hospital."""
    starts = [f"2025-{month:02d}-10 08:00" for month, count in months.items() for _ in range(count)]
    rows = len(starts)
    return {name: (kind, [values[0]] * rows) for name, (kind, values) in FAULTLESS.items()} | {
        "contact_id": ("BIGINT", list(range(rows))),
        "start": ("TIMESTAMP", starts),
        "end": ("TIMESTAMP", [None] * rows),
    }


def of_check(found, check):
    return {(each.period, each.column): each.count for each in found.quality if each.check == check}


def test_rows_that_come_after_their_period_was_complete_are_late(deliver):
    first = deliver(contacts_of({1: 30, 4: 30}), until="2025-07-01")
    assert of_check(first, "late") == of_check(first, "sudden_change") == {}
    second = deliver(contacts_of({1: 33, 4: 30, 7: 30}), until="2025-10-01")
    assert of_check(second, "late") == {("2025Q1", ""): 3}
    assert deliver(contacts_of({1: 33, 4: 30, 7: 30}), until="2025-10-01").quality == second.quality


def test_a_period_that_was_not_complete_has_no_late_rows(deliver):
    deliver(contacts_of({1: 30, 4: 10}), until="2025-05-01")
    assert of_check(deliver(contacts_of({1: 30, 4: 30}), until="2025-07-01"), "late") == {}


def test_rows_that_vanish_are_a_sudden_change(deliver):
    deliver(contacts_of({1: 50, 4: 50}), until="2025-07-01")
    second = deliver(contacts_of({4: 50}), until="2025-07-01")
    assert of_check(second, "sudden_change") == {("2025Q1", "delivery"): 50}


@pytest.mark.parametrize(("rows", "sudden"), [(60, False), (61, True), (40, False), (39, True)])
def test_a_change_is_sudden_beyond_its_share(deliver, rows, sudden):
    deliver(contacts_of({1: 50}), until="2025-04-01")
    second = deliver(contacts_of({1: rows}), until="2025-04-01")
    assert bool(of_check(second, "sudden_change")) == sudden


def test_few_rows_are_never_a_sudden_change(deliver):
    deliver(contacts_of({1: 9}), until="2025-04-01")
    assert of_check(deliver(contacts_of({1: 18}), until="2025-04-01"), "sudden_change") == {}


def test_the_newest_period_is_held_against_the_four_before_it(deliver):
    whole_year = contacts_of({1: 50, 4: 50, 7: 50, 10: 50})
    starts = [*whole_year["start"][1], *["2026-01-10 08:00"] * 20]
    table = {name: (kind, [*values, *[values[0]] * 20]) for name, (kind, values) in whole_year.items()}
    table |= {"start": ("TIMESTAMP", starts), "contact_id": ("BIGINT", list(range(220)))}
    found = deliver(table, until="2026-04-01")
    assert of_check(found, "sudden_change") == {("2026Q1", "periods"): 30}


def test_a_sudden_change_can_refuse_the_delivery_and_is_not_remembered(deliver):
    refuse = {"contacts": {"checks": {"sudden_change": "refuse"}}}
    deliver(contacts_of({1: 50}), until="2025-04-01", changes=refuse)
    for _ in range(2):
        with pytest.raises(FaultError) as raised:
            deliver(contacts_of({1: 80}), until="2025-04-01", changes=refuse)
        assert "differ by at most 20% from before. got: 1 counts" in str(raised.value.diagnoses[0])
    assert deliver(contacts_of({1: 55}), until="2025-04-01", changes=refuse)


# --- persons whose id is text ---------------------------------------------------------------------------------------

TEXT_IDS = {source: {"columns": {"person_id": "text"}} for source in ("contacts", "persons", "pro")}


def named(table, names):
    return table | {"person_id": ("VARCHAR", names)}


def test_text_person_ids_become_the_same_numbers_in_every_source_and_region(deliver):
    found = deliver(
        named(FAULTLESS, ["Ida", "Bo", "Bo"]),
        changes=TEXT_IDS,
        tables={
            "contacts/region-2.parquet": named(ids(FAULTLESS, "contact_id", [4, 5, 6]), ["Bo", "Ida", "Ib"]),
            "persons.parquet": named(PERSONS, ["Ida", "Bo"]),
            "pro.parquet": named(PRO, ["Bo", "Åse"]),
        },
        used=("contacts", "persons", "pro"),
    )
    numbers = dict(zip(["Ida", "Bo"], (n for (n,) in rows_of(found, "persons", "person_id")), strict=True))
    assert all(isinstance(number, int) for number in numbers.values())
    assert len(set(numbers.values())) == 2
    of_contacts = dict(rows_of(found, "contacts", "contact_id, person_id"))
    assert [of_contacts[i] for i in (1, 2, 3, 4, 5)] == [
        numbers[each] for each in ("Ida", "Bo", "Bo", "Bo", "Ida")
    ]
    assert of_contacts[6] not in numbers.values()
    assert rows_of(found, "pro", "person_id")[0] == (numbers["Bo"],)
    assert (counts(found)["person"], counts(found, "pro")["person"]) == (1, 1)


def test_numbers_of_persons_stay_when_new_persons_come(deliver):
    persons = named(PERSONS, ["Ida", "Bo"])
    first = deliver(changes=TEXT_IDS, tables={"persons.parquet": persons}, used=("persons",))
    before = rows_of(first, "persons", "birth_date, person_id")
    more = {name: (kind, [*values, values[0]]) for name, (kind, values) in PERSONS.items()}
    second = deliver(
        changes=TEXT_IDS, tables={"persons.parquet": named(more, ["Ida", "Bo", "Anna"])}, used=("persons",)
    )
    assert rows_of(second, "persons", "birth_date, person_id")[:2] == before


def test_a_lost_dictionary_makes_everything_be_ingested_anew(deliver, tmp_path):
    tables = {"persons.parquet": named(PERSONS, ["Ida", "Bo"]), "pro.parquet": named(PRO, ["Bo", "Ida"])}
    deliver(changes=TEXT_IDS, tables=tables, used=("persons", "pro"))
    (folder,) = (tmp_path / "cache").glob("person-ids-*")
    for part in folder.iterdir():
        part.unlink()
    folder.rmdir()
    found = deliver(
        changes=TEXT_IDS, tables=tables | {"pro.parquet": named(PRO, ["Bo", "Ib"])}, used=("persons", "pro")
    )
    assert rows_of(found, "pro", "person_id")[0] == rows_of(found, "persons", "person_id")[1]


def test_ingested_rows_keep_their_order_and_hold_no_text_id(deliver, tmp_path):
    rows = "".join(f"{i},P{i % 977:07d},2026-01-{i % 28 + 1:02d},{i % 48}\n" for i in range(300_000))
    found = deliver(
        changes=TEXT_IDS | {"pro": TEXT_IDS["pro"] | {"files": "pro.csv", "checks": {"person": "report"}}},
        tables={"persons.parquet": named(PERSONS, ["P0000001", "P0000002"])},
        texts={"pro.csv": f"answer_id,person_id,date,score\n{rows}"},
        used=("persons", "pro"),
    )
    (path,) = [part.path for part in found.relations["pro"].parts]
    with duckdb.connect() as connection:
        query = f"SELECT count(*), sum(CAST(answer_id = file_row_number AS INT)), count(DISTINCT person_id) FROM read_parquet('{path}', file_row_number = true)"
        assert connection.execute(query).fetchone() == (300_000, 300_000, 977)
    assert b"P0000100" not in path.read_bytes()
    assert list((tmp_path / "cache").glob(".spill-*")) == []


def test_a_text_file_of_returns_is_read_as_before(deliver):
    found = deliver(texts={"returns.csv": RETURNS}, used=("returns",))
    assert rows_of(found, "returns", "year, sent") == [(2025, 100), (2025, 50)]
