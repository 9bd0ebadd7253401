"""Intervals equal those of R packages that clinical registers use; inputs that those refuse are refused here too."""

import math
from collections import defaultdict

import numpy as np
from golden.arrays import hold, one, sums
from golden.comparing import TIGHT, cases_of, number, rows_of

from vbs_site.statistics.changes import UNTOLD
from vbs_site.statistics.intervals import (
    EXACT_BELOW,
    byar_limits,
    directly_standardised,
    exact_limits,
    mean,
    proportion,
    rate,
    ratio_to_expected,
    variance,
    wilson,
)

TWO_PASS = 1e-6
"""Where the spread is lost beside the mean, a variance needs two passes; the README asks for no more than this."""


def test_proportions_are_those_of_binom_test_and_phe_proportion(golden, report):
    seen = report("01_proportions.csv")
    for row in rows_of(golden, "01_proportions.csv"):
        case, level = row["case_id"], float(row["confidence"])
        x, n = one(number(row["numerator"])), one(number(row["denominator"]))
        if row["wilson_status"] != "ok" or np.isnan(x + n)[0]:
            seen.refuse(case, lambda x=x, n=n, level=level: wilson(x, n, level))
            seen.refuse(case, lambda x=x, n=n, level=level: proportion(x, n, level))
            continue
        hold(seen, case, wilson(x, n, level), row, "wilson_lower", "wilson_upper", "value")
        if row["prop_test_lower"]:
            hold(seen, case, wilson(x, n, level), row, "prop_test_lower", "prop_test_upper")
        # binom.test also refuses parts of a person; shares of delivered sums may hold them, and phe_proportion allows it.
        if row["clopper_status"] == "ok":
            columns = ("clopper_pearson_lower", "clopper_pearson_upper", "value")
            hold(seen, case, proportion(x, n, level), row, *columns)
    seen.close()


def test_rates_are_those_of_phe_rate(golden, report):
    seen = report("02_rates.csv")
    for row in rows_of(golden, "02_rates.csv"):
        case, level, each = row["case_id"], float(row["confidence"]), float(row["multiplier"])
        x, n = one(number(row["events"])), one(number(row["person_time"]))
        if row["phe_status"] != "ok":
            seen.refuse(case, lambda x=x, n=n, level=level, each=each: rate(x, n, each, level))
            continue
        hold(seen, case, rate(x, n, each, level), row, "phe_lower", "phe_upper", "value")
        if row["phe_method"]:
            seen.same(case, "method", "Exact" if x[0] < EXACT_BELOW else "Byars", row["phe_method"])
        for name, limits in (("byar", byar_limits), ("exact", exact_limits), ("cipoisson", exact_limits)):
            # poisson.test refuses parts of an event, which phe_rate and cipoisson reckon with.
            if name == "exact" and row["exact_status"] != "ok":
                continue
            for side, limit in zip(("lower", "upper"), limits(x, level), strict=True):
                expected = number(row[f"{name}_{side}"])
                seen.compare(case, f"{name}_{side}", float((limit / n * each)[0]), expected)
    seen.close()


def told(values):
    """Return whether the spread of values is left in their sums, which are one float each."""
    n, _, total_sq = (part[0] for part in sums(values))
    middle = math.fsum(values) / n
    return math.fsum((value - middle) ** 2 for value in values) > UNTOLD * total_sq / TIGHT


def test_means_have_the_limits_of_t_test(golden, report):
    seen = report("03_means")
    cases = defaultdict(list)
    for row in rows_of(golden, "03_means_input.csv"):
        cases[row["case_id"]].append(number(row["value"]))
    for row in rows_of(golden, "03_means_expected.csv"):
        case = row["case_id"]
        values = [value for value in cases[case] if not math.isnan(value)]
        seen.compare(case, "n_valid", len(values), number(row["n_valid"]))
        if not values:
            seen.refuse(case, lambda values=values: mean(*sums(values)))
            continue
        equal = len(set(values)) == 1
        rtol = TIGHT if equal or told(values) else TWO_PASS
        # Squares of equal floats leave a spread of rounding alone, about 1e-8 of them.
        atol = 1e-7 * max(map(abs, values)) if equal else 1e-12
        seen.compare(case, "mean", mean(*sums(values)).value[0], number(row["mean_valid"]))
        if rtol == TIGHT:
            deviation = math.sqrt(variance(*sums(values))[0])
            seen.compare(case, "sd", deviation, number(row["sd_valid"]), atol=atol)
        # phe_mean keeps missing values, and has no number for a single one.
        complete = len(values) == len(cases[case]) and len(values) > 1
        for level, name in ((0.95, "95"), (0.998, "998")):
            estimate = mean(*sums(values), level)
            hold(seen, case, estimate, row, f"t{name}_lower", f"t{name}_upper", rtol=rtol)
            if complete:
                hold(
                    seen, case, estimate, row, f"phe_lower{name}", f"phe_upper{name}", "phe_value", rtol=rtol
                )
    seen.close()


def columns_of(rows, *names):
    """Return columns of rows as arrays; a missing count is 0, as in the reference."""
    return [np.nan_to_num(np.array([number(row[name]) for row in rows])) for name in names]


def test_directly_standardised_rates_are_those_of_calculate_dsr(golden, report):
    """The package has no rate below 10 events; the formula has, and the findings then leave it out."""
    seen = report("04_dsr")
    cases = cases_of(golden, "04_dsr_input.csv")
    for row in rows_of(golden, "04_dsr_expected.csv"):
        case = row["case_id"]
        x, n = columns_of(cases[case], "events", "population")
        w = np.array([number(each["std_population"]) for each in cases[case]])
        # Of a standard without anybody the reference has a rate of NaN, and no error.
        if row["phe_status"].startswith("error") or w.sum() == 0:
            seen.refuse(case, lambda x=x, n=n, w=w: directly_standardised(x[None], n[None], w))
            continue
        for level, name in ((0.95, "95"), (0.998, "998")):
            estimate = directly_standardised(x[None], n[None], w, 100_000, level)
            if name == "95":
                columns = (
                    "dobson_lower95_nosuppress",
                    "dobson_upper95_nosuppress",
                    "dobson_value_nosuppress",
                )
                hold(seen, case, estimate, row, *columns)
            if not math.isnan(number(row["phe_value"])):
                hold(seen, case, estimate, row, f"phe_lower{name}", f"phe_upper{name}", "phe_value")
        seen.same(case, "enough", bool(x.sum() >= EXACT_BELOW), row["phe_value"] not in ("", "NA", "NaN"))
        seen.compare(case, "events", x.sum(), number(row["phe_total_count"]))
        seen.compare(case, "people", n.sum(), number(row["phe_total_pop"]))
    seen.close()


def test_standardised_ratios_are_those_of_calculate_isratio(golden, report):
    """An indirectly standardised rate is the ratio times the rate of the reference."""
    seen = report("05_isr")
    cases = cases_of(golden, "05_isr_input.csv")
    for row in rows_of(golden, "05_isr_expected.csv"):
        case = row["case_id"]
        x, n, ref_x, ref_n = columns_of(cases[case], "events", "population", "ref_events", "ref_population")
        with np.errstate(divide="ignore", invalid="ignore"):
            by_stratum = n * (ref_x / ref_n)
        observed, expected = one(x.sum()), one(by_stratum.sum())
        if row["status"] != "ok":
            all_x, all_expected = np.append(x, observed), np.append(by_stratum, expected)
            seen.refuse(case, lambda o=all_x, e=all_expected: ratio_to_expected(o, e))
            continue
        if expected[0] == 0:
            seen.refuse(case, lambda o=observed, e=expected: ratio_to_expected(o, e))
            continue
        if not math.isfinite(expected[0]):
            # A reference stratum without anybody has no rate, and the reference has no finite number of events expected.
            seen.same(case, "expected", math.isfinite(number(row["expected"])), False)
            continue
        seen.compare(case, "observed", observed[0], number(row["observed"]))
        seen.compare(case, "expected", expected[0], number(row["expected"]))
        for level, name in ((0.95, "95"), (0.998, "998")):
            estimate = ratio_to_expected(observed, expected, level)
            hold(seen, case, estimate, row, f"ratio_lower{name}", f"ratio_upper{name}", "ratio")
        seen.same(case, "method", "Exact" if observed[0] < EXACT_BELOW else "Byars", row["method"])
        crude = ref_x.sum() / ref_n.sum() * 1000
        seen.compare(case, "rate of the reference", crude, number(row["ref_rate_per_1000"]))
        columns = ("is_rate_lower95", "is_rate_upper95", "is_rate_per_1000")
        hold(seen, case, rate(observed, expected, crude), row, *columns)
    seen.close()
