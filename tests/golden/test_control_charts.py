"""Control charts equal those of NHSRplotthedots and qicharts2, point by point and rule by rule."""

import math
import re
from collections import defaultdict
from functools import partial

import numpy as np
from golden.comparing import TIGHT, cases_of, number, rows_of

from vbs_site.statistics import control_limits as charts
from vbs_site.statistics.control import FEWEST, assurance, control_chart
from vbs_site.statistics.control_limits import BIAS, by_phase
from vbs_site.statistics.control_rules import (
    anhoej,
    beyond,
    close_to_limits,
    making_data_count,
    side_of,
)

NOT_OFFERED = ("g", "t")
BETTER = {"increase": "higher", "decrease": "lower", "neutral": "neutral"}
SIDES = {
    "improvement": {"increase": "high", "decrease": "low"},
    "concern": {"increase": "low", "decrease": "high"},
}
CAUSES = {
    "outside": {1: "Above UCL", -1: "Below LCL"},
    "trend": {1: "7 Point Trend (Increasing)", -1: "7 Point Trend (Decreasing)"},
    "two_of_three": {1: "2 in 3 Above CL", -1: "2 in 3 Below CL"},
    "shift": {1: "7 Points Above CL", -1: "7 Points Below CL"},
}


def numbers(rows, column):
    return np.array([number(row[column]) for row in rows], dtype=float)


def truth(told):
    return "TRUE" if told else "FALSE"


def in_time(rows):
    """Return the rows in the order of time, and those that the reference's columns stand in.

    The reference sorts by date. Its columns stand beside their own date, or, where their values are not the input's, in
    the order of time beside an input in any order.
    """
    ordered = sorted(rows, key=lambda row: row["date"])
    return ordered, ordered if beside(numbers(ordered, "value"), ordered, "ptd_value") else rows


def beside(value, rows, column):
    """Return whether the values of the reference stand beside our own, where both have one."""
    told = numbers(rows, column)
    both = np.isfinite(value) & np.isfinite(told)
    return np.allclose(value[both], told[both], rtol=TIGHT)


def phases_of(rows, dates):
    """Return the phase of each point: a new one begins on a date on which there is a point."""
    starts = {date for date in dates.split(";") if date}
    return np.cumsum([row["date"] in starts for row in rows])


def first_of(n, phase):
    """Return the first n points of each phase; all when no n is given."""
    if not n:
        return np.ones(len(phase), dtype=bool)
    place = np.array([np.sum(phase[:i] == phase[i]) for i in range(len(phase))])
    return place < int(n)


def point_type(side, direction):
    """Return the word of the reference for a special cause to one side."""
    if not side:
        return "common_cause"
    if direction == "neutral":
        return "special_cause_neutral_high" if side > 0 else "special_cause_neutral_low"
    good = side == (1 if direction == "increase" else -1)
    return "special_cause_improvement" if good else "special_cause_concern"


def icon_of(word, direction):
    """Return the name of the icon that the reference shows for the last point."""
    word = word.removeprefix("special_cause_")
    return f"{word}_{SIDES[word][direction]}" if word in SIDES else word


def test_xmr_charts_are_those_of_making_data_count(golden, report):
    seen = report("08_spc (NHSRplotthedots)")
    cases = cases_of(golden, "08_spc_points.csv")
    for told in rows_of(golden, "08_spc_summary.csv"):
        case, direction = told["case_id"], told["improvement_direction"]
        if told["status"] != "ok":
            continue
        rows, expected = in_time(cases[case])
        value, phase = numbers(rows, "value"), phases_of(rows, told["rebase_dates"])
        base = first_of(told["fix_after_n_points"], phase)
        screened = told["screen_outliers"].lower() == "true"
        limits = by_phase(partial(charts.xmr, screened=screened), phase, base, value)
        fired = making_data_count(value, limits, phase)
        side, names = fired.side(), fired.names()
        outside, close = beyond(value, limits.lower, limits.upper), close_to_limits(value, limits)
        above = side_of(value, limits.centre)
        for i, row in enumerate(expected):
            place = f"{case} {rows[i]['date']}"
            seen.compare(place, "value", value[i], number(row["ptd_value"]))
            seen.compare(place, "mean", limits.centre[i], number(row["mean"]))
            seen.compare(place, "lpl", limits.lower[i], number(row["lpl"]))
            seen.compare(place, "upl", limits.upper[i], number(row["upl"]))
            seen.same(place, "phase", int(phase[i]), int(row["rebase_group"]))
            known = math.isfinite(value[i])
            within = known and math.isfinite(limits.lower[i])
            seen.same(place, "outside", truth(outside[i]) if within else "", row["outside_limits"])
            seen.same(place, "close", truth(close[i]) if within else "", row["close_to_limits"])
            seen.same(place, "relative", str(above[i]) if known else "", row["relative_to_mean"])
            cause = CAUSES[names[i][0]][int(side[i])] if names[i] else "Common Cause"
            seen.same(place, "special cause", cause, row["special_cause_type"])
            seen.same(place, "point type", point_type(side[i], direction), row["point_type"])
        seen.same(case, "special points", int(np.count_nonzero(side)), int(told["n_special"]))
        seen.same(case, "last point", point_type(side[-1], direction), told["last_point_type"])
        icon = icon_of(point_type(side[-1], direction), direction)
        seen.same(case, "icon", icon, told["variation_icon"])
        seen.compare(case, "last mean", limits.centre[-1], number(told["last_mean"]))
        seen.compare(case, "last lpl", limits.lower[-1], number(told["last_lpl"]))
        seen.compare(case, "last upl", limits.upper[-1], number(told["last_upl"]))
        if told["assurance_type"]:
            op = ">=" if direction == "increase" else "<="
            got = assurance(float(told["target"]), op, limits.lower[-1], limits.upper[-1])
            # The reference says "inconsistent" of limits that are not there.
            icon = told["assurance_icon"] if math.isfinite(limits.lower[-1]) else "unknown"
            seen.same(case, "assurance", got, icon)
    seen.close()


def test_series_that_the_reference_calls_short_are_not_judged(golden, report):
    seen = report("08_spc (short groups)")
    cases = cases_of(golden, "08_spc_points.csv")
    for told in rows_of(golden, "08_spc_summary.csv"):
        rows, expected = in_time(cases[told["case_id"]])
        value, phase = numbers(rows, "value"), phases_of(rows, told["rebase_dates"])
        if told["status"] != "ok" or told["fix_after_n_points"] or np.isnan(value).any():
            continue
        none, all_points = np.full(len(value), np.nan), np.ones(len(value), dtype=bool)
        direction = BETTER[told["improvement_direction"]]
        chart = control_chart("xmr", "making-data-count", value, none, none, phase, all_points, direction)
        for i, row in enumerate(expected):
            # The reference warns of "n < 12" and calls 12 points short none the less.
            short = row["short_group"] == "TRUE" and np.sum(phase == phase[i]) != FEWEST
            seen.same(f"{told['case_id']} {row['date']}", "short", chart.variation[i] is None, short)
            if short:
                seen.same(f"{told['case_id']} {row['date']}", "signals", chart.signals[i], ())
    seen.close()


def test_i_charts_are_those_of_qicharts2(golden, report):
    seen = report("08_spc (qicharts2)")
    cases = cases_of(golden, "08_spc_points.csv")
    for told in rows_of(golden, "08_spc_summary.csv"):
        case = told["case_id"]
        if told["qic_status"] != "ok":
            continue
        rows, expected = in_time(cases[case])
        value, phase = numbers(rows, "value"), phases_of(rows, told["rebase_dates"])
        # The reference knows no freeze in a chart with several phases.
        base = first_of("" if told["rebase_dates"] else told["fix_after_n_points"], phase)
        i_chart = partial(charts.xmr, width=3 / BIAS)
        both = {
            "screened": by_phase(partial(i_chart, screened=True), phase, base, value),
            "unscreened": by_phase(i_chart, phase, base, value),
        }
        limits = both["screened"]
        outside = beyond(value, limits.lower, limits.upper)
        for i, row in enumerate(expected):
            place = f"{case} {rows[i]['date']}"
            seen.compare(place, "cl", limits.centre[i], number(row["qic_cl"]))
            for name, lines in both.items():
                seen.compare(place, f"lcl {name}", lines.lower[i], number(row[f"qic_lcl_{name}"]))
                seen.compare(place, f"ucl {name}", lines.upper[i], number(row[f"qic_ucl_{name}"]))
            seen.same(place, "sigma signal", truth(outside[i]), row["qic_sigma_signal_screened"])
        seen.same(case, "sigma signals", np.count_nonzero(outside), int(told["qic_n_sigma_signals"]))
        last = phase == phase[-1]
        runs = anhoej(value[last], limits.centre[last])
        for column, got in (
            ("qic_longest_run", runs.longest),
            ("qic_longest_run_max", runs.allowed),
            ("qic_crossings", runs.crossings),
            ("qic_crossings_min", runs.expected),
        ):
            seen.compare(case, column, math.nan if got is None else got, number(told[column]))
        if not told["rebase_dates"]:  # the summary does not say which phase its signal is of
            seen.same(case, "runs signal", truth(runs.signal), told["qic_runs_signal"])
    seen.close()


def plotted(chart, y, n):
    """Return the values of a chart of qicharts2: with denominators, of all but counts, the one over the other."""
    return charts.shares(y, n) if chart != "c" and np.isfinite(n).any() else y


def in_order(rows):
    """Return the points of a chart in the order of time, and those that the reference's columns stand in, as `in_time`."""
    ordered = sorted(rows, key=lambda row: (len(row["t"]), row["t"]))  # whole numbers, or dates
    chart = rows[0]["chart"]
    value = plotted(chart, numbers(ordered, "y"), numbers(ordered, "n"))
    value = np.abs(np.diff(value, prepend=np.nan)) if chart == "mr" else value
    return ordered, ordered if beside(value, ordered, "value") else rows


def lines_of(chart, y, n, base):
    """Return the plotted values of one phase of a chart of qicharts2, and its lines as drawn."""
    with_n = np.where(np.isfinite(y), n, np.nan) if np.isfinite(n).any() else np.ones_like(y)
    value = plotted(chart, y, n)
    match chart:
        case "run":
            return value, charts.run(value, base)
        case "i":
            return value, charts.xmr(value, base, screened=True, width=3 / BIAS)
        case "mr":
            return charts.moving_range(value, base)
        case "c":
            return y, charts.c(y, base).cut(least=0)
        case "p":
            return value, charts.p(y, n, base).cut(0, 1)
        case "pp":
            return value, charts.p_prime(y, n, base, screened=True).cut(0, 1)
        case "u":
            return value, charts.u(y, n, base).cut(least=0)
        case "up":
            return value, charts.u_prime(y, n, base, screened=True).cut(least=0)
        case "ip":
            return value, charts.i_prime(value, with_n, base, screened=True)
    raise AssertionError(f"no chart {chart}")


def test_charts_are_those_of_qicharts2(golden, report):
    seen = report("09_qic")
    told = {(row["case_id"], row["part"]): row for row in rows_of(golden, "09_qic_summary.csv")}
    skipped = 0
    for case, unsorted in cases_of(golden, "09_qic_points.csv").items():
        chart, first = unsorted[0]["chart"], unsorted[0]
        if chart in NOT_OFFERED or not first["qic_part"]:
            skipped += len(unsorted)
            continue
        rows, expected = in_order(unsorted)
        excluded = {int(text) for text in re.findall(r"\d+", first["exclude"])}
        included = np.array([i not in excluded for i in range(1, len(rows) + 1)])
        frozen = number("" if first["part"] else first["freeze"])  # as above, no freeze among phases
        base = included & (np.arange(len(rows)) < (math.inf if math.isnan(frozen) else frozen))
        part = np.array([row["qic_part"] for row in expected])
        for name in dict.fromkeys(part):
            here = part == name
            own = [row for row in expected if row["qic_part"] == name]
            value, limits = lines_of(chart, numbers(rows, "y")[here], numbers(rows, "n")[here], base[here])
            compare_points(seen, f"{case} part {name}", own, value, limits)
            compare_runs(seen, told[case, name], value[included[here]], limits.of(included[here]), len(own))
            outside = np.count_nonzero(beyond(value, limits.lower, limits.upper))
            seen.same(case, "sigma signals", outside, int(told[case, name]["n_sigma_signals"]))
    seen.file += f" ({skipped} points of charts that are not offered, or that the reference refuses)"
    seen.close()


def compare_points(seen, case, rows, value, limits):
    """Hold the points of a phase against the reference's."""
    outside = beyond(value, limits.lower, limits.upper)
    columns = (
        ("cl", limits.centre),
        ("lcl", limits.lower),
        ("ucl", limits.upper),
        ("lcl_2s", limits.warning_lower),
        ("ucl_2s", limits.warning_upper),
    )
    for i, row in enumerate(rows):
        place = f"{case} t {row['t']}"
        seen.compare(place, "value", value[i], number(row["value"]))
        for column, line in columns:
            seen.compare(place, column, line[i], number(row[column]))
        seen.same(place, "sigma signal", truth(outside[i]), row["sigma_signal"])


def compare_runs(seen, told, value, limits, observed):
    """Hold the run statistics of a phase against the reference's; it makes no runs signal on moving ranges."""
    runs = anhoej(value, limits.centre)
    case = f"{told['case_id']} part {told['part']}"
    for column, got in (
        ("n_obs", min(observed, len(value))),
        ("n_useful", runs.useful),
        ("longest_run", runs.longest),
        ("longest_run_max", runs.allowed),
        ("n_crossings", runs.crossings),
        ("n_crossings_min", runs.expected),
    ):
        seen.compare(case, column, math.nan if got is None else got, number(told[column]))
    seen.same(case, "runs signal", truth(runs.signal and told["chart"] != "mr"), told["runs_signal"])


def test_xbar_and_s_charts_are_those_of_qicharts2(golden, report):
    seen = report("09_xbar")
    groups = defaultdict(lambda: defaultdict(list))
    for row in rows_of(golden, "09_xbar_input.csv"):
        groups[row["case_id"]][row["subgroup"]].append(number(row["value"]))
    for case, unsorted in cases_of(golden, "09_xbar_expected.csv").items():
        if unsorted[0]["status"] != "ok":
            continue
        rows = sorted(unsorted, key=lambda row: (len(row["subgroup"]), row["subgroup"]))
        known = [[value for value in groups[case][row["subgroup"]] if not math.isnan(value)] for row in rows]
        n = np.array([len(values) for values in known], dtype=float)
        mean = np.array([np.mean(values) if values else math.nan for values in known])
        sd = np.array([np.std(values, ddof=1) if len(values) > 1 else math.nan for values in known])
        every = np.ones(len(rows), dtype=bool)
        means, spreads = charts.xbar(n, mean, sd, every), charts.s(n, sd, every)
        runs, outside = anhoej(mean, means.centre), beyond(mean, means.lower, means.upper)
        columns = (
            ("n", n),
            ("mean", mean),
            ("sd", sd),
            ("cl", means.centre),
        )
        if n.all():  # the reference counts an empty group as minus one when it pools
            columns += (
                ("lcl", means.lower),
                ("ucl", means.upper),
                ("s_cl", spreads.centre),
                ("s_lcl", spreads.lower),
                ("s_ucl", spreads.upper),
            )
        for i, row in enumerate(rows):
            place = f"{case} {row['subgroup']}"
            for column, got in columns:
                seen.compare(place, column, got[i], number(row[column]))
            if n.all():
                seen.same(place, "sigma signal", truth(outside[i]), row["sigma_signal"])
            seen.compare(place, "longest run", runs.longest or math.nan, number(row["longest_run"]))
            seen.compare(
                place,
                "crossings",
                math.nan if runs.longest is None else runs.crossings,
                number(row["n_crossings"]),
            )
            seen.same(place, "runs signal", truth(runs.signal), row["runs_signal"])
    seen.close()
