"""Differences and ratios of two units equal those of R packages."""

import numpy as np
import pytest
from golden.arrays import hold, one
from golden.comparing import number, rows_of
from scipy import stats

from vbs_site.statistics.differences import (
    difference_of_means,
    difference_of_proportions,
    ratio_of_proportions,
    ratio_of_rates,
    score_difference_of_proportions,
)

ROOTS = 1e-7
"""The peers of this file look for roots, and stop there."""
STATISTIC = 1e-6
"""Miettinen and Nurminen's limits in both peers: the search also stops where the statistic is as near as this."""


def reach(numbers, level):
    """Return how far from the limits of a score interval a search can stop by its statistic."""
    beside = stats.chi2.cdf(stats.chi2.ppf(level, 1) + STATISTIC, 1)
    limits, others = (score_difference_of_proportions(*numbers, each) for each in (level, beside))
    return max(abs(limits.lower - others.lower)[0], abs(limits.upper - others.upper)[0])


def test_differences_and_ratios_of_proportions_are_those_of_desctools(golden, report):
    seen = report("06_two_proportions.csv")
    for row in rows_of(golden, "06_two_proportions.csv"):
        case, level = row["case_id"], float(row["confidence"])
        numbers = [one(number(row[name])) for name in ("x1", "n1", "x2", "n2")]
        x, m, y, n = (float(each[0]) for each in numbers)
        if not (0 <= x <= m and 0 <= y <= n and m > 0 and n > 0):
            seen.refuse(case, lambda numbers=numbers: difference_of_proportions(*numbers))
            seen.refuse(case, lambda numbers=numbers: ratio_of_proportions(*numbers))
            continue
        for function, columns in (
            (difference_of_proportions, ("newcombe_lower", "newcombe_upper", "diff")),
            (ratio_of_proportions, ("ratio_katz_log_lower", "ratio_katz_log_upper", "ratio")),
        ):
            hold(seen, case, function(*numbers, level), row, *columns, atol=ROOTS)
        score = score_difference_of_proportions(*numbers, level)
        for peer in ("desctools", "propcis"):
            columns = (f"miettinen_nurminen_{side}_{peer}" for side in ("lower", "upper"))
            hold(seen, case, score, row, *columns, atol=ROOTS + reach(numbers, level))
    seen.close()


def test_a_ratio_of_rates_is_that_of_poisson_test():
    """The second example of R's manual page, with the numbers that R prints for it."""
    estimate = ratio_of_rates(one(11), one(800), one(6 + 8 + 7), one(1083 + 1050 + 878))
    assert estimate.value[0] == pytest.approx(1.971488, abs=5e-7)
    assert estimate.lower[0] == pytest.approx(0.8584264, abs=5e-8)
    assert estimate.upper[0] == pytest.approx(4.2772659, abs=5e-8)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.998])
def test_a_difference_of_means_is_that_of_scipy(level):
    rng = np.random.default_rng(7)
    for m, n in [(2, 2), (3, 40), (25, 9)]:
        first, second = rng.normal(20, 3, m), rng.normal(18, 9, n)
        described = [one(part) for x in (first, second) for part in (x.mean(), x.std(ddof=1), len(x))]
        estimate = difference_of_means(*described, level)
        expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval(level)
        assert estimate.lower[0] == pytest.approx(expected.low, rel=1e-9)
        assert estimate.upper[0] == pytest.approx(expected.high, rel=1e-9)
