"""The drawing of the way from source rows to a figure."""

from vbs_site.catalogue.wording import Step
from vbs_site.site.flow import drawing


def step(name, role, short="Some words"):
    return Step(name, role, short, "A sentence.")


PROPORTION = (
    step("rows", "kept"),
    step("excluded_1", "left_out", "A reason that is so long that it does not stand on one line of its box"),
    step("missing", "missing"),
    step("denominator", "denominator"),
    step("numerator", "numerator"),
)


def test_what_goes_out_stands_beside_the_others_and_no_box_touches_another():
    drawn = drawing(PROPORTION, {})
    below = [(first, second) for first, second in zip(drawn.boxes, drawn.boxes[1:], strict=False)]
    assert all(first.y + first.height < second.y for first, second in below)
    main = {box.x for box in drawn.boxes if box.role not in ("left_out", "missing")}
    aside = {box.x for box in drawn.boxes if box.role in ("left_out", "missing")}
    assert len(main) == len(aside) == 1
    assert max(main) < min(aside)
    assert all(box.x + box.width <= drawn.width and box.y + box.height <= drawn.height for box in drawn.boxes)


def test_every_step_but_the_first_is_reached_by_one_arrow():
    drawn = drawing(PROPORTION, {})
    ends = {(x, y) for _, _, x, y in drawn.arrows}
    assert len(ends) == len(drawn.arrows) == len(PROPORTION) - 1
    for box in drawn.boxes[1:]:
        aside = box.role in ("left_out", "missing")
        assert ((box.x, box.middle) if aside else (box.x + box.width // 2, box.y)) in ends


def test_nobody_comes_from_the_counted_to_a_population():
    drawn = drawing(
        (step("rows", "kept"), step("numerator", "numerator"), step("denominator", "denominator")), {}
    )
    assert [arrow[3] for arrow in drawn.arrows] == [drawn.boxes[1].y]


def test_lines_are_numbered_as_the_list_is_and_a_count_has_a_line_of_its_own():
    first, second, *_ = drawing(PROPORTION, {"rows": "1.234"}).boxes
    assert first.lines == ("1. Some words", "n = 1.234")
    assert second.lines[0].startswith("2. A reason")
    assert len(second.lines) > 1
    assert " ".join(second.lines) == f"2. {PROPORTION[1].short}"
