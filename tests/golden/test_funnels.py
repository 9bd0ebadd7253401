"""Funnels: z-scores, overdispersion, limits and outliers are those of FunnelPlotR and Spiegelhalter's exact limits."""

import math
import re
from dataclasses import dataclass
from fnmatch import fnmatch

import numpy as np
from golden.comparing import TIGHT, number, rows_of
from scipy import stats

from vbs_site.statistics.funnel import Limits, funnel_of_counts, funnel_of_proportions, interpolated, position
from vbs_site.statistics.intervals import exact_limits, quantile_of, ratio_to_expected, tail_of
from vbs_site.statistics.overdispersion import ANGLE, LOG, PLAIN, ROOT, Scale, spread, truncated, winsorised

SHMI = 5e-4
"""The README's tolerance where the reference rounds expected events to 2 decimals by its own rule for ties."""
TYPED_IN = {"95": 1.959964, "998": 3.090232}
"""FunnelPlotR writes the deviates with 7 digits."""
KEYS = ("case_id", "data_type", "sr_method", "trim_by")
SIDES = ("lcl", "ucl")


@dataclass(frozen=True)
class Reference:
    """One funnel of the reference, read."""

    name: str
    kind: str
    trim: float
    rows: list
    summary: dict
    x: np.ndarray
    n: np.ndarray

    @property
    def possible(self):
        """Whether every unit has somebody, and no more events than people where the events are people."""
        within = self.x <= self.n if self.kind == "PR" else True
        return bool(np.all((self.n > 0) & (self.x >= 0) & within))

    @property
    def rtol(self):
        return SHMI if self.kind == "SHMI" else TIGHT

    @property
    def lost(self):
        """Whether the reference has no finite spread: the logarithm of no events, or one unit alone (0 / 0)."""
        finite = all(math.isfinite(number(self.summary[name])) for name in ("phi", "tau2"))
        return not finite or len(self.rows) == 1

    def skips(self, row, column):
        """Tell whether a column is a known defect of the reference in this row."""
        if self.lost and fnmatch(column, "od_*"):
            return True
        named = [part.split(":")[0] for part in row["do_not_match"].split(";")]
        patterns = {word for part in named for word in re.split(r"[ ,]+", part)} - {"and", ""}
        if {"all", "limits"} <= patterns:
            patterns |= {"lcl*", "ucl*", "od_*", "mult_*"}
        return any(fnmatch(column, pattern) for pattern in patterns)


def references(folder):
    """Return every funnel of the folder."""
    units = {}
    for row in rows_of(folder, "07_funnel_units.csv"):
        units.setdefault(tuple(row[key] for key in KEYS), []).append(row)
    for summary in rows_of(folder, "07_funnel_summary.csv"):
        key = tuple(summary[name] for name in KEYS)
        rows = units.get(key, [])
        case, kind, method, trim = key
        x, n = (
            np.array([number(row[column]) for row in rows], dtype=float)
            for column in ("numerator", "denominator")
        )
        kind = method if kind == "SR" else kind
        yield Reference(f"{case} {kind}", kind, float(trim), rows, summary, x, n)


def scaled(funnel: Reference) -> tuple[Scale, float, np.ndarray, np.ndarray]:
    """Return the scale of a kind of funnel with centre, z-scores and standard errors."""
    x, n = funnel.x, funnel.n
    if funnel.kind == "PR":
        scale, value, centre, error = ANGLE, x / n, x.sum() / n.sum(), 1 / (2 * np.sqrt(n))
    elif funnel.kind == "CQC":
        scale, value, centre, error = ROOT, x / n, 1.0, 1 / (2 * np.sqrt(n))
    elif funnel.kind == "SHMI":
        rounded = np.array([round(float(expected), 2) for expected in n])
        scale, value, centre, error = LOG, x / rounded, 1.0, 1 / np.sqrt(rounded)
    else:
        scale, value, centre = LOG, (x + 0.5) / (n + 0.5), x.sum() / n.sum()
        error = np.sqrt(x / (x + 0.5) ** 2 + n / (n + 0.5) ** 2)
    return scale, centre, scale.z_scores(value, centre, error), error


def drawn(funnel, prefix, scale, centre, error, found):
    """Return column to limits of one set of the reference's limits."""
    limits = {}
    for digits, level in (("95", 0.95), ("998", 0.998)):
        if prefix == "" and funnel.kind in ("SHMI", "CQC"):
            expected = (1 if funnel.kind == "SHMI" else 0.25) / error**2
            pair = tuple(each / expected for each in exact_limits(expected, level))
        elif prefix == "":
            pair = scale.limits(centre, error, TYPED_IN[digits])
        elif prefix == "mult_":
            # The reference does not round the expected events here.
            plain = 1 / np.sqrt(funnel.n) if funnel.kind == "SHMI" else error
            pair = scale.limits(centre, found.widen(plain, "multiplicative"), TYPED_IN[digits])
        else:
            pair = scale.limits(centre, found.widen(error, "additive"), TYPED_IN[digits])
        limits |= {f"{prefix}{side}{digits}": values for side, values in zip(SIDES, pair, strict=True)}
    return limits


def test_impossible_units_are_refused(golden, report):
    seen = report("07_funnel, impossible units")
    for funnel in references(golden):
        if funnel.kind == "PR" and not funnel.possible:
            seen.refuse(funnel.name, lambda f=funnel: funnel_of_proportions(f.x, f.n, 0.5))
    for x, n in (([1.0], [0.0]), ([3.0], [2.0]), ([-1.0], [2.0]), ([], []), ([math.nan], [2.0])):
        seen.refuse(f"shares {x} {n}", lambda x=x, n=n: funnel_of_proportions(np.array(x), np.array(n), 0.5))
    for x, n in (([1.0], [0.0]), ([-1.0], [2.0]), ([], []), ([1.0], [math.nan])):
        seen.refuse(f"counts {x} {n}", lambda x=x, n=n: funnel_of_counts(np.array(x), np.array(n)))
    seen.close()


def usable(golden):
    return [each for each in references(golden) if each.summary["status"] == "ok" and each.possible]


def test_scores_and_spread_are_those_of_funnelplotr(golden, report):
    seen = report("07_funnel_units.csv and 07_funnel_summary.csv, scores and spread")
    for funnel in usable(golden):
        _, centre, z, error = scaled(funnel)
        expected = funnel.summary
        seen.compare(funnel.name, "target", centre, number(expected["target"]))
        for unit, row in enumerate(funnel.rows):
            seen.compare(
                funnel.name, f"z {row['unit']}", z[unit], number(row["z_unadjusted"]), funnel.rtol, 1e-9
            )
        if funnel.lost:
            continue
        kept = truncated(z, funnel.trim) if funnel.kind == "SHMI" else np.ones(len(z), dtype=bool)
        trimmed = np.where(kept, z, math.nan) if funnel.kind == "SHMI" else winsorised(z, funnel.trim)
        found = spread(trimmed[kept], error[kept])
        for unit, row in enumerate(funnel.rows):
            what = f"trimmed z {row['unit']}"
            seen.compare(funnel.name, what, trimmed[unit], number(row["z_trimmed"]), funnel.rtol, 1e-9)
        seen.compare(funnel.name, "n_used", kept.sum(), number(expected["n_used"]))
        seen.compare(funnel.name, "phi", found.phi, number(expected["phi"]), funnel.rtol, 1e-9)
        seen.compare(funnel.name, "tau2", found.tau2, number(expected["tau2"]), funnel.rtol, 1e-9)
        seen.same(funnel.name, "adjusted_drawn", found.more_than_chance, expected["adjusted_drawn"] == "TRUE")
    seen.close()


def test_the_products_funnels_have_the_reference_scores_and_spread(golden, report):
    seen = report("07_funnel_summary.csv, through the product's funnels")
    for funnel in usable(golden):
        centre = number(funnel.summary["target"])
        if funnel.kind == "PR":
            limits = funnel_of_proportions(funnel.x, funnel.n, centre, "additive", funnel.trim)
        elif funnel.kind == "CQC":
            limits = funnel_of_counts(funnel.x, funnel.n, centre, "additive", funnel.trim)
        else:
            continue
        for unit, row in enumerate(funnel.rows):
            seen.compare(
                funnel.name, f"z {row['unit']}", limits.z[unit], number(row["z_unadjusted"]), 1e-9, 1e-9
            )
        if not funnel.lost:
            seen.compare(funnel.name, "phi", limits.phi, number(funnel.summary["phi"]), 1e-9, 1e-9)
            seen.compare(funnel.name, "tau2", limits.tau2, number(funnel.summary["tau2"]), 1e-9, 1e-9)
            seen.same(funnel.name, "widened", limits.widened, funnel.summary["adjusted_drawn"] == "TRUE")
    seen.close()


def spread_of(funnel, z, error):
    if funnel.kind == "SHMI":
        kept = truncated(z, funnel.trim)
        return spread(z[kept], error[kept])
    return spread(winsorised(z, funnel.trim), error)


def test_limits_and_outliers_are_those_of_funnelplotr(golden, report):
    seen = report("07_funnel_units.csv, limits and outliers")
    for funnel in usable(golden):
        scale, centre, z, error = scaled(funnel)
        sets = {"": drawn(funnel, "", scale, centre, error, None)}
        if not funnel.lost:
            found = spread_of(funnel, z, error)
            sets |= {name: drawn(funnel, name, scale, centre, error, found) for name in ("od_", "mult_")}
        columns = {column: values for each in sets.values() for column, values in each.items()}
        for unit, row in enumerate(funnel.rows):
            for column, values in columns.items():
                if row[column] and not funnel.skips(row, column):
                    what = f"{column} {row['unit']}"
                    seen.compare(funnel.name, what, values[unit], number(row[column]), funnel.rtol)
        compare_outliers(seen, funnel, sets, centre)
    seen.close()


def compare_outliers(seen, funnel, sets, centre):
    """Hold who lies outside against the reference, unit for unit and, where all can be compared, in number."""
    adjusted = funnel.summary["adjusted_drawn"] == "TRUE"
    for setting, prefix, total in (
        ("default", "od_" if adjusted else "", "adjusted_setting"),
        ("unadjusted", "", "unadjusted"),
    ):
        if prefix not in sets:
            continue
        limits = sets[prefix]
        found = position(funnel.x / funnel.n, as_limits(limits, prefix, centre))
        for digits, words in (("95", ("95", "998")), ("998", ("998",))):
            column = f"outlier{digits}_{setting}"
            outside = [word.endswith(words) for word in found]
            needed = [column, *(f"{prefix}{side}{digits}" for side in SIDES)]
            compared = [
                unit
                for unit, row in enumerate(funnel.rows)
                if row[column] and not any(funnel.skips(row, name) for name in needed)
            ]
            for unit in compared:
                row = funnel.rows[unit]
                seen.same(funnel.name, f"{column} {row['unit']}", int(outside[unit]), int(row[column]))
            if len(compared) == len(funnel.rows):
                expected = int(funnel.summary[f"n_outliers{digits}_{total}"])
                seen.same(funnel.name, f"outliers {digits} {total}", sum(outside), expected)


def as_limits(limits, prefix, centre):
    lower_95, upper_95, lower_998, upper_998 = (
        limits[f"{prefix}{side}{digits}"] for digits in ("95", "998") for side in SIDES
    )
    return Limits(centre, 1, 0, lower_95, upper_95, lower_998, upper_998, np.zeros(1), widened=False)


def test_exact_limits_are_spiegelhalters(golden, report):
    seen = report("07_funnel_units.csv, exact limits")
    for funnel in usable(golden):
        if funnel.kind != "PR":
            continue
        centre = funnel.x.sum() / funnel.n.sum()
        limits = funnel_of_proportions(funnel.x, funnel.n, centre)
        for digits, tail in (("95", tail_of(0.95)), ("998", tail_of(0.998))):
            high = interpolated(stats.binom, 1 - tail, funnel.n, centre) / funnel.n
            lower, upper = getattr(limits, f"lower_{digits}"), getattr(limits, f"upper_{digits}")
            for unit, row in enumerate(funnel.rows):
                # Without any event the interpolated limit is a hair below 0, which no share is.
                low_ref, high_ref = (max(number(row[f"exact_{side}{digits}"]), 0) for side in SIDES)
                seen.compare(funnel.name, f"exact_lcl{digits} {row['unit']}", lower[unit], low_ref)
                seen.compare(funnel.name, f"exact_ucl{digits} {row['unit']}", max(high[unit], 0), high_ref)
                above = min(high[unit] + 1 / funnel.n[unit], 1)
                seen.compare(funnel.name, f"upper limit {digits} {row['unit']}", upper[unit], above)
    seen.close()


def test_square_root_limits_are_funnelplotrs_squared_back(golden, report):
    """FunnelPlotR leaves these limits on the scale of the root; squared, they are ours."""
    seen = report("07_funnel_units.csv, square-root limits squared back")
    for funnel in usable(golden):
        if funnel.kind != "CQC" or funnel.lost:
            continue
        scale, centre, z, error = scaled(funnel)
        columns = drawn(funnel, "od_", scale, centre, error, spread_of(funnel, z, error))
        for unit, row in enumerate(funnel.rows):
            for column, values in columns.items():
                squared = max(number(row[column]), 0) ** 2
                seen.compare(funnel.name, f"{column} {row['unit']}", values[unit], squared)
    seen.close()


def test_normal_limits_of_shares_and_verdicts_on_ratios_are_those_of_phe(golden, report):
    seen = report("07_funnel_units.csv, PHEindicatormethods")
    for funnel in usable(golden):
        if funnel.kind == "PR":
            centre = funnel.x.sum() / funnel.n.sum()
            error = np.sqrt(centre * (1 - centre) / funnel.n)
            for digits, level in (("95", 0.95), ("998", 0.998)):
                pair = PLAIN.limits(centre, error, quantile_of(level))
                for side, values in zip(SIDES, pair, strict=True):
                    for row, value in zip(funnel.rows, np.clip(values, 0, 1), strict=True):
                        column = f"phe_{side}{digits}"
                        seen.compare(
                            funnel.name, f"{column} {row['unit']}", value, number(row[column]), 1e-9, 1e-9
                        )
        elif funnel.kind in ("SHMI", "CQC"):
            verdicts = np.full(len(funnel.x), "Not significant", dtype=object)
            for level, tail in ((0.95, "0.025"), (0.998, "0.001")):
                estimate = ratio_to_expected(funnel.x, funnel.n, level)
                verdicts[estimate.lower > 1] = f"High ({tail})"
                verdicts[estimate.upper < 1] = f"Low ({tail})"
            for row, verdict in zip(funnel.rows, verdicts, strict=True):
                seen.same(funnel.name, f"phe_significance {row['unit']}", verdict, row["phe_significance"])
    seen.close()
