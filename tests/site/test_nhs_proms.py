"""The second catalogue on real record files: the published figures of England come out of the product."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from commands import ROOT, run_build

SHARED = Path(os.environ.get("VBS_SHARED") or ROOT / ".." / "shared")
DATA = SHARED / "data" / "nhs_proms"
EXPECTED = SHARED / "data" / "expected.csv"
CATALOGUE = ROOT / "examples" / "nhs-proms" / "indicators.yaml"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the NHS record files are not at {DATA}; set VBS_SHARED"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The example, built whole."""
    out = tmp_path_factory.mktemp("nhs")
    done = run_build("--catalogue", CATALOGUE, "--extracts", DATA.resolve(), "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def test_verify_finds_every_published_figure():
    done = subprocess.run(
        [sys.executable, ROOT / "examples/nhs-proms/verify.py", DATA.resolve()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("201")]
    together = {
        (line[0], line[1]): line[-3:] for line in lines if "adjusted" in line and line[-4] == "providers"
    }
    expected = pd.read_csv(EXPECTED).set_index("figure")["value"]
    for year in ("2016", "2017"):
        count = str(int(expected[f"providers_reproduced_{year}"]))
        assert together[year, "Oxford"] == [count, count, "0"]
        # In 2016 the complete share of one provider cannot be hidden while both measures of it are shown.
        compared, matching, hidden = map(int, together[year, "EQ-5D"])
        assert matching == compared > 200
        assert hidden <= 1


def test_verify_fails_when_a_published_figure_differs(tmp_path):
    folder = tmp_path / "changed"
    folder.mkdir()
    for path in DATA.resolve().iterdir():
        (folder / path.name).symlink_to(path)
    name = "published_hip_2016_2017.csv.gz"
    published = pd.read_csv(DATA / name)
    here = (
        (published["org_code"] == "RRF")
        & (published["measure"] == "Oxford Hip Score")
        & (published["procedure"] == "Hip Replacement Primary")
    )
    published.loc[here, "health_gain"] += 0.01
    (folder / name).unlink()
    published.to_csv(folder / name, index=False)
    done = subprocess.run(
        [sys.executable, ROOT / "examples/nhs-proms/verify.py", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "figures differ" in done.stdout


@pytest.mark.parametrize(
    ("figure", "indicator", "statistic", "unit", "tolerance"),
    [
        ("ohs_gain_primary", "oxford-hip-score-gain", "mean_change", "national", 5e-5),
        ("ohs_improved_share_primary", "oxford-hip-score-gain", "share_improved", "national", 5e-7),
        ("ohs_gain_primary_RRF", "oxford-hip-score-gain", "mean_change", "RRF", 5e-5),
        ("ohs_adjusted_gain_primary_RRF", "oxford-hip-score-gain", "adjusted_change", "RRF", 2e-3),
        ("ohs_gain_primary_RL1", "oxford-hip-score-gain", "mean_change", "RL1", 5e-5),
        ("ohs_adjusted_gain_primary_RL1", "oxford-hip-score-gain", "adjusted_change", "RL1", 2e-3),
        ("eq5d_gain_primary", "eq5d-gain", "mean_change", "national", 5e-6),
        ("participation_rate", "participation-rate", "share_of_sum", "national", 5e-7),
        ("response_rate", "response-rate", "share_of_sum", "national", 5e-7),
        ("readmitted_selfreported", "readmitted-own-account", "proportion", "national", 5e-7),
    ],
)
@pytest.mark.parametrize("year", ["2016", "2017"])
def test_released_figure_is_the_expected_one(built, figure, indicator, statistic, unit, tolerance, year):
    results = pd.read_csv(built / "releases" / "2017" / "results.csv", dtype={"period": str})
    expected = pd.read_csv(EXPECTED).set_index("figure").loc[f"{figure}_{year}"]
    row = results[
        (results["indicator"] == indicator)
        & (results["statistic"] == statistic)
        & (results["unit"] == unit)
        & (results["period"] == year)
    ].iloc[0]
    assert row["value"] == pytest.approx(expected["value"], abs=tolerance)
    assert row["n"] == expected["n"]


def test_example_builds_its_own_site_in_english(built):
    page = (built / "site/2017/indikator/oxford-hip-score-gain/index.html").read_text(encoding="utf-8")
    assert '<html lang="en"' in page
    assert "2017/18" in page and "vbs-banner" not in page
    assert (built / "site/2017/organisation/RRF/index.html").exists()


def test_the_page_says_what_the_adjusted_figures_are_centred_on(built):
    published = pd.read_csv(DATA / "published_hip_2016_2017.csv.gz")
    england = published[
        (published["org_code"] == "England")
        & (published["measure"] == "Oxford Hip Score")
        & (published["procedure"] == "Hip Replacement Primary")
        & (published["fiscal_year_start"] == 2017)
    ].iloc[0]
    page = (built / "site/2017/indikator/oxford-hip-score-gain/index.html").read_text(encoding="utf-8")
    told = re.search(r"published national figure of 2017/18 \(([\d.]+)\)", page)
    assert told
    decimals = len(told[1].split(".")[1])
    assert float(told[1]) == pytest.approx(england["adj_avg_health_gain"], abs=0.51 * 10**-decimals)
