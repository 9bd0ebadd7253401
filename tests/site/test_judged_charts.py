"""Control charts, their marks and icons: what is drawn, what is said of it, and that nothing hidden is in it."""

import itertools
import json
import re
from functools import partial
from xml.etree import ElementTree

import pytest
from charts import ENVIRONMENT, FIRST, LANGUAGES, drawn, of_class, titles
from hypothesis import given
from hypothesis import strategies as st

from vbs_site.periods import Period
from vbs_site.site.figures.axes import LINE, apart, period_labels, width_of
from vbs_site.site.figures.control import VARIATIONS, ControlPoint, Turn, control_chart
from vbs_site.site.figures.control_interactive import control_figure
from vbs_site.site.figures.marks import mark, shape_of
from vbs_site.site.words import SIGNS, say


def series(values, lines=(0.1, 0.05, 0.15), **given_for):
    """Return points with the same lines, those without a number as suppressed."""
    return [
        ControlPoint(
            FIRST.next(place), value, "shown" if value is not None else "suppressed", *lines
        )._replace(**given_for.get(f"at_{place}", {}))
        for place, value in enumerate(values)
    ]


def turn(place, number=1, kind="rebase"):
    period = FIRST.next(place)
    return Turn(period, number, period.first_day, "Nye koder", kind)


def control(points, language="da", **given_for):
    return drawn("control_chart", control_chart("proportion", None, points, language, **given_for), language)


VALUES = [0.08, 0.09, None, 0.11, 0.12, 0.1, None, None, 0.09]


def test_every_period_with_a_number_has_one_mark_and_every_other_one_its_sign():
    _, tree = control(series(VALUES))
    assert len(of_class(tree, "vbs-mark")) == sum(value is not None for value in VALUES)
    assert [each.text for each in of_class(tree, "vbs-sign")] == [SIGNS["suppressed"]] * VALUES.count(None)
    assert len(of_class(tree, "vbs-line")) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_period_without_a_number_is_in_the_chart(language):
    level = series(VALUES)
    other = [
        each._replace(centre=0.4, lower=0.3, upper=0.7, variation="concern", signals=("shift",))
        if each.value is None
        else each
        for each in level
    ]
    assert control(level, language)[0] == control(other, language)[0]
    one, two = (control_figure("proportion", None, each, language, name="Landet") for each in (level, other))
    assert one == two


def test_limits_that_change_with_n_say_nothing_of_a_hidden_period():
    points = series([0.1] * 5)
    points = [
        each._replace(upper=0.15 + place / 100, lower=0.05 - place / 1000)
        for place, each in enumerate(points)
    ]
    hidden = [
        each._replace(value=None, status="too_few") if place == 2 else each
        for place, each in enumerate(points)
    ]
    chart = control_chart("proportion", None, hidden, "da")
    assert [name for name, _ in chart["lines"]] == ["upper", "upper", "centre", "lower", "lower"]
    for trace in json.loads(control_figure("proportion", None, hidden, "da", name="Landet"))["data"]:
        assert trace["y"][2] is None


def xs(path):
    """Return how far a path of level steps reaches, and its heights in order."""
    start, *rest = re.findall(r"M([\d.]+)", path) + re.findall(r"H([\d.]+)", path)
    heights = [float(each) for each in re.findall(r"M[\d.]+ ([\d.]+)", path) + re.findall(r"V([\d.]+)", path)]
    return float(start), float(rest[-1]), heights


def test_each_phase_has_its_own_lines_that_meet_at_the_turn_and_step_within():
    points = series([0.1] * 6)
    points = [
        each._replace(centre=0.1 if place < 3 else 0.06, upper=(0.15, 0.16, 0.15, 0.1, 0.1, 0.1)[place])
        for place, each in enumerate(points)
    ]
    chart = control_chart("proportion", None, points, "da", turns=[turn(3)])
    by_name = {
        name: [xs(path) for _, path in paths]
        for name, paths in itertools.groupby(chart["lines"], key=lambda line: line[0])
    }
    (before, after), place = by_name["centre"], chart["turns"][0]["x"]
    assert before[0] == pytest.approx(chart["left"], abs=0.1)
    assert before[1] == pytest.approx(place, abs=0.1)
    assert after[0] == pytest.approx(place, abs=0.1)
    assert after[1] == pytest.approx(chart["right"], abs=0.1)
    assert before[2][0] < after[2][0]
    assert [len(heights) for _, _, heights in by_name["upper"]] == [3, 1]


def test_only_a_break_cuts_the_line_of_values():
    points = series([0.1] * 6)
    for kind, parts in (("rebase", 1), ("break", 2)):
        _, tree = control(points, turns=[turn(3, kind=kind)])
        assert len(of_class(tree, "vbs-line")) == parts
        figure = json.loads(
            control_figure("proportion", None, points, "da", name="Landet", turns=[turn(3, kind=kind)])
        )
        assert sum(each.get("legendgroup") == "value" for each in figure["data"]) == parts
        assert sum(each["name"] == say("line_centre", "da") for each in figure["data"]) == 2


def test_a_turn_is_numbered_dated_and_explained():
    _, tree = control(series([0.1] * 12), turns=[turn(4, 1), turn(5, 2)])
    marks = of_class(tree, "vbs-turn")
    assert [each.text for each in of_class(tree, "vbs-turn__number")] == ["1", "2"]
    assert titles(marks) == ["1. januar 2026: Nye koder", "1. april 2026: Nye koder"]
    dates = ["".join(text.text for text in of_class(each, "vbs-tick")) for each in marks]
    assert dates == ["", "1. april 2026"]


def test_a_turn_outside_the_periods_is_not_drawn():
    chart = control_chart("proportion", None, series([0.1] * 4), "da", turns=[turn(0), turn(4), turn(-3)])
    assert chart["turns"] == []


@pytest.mark.parametrize("word", ["improvement", "concern", "high", "low"])
def test_a_special_cause_differs_from_chance_in_shape_and_colour_and_says_its_rule(word):
    points = series([0.1] * 3, at_1={"variation": word, "signals": ("outside", "two_of_three")})
    _, tree = control(points)
    common, special, _ = of_class(tree, "vbs-mark")
    assert re.sub(r"[\d.-]+", "", special.get("d")) != re.sub(r"[\d.-]+", "", common.get("d"))
    assert special.get("class") != common.get("class")
    said = titles([special])[0]
    assert say(f"variation_{word}", "da") in said
    assert say("rule_outside", "da") in said and say("rule_two_of_three", "da") in said
    figure = json.loads(control_figure("proportion", None, points, "da", name="Landet"))
    marker = figure["data"][-1]["marker"]
    assert marker["symbol"][1] != marker["symbol"][0] and marker["color"][1] != marker["color"][0]


def test_no_two_verdicts_look_alike_without_colour():
    for words in (("better", "worse", "undecided", ""), ("higher", "lower", "undecided", ""), VARIATIONS):
        looks = [(shape_of(word).form, shape_of(word).hollow) for word in words]
        assert len(set(looks)) == len(looks)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "da",
            (
                "Reoperation: 6 af 9 perioder har tal, seneste 1. kvartal 2027: 9,0\xa0%, midt 10,0\xa0%, "
                "grænser 5,0–15,0, 1 punkt ud over tilfældig variation"
            ),
        ),
        (
            "en",
            (
                "Reoperation: 6 of 9 periods have a figure, latest Q1 2027: 9.0%, centre 10.0%, "
                "limits 5.0–15.0, 1 point beyond chance variation"
            ),
        ),
    ],
)
def test_the_name_of_a_control_chart_says_what_it_shows(language, words):
    _, tree = control(series(VALUES, at_3={"variation": "high"}), language)
    assert (tree.get("role"), tree.get("aria-label")) == ("img", words)


def test_too_few_points_are_not_said_to_be_chance():
    _, tree = control(series([0.1] * 4, **{f"at_{place}": {"variation": "unjudged"} for place in range(4)}))
    assert tree.get("aria-label").endswith(say("chart_unjudged", "da"))
    assert len(of_class(tree, "vbs-mark--hollow")) == 4


def test_lines_are_named_where_they_end_and_no_two_names_touch():
    _, tree = control(series([0.1] * 4, (0.1, 0.099, 0.101)), target=0.1)
    names = of_class(tree, "vbs-line-name")
    assert sorted(each.text for each in names) == [
        "midt 10,0\xa0%",
        "mål 10,0\xa0%",
        "nedre 9,9\xa0%",
        "øvre 10,1\xa0%",
    ]
    heights = sorted(float(each.get("y")) for each in names)
    assert all(second - first >= LINE for first, second in itertools.pairwise(heights))
    assert len(of_class(tree, "vbs-target")) == 1


@given(
    st.lists(st.floats(0, 300), min_size=1, max_size=6),
)
def test_names_stay_within_the_frame_and_apart(heights):
    moved = apart(heights, 0, 300)
    assert all(second - first >= LINE - 0.11 for first, second in itertools.pairwise(sorted(moved)))
    assert min(moved) >= 0 and max(moved) <= 300
    ranks = sorted(range(len(heights)), key=heights.__getitem__)
    assert [moved[each] for each in ranks] == sorted(moved)


@given(
    st.sampled_from(["month", "quarter", "half_year", "year", "rolling_year"]),
    st.integers(1, 120),
    st.sampled_from(LANGUAGES),
)
def test_labels_of_periods_never_touch_and_the_last_has_one(kind, count, language):
    periods = [Period(kind, 8000 + place) for place in range(count)]
    places = [64 + (place + 0.5) * 600 / count for place in range(count)]
    labels = period_labels(periods, places, language, 12)
    assert labels[-1][0] == places[-1]
    for (first, one), (second, other) in itertools.pairwise(labels):
        assert second - first >= (width_of(one) + width_of(other)) / 2


def test_a_series_without_a_number_has_no_chart():
    assert control_chart("proportion", None, series([None, None]), "da") is None
    assert control_chart("proportion", None, [], "da") is None


def test_a_small_chart_has_its_marks_and_lines_but_no_names():
    _, tree = control(series(VALUES), small=True, turns=[turn(4)])
    assert len(of_class(tree, "vbs-mark")) == 6
    assert len(of_class(tree, "vbs-limit--centre")) == 2
    assert not of_class(tree, "vbs-line-name") and not of_class(tree, "vbs-turn__number")


ICONS = {
    "variation": ("common", "improvement", "concern", "high", "low"),
    "assurance": ("pass", "fail", "inconsistent", "unknown"),
    "trend": ("better", "unchanged", "worse", "undeterminable"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ICONS)
def test_an_icon_is_a_shape_of_its_own_beside_its_word(kind, language):
    found = []
    for word in ICONS[kind]:
        template = (
            f"{{% from 'charts.html.jinja' import {kind}_icon with context %}}{{{{ {kind}_icon('{word}') }}}}"
        )
        text = ENVIRONMENT.from_string(template).render(say=partial(say, language=language))
        tree = ElementTree.fromstring(f"<p>{text}</p>")
        assert tree.find("svg").get("aria-hidden") == "true"
        assert tree.find("span").text == say(f"{kind}_{word}", language)
        found.append(
            sorted(
                (each.tag, each.get("d"), each.get("points"))
                for each in tree.find("svg").iter()
                if each.tag != "rect"
            )
        )
    assert all(one != other for one, other in itertools.combinations(found, 2))


@given(
    st.sampled_from(["circle", "square", "up", "down", "diamond"]),
    st.floats(10, 700),
    st.floats(10, 300),
    st.floats(1, 6),
)
def test_a_mark_lies_around_its_place(form, x, y, size):
    drawn_mark = mark(shape_of("")._replace(form=form), x, y, size)
    start = re.match(r"M(-?[\d.]+) (-?[\d.]+)", drawn_mark.path)
    assert abs(float(start[1]) - x) <= 1.3 * size + 0.1
    assert abs(float(start[2]) - y) <= 1.3 * size + 0.1
