"""Files with patient rows are their owner's alone, and copies go with the files that they were made of."""

import os
import sys

import pytest

from vbs_site.engines.private_files import mark_confidential, private_folder, write_private
from vbs_site.extracts.copies import copies, copy_of, note_copy, remove_stale

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are a Unix matter")


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request):
    """What the machine takes away from the modes of new files."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path):
    return oct(path.stat().st_mode & 0o777)


@pytest.mark.usefixtures("umask")
def test_folders_and_files_are_closed_to_others_under_every_umask(tmp_path):
    private_folder(tmp_path / "cache" / "kept")
    write_private(tmp_path / "cache" / "note.json", "{}\n")
    assert (mode(tmp_path / "cache" / "kept"), mode(tmp_path / "cache")) == ("0o700", "0o700")
    assert mode(tmp_path / "cache" / "note.json") == "0o600"


def test_what_was_open_before_is_closed(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    (folder / "note.json").write_text("old", encoding="utf-8")
    (folder / "note.json").chmod(0o666)
    mark_confidential(folder)
    write_private(folder / "note.json", "new")
    assert (mode(folder), mode(folder / "note.json")) == ("0o700", "0o600")
    assert (folder / ".gitignore").read_text(encoding="utf-8").endswith("\n*\n")
    assert (
        (folder / "CACHEDIR.TAG")
        .read_text(encoding="utf-8")
        .startswith("Signature: 8a477f597d28d172789f06886806bc55")
    )


def copied(path, cache, words="contract"):
    copy = copy_of(path, "contacts", words, cache)
    copy.parent.mkdir(exist_ok=True)
    note_copy(path, copy)
    copy.write_bytes(b"rows")
    return copy


@pytest.fixture
def delivered(tmp_path):
    paths = [tmp_path / f"region-{number}.csv" for number in (1, 2)]
    for path in paths:
        path.write_text("id\n1\n", encoding="utf-8")
    return paths


def test_copies_of_files_as_they_are_stay(delivered, tmp_path):
    made = sorted(copied(path, tmp_path / "cache") for path in delivered)
    (tmp_path / "cache" / "derived-stays-0123456789abcdef0123.parquet").write_bytes(b"rows")
    remove_stale(tmp_path / "cache")
    assert copies(tmp_path / "cache") == made
    assert len(list((tmp_path / "cache").iterdir())) == 5


def test_the_copy_of_a_file_that_is_gone_or_has_changed_goes(delivered, tmp_path):
    first, second = (copied(path, tmp_path / "cache") for path in delivered)
    delivered[0].write_text("id\n1\n2\n", encoding="utf-8")
    remove_stale(tmp_path / "cache")
    assert copies(tmp_path / "cache") == [second]
    again = copied(delivered[0], tmp_path / "cache")
    assert again != first
    delivered[1].unlink()
    remove_stale(tmp_path / "cache")
    assert copies(tmp_path / "cache") == [again]
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_copy_by_another_contract_takes_the_place_of_the_first(delivered, tmp_path):
    first = copied(delivered[0], tmp_path / "cache")
    other = copied(delivered[1], tmp_path / "cache")
    second = copied(delivered[0], tmp_path / "cache", "another contract")
    assert copies(tmp_path / "cache") == sorted([other, second])
    assert not first.exists()


@pytest.mark.parametrize("note", [None, "", "[]", '{"delivered": 1'])
def test_a_copy_of_which_nobody_knows_what_it_stands_for_goes(delivered, tmp_path, note):
    copy = copied(delivered[0], tmp_path / "cache")
    copy.with_suffix(".json").unlink()
    if note is not None:
        copy.with_suffix(".json").write_text(note, encoding="utf-8")
    remove_stale(tmp_path / "cache")
    assert copies(tmp_path / "cache") == []
