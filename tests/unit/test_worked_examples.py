"""Worked examples in a catalogue: what they give, what is filled in, and what is said when one comes out otherwise."""

from pathlib import Path

import pytest
import yaml

from vbs_site.catalogue.example_rows import Filling
from vbs_site.catalogue.examples import ADDITIVE
from vbs_site.catalogue.loading import load
from vbs_site.measures.examples import _marks, example_faults
from vbs_site.measures.shape import STATISTICS

GOOD = Path(__file__).parents[1] / "bad_catalogues" / "good"
READMISSION = "| 1         | 2025-02-09 12:00 |                  | DJ44      | yes   |"


class Plain(yaml.SafeDumper):
    """Writes everything out."""

    def ignore_aliases(self, data):  # noqa: ARG002 - the dumper's own
        return True


@pytest.fixture
def home(tmp_path):
    """A folder with the good catalogue in it."""
    for each in GOOD.iterdir():
        (tmp_path / each.name).write_bytes(each.read_bytes())
    return tmp_path


def changed(home, old, new):
    path = home / "catalogue.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load(path)


def said(loaded, folder):
    return [str(fault).removeprefix(f"{folder}/") for fault in example_faults(loaded, folder / "examples")]


def with_measure(home, name, definition, **more):
    """Return the good catalogue with one more measure, and the examples of that one alone."""
    path = home / "catalogue.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8")) | more
    usual = data["indicators"]["readmission"]
    kept = ("title", "why", "areas", "dimension", "matters", "provenance", "review")
    for each in data["indicators"].values():
        each.pop("examples", None)
    data["indicators"][name] = {key: usual[key] for key in kept} | {"direction": "lower"} | definition
    path.write_text(yaml.dump(data, Dumper=Plain, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load(path)


def test_examples_that_are_right_are_not_spoken_of(home):
    assert said(load(home / "catalogue.yaml"), home) == []


def test_one_that_comes_out_otherwise_is_named_with_both_numbers(home):
    loaded = changed(home, READMISSION, READMISSION.replace("12:00", "12:01"))
    assert said(loaded, home) == [
        (
            "catalogue.yaml:96: indicators.readmission.examples.0: the example gives what is written. "
            "got: n 1, numerator 0. Written: n 1, numerator 1."
        )
    ]


def test_lines_by_unit_and_period_are_all_held_against_the_result(home):
    loaded = changed(home, "| H1   | 2025Q2 | 1 | 0         |", "| H1   | 2025Q1 | 1 | 0         |")
    (fault,) = said(loaded, home)
    assert "got: unit H1, period 2025Q2, n 1, numerator 0. Written: unit H1, period 2025Q1" in fault


def test_a_heading_alone_is_an_empty_result(home):
    loaded = changed(home, "          | H1   | 2025Q2 | 1 | 0         |\n", "")
    (fault,) = said(loaded, home)
    assert fault.endswith("Written: nothing.")


def test_what_was_right_is_run_again_when_its_definition_changes(home):
    assert said(load(home / "catalogue.yaml"), home) == []
    (fault,) = said(changed(home, "within: 30 days", "within: 29 days"), home)
    assert "indicators.readmission.examples.0" in fault
    (again,) = said(load(home / "catalogue.yaml"), home)
    assert again == fault


def test_what_was_right_is_run_again_when_a_code_set_changes(home):
    assert said(load(home / "catalogue.yaml"), home) == []
    (fault,) = said(changed(home, "codes: [DC]", "codes: [DJ]"), home)[:1]
    assert "indicators.readmission.examples" in fault


def test_what_was_right_and_has_not_changed_is_not_run_again(home):
    wrong = changed(home, "within: 30 days", "within: 29 days")
    (home / "examples").write_text("\n".join(mark for _, mark in _marks(wrong)), encoding="utf-8")
    assert said(wrong, home) == []


def test_a_machine_that_refuses_the_memory_runs_every_example(home):
    (home / "examples").mkdir()
    assert said(load(home / "catalogue.yaml"), home) == []
    (fault,) = said(changed(home, "within: 30 days", "within: 29 days"), home)
    assert "the example gives what is written" in fault


def test_a_number_too_large_to_add_up_is_said_without_a_traceback(home):
    loaded = changed(home, "| 5.25 |\n        then", f"| {'9' * 16} |\n        then")
    (fault,) = said(loaded, home)
    assert "indicators.cost.examples.0" in fault


def test_columns_that_a_table_does_not_write_are_filled_in(home):
    loaded = load(home / "catalogue.yaml")
    example = loaded.catalogue.indicators["readmission"].examples[1]
    rows = Filling.of(loaded.catalogue, loaded.organisations, "readmission").rows(example)
    assert rows["contacts"][1] == {
        "contact_id": "2",
        "person_id": "2",
        "hospital": "H1",
        "start": "2025-04-05 08:00",
        "end": "2025-04-10 12:00",
        "kind": "inpatient",
        "acute": "no",
        "diagnosis": "DJ44",
        "cost": "",
    }
    assert [dict(row) for row in rows["persons"]] == [
        {"person_id": number, "birth_date": "1950-01-01", "death_date": "", "sex": "K", "region": "1"}
        for number in ("1", "2")
    ]


def test_persons_that_are_given_are_the_register(home):
    loaded = changed(
        home,
        "        then: |\n          | unit | period | n | numerator |",
        "          persons: |\n            | person_id | death_date |\n            | 2         | 2025-04-10 |\n"
        "        then: |\n          | unit | period | n | numerator |",
    )
    (fault,) = said(loaded, home)
    assert "examples.1" in fault
    assert "got: nothing" in fault


def test_a_ratio_has_the_sums_of_its_halves(home):
    example = {
        "rule": {"da": "Summer", "en": "Sums"},
        "given": {"contacts": "| start | end | diagnosis |\n| 2025-01-05 08:00 | 2025-01-10 12:00 | DJ44 |"},
        "then": "| sum | expected | n |\n| 0 | 1 | 1 |",
    }
    half = {"indicator": "readmission", "statistic": "n"}
    ratio = {
        "kind": "ratio",
        "units": ["hospital"],
        "period": "quarter",
        "numerator": half | {"statistic": "numerator"},
        "denominator": half,
        "direction": "lower",
        "examples": [example],
    }
    assert said(with_measure(home, "readmissions-per-stay", ratio), home) == []


def test_an_example_of_a_derived_source_gives_rows_of_its_base(home):
    sources = yaml.safe_load((home / "catalogue.yaml").read_text(encoding="utf-8"))["sources"]
    sources["stays"] = {
        "title": {"da": "Ophold", "en": "Stays"},
        "rows": {"da": "ophold", "en": "stays"},
        "derive": {"chain": "contacts", "gap": "<= 4 hours", "take": {"hospital": "first", "kind": "first"}},
    }
    example = {
        "rule": {"da": "Ét ophold", "en": "One stay"},
        "given": {
            "contacts": "| person_id | start | end |\n| 1 | 2025-01-05 08:00 | 2025-01-05 12:00 |\n"
            "| 1 | 2025-01-05 16:00 | 2025-01-06 12:00 |\n| 1 | 2025-01-06 16:01 | 2025-01-06 17:00 |"
        },
        "then": "| n | numerator |\n| 2 | 2 |",
    }
    stays = {
        "kind": "proportion",
        "units": ["hospital"],
        "period": "quarter",
        "of": {"from": "stays"},
        "event": {"where": {"kind": "inpatient"}},
        "examples": [example, example],
    }
    assert said(with_measure(home, "stays", stays, sources=sources), home) == []


def test_the_statistics_of_an_example_are_those_of_the_results():
    assert set(ADDITIVE) == set(STATISTICS)
