"""`audit` as a publisher runs it: what it says, what it writes, how it ends."""

import json
import shutil
from pathlib import Path

import pytest
from commands import run_build, tree, written_and_built
from hidden_figures import write_hidden_mini
from published_tables import read_table, write_table


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    """A small project with hidden figures that has been built."""
    return written_and_built(write_hidden_mini, tmp_path_factory.mktemp("audited"))


@pytest.fixture
def built(built_once, tmp_path):
    """A small project, built, that a test may spoil."""
    return Path(shutil.copytree(built_once, tmp_path / "built"))


def lines_of(done):
    """Return what a run says on standard error, but for its progress."""
    return [
        line
        for line in done.stderr.splitlines()
        if line and " …" not in line and " done in " not in line and not line.startswith("  ")
    ]


@pytest.mark.parametrize("what", ["data/releases/2025Q4", "site", "site/2025Q4"])
def test_what_was_built_is_audited_and_left_alone(built, what):
    before = tree(built)
    done = run_build("audit", built / what)
    assert (done.returncode, lines_of(done)) == (0, [])
    assert "release 2025Q4" in done.stdout and "nothing found" in done.stdout
    assert tree(built) == before


def leak(built):
    """Show a hidden hospital's counts again, so that another hospital's numerator can be worked out; return that one."""
    path = built / "data" / "releases" / "2025Q4" / "results.csv"
    table = read_table(path)
    rows = {(line["unit"], line["period"]): line for line in table}
    region, group, secret = rows["region-a", "2025Q4"], 20, 3
    rows["hospital-a1", "2025Q4"] |= {
        "status": "shown",
        "n": str(int(region["n"]) - group),
        "numerator": str(int(region["numerator"]) - secret),
    }
    write_table(path, table)
    return secret


def test_a_leak_ends_with_its_own_code_and_one_line_each(built):
    secret = leak(built)
    done = run_build("audit", built / "data" / "releases" / "2025Q4", "--report", built / "report.json")
    assert done.returncode == 16
    lines = lines_of(done)
    assert lines and all(line.startswith("results.") for line in lines)
    assert any("can be worked out (1 possible value)" in line for line in lines)
    assert all(f" {secret} " not in line for line in lines) and "Traceback" not in done.stderr
    report = json.loads((built / "report.json").read_text(encoding="utf-8"))
    assert len(report["findings"]) == len(lines)
    assert {"file", "line", "object", "rule", "found", "hint"} == set(report["findings"][0])


def test_the_same_release_gives_the_same_report(built):
    leak(built)
    for name in ("one", "two"):
        run_build("audit", built / "data" / "releases" / "2025Q4", "--report", built / name)
    assert (built / "one").read_bytes() == (built / "two").read_bytes()


def test_earlier_releases_are_attacked_together_with_it(built):
    releases = built / "data" / "releases"
    older = shutil.copytree(releases / "2025Q4", built / "before" / "2025Q3")
    manifest = json.loads((older / "manifest.json").read_text(encoding="utf-8"))
    (older / "manifest.json").write_text(json.dumps(manifest | {"release": "2025Q3"}), encoding="utf-8")
    done = run_build("audit", releases / "2025Q4", "--earlier", built / "before")
    # A release says itself beside which others it was published, if it knows.
    assert done.returncode == 0
    assert "with 2025Q3" in done.stdout or "beside" in json.loads(
        (releases / "2025Q4" / "manifest.json").read_text()
    )


@pytest.mark.parametrize("arguments", [(), ("nowhere",), (".",)])
def test_something_else_than_a_release_or_a_site_is_a_mistake(tmp_path, arguments):
    done = run_build("audit", *(tmp_path / each for each in arguments))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
