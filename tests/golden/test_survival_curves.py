"""Survival curves, medians and restricted means equal those of R's survival and survRM2."""

import math

import numpy as np
from golden.comparing import cases_of, number, rows_of
from scipy import stats

from vbs_site.statistics.survival import kaplan_meier, median, read_at, restricted_mean

Z = stats.norm.ppf(0.975)
SCALES = {"plain": "plain", "log": "log", "loglog": "log-log"}
"""Name in the reference to our name."""


def life_table(rows):
    """Return times, and how many leave at each, with the event or without."""
    times = sorted({number(row["time"]) for row in rows})
    leaving = [sum(number(row["time"]) == time for row in rows) for time in times]
    events = [sum(number(row["time"]) == time and row["event"] == "1" for row in rows) for time in times]
    return tuple(np.array(part, dtype=float) for part in (times, leaving, events))


def test_survival_curves_are_those_of_survfit(golden, report):
    seen = report("11_km_curve.csv")
    curves = cases_of(golden, "11_km_curve.csv")
    for case, rows in cases_of(golden, "11_km_input.csv").items():
        table = life_table(rows)
        for name, scale in SCALES.items():
            curve = kaplan_meier(*table, scale=scale)
            censored = -np.diff(curve.at_risk, append=0) - curve.events
            columns = {
                "time": curve.day,
                "n_risk": curve.at_risk,
                "n_event": curve.events,
                "n_censor": censored,
                "surv": curve.free,
                "greenwood_se": curve.error,
                f"{name}_lower": curve.lower,
                f"{name}_upper": curve.upper,
            }
            seen.same(case, "times", len(curve.day), len(curves[case]))
            for i, row in enumerate(curves[case][: len(curve.day)]):
                for column, values in columns.items():
                    seen.compare(case, f"{column} at {row['time']}", float(values[i]), number(row[column]))
                assert read_at(curve, curve.day[i])[0] == curve.free[i]
            if curve.free[-1] > 0:
                assert read_at(curve, curve.day[-1] + 0.001) is None
    seen.close()


def test_medians_and_restricted_means_are_those_of_survfit(golden, report):
    """A mean up to a day that nobody reached is refused, as survRM2 does; survfit draws the last step on to that day."""
    seen = report("11_km_summary.csv")
    cases = cases_of(golden, "11_km_input.csv")
    for row in rows_of(golden, "11_km_summary.csv"):
        case = row["case_id"]
        table = life_table(cases[case])
        for name in ("log", "loglog"):
            curve = kaplan_meier(*table, scale=SCALES[name])
            columns = ("median", f"median_lower_{name}", f"median_upper_{name}")
            for column, got in zip(columns, median(curve), strict=True):
                seen.compare(case, column, got, number(row[column]))
        seen.compare(case, "n", curve.at_risk[0], number(row["n"]))
        seen.compare(case, "events", curve.events.sum(), number(row["events"]))
        found = restricted_mean(curve, number(row["tau"]))
        if found is None:
            seen.same(case, "refused by survRM2", math.isnan(number(row["rmst_survRM2"])), True)
            continue
        area, error = found
        seen.compare(case, "rmst", area, number(row["rmst_survival"]))
        seen.compare(case, "rmst se", error, number(row["rmst_se_survival"]))
        if not math.isnan(number(row["rmst_survRM2"])):
            seen.compare(case, "rmst survRM2", area, number(row["rmst_survRM2"]))
            seen.compare(case, "rmst lower", area - Z * error, number(row["rmst_lower_survRM2"]))
            seen.compare(case, "rmst upper", area + Z * error, number(row["rmst_upper_survRM2"]))
    seen.close()
