"""A starting point passes every check at once, touches nothing that stands there, and is never written over anything."""

import datetime
from pathlib import Path

import pytest
import yaml
from commands import tree

from vbs_site.catalogue.loading import load
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.measures.meaning import meaning
from vbs_site.scaffolding.insertion import inserted
from vbs_site.scaffolding.starting import KINDS
from vbs_site.scaffolding.writing import new_area, new_indicator, new_practice
from vbs_site.site.content import content_faults

CATALOGUE = (Path(__file__).parent / "changes_catalogue.yaml").read_text(encoding="utf-8")
TODAY = datetime.date(2026, 11, 22)
LEAP_DAY = datetime.date(2024, 2, 29)


@pytest.fixture
def home(tmp_path):
    """A catalogue with a content folder in both languages."""
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "organisations.yaml").write_text("organisations: []\n", encoding="utf-8")
    for language in ("da", "en"):
        (tmp_path / "content" / language / "praksis").mkdir(parents=True)
    return tmp_path


def loaded(home):
    return load(home / "catalogue.yaml", today=TODAY)


def refused(call, *words):
    with pytest.raises(FaultError) as raised:
        call()
    assert raised.value.code == ExitCode.USAGE
    (fault,) = raised.value.diagnoses
    for each in words:
        assert each in str(fault)


@pytest.mark.parametrize("kind", KINDS)
def test_an_indicator_of_each_kind_passes_every_check_and_can_be_computed(kind, home):
    (written,) = new_indicator(loaded(home), "et-nyt-maal", "care", kind, TODAY)
    found = loaded(home)
    indicator = found.catalogue.indicators["et-nyt-maal"]
    assert (indicator.kind, indicator.areas, indicator.lifecycle.state) == (kind, ["care"], "draft")
    assert not found.warnings and indicator.review.next > TODAY
    assert indicator.title.keys() == {"da", "en"}
    assert meaning(found.catalogue, "et-nyt-maal", indicator.period, {}).measure
    lines = written.path.read_text(encoding="utf-8").splitlines()
    assert lines[written.line - 1].startswith("  et-nyt-maal:")
    keys = [line for line in lines[written.line - 1 :] if line.strip() and ":" in line.split("#")[0]]
    assert sum("#" in line for line in keys) >= 15


def test_what_stood_in_the_file_stays_byte_for_byte(home):
    path = home / "catalogue.yaml"
    for text in (
        CATALOGUE,
        CATALOGUE.rstrip("\n"),
        CATALOGUE.replace("\n", "\r\n"),
        CATALOGUE + "\n# the end\n",
    ):
        path.write_bytes(text.encode())
        (written,) = new_indicator(loaded(home), "et-nyt-maal", "care", "proportion", TODAY)
        after = path.read_bytes().decode()
        end = "\r\n" if "\r\n" in text else "\n"
        rows = after.split(end)
        start = written.line - 2
        stop = next(i for i in range(written.line, len(rows)) if not rows[i].startswith("    "))
        assert end.join([*rows[:start], *rows[stop:]]).rstrip() == text.rstrip()
        assert after.count("\r\n") == (after.count("\n") if end == "\r\n" else 0)


def test_an_indicator_goes_into_the_file_of_its_area_where_parts_are_included(home):
    head, tail = CATALOGUE.split("  care: {title", 1)
    path = home / "catalogue.yaml"
    path.write_text(
        f"include: [catalogue/*.yaml]\n{head}  care: {{title{tail}".replace(
            "areas:\n", "areas:\n  other: {title: {da: Andet, en: Other}}\n", 1
        ),
        encoding="utf-8",
    )
    (home / "catalogue").mkdir()
    part = home / "catalogue" / "other.yaml"
    part.write_text(
        "# mine\ncodesets:\n  own: {system: icd10, codes: [A], title: {da: A, en: A}, source: me}\n",
        encoding="utf-8",
    )
    main = path.read_bytes()
    for name in ("first-one", "second-one"):
        (written,) = new_indicator(loaded(home), name, "other", "mean", TODAY)
        assert written.path == part and path.read_bytes() == main
    assert part.read_text(encoding="utf-8").startswith("# mine\ncodesets:\n  own: {")
    (fresh,) = new_indicator(loaded(home), "third-one", "care", "mean", TODAY)
    assert fresh.path == home / "catalogue" / "care.yaml"
    assert fresh.path.read_text(encoding="utf-8").startswith("# ")
    assert {"first-one", "second-one", "third-one"} <= loaded(home).catalogue.indicators.keys()


def test_a_section_is_found_wherever_it_stands():
    text = "a:\n    one: 1\n\n# about b\nb:\n  two: 2\n"
    assert inserted(text, "a", ["new: 0"]).text == "a:\n    one: 1\n\n    new: 0\n\n# about b\nb:\n  two: 2\n"
    assert inserted(text, "c", ["new: 0"]).text == text + "\nc:\n  new: 0\n"
    assert inserted("a: {one: 1}\n", "a", ["new: 0"]) is None
    assert inserted("{a: {one: 1}}\n", "b", ["new: 0"]) is None
    assert inserted("", "a", ["new: 0"]).text == "a:\n  new: 0\n"


@pytest.mark.parametrize("section", ["a", "b", "c"])
def test_a_file_that_closes_its_document_is_added_to_before_it_closes(section):
    text = "a:\n  one: 1\nb:\n  two: 2\n# the end\n...\n"
    found = inserted(text, section, ["new: 0"])
    assert yaml.safe_load(found.text) == {
        "a": {"one": 1},
        "b": {"two": 2},
        section: {**yaml.safe_load(text).get(section, {}), "new": 0},
    }
    assert found.text.splitlines()[found.line - 1] == "  new: 0" and found.text.endswith("\n...\n")


def test_an_id_in_use_or_used_before_is_refused_and_nothing_is_written(home):
    path = home / "catalogue.yaml"
    text = CATALOGUE.replace("  cost:\n", "  cost:\n    aliases: [price]\n", 1)
    path.write_text(text, encoding="utf-8")
    before = tree(home)
    found = loaded(home)
    for name, words in (
        ("cost", "'cost'"),
        ("price", "a former id of cost"),
        ("Ny_Ting", "lower-case words"),
    ):
        refused(lambda name=name: new_indicator(found, name, "care", "mean", TODAY), words)
    refused(lambda: new_indicator(found, "new-one", "caree", "mean", TODAY), "the area exists", "'care'")
    refused(lambda: new_area(found, home / "content", "care"), "not in use")
    refused(lambda: new_practice(found, home / "content", "new-one", "caree", TODAY), "the area exists")
    assert tree(home) == before


@pytest.mark.parametrize(("name", "sort"), [("no", "bool"), ("2026-13-45", "timestamp"), ("12", "int")])
def test_an_id_that_yaml_does_not_read_as_text_is_refused_and_nothing_is_written(name, sort, home):
    before, found = tree(home), loaded(home)
    said = ("an id is read as text", f"'{name}'", f"of type {sort}")
    refused(lambda: new_indicator(found, name, "care", "mean", TODAY), *said)
    refused(lambda: new_area(found, home / "content", name), *said)
    refused(lambda: new_practice(found, home / "content", name, "care", TODAY), *said)
    assert tree(home) == before


def test_a_kind_that_no_source_offers_is_refused_and_nothing_is_written(home):
    path = home / "catalogue.yaml"
    head, tail = CATALOGUE.split("instruments:\n", 1)
    start, end = CATALOGUE.index("  hip-score:\n"), CATALOGUE.index("  response:\n")
    text = (head + "units:\n" + tail.split("units:\n", 1)[1]).replace(CATALOGUE[start:end], "")
    path.write_text(text, encoding="utf-8")
    found = loaded(home)
    refused(lambda: new_indicator(found, "new-one", "care", "change", TODAY), "no source that fits")
    assert path.read_text(encoding="utf-8") == text


def test_an_area_has_a_title_and_a_page_in_each_language(home):
    written = new_area(loaded(home), home / "content", "ny-retning")
    assert [each.path.relative_to(home).as_posix() for each in written] == [
        "catalogue.yaml",
        "content/da/omraade/ny-retning.md",
        "content/en/omraade/ny-retning.md",
    ]
    found = loaded(home)
    assert found.catalogue.areas["ny-retning"].title == {"da": "Ny retning", "en": "Ny retning"}
    assert content_faults(home / "content", found.catalogue, found.organisations) == []
    (line,) = new_indicator(found, "en-ny-ting", "ny-retning", "proportion", TODAY)
    assert line.path == home / "catalogue.yaml"


def test_a_practice_has_a_page_in_each_language_and_is_never_written_over(home):
    found = loaded(home)
    new_practice(found, home / "content", "ny-praksis", "care", TODAY)
    assert content_faults(home / "content", found.catalogue, found.organisations) == []
    before = tree(home)
    with pytest.raises(FaultError) as raised:
        new_practice(found, home / "content", "ny-praksis", "care", TODAY)
    assert [each.rule for each in raised.value.diagnoses] == ["a page is never written over"] * 2
    assert tree(home) == before


def test_a_start_on_a_leap_day_has_its_review_the_year_after(home):
    new_indicator(loaded(home), "paa-skuddag", "care", "mean", LEAP_DAY)
    review = load(home / "catalogue.yaml").catalogue.indicators["paa-skuddag"].review
    assert (review.last, review.next) == (LEAP_DAY, datetime.date(2025, 2, 1))
