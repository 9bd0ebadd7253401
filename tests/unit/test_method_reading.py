"""Topic files of the method: what is wrong in one is named by file, line and rule."""

import shutil

import pytest

from vbs_site.diagnostics import FaultError
from vbs_site.method.reading import HERE, merged, read_method


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(HERE, tmp_path / "method")


def every_run(folder):
    method = read_method(folder)
    return [run for topic in method.topics for run in method.runs(topic)]


def faults(folder, name, written, instead):
    path = folder / "topics" / name
    text = path.read_text(encoding="utf-8")
    assert written in text
    path.write_text(text.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(FaultError) as raised:
        every_run(folder)
    return [str(each).replace(f"{folder}/", "") for each in raised.value.diagnoses]


@pytest.mark.parametrize(
    ("written", "instead", "rule"),
    [
        ("    measure: response\n", "    mesure: response\n", "unknown key. got: 'mesure'. Did you mean 'measure'?"),
        ("    measure: response\n", "    measure: respons\n", "a measure of this topic. got: respons. Did you mean 'response'?"),
        ("      records: |\n", "      record: |\n", "a source that exists. got: record. Did you mean 'records'?"),
        ("| sent | returned |", "| send | returned |", "a column of the source. got: send. Did you mean 'sent'?"),
        ("| 100  | 80       |", "| 100  |", "each row of a table has 2 cells; row 1 has 1"),
        ("| 100  | 80       |", "| {sent} | 80    |", "a word to fill in is a column of cases. got: {sent}"),
        ("id: nothing-delivered-is-zero-and-missing", "id: both-parts-are-added-up", "an id stands once in a topic"),
        ("    then: |\n      | unit | period |", "    before: |\n      | unit | period |", "unknown key. got: 'before'"),
        ("title: {da: Andel af leverede antal, en:", "title: {en:", "a text of the method is written in da and en"),
        ("denominator: sent", "denominator: send", "Did you mean 'sent'?"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_file_line_and_rule(folder, written, instead, rule):
    found = faults(folder, "share-of-sum.yaml", written, instead)
    assert any(line.startswith("topics/share-of-sum.yaml:") and rule in line for line in found), found


def test_a_fault_in_what_an_example_changes_stands_at_its_line(folder):
    (line,) = faults(folder, "mean.yaml", "with: {period: year,", "with: {period: yeer,")
    text = (folder / "topics" / "mean.yaml").read_text(encoding="utf-8").splitlines()
    place = next(number for number, each in enumerate(text, start=1) if "yeer" in each)
    assert line.startswith(f"topics/mean.yaml:{place}: ")
    assert "got: 'yeer'. Did you mean 'year'?" in line


def test_a_topic_that_no_page_order_names_is_a_fault(folder):
    shutil.copy(folder / "topics" / "rate.yaml", folder / "topics" / "rate-again.yaml")
    with pytest.raises(FaultError, match="topics lists each file in the folder topics once"):
        read_method(folder)


def test_a_patch_merges_mappings_removes_nulls_and_replaces_the_rest():
    value = {"a": {"b": 1, "c": 2}, "d": [1, 2], "e": 3}
    assert merged(value, {"a": {"b": None, "x": 9}, "d": [3], "e": None}) == {"a": {"c": 2, "x": 9}, "d": [3]}
    assert value == {"a": {"b": 1, "c": 2}, "d": [1, 2], "e": 3}
