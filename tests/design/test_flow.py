"""The drawing of a process: every box below the last, every way from its step to its step."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from janaseva.design.flow import BOX_HEIGHT, WIDTH, flow

KEYS = st.lists(st.integers(0, 30).map(str), min_size=1, max_size=12, unique=True)


@given(KEYS, st.data())
def test_boxes_do_not_meet_and_ways_stay_in_the_drawing(keys, data):
    some = st.sampled_from([*keys, "elsewhere"])
    arrows = data.draw(st.lists(st.tuples(some, some), max_size=20))
    drawing = flow([(key, f"Step {key}", "", "review") for key in keys], arrows)
    tops = [box.y for box in drawing.boxes]
    assert all(later - earlier > BOX_HEIGHT for earlier, later in pairwise(tops))
    assert tops[-1] + BOX_HEIGHT <= drawing.height
    assert [way.number for way in drawing.ways] == [
        number for number, (source, target) in enumerate(arrows, start=1) if "elsewhere" not in (source, target)
    ]
    assert all(0 < way.x < WIDTH and 0 < way.y < drawing.height for way in drawing.ways)


def test_a_way_back_goes_round_the_other_side():
    drawing = flow([("a", "A", "", ""), ("b", "B", "", ""), ("c", "C", "", "")], [("a", "b"), ("a", "c"), ("c", "a")])
    down, over, back = drawing.ways
    assert "V" in down.path
    assert "H" not in down.path
    assert (over.back, back.back) == (False, True)
    assert over.x > back.x
