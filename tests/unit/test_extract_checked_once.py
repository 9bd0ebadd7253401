"""What was checked once is not checked again, unless it or what is promised of it has changed."""

import json

from unit.deliveries import (
    CANARY,
    CONTACTS,
    REGION_1,
    SOURCES,
    faults_of,
    prepared,
    spoil,
    the_fault,
    written,
)


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
