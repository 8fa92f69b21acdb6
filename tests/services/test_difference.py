"""The reviewed difference: every change in words and as lines, and the words never lie about the text."""

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from janaseva.services.rules.difference import difference

pytestmark = pytest.mark.once

OLD = """\
version: 1
fee:
  lines:
    - key: service
      title: Service charge
      rupees: 15
      from: 2025-08-06
      law: G.O. 12/2025
    - {key: old, title: Old charge, rupees: 2}
limit: {days: 6}
"""
NEW = """\
version: 2
fee:
  lines:
    - key: service
      title: Service charge
      rupees: 18
      from: 2026-12-01
      law: G.O. 40/2026
    - {key: stamp, title: Stamp, rupees: 5, law: G.O. 41/2026}
limit: {unknown: the days}
"""


def test_changes_are_told_as_a_definer_reads_them():
    told = [str(one) for one in difference({"service.yaml": OLD}, {"service.yaml": NEW}).changes]
    assert told == [
        "version: 1 -> 2",
        "fee, lines, Service charge (service), rupees: Rs 15 -> Rs 18 from 2026-12-01; order G.O. 40/2026",
        "fee, lines, Service charge (service), from: 2025-08-06 -> 2026-12-01",
        "fee, lines, Service charge (service), law: G.O. 12/2025 -> G.O. 40/2026",
        "fee, lines, Stamp (stamp): added key: stamp; title: Stamp; rupees: Rs 5; order G.O. 41/2026",
        "fee, lines, Old charge (old): removed key: old; title: Old charge; rupees: Rs 2",
        "limit, unknown: added the days",
        "limit, days: removed 6",
    ]


def test_order_files_and_letters():
    old = {"service.yaml": "steps: [{key: a}, {key: b}]\n", "letter.typ": "= A\n"}
    new = {"service.yaml": "steps: [{key: b}, {key: a}]\n", "words.ml.yaml": "_status: draft\n"}
    told = [(one.file, one.kind) for one in difference(old, new).changes]
    assert told == [("service.yaml", "moved"), ("words.ml.yaml", "added"), ("letter.typ", "removed")]


def test_of_a_new_service_one_reads_what_is_unknown_and_assumed():
    new = {"service.yaml": "fee: {unknown: The fee}\nwho: {same: [{key: age, confidence: assumed, note: A guess}]}\n"}
    told = [str(one) for one in difference({"pack.yaml": "key: x\n"}, {"pack.yaml": "key: x\n", **new}).changes]
    assert told == [
        "service.yaml: added service.yaml",
        "fee: added unknown: The fee",
        "who, same, age: added assumed: A guess",
    ]


def test_a_text_that_cannot_be_read_is_still_shown_line_by_line():
    found = difference({"service.yaml": OLD}, {"service.yaml": "a: [\n"})
    assert [one.kind for one in found.changes] == ["changed"]
    assert [line.text for line in found.files[0].lines if line.kind == "added"] == ["a: ["]


TEXTS = st.lists(st.sampled_from(["a: 1", "b: 2", "c: x", "d: [1, 2]", "e: {f: 1}"]), unique=True, max_size=5)


@settings(max_examples=60, deadline=None)
@examples(TEXTS, TEXTS)
def test_no_difference_is_overlooked_and_none_invented(before, after):
    old, new = "\n".join(before), "\n".join(after)
    found = difference({"service.yaml": old}, {"service.yaml": new})
    assert bool(found) == (old != new)
    assert {one.path for one in found.changes if one.kind == "added"} == {
        line[0] for line in after if line not in before
    }
    assert {one.path for one in found.changes if one.kind == "removed"} == {
        line[0] for line in before if line not in after
    }
    shown = found.files[0].lines if found.files else ()
    assert sorted(line.text for line in shown if line.kind == "added" and line.text not in before) == sorted(
        set(after) - set(before)
    )
