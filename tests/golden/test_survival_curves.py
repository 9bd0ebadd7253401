"""Survival curves, medians and restricted means equal those of R's survival and survRM2."""

import math

import numpy as np
from golden.comparing import cases_of, number, rows_of

from vbs_site.statistics.survival import kaplan_meier, median, read_at, restricted_mean, time_free

SCALES = {"plain": "plain", "log": "log", "loglog": "log-log"}
"""Name in the reference to our name."""


def life_table(rows):
    """Return times, and how many leave at each, with the event or without; who misses either is in neither, as in `survfit`."""
    both = [(number(row["time"]), number(row["event"])) for row in rows]
    known = [(time, event) for time, event in both if not math.isnan(time + event)]
    times = sorted({time for time, _ in known})
    leaving = [sum(other == time for other, _ in known) for time in times]
    events = [sum(other == time and event == 1 for other, event in known) for time in times]
    return tuple(np.array(part, dtype=float) for part in (times, leaving, events))


def test_survival_curves_are_those_of_survfit(golden, report):
    seen = report("11_km_curve.csv")
    curves = {
        case: sorted(rows, key=lambda row: number(row["time"]))
        for case, rows in cases_of(golden, "11_km_curve.csv").items()
    }
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
            _, lower, upper = time_free(curve, number(row["tau"]))
            # Without any spread the reference's limits are the mean itself, and we have none.
            for side, got in (("lower", lower), ("upper", upper)):
                expected = number(row[f"rmst_{side}_survRM2"]) if error > 0 else math.nan
                seen.compare(case, f"rmst {side}", got, expected)
    seen.close()
