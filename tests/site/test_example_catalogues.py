"""The example catalogues over public data: their figures come out of the product, and one of their sites opens."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from commands import ROOT, run_build

SHARED = Path(os.environ.get("VBS_SHARED") or ROOT / ".." / "shared")
DATA = SHARED / "data"
EXAMPLES = ROOT / "examples"
SETS = {
    "danish-registers": ("fakeregs_dk", "dk_reference"),
    "nhs-ae": ("nhs_ae",),
    "nhs-proms": ("nhs_proms",),
    "norway-hip-fracture": ("norway_hipfracture",),
    "synpuf": ("synpuf",),
    "synthea": ("synthea_ne",),
}
LEFT_OUT = {"nhs-ae": 2, "nhs-proms": 8}

pytestmark = pytest.mark.skipif(
    not (DATA / "expected.csv").exists(), reason=f"the public data sets are not at {DATA}; set VBS_SHARED"
)


def run_example(script, *arguments):
    return subprocess.run(
        [sys.executable, EXAMPLES / f"{script}.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def laid_out(name, folder):
    """Return a copy of an example with its deliveries laid out beside it."""
    home = folder / name
    shutil.copytree(EXAMPLES / name, home, ignore=shutil.ignore_patterns("data", "site"))
    done = run_example("prepare", name, DATA.resolve(), home)
    assert done.returncode == 0, done.stderr
    return home


def test_every_example_is_listed_here():
    assert {path.parent.name for path in EXAMPLES.glob("*/indicators.yaml")} == set(SETS)


@pytest.mark.parametrize("name", SETS)
def test_every_reference_figure_comes_out_or_is_left_out_for_a_reason(name):
    expected = pd.read_csv(DATA / "expected.csv")
    stated = int(expected["set"].isin(SETS[name]).sum())
    left_out = LEFT_OUT.get(name, 0)
    done = run_example("verify", name, DATA.resolve())
    assert done.returncode == 0, done.stdout + done.stderr
    last = f"{name}: {stated - left_out} of {stated} figures agree, {left_out} left out, 0 differ"
    assert done.stdout.splitlines()[-1] == last
    assert done.stdout.count("left out: ") == left_out
    assert "warning: " not in done.stdout  # of the catalogue's check, which comes first


def test_a_changed_figure_and_one_that_nobody_compares_are_found(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for path in DATA.resolve().iterdir():
        (data / path.name).symlink_to(path)
    (data / "expected.csv").unlink()
    expected = pd.read_csv(DATA / "expected.csv")
    changed = expected["figure"] == "within_4h_2017Q3"
    added = expected[changed].assign(figure="within_4h_2030Q1")
    expected.loc[changed, "value"] += 0.001
    pd.concat([expected, added]).to_csv(data / "expected.csv", index=False)
    done = run_example("verify", "nhs-ae", data)
    assert done.returncode == 1
    wrong = [line.split(": ")[1] for line in done.stdout.splitlines() if line.startswith("differs: ")]
    assert wrong == ["within_4h_2017Q3", "within_4h_2030Q1"]
    assert "12 of 16 figures agree, 2 left out, 2 differ" in done.stdout


def test_no_data_lies_in_the_examples():
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "examples"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert tracked
    kinds = {Path(path).suffix for path in tracked}
    assert kinds <= {".md", ".py", ".yaml", ".yml", ".csv"}
    assert {Path(path).name for path in tracked if path.endswith(".csv")} == {"figures.csv"}


@pytest.fixture(scope="module")
def norway(tmp_path_factory):
    """Norway's example, built whole."""
    home = laid_out("norway-hip-fracture", tmp_path_factory.mktemp("norway"))
    done = run_build("--catalogue", home / "indicators.yaml")
    assert done.returncode == 0, done.stderr
    return home


def test_patients_of_an_unknown_unit_are_reported_and_counted_in_the_country(norway):
    results = pd.read_csv(norway / "data/releases/2019/results.csv", dtype={"period": str, "unit": str})
    quality = pd.read_csv(norway / "data/releases/2019/quality.csv")
    given = pd.read_csv(DATA / "norway_hipfracture/results_unit_year.csv.gz", dtype={"unit_id": str})
    listed = pd.read_csv(DATA / "norway_hipfracture/units.csv", dtype=str)
    given = given[given["indicator_id"] == "hoftebrudd_24t"]
    known = given["unit_id"].isin(listed.loc[listed["level"] == "3", "unit_id"])
    unknown = int(given.loc[~known, "denominator"].sum())
    assert unknown > 0
    reported = quality[
        (quality["check"] == "unknown_unit") & quality["column"].str.startswith("surgery-within-24-hours:")
    ]
    assert reported["count"].tolist() == [unknown]
    ours = results[(results["indicator"] == "surgery-within-24-hours") & (results["unit_kind"] == "national")]
    assert ours["n"].sum() == given["denominator"].sum()


def test_site_shows_hospital_trust_and_authority(norway):
    page = (norway / "site/2019/indikator/surgery-within-24-hours/index.html").read_text(encoding="utf-8")
    assert '<html lang="en"' in page
    for name in ("Helse Nord RHF", "Nordland HF", "Bod"):
        assert name in page
    for unit in ("883658752", "983974910"):
        assert (norway / f"site/2019/organisation/{unit}/index.html").exists()
