"""The list of attacks is whole, and what makes tests of them can itself fail."""

import pytest

from tests.attacks import written
from tests.attacks.guards import Case, answers, attack, found, replaced, size
from tests.attacks.register import ATTACKS, WITHOUT_SURFACE


def test_every_attack_of_the_list_is_tried_and_shown_to_need_its_guard():
    found = list(written.tries())
    assert not {one.number for one in found} - set(ATTACKS)
    assert not set(WITHOUT_SURFACE) - set(ATTACKS)
    assert not set(WITHOUT_SURFACE) & {one.number for one in found}, "there is a test: there is a surface"
    shown = {one.number for one in found if one.guards}
    assert set(ATTACKS) - set(WITHOUT_SURFACE) == shown


def test_the_documented_table_is_that_of_the_tests():
    told = written.DOCUMENT.read_text("utf-8")
    assert written.HEADING in told
    assert written.with_table(told) == told, "write it anew: .venv/bin/python -m tests.attacks.written"
    assert "not tried" not in written.table()


def test_a_guard_that_is_gone_is_told():
    assert found("janaseva.core.action.allow")[1] == "allow"
    with pytest.raises(LookupError):
        found("janaseva.core.action.permit")


def test_a_guard_is_off_wherever_it_was_imported_and_on_again_after(monkeypatch):
    from janaseva.core import ids
    from janaseva.doorway import acts

    real = acts.secret_token
    with monkeypatch.context() as patched:
        answers("janaseva.core.ids.secret_token", value="x").off(patched)
        assert acts.secret_token() == ids.secret_token() == "x"
    assert acts.secret_token is ids.secret_token is real
    with monkeypatch.context() as patched:
        replaced("janaseva.core.ids.secret_token", lambda real: real()[:5]).off(patched)
        assert len(acts.secret_token()) == 5


def test_an_attack_that_cannot_fail_is_itself_a_fault(monkeypatch):
    guard = answers("janaseva.core.ids.secret_token", value="x")

    def something():
        return ["loot"]

    def little():
        return []

    succeeds, nothing = attack("A1", "gets something", guard)(something), attack("A1", "gets nothing", guard)(little)
    with pytest.raises(AssertionError, match="A1 succeeds: loot"):
        succeeds(case=Case(None), monkeypatch=monkeypatch)
    with monkeypatch.context() as patched:
        succeeds(case=Case(guard), monkeypatch=patched)
    with pytest.raises(AssertionError, match="it is not what stops it"):
        nothing(case=Case(guard), monkeypatch=monkeypatch)
    with pytest.raises(AssertionError, match="name its guards"):
        attack("A1", "stopped by nothing that is known")


def test_little_is_tried_in_a_check_and_much_in_the_whole():
    assert size(3, 3_000) in (3, 3_000)
