"""Intervals equal those of R packages that clinical registers use; inputs that those refuse are refused here too."""

import math
from collections import defaultdict

import numpy as np
from golden.comparing import TIGHT, cases_of, number, rows_of

from vbs_site.statistics.intervals import directly_standardised, mean, proportion, rate, ratio_to_expected
from vbs_site.statistics.survival import kaplan_meier, read_at

TWO_PASS = 1e-6
"""`mean_big_offset` needs a variance in two passes; the README asks for no more than this."""


def one(value):
    return np.array([float(value)])


def test_exact_binomial_limits_are_those_of_binom_test(golden, report):
    seen = report("01_proportions.csv")
    for row in rows_of(golden, "01_proportions.csv"):
        x, n, level = one(number(row["numerator"])), one(number(row["denominator"])), float(row["confidence"])
        if row["clopper_status"] != "ok":
            seen.refuse(row["case_id"], lambda x=x, n=n, level=level: proportion(x, n, level))
            continue
        estimate = proportion(x, n, level)
        for name, column in (
            ("value", "value"),
            ("lower", "clopper_pearson_lower"),
            ("upper", "clopper_pearson_upper"),
        ):
            seen.compare(row["case_id"], name, getattr(estimate, name)[0], number(row[column]))
    seen.close()


def test_rates_are_those_of_phe_rate(golden, report):
    seen = report("02_rates.csv")
    for row in rows_of(golden, "02_rates.csv"):
        x, n, level = one(number(row["events"])), one(number(row["person_time"])), float(row["confidence"])
        each = float(row["multiplier"])
        if row["phe_status"] != "ok":
            seen.refuse(row["case_id"], lambda x=x, n=n, level=level, each=each: rate(x, n, each, level))
            continue
        estimate = rate(x, n, each, level)
        for name, column in (("value", "value"), ("lower", "phe_lower"), ("upper", "phe_upper")):
            seen.compare(row["case_id"], name, getattr(estimate, name)[0], number(row[column]))
    seen.close()


def sums(values):
    """Return count, sum and sum of squares as the engine gives them: exact, then one float."""
    return one(len(values)), one(math.fsum(values)), one(math.fsum(value * value for value in values))


def test_means_have_the_limits_of_t_test(golden, report):
    seen = report("03_means")
    cases = defaultdict(list)
    for row in rows_of(golden, "03_means_input.csv"):
        cases[row["case_id"]].append(number(row["value"]))
    for row in rows_of(golden, "03_means_expected.csv"):
        case = row["case_id"]
        values = [value for value in cases[case] if not math.isnan(value)]
        if not values:
            seen.refuse(case, lambda values=values: mean(*sums(values)))
            continue
        rtol = TWO_PASS if "big_offset" in case else TIGHT
        seen.compare(case, "mean", mean(*sums(values)).value[0], number(row["mean_valid"]), rtol)
        for level, name in ((0.95, "t95"), (0.998, "t998")):
            estimate = mean(*sums(values), level)
            seen.compare(case, f"{name} lower", estimate.lower[0], number(row[f"{name}_lower"]), rtol)
            seen.compare(case, f"{name} upper", estimate.upper[0], number(row[f"{name}_upper"]), rtol)
    seen.close()


def test_paired_changes_have_the_limits_of_the_paired_t_test(golden, report):
    seen = report("10_pro")
    cases = defaultdict(list)
    for row in rows_of(golden, "10_pro_input.csv"):
        change = number(row["followup"]) - number(row["baseline"])
        if not math.isnan(change):
            cases[row["case_id"]].append(change)
    for row in rows_of(golden, "10_pro_expected.csv"):
        case, changes = row["case_id"], cases[row["case_id"]]
        seen.compare(case, "pairs", len(changes), number(row["n_pairs"]))
        if not changes:
            seen.refuse(case, lambda changes=changes: mean(*sums(changes)))
            continue
        estimate = mean(*sums(changes))
        seen.compare(case, "mean_change", estimate.value[0], number(row["mean_change"]))
        if len(changes) > 1 and math.isnan(number(row["t95_lower"])):
            # t.test gives NaN when all changes are equal; 03_means has the limits at the mean then, and so have we.
            seen.compare(case, "lower", estimate.lower[0], number(row["mean_change"]))
            seen.compare(case, "upper", estimate.upper[0], number(row["mean_change"]))
        else:
            seen.compare(case, "lower", estimate.lower[0], number(row["t95_lower"]))
            seen.compare(case, "upper", estimate.upper[0], number(row["t95_upper"]))
    seen.close()


def columns_of(rows, *names):
    """Return columns of rows as arrays; a missing count is 0, as in the reference."""
    return [np.nan_to_num(np.array([number(row[name]) for row in rows])) for name in names]


def test_directly_standardised_rates_are_those_of_calculate_dsr(golden, report):
    seen = report("04_dsr")
    cases = cases_of(golden, "04_dsr_input.csv")
    for row in rows_of(golden, "04_dsr_expected.csv"):
        case = row["case_id"]
        x, n, w = columns_of(cases[case], "events", "population", "std_population")
        if row["phe_status"].startswith("error"):
            seen.refuse(case, lambda x=x, n=n, w=w: directly_standardised(x[None], n[None], w))
            continue
        estimate = directly_standardised(x[None], n[None], w, 100_000)
        for name, column in (("value", "value"), ("lower", "lower95"), ("upper", "upper95")):
            expected = number(row[f"dobson_{column}_nosuppress"])
            seen.compare(case, name, getattr(estimate, name)[0], expected)
        if not math.isnan(number(row["phe_value"])):  # from 10 events on
            wide = directly_standardised(x[None], n[None], w, 100_000, 0.998)
            seen.compare(case, "lower 99.8", wide.lower[0], number(row["phe_lower998"]))
            seen.compare(case, "upper 99.8", wide.upper[0], number(row["phe_upper998"]))
    seen.close()


def test_standardised_ratios_are_those_of_calculate_isratio(golden, report):
    seen = report("05_isr")
    cases = cases_of(golden, "05_isr_input.csv")
    for row in rows_of(golden, "05_isr_expected.csv"):
        case = row["case_id"]
        x, n, ref_x, ref_n = columns_of(cases[case], "events", "population", "ref_events", "ref_population")
        expected = one((n * ref_x / ref_n).sum())
        seen.compare(case, "expected", expected[0], number(row["expected"]))
        if expected[0] == 0:
            seen.refuse(case, lambda x=x, expected=expected: ratio_to_expected(one(x.sum()), expected))
            continue
        for level, name in ((0.95, "95"), (0.998, "998")):
            estimate = ratio_to_expected(one(x.sum()), expected, level)
            seen.compare(case, "ratio", estimate.value[0], number(row["ratio"]))
            seen.compare(case, f"lower {name}", estimate.lower[0], number(row[f"ratio_lower{name}"]))
            seen.compare(case, f"upper {name}", estimate.upper[0], number(row[f"ratio_upper{name}"]))
    seen.close()


def life_table(rows):
    """Return times, and how many leave at each, with the event or without."""
    times = sorted({number(row["time"]) for row in rows})
    leaving = [sum(number(row["time"]) == time for row in rows) for time in times]
    events = [sum(number(row["time"]) == time and row["event"] == "1" for row in rows) for time in times]
    return tuple(np.array(part, dtype=float) for part in (times, leaving, events))


def test_survival_curves_are_those_of_survfit(golden, report):
    seen = report("11_km")
    curves = cases_of(golden, "11_km_curve.csv")
    for case, rows in cases_of(golden, "11_km_input.csv").items():
        table = life_table(rows)
        curve = kaplan_meier(*table)
        seen.compare(case, "times", len(curve.day), len(curves[case]))
        for i, row in enumerate(curves[case]):
            seen.compare(case, "at risk", curve.at_risk[i], number(row["n_risk"]))
            seen.compare(case, "free", curve.free[i], number(row["surv"]))
            free, lower, upper = read_at(curve, curve.day[i])
            seen.compare(case, "read at", free, number(row["surv"]))
            if 0 < free < 1:
                seen.compare(case, "error", curve.error[i], number(row["greenwood_se"]))
                seen.compare(case, "lower", lower, number(row["loglog_lower"]))
                seen.compare(case, "upper", upper, number(row["loglog_upper"]))
        if curve.free[-1] > 0:
            assert read_at(curve, curve.day[-1] + 0.001) is None
    seen.close()
