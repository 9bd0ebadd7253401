"""Recompute England's published hip-replacement figures through the product, and say how many match.

Usage: `python examples/nhs-proms/verify.py DATA_DIR`. Exit code 1 on any difference.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from vbs_site.diagnostics import FaultError
from vbs_site.engines.engine import Settings, default_memory_mb
from vbs_site.places import Places
from vbs_site.progress import Reporter
from vbs_site.publishing import release_step
from vbs_site.steps import check, compute_step

CATALOGUE = Path(__file__).parent / "indicators.yaml"
MEASURES = {"oxford-hip-score-gain": "Oxford Hip Score", "eq5d-gain": "EQ-5D Index"}
GAIN, ADJUSTED = 0.001, 0.002
"""How far a gain and an adjusted gain may lie from the published figure (the published ones are rounded)."""


@dataclass(frozen=True)
class Line:
    """One line of the report: what was held against what, how many of how many match, and the largest difference.

    Attributes:
        hidden: how many more there would be, had disclosure control not hidden them.
    """

    year: str
    measure: str
    what: str
    compared: int
    matching: int
    worst: float | None = None
    hidden: int = 0


def main(arguments: list[str]) -> int:
    """Run the comparison; return the exit code."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    data = Path(arguments[0])
    with tempfile.TemporaryDirectory() as out:
        places = Places.around(CATALOGUE, data, Path(out))
        report = Reporter(quiet=True)
        try:
            loaded = check(places, report)
            compute_step(places, report, loaded, Settings(memory_mb=default_memory_mb()))
            release = release_step(places, report, loaded, None, None)
        except FaultError as fault:
            print(fault, file=sys.stderr)
            return int(fault.code)
        results = pd.read_csv(places.releases / release.release / "results.csv", dtype={"period": str})
    lines = [*_gains(results, data), *_rates(results, data)]
    print(
        f"{'year':6} {'measure':20} {'figure':40} {'compared':>8} {'matching':>8} {'hidden':>6} {'furthest apart':>15}"
    )
    for line in lines:
        worst = "" if line.worst is None else f"{line.worst:15.6f}"
        print(
            f"{line.year:6} {line.measure:20} {line.what:40} {line.compared:8} {line.matching:8} {line.hidden:6} {worst}"
        )
    different = sum(line.compared - line.matching for line in lines)
    empty = [line for line in lines if line.compared == 0]
    print(
        "every figure matches"
        if not different and not empty
        else f"{different} figures differ, {len(empty)} comparisons are empty"
    )
    return 1 if different or empty else 0


def _gains(results: pd.DataFrame, data: Path) -> Iterator[Line]:
    """Hold n, gain and adjusted gain against the published figures of providers with an adjusted gain, and England's."""
    published = pd.read_csv(data / "published_hip_2016_2017.csv.gz")
    published = published[published["procedure"] == "Hip Replacement Primary"]
    for (indicator, measure), year in (
        (pair, year) for pair in MEASURES.items() for year in ("2016", "2017")
    ):
        here = published[(published["fiscal_year_start"] == int(year)) & (published["measure"] == measure)]
        ours = results[(results["indicator"] == indicator) & (results["period"] == year)]
        adjusted = here[(here["org_type"] == "Provider") & here["adj_avg_health_gain"].notna()].set_index(
            "org_code"
        )
        delivered = set(
            pd.read_csv(data / f"proms_hip_{year}.csv.gz", usecols=["provider_code"])["provider_code"]
        )
        adjusted = adjusted[adjusted.index.isin(delivered)]
        suppressed = _by_unit(ours[ours["status"] == "suppressed"], "mean_change").index
        hidden = int(adjusted.index.isin(suppressed).sum())
        adjusted = adjusted[~adjusted.index.isin(suppressed)]
        gain = _by_unit(ours, "mean_change").reindex(adjusted.index)
        moved = _by_unit(ours, "adjusted_change").reindex(adjusted.index)
        differences = {
            "n": ((gain["n"] - adjusted["modelled_records"]).abs(), 0.5),
            "gain": ((gain["value"] - adjusted["health_gain"]).abs(), GAIN),
            "adjusted gain": ((moved["value"] - adjusted["adj_avg_health_gain"]).abs(), ADJUSTED),
        }
        together = pd.Series(data=True, index=adjusted.index)
        for what, (apart, allowed) in differences.items():
            matching = apart < allowed
            together &= matching
            yield Line(year, measure, f"{what}, providers", len(matching), int(matching.sum()), apart.max())
        yield Line(
            year,
            measure,
            "n, gain and adjusted gain, providers",
            len(together),
            int(together.sum()),
            hidden=hidden,
        )
        yield _england(ours, data, year, indicator, measure)


def _england(ours: pd.DataFrame, data: Path, year: str, indicator: str, measure: str) -> Line:
    """Hold England's n and gain against a plain mean over the record file, which lacks the records of small providers."""
    before, after, expected = {
        "oxford-hip-score-gain": ("oxford_pre", "oxford_post", "oxford_post_predicted"),
        "eq5d-gain": ("eq5d_index_pre", "eq5d_index_post", "eq5d_index_post_predicted"),
    }[indicator]
    records = pd.read_csv(data / f"proms_hip_{year}.csv.gz", usecols=["revision", before, after, expected])
    records = records[(records["revision"] == 0) & records[expected].notna()]
    england = ours[(ours["unit_kind"] == "national") & (ours["statistic"] == "mean_change")].iloc[0]
    same = (
        england["n"] == len(records)
        and abs(england["value"] - (records[after] - records[before]).mean()) < 1e-6
    )
    return Line(year, measure, "n and gain, England, from the records", 1, int(same))


def _rates(results: pd.DataFrame, data: Path) -> Iterator[Line]:
    """Hold participation and response rates against the delivered counts, England's own row and every provider's."""
    counts = pd.read_csv(data / "participation_hip_2016_2017.csv.gz")
    for indicator, part, whole in (
        ("participation-rate", "pre_questionnaires", "eligible_procedures"),
        ("response-rate", "post_returned", "post_sent"),
    ):
        for year in ("2016", "2017"):
            ours = results[(results["indicator"] == indicator) & (results["period"] == year)]
            here = counts[counts["fiscal_year_start"] == int(year)].set_index("org_code")
            england = ours[ours["unit_kind"] == "national"].iloc[0]
            stated = here.loc["England"]
            same = (
                england["numerator"] == stated[part]
                and england["n"] == stated[whole]
                and abs(england["value"] - stated[part] / stated[whole]) < 1e-6
            )
            yield Line(year, indicator, "England", 1, int(same))
            shown = _by_unit(ours, "share_of_sum")
            shown = shown[shown["status"] == "shown"]
            expected = (here[part] / here[whole]).reindex(shown.index)
            yield Line(
                year,
                indicator,
                "providers shown",
                len(shown),
                int(((shown["value"] - expected).abs() < 1e-6).sum()),
            )


def _by_unit(rows: pd.DataFrame, statistic: str) -> pd.DataFrame:
    return rows[(rows["statistic"] == statistic) & (rows["unit_kind"] == "provider")].set_index("unit")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
