"""Secondary suppression against the reference's cases: nothing can be found by its attacker, and fewer cells are hidden.

The attacker is the reference's own program: what it reads is what the table would show. The most cells that may be
hidden are those that GaussSuppression hides with its own settings.
"""

import contextlib
import csv
import importlib.util
import io
import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from golden.comparing import cases_of, rows_of
from golden.crossed import read

from vbs_site.disclosure.optimise import suppress, unprotected

RULES = {"1-4": True, "0-4": False}
"""The reference's name of a rule, and whether zeros are shown."""
DEFAULT = "GaussSuppression_default"
MEAN_SHARE = 0.96
SHARED = Path(__file__).parents[2] / ".." / "shared" / "golden"


@pytest.fixture(scope="module")
def attacker(golden):
    """The main function of the attacker that lies beside the cases, or else of the shared one."""
    file = next((each for each in (golden / "attacker.py", SHARED / "attacker.py") if each.exists()), None)
    if file is None:
        pytest.skip(f"there is no attacker.py in {golden}")
    spec = importlib.util.spec_from_file_location("attacker", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["attacker"] = module
    spec.loader.exec_module(module)
    return module.main


@pytest.fixture(scope="module")
def patterns(golden):
    """Every case under both rules: its dimensions, table, system and the pattern that protects it."""
    leaves, links = (cases_of(golden, f"13_sdc_{name}.csv") for name in ("leaves", "hierarchy"))
    made = {}
    for case in rows_of(golden, "13_sdc_cases.csv"):
        dims = case["dims"].split(";")
        table = read(leaves[case["case_id"]], links[case["case_id"]], dims)
        for rule, zeros_shown in RULES.items():
            system = table.system(zeros_shown=zeros_shown)
            made[case["case_id"], rule] = dims, table, system, suppress(system)
    return made


@pytest.fixture(scope="module")
def reference(golden):
    """(case, rule) to what GaussSuppression hides with its own settings, where the reference says it."""
    file = golden / "13_sdc_reference.csv"
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["method"] == DEFAULT and row["n_suppressed"]]
    return {(row["case_id"], row["rule"]): row for row in rows}


def attack(attacker, folder, dims, table, system, hidden, rows, *, nonzero):
    """Return which cells the attacker finds in what a table shows."""
    cells, links, found = folder / "cells.csv", folder / "hierarchy.csv", folder / "found.json"
    with cells.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*dims, "value", "status", "truth"])
        for place, cell in enumerate(table.cells):
            status = "primary" if system.gone[place] else "secondary" if hidden[place] else ""
            shown = "*" if hidden[place] else table.counts[place]
            writer.writerow([*cell, shown, status, table.counts[place]])
    with links.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["dim", "parent", "child", "grouping"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    options = ["--milp", "--quiet", "--json", str(found), *(["--nonzero"] if nonzero else [])]
    with contextlib.redirect_stdout(io.StringIO()):
        code = attacker([str(cells), "--hierarchy", str(links), *options])
    assert code in {0, 1}, "the attacker understands the table"
    results = json.loads(found.read_text(encoding="utf-8"))["results"]
    assert len(results) == hidden.sum()
    assert not any(each["truth_outside"] for each in results)
    return [each for each in results if each["verdict"] == "exact" and each["status"] == "primary"]


@pytest.mark.parametrize("rule", RULES)
def test_disclosure_nothing_hidden_can_be_found(golden, attacker, patterns, rule, tmp_path):
    links = cases_of(golden, "13_sdc_hierarchy.csv")
    for (case, of_rule), (dims, table, system, pattern) in patterns.items():
        if of_rule != rule or not pattern.hidden.any():
            continue
        for nonzero in {False, RULES[rule]}:
            found = attack(
                attacker, tmp_path, dims, table, system, pattern.hidden, links[case], nonzero=nonzero
            )
            assert found == [], f"{case} {rule}: found by an intruder (knows that hidden is not 0: {nonzero})"


def test_disclosure_the_attacker_finds_what_has_no_secondary_suppression(
    golden, attacker, patterns, tmp_path
):
    """The check above can fail: without secondary suppression the same attacker finds counts."""
    links = cases_of(golden, "13_sdc_hierarchy.csv")
    case, (dims, table, system, _) = next(
        (case, each) for (case, rule), each in patterns.items() if rule == "1-4" and each[2].gone.any()
    )
    assert attack(attacker, tmp_path, dims, table, system, system.gone, links[case], nonzero=False)


def test_disclosure_every_small_count_has_two_possible_values(patterns):
    for (case, rule), (_, _, system, pattern) in patterns.items():
        assert (pattern.hidden >= system.gone).all()
        assert not (pattern.hidden & system.kept).any()
        assert unprotected(system, pattern.hidden) == [], f"{case} {rule}"


def test_disclosure_hides_no_more_than_gauss_suppression(patterns, reference, capsys):
    lines, shares = [], {}
    for (case, rule), (_, table, system, pattern) in patterns.items():
        hidden, told = int(pattern.hidden.sum()), reference.get((case, rule))
        most = int(told["n_suppressed"]) if told else None
        if told:
            assert int(system.gone.sum()) == int(told["n_primary"]), f"{case} {rule}"
        share = hidden / most if most else math.nan
        if most:
            shares[case, rule] = share
        lines.append(
            f"  {case} {rule}: {len(table.cells)} cells, {int(system.gone.sum())} primary, {hidden} hidden, "
            f"GaussSuppression {'-' if most is None else most}, share {share:.3f}, {pattern.method}"
        )
        if most is not None:
            assert hidden <= most, f"{case} {rule}"
    mean = float(np.mean(list(shares.values()))) if shares else math.nan
    with capsys.disabled():
        print("", *lines, f"  mean share of {len(shares)} cases: {mean:.4f}", sep="\n")  # noqa: T201 - the report
    if not shares:
        pytest.skip("the reference has no case with suppressed cells")
    assert mean <= MEAN_SHARE
