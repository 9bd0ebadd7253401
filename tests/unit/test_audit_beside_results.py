"""The audit of what stands beside the results: other tables, copies, policies, and folders that cannot be read."""

import pandas as pd
import pytest
from published_tables import (
    COUNTRY,
    HOSPITALS,
    REGIONS,
    audited,
    hidden,
    objects,
    regions,
    rules,
    shown,
    write_release,
    write_table,
)

from vbs_site.audit.audit import built_at
from vbs_site.audit.findings import AGREES, ALIKE, HIDDEN_EVERYWHERE, NO_SMALL, UNKNOWABLE
from vbs_site.audit.release import Policy
from vbs_site.diagnostics import FaultError
from vbs_site.tables import write_parquet


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
        done = [found for found in audited(folder).findings if found.rule == ALIKE]
        assert done and done[0].line == 6, column


NORTH = {"indicator": "en", "statistic": "proportion", "unit_kind": "region", "unit": "nord"}


@pytest.mark.parametrize("status", ["suppressed", "too_few"])
def test_limits_and_positions_of_a_figure_that_is_not_shown_are_found(tmp_path, status):
    keys = NORTH | {"period": "2025"}
    past = {"against": "own_past", "difference": "0.1"}
    tables = {
        "funnel": [keys | {"centre": "0.4", "lower_95": "0.05", "upper_95": "0.2", "position": "inside"}],
        "control": [keys | {"phase": "1", "centre": "0.1", "lower": "0.05", "upper": "0.2", "signals": ""}],
        "comparisons": [
            keys | past | {"with": "2024", "reference": "0.2", "verdict": "better"},
            keys | past | {"period": "2026", "with": "2025", "reference": "0.1"},
        ],
    }
    lines = [hidden("en", "region/nord", "2025") | {"status": status}, shown("en", COUNTRY, "2025", 200, 80)]
    lines += [shown("en", "region/nord", year, 90, 30) for year in ("2024", "2026")]
    done = audited(write_release(tmp_path / "r1", lines, REGIONS, tables=tables))
    places = [(found.file, found.line) for found in done.findings if found.rule == HIDDEN_EVERYWHERE]
    assert sorted(places) == [
        ("comparisons.csv", 2),
        ("comparisons.csv", 3),
        ("control.csv", 2),
        ("funnel.csv", 2),
    ]


def test_a_funnel_around_a_national_figure_that_is_not_shown_is_found(tmp_path):
    funnel = [NORTH | {"period": "2025", "centre": "0.40000000", "position": "inside"}]
    lines = [shown("en", "region/nord", "2025", 90, 30)]
    for name, national, found in (
        ("shown", shown("en", COUNTRY, "2025", 200, 80), set()),
        ("another", shown("en", COUNTRY, "2025", 200, 90), {AGREES}),
        ("hidden", hidden("en", COUNTRY, "2025"), {HIDDEN_EVERYWHERE}),
    ):
        folder = write_release(tmp_path / name, [national, *lines], REGIONS, tables={"funnel": funnel})
        assert rules(folder) == found, name


def test_a_centre_line_reckoned_with_a_hidden_figure_is_found(tmp_path):
    """With the centre, and all of its points but one, the hidden one is known."""
    counts = {str(year): (20 + 7 * (year % 5), 60 + 11 * (year % 3)) for year in range(2010, 2023)}
    secret, numerator, n = "2023", 3, 40
    lines = [shown("en", "region/nord", year, every, some) for year, (some, every) in counts.items()]
    lines += [hidden("en", "region/nord", secret)]
    first = list(counts.values())[:12]
    for name, centre, found in (
        ("shown", sum(x for x, _ in counts.values()) / sum(m for _, m in counts.values()), set()),
        ("a baseline", sum(x for x, _ in first) / sum(m for _, m in first), set()),
        ("single figures", sum(x / m for x, m in counts.values()) / len(counts), set()),
        (
            "hidden",
            (numerator + sum(x for x, _ in counts.values())) / (n + sum(m for _, m in counts.values())),
            {HIDDEN_EVERYWHERE},
        ),
    ):
        control = [NORTH | {"period": year, "phase": "1", "centre": f"{centre:.8f}"} for year in counts]
        folder = write_release(tmp_path / name, lines, REGIONS, tables={"control": control})
        assert rules(folder) == found, name


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
    done = audited(write_release(tmp_path / "r1", lines, REGIONS, tables={"quality": delivered + found}))
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


def test_a_folder_that_is_no_release_is_a_mistake_of_the_user(tmp_path):
    with pytest.raises(FaultError) as error:
        built_at(tmp_path)
    assert error.value.code == 2


def test_a_damaged_release_is_said_in_one_line(tmp_path):
    folder = write_release(tmp_path / "r1", regions(14, 4, 39, total=57), REGIONS)
    (folder / "catalogue.json").write_text("{", encoding="utf-8")
    with pytest.raises(FaultError) as error:
        audited(folder)
    assert (error.value.code, len(error.value.diagnoses)) == (13, 1)
