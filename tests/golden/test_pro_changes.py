"""Changes of patients' own scores equal those of R: the paired t test, the size beside the spread, who is better or worse."""

import math

import numpy as np
from golden.arrays import hold, one, sums
from golden.comparing import cases_of, number, rows_of

from vbs_site.statistics.changes import effect_size, improved, standardised_response_mean
from vbs_site.statistics.intervals import mean, variance, wilson

OTHER = {"higher": "lower", "lower": "higher"}


def test_paired_changes_are_those_of_the_paired_t_test(golden, report):
    seen = report("10_pro")
    cases = cases_of(golden, "10_pro_input.csv")
    for row in rows_of(golden, "10_pro_expected.csv"):
        case = row["case_id"]
        scores = [(number(each["baseline"]), number(each["followup"])) for each in cases[case]]
        pairs = [(before, after) for before, after in scores if not math.isnan(before + after)]
        changes = [after - before for before, after in pairs]
        seen.compare(case, "n_pairs", len(pairs), number(row["n_pairs"]))
        if not pairs:
            seen.refuse(case, lambda: mean(*sums([])))
            seen.refuse(case, lambda: standardised_response_mean(*sums([])))
            seen.refuse(case, lambda: wilson(one(0), one(0)))
            continue
        before, after = zip(*pairs, strict=True)
        for name, values in (("mean_baseline", before), ("mean_followup", after), ("mean_change", changes)):
            seen.compare(case, name, mean(*sums(values)).value[0], number(row[name]))
        for name, values in (("sd_baseline", before), ("sd_change", changes)):
            # The reference has a spread of 4.5e-17 where floats of equal changes differ; from sums it is below 1e-7.
            lost = 1e-7 * max(map(abs, values))
            atol = lost if number(row[name]) < lost else 1e-12
            deviation = math.sqrt(variance(*sums(values))[0])
            seen.compare(case, name, deviation, number(row[name]), atol=atol)
        constant = len(pairs) > 1 and (
            "essentially constant" in row["t_status"] or math.isnan(number(row["t95_lower"]))
        )
        estimate = mean(*sums(changes))
        if constant:
            # t.test has no limits when all changes are equal; 03_means has them at the mean then, and so have we.
            hold(seen, case, estimate, row, "mean_change", "mean_change", atol=1e-7)
        else:
            hold(seen, case, estimate, row, "t95_lower", "t95_upper")
        # Where R calls the changes constant, a mean over their spread of 4.5e-17 is none.
        expected = math.nan if constant else number(row["srm"])
        seen.compare(case, "srm", standardised_response_mean(*sums(changes))[0], expected)
        size = effect_size(*sums(changes)[:2], *sums(before)[1:])[0]
        equal = max(before) - min(before) <= 1e-9 * max(map(abs, before))
        expected = math.nan if equal else number(row["es_baseline_sd"])
        seen.compare(case, "effect size", size, expected)
    seen.close()


def test_who_is_better_or_worse_is_counted_as_in_the_reference(golden, report):
    seen = report("10_pro who is better")
    cases = cases_of(golden, "10_pro_input.csv")
    for row in rows_of(golden, "10_pro_expected.csv"):
        case, direction, threshold = row["case_id"], row["better"], float(row["mcid"])
        changes = np.array([number(each["followup"]) - number(each["baseline"]) for each in cases[case]])
        better = improved(changes, threshold, direction).sum()
        seen.same(case, "improved", int(better), int(row["n_improved_ge_mcid"]))
        worse = improved(changes, threshold, OTHER[direction]).sum()
        seen.same(case, "worsened", int(worse), int(row["n_worsened_ge_mcid"]))
        if row["share_status"] == "ok":
            share = wilson(one(better), one(number(row["n_pairs"])))
            hold(seen, case, share, row, "share_wilson95_lower", "share_wilson95_upper", "share_improved")
    seen.close()
