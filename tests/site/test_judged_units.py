"""Funnels and lists of units: what is drawn, what is said of it, and that nothing hidden is in it."""

import itertools
import math
import re

import pytest
from charts import FIRST, LANGUAGES, SVG, drawn, of_class, titles

from vbs_site.site.figures.axes import LINE, width_of
from vbs_site.site.figures.funnel import FunnelUnit, LimitsAt, funnel_chart, funnel_figure
from vbs_site.site.figures.marks import SHAPES
from vbs_site.site.figures.units import comparison_chart, comparison_figure
from vbs_site.site.results import Result


def unit(name, size, value, position="inside", verdict=""):
    half = math.sqrt(0.09 / size)
    return FunnelUnit(
        name,
        size,
        value,
        (max(0, 0.1 - 1.96 * half), 0.1 + 1.96 * half),
        (max(0, 0.1 - 3.09 * half), 0.1 + 3.09 * half),
        position,
        verdict,
    )


UNITS = [
    unit("Aarhus", 900, 0.1),
    unit("Odense", 420, 0.16, "outside_998", "worse"),
    unit("Horsens", 150, 0.04, "outside_95", "better"),
    unit("Vejle", 60, 0.12),
]


def funnel(units, language="da", **given_for):
    given_for = {"size_name": "antal patienter"} | given_for
    return drawn(
        "funnel_chart", funnel_chart("proportion", None, units, 0.1, language, **given_for), language
    )


def test_every_unit_of_a_funnel_has_one_mark_with_its_name_value_and_place():
    _, tree = funnel(UNITS)
    assert sorted(titles(of_class(tree, "vbs-mark"))) == [
        "Aarhus: 10,0\xa0%; antal patienter 900; inden for grænserne",
        "Horsens: 4,0\xa0%; antal patienter 150; bedre, uden for 95 %-grænsen",
        "Odense: 16,0\xa0%; antal patienter 420; dårligere, uden for 99,8 %-grænsen",
        "Vejle: 12,0\xa0%; antal patienter 60; inden for grænserne",
    ]
    assert [each.text for each in of_class(tree, "vbs-name")] == ["Horsens", "Odense"]


def test_limits_run_from_the_smallest_unit_to_the_largest_and_do_not_cross():
    _, tree = funnel(list(reversed(UNITS)))
    curves = [
        [tuple(map(float, pair.split(","))) for pair in each.get("points").split()]
        for level in ("inner", "outer")
        for each in of_class(tree, f"vbs-limit--{level}")
    ]
    assert len(curves) == 4
    for curve in curves:
        assert [x for x, _ in curve] == sorted(x for x, _ in curve)
        assert len(curve) == len(UNITS)
    inner_low, inner_high, outer_low, outer_high = curves
    for (_, low), (_, high), (_, lower), (_, higher) in zip(
        inner_low, inner_high, outer_low, outer_high, strict=True
    ):
        # Paper counts from the top.
        assert higher <= high < low <= lower


def test_a_grid_stands_in_for_the_limits_of_the_units_and_ends_with_them():
    grid = [LimitsAt(size, *unit("", size, 0)[3:5]) for size in range(10, 3000, 10)]
    with_grid = funnel_chart("proportion", None, UNITS, 0.1, "da", size_name="n", grid=grid)
    sizes = [float(pair.split(",")[0]) for pair in with_grid["curves"][0][1].split()]
    assert len(sizes) > len(UNITS)
    assert with_grid["left"] <= min(sizes) and max(sizes) <= with_grid["right"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_unit_without_a_number_is_in_the_funnel(language):
    hidden = [unit("Skjult", size, None, "outside_95", "worse") for size in (7, 5000)]
    assert funnel(UNITS + hidden, language)[0] == funnel(UNITS, language)[0]
    one, two = (
        funnel_figure("proportion", None, units, 0.1, language, size_name="n")
        for units in (UNITS + hidden, UNITS)
    )
    assert one == two


def test_verdicts_beyond_the_two_limits_differ_in_shape():
    places = [("inside", "")] + [
        (position, verdict) for position in ("outside_95", "outside_998") for verdict in ("better", "worse")
    ]
    units = [unit(f"{place}", 100 + 100 * index, 0.1, *place) for index, place in enumerate(places)]
    _, tree = funnel(units)
    looks = {
        (re.sub(r"[\d.-]+", "", each.get("d")), "vbs-mark--hollow" in each.get("class"))
        for each in of_class(tree, "vbs-mark")
    }
    assert len(looks) == len(places)


def test_names_in_a_funnel_touch_no_mark_and_no_other_name():
    units = [
        unit(f"Hospital {place}", 300 + place, 0.2 + place / 1000, "outside_998", "worse")
        for place in range(6)
    ]
    chart = funnel_chart("proportion", None, [*units, unit("Aarhus", 900, 0.1)], 0.1, "da", size_name="n")
    boxes = []
    for label in chart["labels"]:
        wide = width_of(label.words)
        left = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
        boxes.append((left, label.y - LINE, left + wide, label.y))
    assert 0 < len(boxes) < len(units)
    for one, other in itertools.combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_many_units_outside_are_not_named_in_the_drawing():
    units = [unit(f"Hospital {place}", 100 + 90 * place, 0.2, "outside_998", "worse") for place in range(7)]
    chart = funnel_chart("proportion", None, units, 0.1, "da", size_name="n")
    assert chart["labels"] == [] and len(chart["points"]) == 7


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "da",
            (
                "Reoperation: 4 enheder; midt 10,0\xa0%; 2 inden for grænserne; "
                "1 bedre, uden for 95 %-grænsen; 1 dårligere, uden for 99,8 %-grænsen"
            ),
        ),
        (
            "en",
            (
                "Reoperation: 4 units; centre 10.0%; 2 within the limits; "
                "1 better, outside the 95% limit; 1 worse, outside the 99.8% limit"
            ),
        ),
    ],
)
def test_the_name_of_a_funnel_says_what_it_shows(language, words):
    _, tree = funnel(UNITS, language)
    assert (tree.get("role"), tree.get("aria-label")) == ("img", words)


def test_limits_of_a_handful_of_patients_leave_room_for_the_values():
    chart = funnel_chart("proportion", None, [*UNITS, unit("Lemvig", 2, 0.0)], 0.1, "da", size_name="n")
    assert max(amount for amount in (_percentage(label) for _, label in chart["ticks"])) <= 30


def _percentage(label):
    return float(label.replace("\xa0%", "").replace(",", "."))


def test_one_unit_makes_no_funnel():
    assert funnel_chart("proportion", None, UNITS[:1], 0.1, "da", size_name="n") is None


def result(value, comparison=None, half=0.02, n=400):
    told = {"statistic": "proportion", "period": FIRST, "n": n, "comparison": comparison}
    told |= {"status": "shown" if value is not None else "suppressed", "value": value}
    if value is not None:
        told |= {"lower": value - half, "upper": value + half}
    return Result(**dict.fromkeys(Result._fields) | told)


ROWS = [
    ("Aarhus", result(0.1, "undecided")),
    ("Odense", result(0.16, "worse")),
    ("Horsens", result(0.04, "better")),
    ("Skjult", result(None, n=3)),
]


def test_units_are_listed_by_value_with_whiskers_and_the_shape_of_their_verdict():
    chart = comparison_chart("proportion", None, ROWS, result(0.1), "da", target=0.08)
    text, tree = drawn("comparison_chart", chart)
    units = of_class(tree, "vbs-unit")
    assert [of_class(each, "vbs-name")[0].text for each in units] == ["Odense", "Aarhus", "Horsens"]
    assert titles(units)[0] == "Odense: 16,0\xa0% (14,0–18,0); dårligere end landet"
    for each, (_, given_result) in zip(units, sorted(ROWS[:3], key=lambda row: -row[1].value), strict=True):
        shape, (drawn_mark,) = SHAPES[given_result.comparison], of_class(each, "vbs-mark")
        assert f"vbs-mark--{shape.tone}" in drawn_mark.get("class")
        assert ("vbs-mark--hollow" in drawn_mark.get("class")) == shape.hollow
        (whisker,) = each.findall(f"{SVG}line")
        assert float(whisker.get("x1")) < float(whisker.get("x2"))
    assert "Skjult" not in text
    assert tree.get("aria-label") == (
        "Reoperation: 3 enheder; hele landet 10,0\xa0%; mål 8,0\xa0%; "
        "1 bedre end landet; 1 kan ikke afgøres; 1 dårligere end landet"
    )


@pytest.mark.parametrize("target", [0.05, 0.0999, 0.1, 0.1001, 0.3])
def test_the_country_and_the_target_are_named_and_their_names_do_not_touch(target):
    chart = comparison_chart("proportion", None, ROWS, result(0.1), "en", target=target)
    first, second = chart["lines"]
    assert {first["label"].rsplit(" ", 1)[0], second["label"].rsplit(" ", 1)[0]} == {
        "whole country",
        "target",
    }
    assert first["x"] <= second["x"]
    assert second["at"] - first["at"] >= (width_of(first["label"]) + width_of(second["label"])) / 2
    assert second["at"] + width_of(second["label"]) / 2 <= chart["width"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_unit_without_a_number_is_in_the_list(language):
    for make in (comparison_chart, comparison_figure):
        shown, all_rows = (
            make("proportion", None, rows, result(0.1), language, target=0.08) for rows in (ROWS[:3], ROWS)
        )
        assert shown == all_rows


def test_a_figure_cannot_close_the_script_that_holds_it():
    rows = [("</script><b>", result(0.1)), ("Odense", result(0.2))]
    assert "<" not in comparison_figure("proportion", None, rows, None, "da").replace("<br>", "").replace(
        "<extra>", ""
    )
    units = [unit("</script>", 10, 0.1), unit("Odense", 20, 0.1)]
    assert "</script" not in funnel_figure("proportion", None, units, 0.1, "da", size_name="n")
