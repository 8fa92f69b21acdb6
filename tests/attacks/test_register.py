"""The list of attacks is whole, and what makes tests of them can itself fail."""

import re
from pathlib import Path

import pytest

from tests.attacks.guards import Case, answers, attack, found, replaced, size
from tests.attacks.register import ATTACKS, WITHOUT_SURFACE

HERE = Path(__file__).parent


def written() -> dict[str, list[str]]:
    """Return the names of the tests of each attack, by its number, as the source has them."""
    tests: dict[str, list[str]] = {}
    for file in sorted(HERE.parent.rglob("test_*.py")):
        text = file.read_text("utf-8")
        for part in re.finditer(r"attack\(\s*\"([A-E]\d+)\"(?:(?!\ndef ).)*\ndef (test_\w+)", text, re.DOTALL):
            tests.setdefault(part[1], []).append(f"{file.relative_to(HERE.parent)}::{part[2]}")
    return tests


def test_every_test_is_of_an_attack_on_the_list():
    tests = written()
    assert "A1" in tests
    assert not set(tests) - set(ATTACKS)
    assert not set(WITHOUT_SURFACE) - set(ATTACKS)
    assert not set(WITHOUT_SURFACE) & set(tests), "there is a test: there is a surface"


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
