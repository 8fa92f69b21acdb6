"""A field shown by a field shown by a field: what rules told of a round that still stands is not asked again."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from janaseva.forms.rules import apply, checking
from tests.forms.made import field, form
from tests.forms.test_answers import CHOICES

TODAY = date(2026, 3, 2)
SAME = "one == 'b' && given.sure"
FORM = form(
    field("count", "integer"),
    field("sure", "yes_no"),
    field("one", "choice", choices=CHOICES, when="sure == true"),
    field("twice", "integer", computed="count * 2"),
    field("more", "text", when="twice > 10"),
    field("again", "text", when=SAME),
    field("other", "text", when=SAME),
    field("members", "table", columns=[field("age", "integer")], when="given.again || twice > 4"),
    field("total", "integer", computed="sum(members.age)", when="given.members"),
    field("old", "text", when="total > 100"),
    field("last", "text", when="given.old && given.more"),
    pages=({"key": "two", "title": "Two", "when": "given.last || one == 'a'", "fields": [field("end", "text")]},),
)
TEXT = st.sampled_from(["", "words"])
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "count": st.integers(0, 9),
        "sure": st.booleans(),
        "one": st.sampled_from(["a", "b", "c"]),
        "members": st.lists(st.fixed_dictionaries({"age": st.integers(0, 90)}), max_size=3),
        **dict.fromkeys(("more", "again", "other", "old", "last", "end"), TEXT),
    },
)


@given(answers=ANSWERS)
def test_it_comes_out_as_if_each_rule_were_asked_in_each_round(answers):
    quick, was = apply(FORM, answers, today=TODAY), checking._standing
    checking._standing = lambda *_: {None: True}
    try:
        slow = apply(FORM, answers, today=TODAY)
    finally:
        checking._standing = was
    assert (quick.pages, quick.asked, quick.answers) == (slow.pages, slow.asked, slow.answers)
    assert quick.facts.plain == slow.facts.plain


def test_a_rule_is_asked_once_a_round_and_again_only_where_what_it_looks_at_changed(monkeypatch):
    asked = []

    def holds(_scope, rule, _facts):
        asked.append(rule)
        return was(_scope, rule, _facts)

    was = checking.holds
    monkeypatch.setattr(checking, "holds", holds)
    applied = apply(FORM, {"count": 6, "sure": True, "one": "b", "again": "x", "more": "y"}, today=TODAY)
    assert {"again", "other", "more", "members"} <= applied.asked
    assert asked.count(SAME) == 1  # two fields, and nothing that it looks at is worked out
    assert asked.count("twice > 10") == 2  # first it was not told yet
