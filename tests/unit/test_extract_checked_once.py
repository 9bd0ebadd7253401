"""What was checked once is not checked again, unless it or what is promised of it has changed."""

import json

import pytest
from commands import change
from unit.deliveries import (
    CANARY,
    CONTACTS,
    GOOD,
    REGION_1,
    SOURCES,
    faults_of,
    prepared,
    spoil,
    the_fault,
    written,
)

TITLE = "title: {da: Kontakter, en: Contacts}"
PROMISE = "cost: {type: decimal, nullable: true, min: 0}"
SAID = {
    "a policy of the source": (TITLE, f"{TITLE}\n    disclosure: {{threshold: 10}}"),
    "a policy of the catalogue": ("persons: {source", "disclosure: {threshold: 10}\npersons: {source"),
    "what the source is called": (TITLE, "title: {da: Besøg, en: Visits}"),
    "what its rows are called": ("rows: {da: kontakter, en: contacts}", "rows: {da: besøg, en: visits}"),
    "who delivers it": (TITLE, f"{TITLE}\n    owner: {{da: os, en: us}}"),
    "what a column is called": (PROMISE, PROMISE.replace("}", ", title: {da: pris, en: price}}")),
    "what a column is counted in": (PROMISE, PROMISE.replace("}", ", unit: DKK}")),
}
"""Change to the catalogue that says nothing of the rows, as the words before and after it."""
PROMISED = {
    "a bound": (PROMISE, PROMISE.replace("min: 0", "min: -1")),
    "a listed value": ("[inpatient, outpatient, virtual]", "[inpatient, outpatient, virtual, home]"),
    "what may be missing": ("acute: boolean", "acute: {type: boolean, nullable: true}"),
    "digits": (PROMISE, PROMISE.replace("}", ", scale: 3}")),
    "a type": ("hospital: text\n", "hospital: {type: category, values: [H1, CANARY-1234]}\n"),
    "what a fault leads to": (TITLE, f"{TITLE}\n    checks: {{code: set_aside}}"),
    "how far counts may differ": (TITLE, f"{TITLE}\n    sudden_change_share: 0.5"),
}
"""Change to what is promised of contacts."""


@pytest.fixture
def catalogue(tmp_path):
    """A catalogue that a test may change."""
    for each in GOOD.parent.iterdir():
        (tmp_path / each.name).write_bytes(each.read_bytes())
    return tmp_path / GOOD.name


def notes(folder):
    """Return the name and time of every note that a check left."""
    return {path.name: path.stat().st_mtime_ns for path in (folder.parent / "cache").glob("checked-*.json")}


def test_an_unchanged_file_is_not_checked_twice(folder):
    first = prepared(folder)
    before = notes(folder)
    assert len(before) == len(SOURCES)
    again = prepared(folder)
    assert notes(folder) == before
    assert (again.quality, again.sha256, again.relations) == (first.quality, first.sha256, first.relations)


def test_the_note_of_the_first_check_is_what_the_second_run_goes_by(folder):
    prepared(folder)
    (path,) = (folder.parent / "cache").glob("checked-returns-*.json")
    note = json.loads(path.read_text(encoding="utf-8"))
    note["quality"][0][-2:] = [77, 77]
    path.write_text(json.dumps(note), encoding="utf-8")
    assert 77 in [each.count for each in prepared(folder).quality]


def test_a_changed_file_is_checked_again(folder):
    prepared(folder)
    spoil(folder, REGION_1, kind=("VARCHAR", [CANARY] * 3))
    the_fault(folder, "contacts.kind")
    written(folder / REGION_1, CONTACTS)
    assert prepared(folder).relations.keys() == SOURCES


def test_a_file_with_faults_is_refused_every_time(folder):
    spoil(folder, REGION_1, kind=("VARCHAR", [CANARY] * 3))
    assert the_fault(folder, "contacts.kind") == the_fault(folder, "contacts.kind")


def test_a_new_promise_of_completeness_is_held_against_old_files(folder):
    prepared(folder)
    (folder / "deliveries.yaml").write_text("complete_until: {contacts: 2026-01-06}")
    assert len(faults_of(folder)) == 2


@pytest.mark.parametrize("what", SAID)
def test_nothing_is_checked_again_for_a_policy_or_for_words(folder, catalogue, what):
    first, before = prepared(folder, catalogue=catalogue), notes(folder)
    change(catalogue, *SAID[what])
    again = prepared(folder, catalogue=catalogue)
    assert notes(folder) == before
    assert (again.quality, again.sha256, again.relations) == (first.quality, first.sha256, first.relations)


@pytest.mark.parametrize("what", PROMISED)
def test_a_delivery_is_checked_again_when_its_contract_has_changed(folder, catalogue, what):
    prepared(folder, catalogue=catalogue)
    before = notes(folder)
    change(catalogue, *PROMISED[what])
    prepared(folder, catalogue=catalogue)
    assert {name.split("-")[1] for name in notes(folder).keys() - before.keys()} == {"contacts"}
