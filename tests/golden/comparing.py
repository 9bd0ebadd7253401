"""Reading reference results, and comparing with them out loud: how many numbers, how many mismatches, the worst error."""

import csv
import math
from collections import defaultdict

import pytest

TIGHT = 1e-9
"""Relative tolerance: the reference has 12 significant digits."""


def rows_of(folder, name):
    """Return the rows of a reference file as dictionaries of texts; a folder need not have every file."""
    if not (folder / name).exists():
        pytest.skip(f"there is no {name} in {folder}")
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cases_of(folder, name):
    """Return case to its rows, in the order of the file."""
    cases = defaultdict(list)
    for row in rows_of(folder, name):
        cases[row["case_id"]].append(row)
    return cases


def number(text):
    """Return a reference value; an empty field is NA."""
    return math.nan if text in ("", "NA", "NaN") else float(text)


class Report:
    """Compares numbers, remembers the worst, and says at the end how many were compared."""

    def __init__(self, file, capsys):
        self.file, self.capsys = file, capsys
        self.compared, self.refused, self.worst, self.mismatches = 0, 0, 0.0, []

    def compare(self, case, what, got, expected, rtol=TIGHT, atol=1e-12):
        """Hold a number against the reference's; nan stands for none."""
        self.compared += 1
        if math.isnan(expected):
            if not math.isnan(got):
                self.mismatches.append(f"{case} {what}: got {got!r}, the reference has none")
            return
        if math.isinf(expected):
            if got != expected:
                self.mismatches.append(f"{case} {what}: got {got!r}, expected {expected!r}")
            return
        error = abs(got - expected)
        relative = error / abs(expected) if expected else error
        self.worst = max(self.worst, relative if error > atol else 0.0)
        if not (error <= atol + rtol * abs(expected)):
            self.mismatches.append(f"{case} {what}: got {got!r}, expected {expected!r}")

    def same(self, case, what, got, expected):
        """Hold a word or a truth against the reference's."""
        self.compared += 1
        if got != expected:
            self.mismatches.append(f"{case} {what}: got {got!r}, expected {expected!r}")

    def refuse(self, case, call):
        """See that an impossible input is refused with a sentence."""
        self.refused += 1
        try:
            call()
        except ValueError as error:
            assert str(error)  # noqa: PT017 - the sentence is what a user reads
        else:
            self.mismatches.append(f"{case}: an impossible input was not refused")

    def close(self):
        """Print the line of the file and fail on any mismatch; a folder without such cases is passed over."""
        if not self.compared + self.refused:
            pytest.skip(f"{self.file}: no such case in the folder")
        with self.capsys.disabled():
            print(  # noqa: T201 - the report that the test is run for
                f"\n  {self.file}: {self.compared} compared, {self.refused} refused, "
                f"{len(self.mismatches)} mismatches, worst relative error {self.worst:.1e}"
            )
        assert self.mismatches == []
