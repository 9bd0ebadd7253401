"""The attack on what is published recovers what the reference attacker recovers, case by case."""

import csv
import importlib.util
import itertools
import json
from collections import Counter

import numpy as np
import pytest
from golden.comparing import cases_of, rows_of
from golden.published_cells import Hierarchy, attack_cells

from vbs_site.audit.attack import ContradictionError


def in_words(found):
    return sorted({f"{'/'.join(each.count)}={each.low}" for each in found if each.low == each.high})


def attacked(hierarchy, cells, case):
    """Return exit code, numbers attacked and recovered, and the cells, as the reference writes them."""
    try:
        number, recovered, found = attack_cells(hierarchy, cells, case["options"])
    except ContradictionError:
        return ("2", "", "", [])
    return str(int(recovered > 0)), number, recovered, in_words(found)


def expected(case):
    words = sorted(each.strip() for each in case["recovered"].split(";") if each.strip())
    return [
        case["exit_code"],
        *(int(float(n)) if n else "" for n in (case["n_attacked"], case["n_recovered"])),
        words,
    ]


def test_disclosure_attack_ends_as_the_reference_for_every_case(golden, capsys):
    hierarchies = cases_of(golden, "14_attack_hierarchy.csv")
    cells = cases_of(golden, "14_attack_cells.csv")
    different = []
    for case in rows_of(golden, "14_attack_expected.csv"):
        name = case["case_id"]
        got, reference = list(attacked(hierarchies[name], cells[name], case)), expected(case)
        with capsys.disabled():
            print(  # noqa: T201 - the report that the test is run for
                f"\n  {name}: exit {got[0]} (reference {reference[0]}), {got[2] or 0} of {got[1] or 0} recovered: "
                f"{'; '.join(got[3]) or 'nothing'}{'' if got == reference else ' - DIFFERENT'}",
                end="",
            )
        if got != reference:
            different.append((name, got, reference))
    assert different == []


@pytest.fixture
def reference(golden):
    """The reference attacker itself, where the folder holds it."""
    if not (golden / "attacker.py").exists():
        pytest.skip(f"there is no attacker.py in {golden}")
    spec = importlib.util.spec_from_file_location("reference_attacker", golden / "attacker.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_table(random):
    """Return hierarchy rows and cell rows of a table with random signs: regions, a half year, sometimes outcomes."""
    units, periods = int(random.integers(2, 5)), int(random.integers(1, 4))
    outcomes = ["yes", "no"] if random.random() < 0.5 else []
    hierarchy = [("org", "DK", "R1", "1"), *(("org", "R1", f"H{i}", "1") for i in range(units))]
    if units > 2:
        hierarchy += [("org", "DK", "public", "owner"), ("org", "DK", f"H{units - 1}", "owner")]
        hierarchy += [("org", "public", f"H{i}", "1") for i in range(units - 1)]
    hierarchy += [("period", "year", f"Q{i}", "1") for i in range(periods)]
    hierarchy += [("period", "half", f"Q{i}", "1") for i in range(min(2, periods))] if periods > 2 else []
    hierarchy += [("outcome", "all", each, "1") for each in outcomes] or [("outcome", "", "all", "1")]
    leaves = {
        key: int(random.poisson(4))
        for key in itertools.product(
            [f"H{i}" for i in range(units)], [f"Q{i}" for i in range(periods)], outcomes or ["all"]
        )
    }
    rows = [dict(zip(("dim", "parent", "child", "grouping"), each, strict=True)) for each in hierarchy]
    tree = Hierarchy(rows, ["org", "period", "outcome"])
    hide, cells = random.uniform(0.2, 0.9), []
    for key in itertools.product(*(tree.members[dimension] for dimension in tree.dimensions)):
        count = sum(leaves[leaf] for leaf in tree.leaves(key))
        sign = "" if count > 4 else "<5"
        value = sign if random.random() < hide or 0 < count < 3 else str(count)
        cells.append(dict(zip(tree.dimensions, key, strict=True)) | {"value": value, "release": "r1"})
    return rows, cells


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def both(reference, folder, hierarchy, cells, options):
    """Return what the reference recovers and what is recovered here, each count with its interval; and how many."""
    files = [folder / name for name in ("cells.csv", "hierarchy.csv", "answer.json")]
    write(files[0], cells)
    write(files[1], hierarchy)
    words = [str(files[0]), "-H", str(files[1]), "--milp", "--milp-width", "1000", "--json", str(files[2])]
    code = reference.main([*words, "--quiet", *options.split()])
    answer = json.loads(files[2].read_text(encoding="utf-8"))["results"]
    theirs = {
        tuple(each["cell"].values()): (each["lo"], each["hi"])
        for each in answer
        if each["verdict"] in {"exact", "tight", "unlisted-small"}
    }
    number, _, found = attack_cells(hierarchy, cells, options)
    assert (number, bool(found)) == (len(answer), bool(code))
    return theirs, {each.count: (each.low, each.high) for each in found}, number


@pytest.mark.parametrize("options", ["", "--min-width 3", "--include-unlisted"])
def test_disclosure_attack_recovers_what_the_reference_does_on_random_tables(
    reference, tmp_path, options, capsys
):
    """Cell by cell with its interval; the reference is told to leave nothing to fractions."""
    random, compared, recovered = np.random.default_rng(6), 0, 0
    for number in range(25):
        hierarchy, cells = random_table(random)
        if options == "--include-unlisted":
            cells = [cell for cell in cells if random.random() < 0.8]
        theirs, ours, attacked = both(reference, tmp_path, hierarchy, cells, options)
        assert ours == theirs, number
        compared, recovered = compared + attacked, recovered + len(ours)
    with capsys.disabled():
        print(  # noqa: T201 - the report that the test is run for
            f"\n  {options or 'exact'}: {compared} cells attacked, {recovered} recovered, all as the reference"
        )


LARGEST = 400
"""Cells of the tables that the reference attacks too: it takes minutes for larger ones."""


def test_disclosure_attack_on_tables_with_their_small_leaves_hidden(golden, reference, tmp_path, capsys):
    """Hiding what is small and nothing else leaks: every count recovered is the true one, and as the reference has it."""
    hierarchies, recovered = cases_of(golden, "13_sdc_hierarchy.csv"), 0
    for name, leaves in cases_of(golden, "13_sdc_leaves.csv").items():
        columns = list(dict.fromkeys(row["dim"] for row in hierarchies[name]))
        tree = Hierarchy(hierarchies[name], columns)
        counts = Counter()
        for row in leaves:
            counts[tuple(row[column] for column in columns)] += int(row["count"])
        values = {
            key: sum(counts[leaf] for leaf in tree.leaves(key))
            for key in itertools.product(*(tree.members[column] for column in columns))
        }
        hidden = {key for key, value in values.items() if 0 < value < 5 and tree.leaves(key) == [key]}
        cells = [
            dict(zip(columns, key, strict=True))
            | {"value": "" if key in hidden else str(value), "release": "r1"}
            for key, value in values.items()
        ]
        if len(cells) <= LARGEST:
            theirs, ours, _ = both(reference, tmp_path, hierarchies[name], cells, "--nonzero")
            assert ours == theirs, name
        else:
            found = attack_cells(hierarchies[name], cells, "--nonzero")[2]
            ours = {each.count: (each.low, each.high) for each in found}
        with capsys.disabled():
            print(f"\n  {name}: {len(ours)} of {len(hidden)} hidden leaves recovered", end="")  # noqa: T201 - the same
        assert all(value == (values[key], values[key]) for key, value in ours.items()), name
        recovered += len(ours)
    assert recovered
