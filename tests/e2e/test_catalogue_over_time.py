"""A catalogue over time, as its keepers meet it: what changed, what is new, what is retired, where old addresses lead."""

import json
import shutil
from pathlib import Path

import pytest
from commands import change, run_build, tree, write_mini

RETIRED = """\
    lifecycle: {state: retired, since: 2026-01-01, successor: andel-gode, reason: {da: "Målet var for upræcist."}}
    aliases: [helt-gamle]
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A small project that has been released, with one indicator retired and a former id."""
    folder = write_mini(tmp_path_factory.mktemp("over-time") / "mini")
    path = folder / "indicators.yaml"
    text = path.read_text(encoding="utf-8")
    block = text[text.index("  andel-gode:\n") :]
    retired = block.replace("andel-gode:", "andel-gamle:").replace("Andel gode", "Andel gamle") + RETIRED
    path.write_text(f"{text}    aliases: [gode-besoeg]\n{retired}", encoding="utf-8")
    practice = folder / "content" / "da" / "praksis" / "en-praksis.md"
    change(practice, "[andel-gode]", "[andel-gode, andel-gamle]")
    done = run_build("--catalogue", path)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def mini(released, tmp_path):
    """The released project, which a test may spoil."""
    return Path(shutil.copytree(released, tmp_path / "mini"))


def test_a_retired_indicator_has_a_page_with_its_reason_and_no_figure(released):
    results = (released / "data" / "releases" / "2025Q4" / "results.csv").read_text(encoding="utf-8")
    assert ",andel-gode," in results and "andel-gamle" not in results
    site = released / "site" / "2025Q4"
    page = (site / "indikator" / "andel-gamle" / "index.html").read_text(encoding="utf-8")
    for words in (
        "Udgået 1. januar 2026",
        "Målet var for upræcist.",
        "../../indikator/andel-gode/",
        "Hvem tæller med",
    ):
        assert words in page
    assert not (site / "indikator" / "andel-gamle" / "results.csv").exists()
    assert "indikator/andel-gamle/" not in (site / "indikator" / "index.html").read_text(encoding="utf-8")
    assert "indikator/andel-gamle/" in (site / "search" / "search_index.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(("alias", "name"), [("gode-besoeg", "andel-gode"), ("helt-gamle", "andel-gamle")])
def test_a_former_id_leads_to_the_page_and_so_does_its_address_under_latest(alias, name, released):
    page = (released / "site" / "2025Q4" / "indikator" / alias / "index.html").read_text(encoding="utf-8")
    assert f'content="0; url=../{name}/"' in page
    latest = released / "site" / "latest" / "indikator" / alias / "index.html"
    assert f"2025Q4/indikator/{alias}/" in latest.read_text(encoding="utf-8")


def test_a_release_is_compared_with_the_catalogue_and_the_exit_code_tells(mini):
    path, release = mini / "indicators.yaml", mini / "data" / "releases" / "2025Q4"

    def diff(*more):
        return run_build("--catalogue", path, "diff", release, *more)

    same = diff()
    assert (same.returncode, same.stderr) == (0, "")
    assert "Intet er ændret." in same.stdout and "Nothing has changed." in same.stdout
    change(path, "title: {da: Andel gode besøg}", "title: {da: Andelen af gode besøg}")
    low = diff()
    assert low.returncode == 21
    assert low.stderr.count("\n") == 1 and "got: 1.0.0 after 1.0.0. Write 1.0.1." in low.stderr
    change(path, "version: 1.0.0", "version: 1.0.1")
    assert diff().returncode == 0
    change(path, "event: {where: {good: true}}", "event: {where: {good: false}}")
    change(path, "version: 1.0.1", "version: 2.0.0")
    broken = diff(path, "--format", "json")
    assert (broken.returncode, broken.stderr) == (20, "")
    found = json.loads(broken.stdout)
    assert found["classification"] == "breaking" and found["version"]["raised_enough"]
    assert [each["id"] for each in found["changes"] if each["breaks_series"]] == ["andel-gode"]
    change(path, "lifecycle: {state: retired, since", "lifecycle: {since")
    again = diff()
    assert again.returncode == 10 and "a retired id stays retired" in again.stderr


def test_what_cannot_be_compared_is_said_in_one_line(mini):
    done = run_build("--catalogue", mini / "indicators.yaml", "diff", mini / "nothing.yaml")
    assert done.returncode == 10 and done.stderr.count("\n") == 1
    change(mini / "data" / "releases" / "2025Q4" / "catalogue.json", "andel-gode", "andel-gods")
    done = run_build("--catalogue", mini / "indicators.yaml", "diff", mini / "data" / "releases" / "2025Q4")
    assert done.returncode == 13 and "as it was published" in done.stderr


def test_new_parts_are_written_and_pass_every_check(mini):
    path = mini / "indicators.yaml"
    change(
        path,
        "areas: {omraade-et: {title: {da: Område et}}}",
        "areas:\n  omraade-et: {title: {da: Område et}}",
    )
    before = path.read_text(encoding="utf-8")
    for arguments in (
        ("area", "omraade-to"),
        ("indicator", "andel-to", "--area", "omraade-to"),
        ("practice", "praksis-to", "--area", "omraade-to"),
    ):
        done = run_build("--catalogue", path, "new", *arguments)
        assert done.returncode == 0 and "written: " in done.stdout, done.stderr
        checked = run_build("--catalogue", path, "check")
        assert checked.returncode == 0, checked.stderr
    assert all(line in path.read_text(encoding="utf-8").splitlines() for line in before.splitlines())
    stood = tree(mini)
    for arguments in (("indicator", "andel-to", "--area", "omraade-to"), ("indicator", "andel-tre")):
        done = run_build("--catalogue", path, "new", *arguments)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert tree(mini) == stood
