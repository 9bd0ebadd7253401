"""Reference rows as the arrays that the statistics take, and estimates held against several columns at once."""

import math

import numpy as np
from golden.comparing import TIGHT, number


def one(value):
    """Return a number as an array of one."""
    return np.array([float(value)])


def sums(values):
    """Return count, sum and sum of squares as the engine gives them: exact, then one float."""
    return one(len(values)), one(math.fsum(values)), one(math.fsum(value * value for value in values))


def hold(seen, case, estimate, row, *columns, rtol=TIGHT, atol=1e-12):
    """Compare lower limit, upper limit and value, in this order, with the columns that are given."""
    for name, column in zip(("lower", "upper", "value"), columns, strict=False):
        got = float(getattr(estimate, name)[0])
        seen.compare(case, column, got, number(row[column]), rtol, atol)
