"""Region by region on the command line: parts computed one by one, sent, and added up."""

import json
import shutil

import pytest
from commands import run_build, write_mini

REGIONS = (
    "region-hovedstaden",
    "region-midtjylland",
    "region-nordjylland",
    "region-sjaelland",
    "region-syddanmark",
)
TABLE, NOTE = "aggregates.parquet", "aggregates.json"


def one_line(done, code, *words):
    """Check that a run ended with a code and one line that holds these words."""
    assert done.returncode == code, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line]
    assert not [word for word in words if word not in line], line


def run(*arguments):
    done = run_build(*arguments, "--quiet")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_five_regions_add_up_to_the_demo(demo_extracts, tmp_path):
    out = ("--out", tmp_path)
    run("compute", "--extracts", demo_extracts, *out)
    together = (tmp_path / "aggregates" / TABLE).read_bytes()
    for region in REGIONS:
        said = run("compute", "--extracts", demo_extracts, *out, "--only-unit", region)
        assert f"parts/{region} (confidential): the folder to send" in said
    assert (tmp_path / "aggregates" / TABLE).read_bytes() == together
    sent = tmp_path / "sent"
    shutil.move(tmp_path / "parts", sent)
    assert "of 5 parts written" in run("combine", *out, *(sent / region for region in REGIONS))
    assert (tmp_path / "aggregates" / TABLE).read_bytes() == together
    assert "release 2026Q3 written" in run("release", *out)


@pytest.fixture
def own(tmp_path):
    """Two regions of a small project, each with a folder of its own extracts."""
    folder = write_mini(tmp_path / "mini")
    visits = folder / "data" / "extracts" / "visits"
    for region in ("region-a", "region-b"):
        there = tmp_path / region / "visits"
        there.mkdir(parents=True)
        shutil.copy(visits / f"{region}.csv", there)
        (tmp_path / region / "deliveries.yaml").write_text("basis: own_hospitals\n", encoding="utf-8")
    return tmp_path


def part(own, region, *more):
    catalogue = ("--catalogue", own / "mini" / "indicators.yaml")
    run("compute", *catalogue, "--extracts", own / region, "--out", own / "out", "--only-unit", region, *more)
    return own / "out" / "parts" / region


def test_own_extracts_of_each_region_add_up_too(own):
    catalogue = ("--catalogue", own / "mini" / "indicators.yaml")
    run("compute", *catalogue, "--out", own / "together")
    parts = [part(own, region) for region in ("region-a", "region-b")]
    run("combine", *catalogue, "--out", own / "out", *parts)
    whole, combined = (own / each / "aggregates" / TABLE for each in ("together", "out"))
    assert whole.read_bytes() == combined.read_bytes()
    assert json.loads(combined.with_name(NOTE).read_text(encoding="utf-8"))["basis"] == "own_hospitals"


def test_a_region_that_is_missing_is_said(own):
    catalogue = ("--catalogue", own / "mini" / "indicators.yaml")
    said = run("combine", *catalogue, "--out", own / "out", part(own, "region-a"))
    assert "not delivered: region-b" in said


def test_regions_agree_on_a_day(own):
    note = json.loads((part(own, "region-a", "--until", "2025-07-01") / NOTE).read_text(encoding="utf-8"))
    assert (note["until"], note["complete_until"]) == ("2025-07-01", {"visits": {"region-a": "2025-07-01"}})


def test_mistakes_are_one_line(own):
    catalogue = ("--catalogue", own / "mini" / "indicators.yaml", "--quiet")
    compute = ("compute", *catalogue, "--extracts", own / "region-a", "--out", own / "out")
    one_line(run_build(*compute, "--only-unit", "region-c"), 2, "'region-c'", "Did you mean 'region-")
    letter = own / "region-a" / "deliveries.yaml"
    letter.write_text("basis: own_hospital\n", encoding="utf-8")
    one_line(
        run_build(*compute, "--only-unit", "region-a"), 11, "basis is one of", "Did you mean 'own_hospitals'?"
    )
    assert not (own / "out" / "parts").exists()
    assert "a day is written 2026-07-01" in run_build(*compute, "--until", "soon").stderr
    one_line(run_build("combine", *catalogue, own / "nowhere"), 11, "nowhere", "aggregates are a folder with")
