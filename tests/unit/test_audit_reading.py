"""The audit of a release: every class of leak is found where it is planted, and nothing where there is none."""

import json

import pandas as pd
import pytest
from published_tables import hidden, read_table, shown, unit, write_release, write_table

from vbs_site.audit.audit import audit, built_at
from vbs_site.audit.findings import AGREES, ALIKE, HIDDEN_EVERYWHERE, NO_SMALL, UNKNOWABLE
from vbs_site.audit.inversion import clopper_pearson
from vbs_site.audit.release import Policy
from vbs_site.diagnostics import FaultError
from vbs_site.tables import write_parquet

REGIONS = [unit("nord", "region"), unit("syd", "region"), unit("vest", "region")]
HOSPITALS = [*REGIONS, *(unit(name, "hospital", "nord") for name in ("alfa", "beta", "gamma"))]
COUNTRY = "national/national"


def quiet(_part):
    pass


def rules(folder, earlier=None):
    """Return the rules that an audit finds broken."""
    return {found.rule for found in audit(folder, earlier, quiet).findings}


def objects(folder, rule, earlier=None):
    """Return what an audit finds to break a rule, as far as it names it."""
    return [found.object for found in audit(folder, earlier, quiet).findings if found.rule == rule]


def regions(*counts, indicator="en", period="2025", total=None):
    """Return the line of a country and those of its regions; a count of None is hidden."""
    lines = [
        hidden(indicator, f"region/{region['id']}", period)
        if count is None
        else shown(indicator, f"region/{region['id']}", period, count)
        for region, count in zip(REGIONS, counts, strict=False)
    ]
    return [*([shown(indicator, COUNTRY, period, total)] if total is not None else []), *lines]


def test_a_total_less_the_rest_is_found(tmp_path):
    leaking = write_release(tmp_path / "r1", regions(14, None, 39, total=57), REGIONS)
    done = audit(leaking, None, quiet)
    (found,) = done.findings
    assert (found.rule, found.file, found.line) == (UNKNOWABLE, "results.csv", 4)
    assert found.object == "n of en proportion, region syd, 2025"
    assert "1 possible value" in found.got and "results.csv:2" in found.got
    assert "4" not in found.got.replace("results.csv:4", "")
    assert (done.cells, done.hidden, done.attacked) == (4, 1, 1)


def test_two_hidden_parts_with_room_between_them_are_no_finding(tmp_path):
    assert not rules(write_release(tmp_path / "r1", regions(14, None, None, total=57), REGIONS))


def test_a_hidden_count_that_is_surely_large_is_no_finding(tmp_path):
    assert not rules(write_release(tmp_path / "r1", regions(14, None, 13, total=57), REGIONS))


def test_the_complement_is_found_though_it_is_listed_nowhere(tmp_path):
    lines = [shown("en", "region/nord", "2025", 50, 48), shown("en", "region/syd", "2025", 70, 40)]
    assert rules(write_release(tmp_path / "r1", lines, REGIONS)) == {NO_SMALL}
    loose = {"threshold": 5, "zeros_shown": True, "complement": False}
    assert not rules(write_release(tmp_path / "r2", lines, REGIONS, protection=loose))


def test_a_small_numerator_or_group_that_is_shown_is_found(tmp_path):
    for name, n, numerator in (("n", 4, 0), ("numerator", 60, 4)):
        lines = [shown("en", "region/nord", "2025", n, numerator)]
        assert rules(write_release(tmp_path / name, lines, REGIONS)) == {NO_SMALL}


def test_zeros_are_found_where_the_policy_hides_them(tmp_path):
    lines = [shown("en", "region/nord", "2025", 60, 0)]
    assert not rules(write_release(tmp_path / "shown", lines, REGIONS))
    policy = {"threshold": 5, "zeros_shown": False}
    assert rules(write_release(tmp_path / "secret", lines, REGIONS, protection=policy)) == {NO_SMALL}


def test_a_percentage_beside_n_is_found(tmp_path):
    lines = [*regions(66, None, 300), shown("to", "region/nord", "2025", 90, 30)]
    folder = write_release(tmp_path / "r1", lines, REGIONS)
    assert not rules(folder)
    table = read_table(folder / "results.csv")
    table[1] |= {"n": "66", "value": "0.015"}
    write_table(folder / "results.csv", table)
    assert rules(folder) == {HIDDEN_EVERYWHERE}


def test_a_percentage_with_limits_and_a_hidden_n_is_found(tmp_path):
    low, high = (float(each) for each in clopper_pearson(2.0, 79.0, 0.95))
    line = hidden("en", "region/nord", "2025") | {
        "value": "0.025",
        "lower": f"{low:.3f}",
        "upper": f"{high:.3f}",
    }
    folder = write_release(tmp_path / "r1", [line], REGIONS)
    assert objects(folder, HIDDEN_EVERYWHERE) == ["en proportion, region nord, 2025"]


def test_a_percentage_whose_counts_are_left_out_gives_them_back(tmp_path):
    low, high = (float(each) for each in clopper_pearson(2.0, 79.0, 0.95))
    line = shown("en", "region/nord", "2025", 79, 2) | {"n": "", "numerator": ""}
    line |= {"lower": f"{low:.8f}", "upper": f"{high:.8f}"}
    folder = write_release(tmp_path / "r1", [line, shown("en", "region/syd", "2025", 90, 30)], REGIONS)
    assert objects(folder, UNKNOWABLE) == ["numerator of en proportion, region nord, 2025"]


@pytest.mark.parametrize("numerator", [0, 40])
def test_none_and_all_beside_a_hidden_group_are_found(tmp_path, numerator):
    line = hidden("en", "region/nord", "2025") | {"value": f"{numerator / 40}"}
    assert rules(write_release(tmp_path / "r1", [line], REGIONS)) == {HIDDEN_EVERYWHERE}


def test_a_part_of_rolling_years_is_found(tmp_path):
    place = "region/nord"
    quarters = [shown("en", place, "2024Q1", 14), hidden("en", place, "2025Q1")]
    years = [shown("en", place, "2024Q1-2024Q4", 51), shown("en", place, "2024Q2-2025Q1", 40)]
    folder = write_release(tmp_path / "r1", quarters + years, REGIONS)
    assert objects(folder, UNKNOWABLE) == ["n of en proportion, region nord, 2025Q1"]
    assert not rules(write_release(tmp_path / "less" / "r1", quarters + years[:1], REGIONS))


def test_a_quarter_of_a_calendar_year_is_found(tmp_path):
    place = "region/nord"
    quarters = [shown("en", place, f"2025Q{number}", 20) for number in (1, 2, 3)]
    lines = [*quarters, hidden("en", place, "2025Q4"), shown("en", place, "2025", 63)]
    folder = write_release(tmp_path / "r1", lines, REGIONS)
    assert objects(folder, UNKNOWABLE) == ["n of en proportion, region nord, 2025Q4"]


def test_another_choice_in_a_second_release_is_found(tmp_path):
    first = write_release(tmp_path / "2025Q1", regions(None, None, 25, total=46), REGIONS)
    second = write_release(tmp_path / "2025Q2", regions(None, 19, None, total=46), REGIONS)
    assert not rules(first)
    assert objects(second, UNKNOWABLE) == ["n of en proportion, region nord, 2025"]
    empty = tmp_path / "none"
    empty.mkdir()
    assert not rules(second, empty)


def test_a_revised_release_is_attacked_by_itself_and_that_is_said(tmp_path):
    write_release(tmp_path / "2025Q1", regions(29, None, 30, total=71), REGIONS)
    second = write_release(tmp_path / "2025Q2", regions(29, None, None, total=75), REGIONS)
    done = audit(second, None, quiet)
    assert not [found for found in done.findings if found.file == "results.csv"]
    assert any("2025Q1" in note and "differ" in note for note in done.notes)


def test_two_ways_of_dividing_the_same_people_are_found(tmp_path):
    treated = regions(31, None, None, total=84)
    living = [shown("en", "residence/nord", "2025", 81), hidden("en", "residence/syd", "2025")]
    folder = write_release(tmp_path / "r1", treated + living, REGIONS)
    assert objects(folder, UNKNOWABLE) == ["n of en proportion, residence syd, 2025"]


def test_a_merged_hospital_is_found(tmp_path):
    units = [*REGIONS[:1], *(unit(name, "hospital", "nord") for name in ("alfa", "beta", "gamma"))]
    merged = unit("alfabeta", "hospital", "nord", predecessors=["alfa", "beta"], valid_from="2026-01-01")
    before = [
        shown("en", "region/nord", "2025", 67),
        hidden("en", "hospital/alfa", "2025"),
        shown("en", "hospital/beta", "2025", 27),
        hidden("en", "hospital/gamma", "2025"),
    ]
    after = [shown("en", "region/nord", "2025", 67), shown("en", "hospital/alfabeta", "2025", 30)]
    write_release(tmp_path / "2025Q1", before, units)
    later = [*after, hidden("en", "hospital/gamma", "2025")]
    second = write_release(tmp_path / "2026Q1", later, [*units, merged])
    assert objects(second, UNKNOWABLE) == ["n of en proportion, hospital alfa, 2025"]


def test_two_ones_are_found_where_zeros_are_shown(tmp_path):
    lines = regions(None, None, 10, total=12)
    assert len(objects(write_release(tmp_path / "shown", lines, REGIONS), UNKNOWABLE)) == 2
    narrow = {"threshold": 5, "zeros_shown": False, "width": 1}
    assert not rules(write_release(tmp_path / "secret", lines, REGIONS, protection=narrow))


def test_signs_that_tell_a_range_are_found(tmp_path):
    lines = regions(None, None, 11, total=19)
    folder = write_release(tmp_path / "r1", lines, REGIONS)
    assert not rules(folder)
    table = read_table(folder / "results.csv")
    table[1]["status"] = table[2]["status"] = "<5"
    write_table(folder / "results.csv", table)
    assert ALIKE in rules(folder)


def test_a_total_of_none_is_found_where_zeros_are_secret(tmp_path):
    secret = {"threshold": 5, "zeros_shown": False}
    lines = [
        shown("en", COUNTRY, "2025", 50, 0),
        hidden("en", "region/nord", "2025"),
        hidden("en", "region/syd", "2025"),
    ]
    found = rules(write_release(tmp_path / "r1", lines, REGIONS, protection=secret))
    assert {UNKNOWABLE, NO_SMALL} <= found


def test_subgroups_add_up_to_everyone(tmp_path):
    lines = [
        shown("en", COUNTRY, "2025", 57),
        shown("en", COUNTRY, "2025", 54, stratum="sex=K"),
        hidden("en", COUNTRY, "2025", stratum="sex=M"),
    ]
    folder = write_release(tmp_path / "r1", lines, REGIONS)
    assert objects(folder, UNKNOWABLE) == ["n of en proportion, national national, 2025 sex=M"]


def test_the_same_people_under_another_indicator_are_found(tmp_path):
    years = [str(year) for year in range(2015, 2025)]
    lines = [
        shown(name, "region/nord", year, 20 + 3 * int(year[2:])) for name in ("en", "to") for year in years
    ]
    lines += [hidden("en", "region/nord", "2025"), shown("to", "region/nord", "2025", 100)]
    lines += [shown("en", "hospital/alfa", "2025", 97), hidden("en", "hospital/beta", "2025")]
    folder = write_release(tmp_path / "r1", lines, HOSPITALS)
    assert objects(folder, UNKNOWABLE) == ["n of en proportion, hospital beta, 2025"]


def test_units_lie_where_they_lay_at_the_end_of_the_period(tmp_path):
    steps = [
        {"unit": "nord", "valid_from": None, "valid_to": "2024-12-31"},
        {"unit": "syd", "valid_from": "2025-01-01", "valid_to": None},
    ]
    units = [*REGIONS, unit("alfa", "hospital", "nord"), unit("beta", "hospital") | {"within": steps}]
    for year, region in (("2024", "nord"), ("2025", "syd")):
        lines = [
            shown("en", f"region/{region}", year, 33),
            hidden("en", "hospital/beta", year),
            shown("en", "hospital/alfa", year, 30),
        ]
        found = objects(write_release(tmp_path / year / "r1", lines, units), UNKNOWABLE)
        # In 2025 the hospital is the only one of the south, and as large as it.
        assert found == (["n of en proportion, hospital beta, 2024"] if year == "2024" else [])


@pytest.mark.parametrize(
    ("total", "found"), [(40, []), (35, []), (34, ["n of en proportion, region syd, 2025"])]
)
def test_too_few_tells_that_somebody_is_there_and_how_many_at_most(tmp_path, total, found):
    lines = [*regions(30, None, total=total), hidden("en", "region/vest", "2025") | {"status": "too_few"}]
    given = {"indicators": {"en": {"title": {"da": "en"}, "minimum": {"denominator": 10}}}}
    folder = write_release(tmp_path / "r1", lines, REGIONS, catalogue=given)
    # Of 10 or 5, 1 or more are west: what is left for the south is wide enough; of 4 it is not.
    assert objects(folder, UNKNOWABLE) == found


def test_hidden_lines_that_differ_from_others_are_found(tmp_path):
    lines = [
        hidden("en", f"region/{each['id']}", year) for each in REGIONS for year in ("2023", "2024", "2025")
    ]
    folder = write_release(tmp_path / "r1", lines, REGIONS)
    assert not rules(folder)
    for column, text in (("trend", "worsened"), ("reason", "secondary"), ("status", "secondary")):
        table = [dict(line) for line in lines]
        table[4][column] = text
        write_table(folder / "results.csv", table)
        done = [found for found in audit(folder, None, quiet).findings if found.rule == ALIKE]
        assert done and done[0].line == 6, column


def test_limits_and_positions_of_a_hidden_figure_are_found(tmp_path):
    keys = {
        "indicator": "en",
        "statistic": "proportion",
        "unit_kind": "region",
        "unit": "nord",
        "period": "2025",
    }
    tables = {
        "funnel": [keys | {"centre": "0.1", "lower_95": "0.05", "upper_95": "0.2", "position": "inside"}],
        "control": [keys | {"phase": "1", "centre": "0.1", "lower": "0.05", "upper": "0.2", "signals": ""}],
        "comparisons": [
            keys
            | {
                "against": "own_past",
                "with": "2024",
                "reference": "0.2",
                "difference": "-0.1",
                "verdict": "better",
            },
            keys
            | {
                "period": "2026",
                "against": "own_past",
                "with": "2025",
                "reference": "0.1",
                "difference": "0.1",
            },
        ],
    }
    lines = [hidden("en", "region/nord", "2025"), shown("en", "region/syd", "2025", 90, 30)]
    done = audit(write_release(tmp_path / "r1", lines, REGIONS, tables=tables), None, quiet)
    places = [(found.file, found.line) for found in done.findings if found.rule == HIDDEN_EVERYWHERE]
    assert sorted(places) == [
        ("comparisons.csv", 2),
        ("comparisons.csv", 3),
        ("control.csv", 2),
        ("funnel.csv", 2),
    ]


def test_similar_units_together_give_a_hidden_one_away(tmp_path):
    lines = [shown("en", f"hospital/{name}", "2025", 100, 40) for name in ("alfa", "beta")]
    lines += [hidden("en", "hospital/gamma", "2025")]
    keys = {
        "indicator": "en",
        "statistic": "proportion",
        "unit_kind": "hospital",
        "unit": "alfa",
        "period": "2025",
    }
    similar = {"similar": {"alle": {"unit_kind": "hospital", "units": ["alfa", "beta", "gamma"]}}}
    for reference, found in (("0.4", set()), ("0.38", {HIDDEN_EVERYWHERE})):
        tables = {"comparisons": [keys | {"against": "similar", "with": "alle", "reference": reference}]}
        folder = write_release(tmp_path / reference, lines, HOSPITALS, tables=tables, catalogue=similar)
        assert rules(folder) == found


def flow(**steps):
    """Return lines of flow.csv; a count of None is hidden."""
    return [
        {"indicator": "en", "period": "2025", "step": step, "count": "" if count is None else str(count)}
        for step, count in steps.items()
    ]


def test_a_small_step_on_the_way_to_a_figure_is_found(tmp_path):
    lines = [shown("en", COUNTRY, "2025", 90, 40)]
    good = flow(rows=120, where=100, excluded_1=None, eligible=None, missing=None, denominator=90)
    assert not rules(write_release(tmp_path / "good", lines, REGIONS, tables={"flow": good}))
    for name, bad in {
        "shown": flow(rows=120, excluded_1=3, eligible=117, missing=27, denominator=90),
        "difference": flow(rows=120, where=117, eligible=117, missing=27, denominator=90),
        "rest": flow(rows=120, excluded_1=None, excluded_2=20, eligible=98, missing=8, denominator=90),
    }.items():
        assert rules(write_release(tmp_path / name / "r1", lines, REGIONS, tables={"flow": bad})), name


def rows(unit_name, count, of, **more):
    """Return a line of quality.csv; a count of None is hidden."""
    keys = {"source": "visits", "deliverer": "", "unit": unit_name, "period": "2025Q1", "check": "missing"}
    status = "suppressed" if count is None else "shown"
    return (
        keys | {"column": "good", "status": status, "count": "" if count is None else count, "of": of} | more
    )


def test_rows_of_a_source_are_attacked_too(tmp_path):
    lines = [shown("en", COUNTRY, "2025", 90, 40)]
    total = {"check": "rows", "column": ""}
    delivered = [
        rows("nord", 60, 60, **total),
        rows("syd", 80, 80, **total),
        rows("national", 140, 140, **total),
    ]
    found = [rows("nord", None, ""), rows("syd", 30, 80), rows("national", 33, 140)]
    done = audit(
        write_release(tmp_path / "r1", lines, REGIONS, tables={"quality": delivered + found}), None, quiet
    )
    assert [each.file for each in done.findings] == ["quality.csv"]
    assert done.findings[0].rule == UNKNOWABLE


def test_policies_of_single_indicators_are_read(tmp_path):
    policy = {
        "default": {"threshold": 5, "zeros_shown": True, "complement": True, "width": 3},
        "indicators": {"en": {"threshold": 3, "zeros_shown": True, "complement": True, "width": 1}},
    }
    lines = [shown(name, "region/nord", "2025", 60, 4) for name in ("en", "to")]
    folder = write_release(tmp_path / "r1", lines, REGIONS, protection=policy)
    assert objects(folder, NO_SMALL) == ["to proportion, region nord, 2025"]


def test_a_width_that_is_not_stated_is_what_the_sign_tells():
    assert Policy.read({"threshold": 5}).width == 3
    assert Policy.read({"threshold": 3}).width == 1
    assert Policy.read({"threshold": 1}).width == 1
    assert Policy.read({"threshold": 10, "width": 2}).width == 2


def test_rounded_counts_that_are_not_rounded_are_found(tmp_path):
    policy = {"threshold": 5, "zeros_shown": True, "complement": True, "width": 3, "round_to": 5}
    lines = regions(15, 10, 30, total=55)
    assert not rules(write_release(tmp_path / "good", lines, REGIONS, protection=policy))
    assert NO_SMALL in rules(
        write_release(tmp_path / "bad", regions(15, 10, 31, total=55), REGIONS, protection=policy)
    )


def test_a_parquet_copy_that_tells_more_is_found(tmp_path):
    lines = [hidden("en", "region/nord", "2025"), shown("en", "region/syd", "2025", 90, 30)]
    folder = write_release(tmp_path / "r1", lines, REGIONS)

    def copy(more, columns=()):
        table = pd.DataFrame([lines[0] | more, lines[1] | dict.fromkeys(columns, "")])
        write_parquet(table, dict.fromkeys(table.columns, "VARCHAR"), folder / "results.parquet")
        return rules(folder)

    assert not copy({})
    assert copy({"numerator": "3"}) == {HIDDEN_EVERYWHERE}
    assert copy({"reason": "small count"}, ["reason"]) == {ALIKE}


def test_results_that_contradict_each_other_are_said(tmp_path):
    lines = [*regions(14, None, 39, total=50)]
    done = audit(write_release(tmp_path / "r1", lines, REGIONS), None, quiet)
    assert any("contradict" in found.got for found in done.findings)
    assert AGREES not in {found.rule for found in done.findings}


def test_a_numerator_that_is_counted_apart_is_no_part_of_n(tmp_path):
    counts = [(COUNTRY, 180, 160), ("region/nord", 60, 90), ("region/syd", 70, 20), ("region/vest", 50, 50)]
    lines = [shown("en", who, "2025", n, numerator) for who, n, numerator in counts]
    assert not rules(write_release(tmp_path / "r1", lines, REGIONS))


def test_a_folder_that_is_no_release_is_a_mistake_of_the_user(tmp_path):
    with pytest.raises(FaultError) as error:
        built_at(tmp_path)
    assert error.value.code == 2


def test_a_damaged_release_is_said_in_one_line(tmp_path):
    folder = write_release(tmp_path / "r1", regions(14, 4, 39, total=57), REGIONS)
    (folder / "catalogue.json").write_text("{", encoding="utf-8")
    with pytest.raises(FaultError) as error:
        audit(folder, None, quiet)
    assert (error.value.code, len(error.value.diagnoses)) == (13, 1)


def test_a_release_says_itself_beside_which_it_was_published(tmp_path):
    write_release(tmp_path / "2025Q1", regions(None, None, 25, total=46), REGIONS)
    lines = regions(None, 19, None, total=46)
    alone = write_release(tmp_path / "2025Q2", lines, REGIONS, beside=[])
    assert not rules(alone)
    manifest = json.loads((alone / "manifest.json").read_text(encoding="utf-8"))
    (alone / "manifest.json").write_text(json.dumps(manifest | {"beside": ["2025Q1"]}), encoding="utf-8")
    assert rules(alone) == {UNKNOWABLE}
