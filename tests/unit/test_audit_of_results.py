"""The audit of results: every way to a hidden count is found where it is planted, and nothing where there is none."""

import json

import pytest
from published_tables import (
    COUNTRY,
    HOSPITALS,
    REGIONS,
    audited,
    hidden,
    objects,
    read_table,
    regions,
    rules,
    shown,
    unit,
    write_release,
    write_table,
)

from vbs_site.audit.findings import AGREES, ALIKE, HIDDEN_EVERYWHERE, NO_SMALL, UNKNOWABLE
from vbs_site.audit.inversion import clopper_pearson


def test_a_total_less_the_rest_is_found(tmp_path):
    leaking = write_release(tmp_path / "r1", regions(14, None, 39, total=57), REGIONS)
    done = audited(leaking)
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
    done = audited(second)
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


@pytest.mark.parametrize(("total", "found"), [(40, []), (35, []), (34, ["syd", "vest"])])
def test_too_few_tells_that_somebody_is_there_and_how_many_at_most(tmp_path, total, found):
    lines = [*regions(30, None, total=total), hidden("en", "region/vest", "2025") | {"status": "too_few"}]
    given = {"indicators": {"en": {"title": {"da": "en"}, "minimum": {"denominator": 10}}}}
    folder = write_release(tmp_path / "r1", lines, REGIONS, catalogue=given)
    # Of 10 or 5, 1 or more are west: what is left for the south is wide enough; of 4 it is not, nor is what west has.
    names = [f"n of en proportion, region {name}, 2025" for name in found]
    assert objects(folder, UNKNOWABLE) == names


@pytest.mark.parametrize(("total", "found"), [(44, []), (43, ["n of en proportion, region syd, 2025"])])
def test_low_coverage_tells_that_there_are_no_fewer_than_the_minimum(tmp_path, total, found):
    lines = [
        *regions(30, None, total=total),
        hidden("en", "region/vest", "2025") | {"status": "low_coverage"},
    ]
    given = {"indicators": {"en": {"minimum": {"denominator": 10, "response_rate": 0.5}}}}
    assert objects(write_release(tmp_path / "r1", lines, REGIONS, catalogue=given), UNKNOWABLE) == found


def answers(year, asked, answered):
    """Return the lines of a change and of its response rate; an answer of None is hidden in both."""
    change, rate = {"statistic": "mean_change"}, {"statistic": "response_rate"}
    if answered is None:
        return [hidden("en", "region/nord", year, **each) for each in (change, rate)]
    return [
        shown("en", "region/nord", year, answered, **change),
        shown("en", "region/nord", year, asked, answered, **rate),
    ]


def asking(rate):
    """Return a catalogue in which a change is shown when this share of those asked have answered."""
    return {"indicators": {"en": {"minimum": {"response_rate": rate}}}}


@pytest.mark.parametrize(("rate", "found"), [(0.5, []), (0.25, ["n of en mean_change, region nord, 2025"])])
def test_low_coverage_tells_how_many_have_answered_at_most(tmp_path, rate, found):
    """Of 16 asked, fewer than a quarter are 1 to 3; those asked are known from another indicator of the same people."""
    lines = []
    for year in range(2015, 2025):
        asked = 20 + 3 * (year - 2000)
        lines += [*answers(str(year), asked, asked - 11), shown("to", "region/nord", str(year), asked)]
    change, response = answers("2025", 16, None)
    lines += [change | {"status": "low_coverage"}, response, shown("to", "region/nord", "2025", 16)]
    folder = write_release(tmp_path / "r1", lines, REGIONS, catalogue=asking(rate))
    assert objects(folder, UNKNOWABLE) == found


@pytest.mark.parametrize(("rate", "found"), [(0.5, False), (0.95, True)])
def test_a_figure_that_is_shown_tells_that_enough_have_answered(tmp_path, rate, found):
    """Of 30 answers that are 95 % or more of those asked, at most one is missing."""
    lines = [each for year in ("2023", "2024") for each in answers(year, 70, 60 + int(year) % 2)]
    lines += [answers("2025", 31, 30)[0], answers("2025", 31, None)[1]]
    folder = write_release(tmp_path / "r1", lines, REGIONS, catalogue=asking(rate))
    secret = "n without the numerator of en response_rate, region nord, 2025"
    assert (secret in objects(folder, UNKNOWABLE)) == found


def test_results_that_contradict_each_other_are_said(tmp_path):
    lines = [*regions(14, None, 39, total=50)]
    done = audited(write_release(tmp_path / "r1", lines, REGIONS))
    assert any("contradict" in found.got for found in done.findings)
    assert AGREES not in {found.rule for found in done.findings}


def test_a_numerator_that_is_counted_apart_is_no_part_of_n(tmp_path):
    counts = [(COUNTRY, 180, 160), ("region/nord", 60, 90), ("region/syd", 70, 20)]
    lines = [shown("en", who, "2025", n, numerator) for who, n, numerator in counts]
    lines += [hidden("en", "region/vest", "2025")]
    given = {"indicators": {"en": {"kind": "share_of_sum"}}}
    assert not rules(write_release(tmp_path / "r1", lines, REGIONS, catalogue=given))


@pytest.mark.parametrize(("elsewhere", "found"), [(0, {UNKNOWABLE}), (7, set())])
def test_delivered_totals_are_sums_where_those_that_are_shown_are(tmp_path, elsewhere, found):
    lines = [
        *regions(20, 30, 40, period="2024", total=90 + elsewhere),
        *regions(14, None, 39, period="2025", total=57),
    ]
    given = {"indicators": {"en": {"kind": "share_of_sum"}}}
    assert rules(write_release(tmp_path / "r1", lines, REGIONS, catalogue=given)) == found


def test_a_release_says_itself_beside_which_it_was_published(tmp_path):
    write_release(tmp_path / "2025Q1", regions(None, None, 25, total=46), REGIONS)
    lines = regions(None, 19, None, total=46)
    alone = write_release(tmp_path / "2025Q2", lines, REGIONS, beside=[])
    assert not rules(alone)
    manifest = json.loads((alone / "manifest.json").read_text(encoding="utf-8"))
    (alone / "manifest.json").write_text(json.dumps(manifest | {"beside": ["2025Q1"]}), encoding="utf-8")
    assert rules(alone) == {UNKNOWABLE}
