"""The states of words: an approval holds for what was approved, and ends with the first changed letter."""

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.cli.words import command
from janaseva.core import words
from janaseva.core.approvals import Approval, approvals, judged, seal

ENGLISH = {"menu.home": "Home", "menu.help": "Help", "title": "Services", "menus": "Menus"}
HINDI = {"menu.home": "मुखपृष्ठ", "menu.help": "सहायता", "menus": "सूचियाँ"}


def states(english, hindi, *given_):
    return {one.key: one.state for one in judged("hi", english, hindi, list(given_))}


def approved(keys="menu"):
    return Approval(keys=keys, by="Asha, Directorate of Languages", on="2026-11-22", seal=seal(keys, ENGLISH, HINDI))


def test_each_string_has_its_state():
    expected = {"menu.home": "approved", "menu.help": "approved", "title": "missing", "menus": "draft"}
    assert states(ENGLISH, HINDI, approved()) == expected
    assert {one.state for one in judged("en", ENGLISH, ENGLISH, [])} == {"source"}
    assert next(judged("hi", ENGLISH, HINDI, [approved()])).by == "Asha, Directorate of Languages"


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["menu.home", "menu.help"]), st.text(min_size=1), st.booleans())
def test_any_change_ends_the_approval(key, text, in_english):
    english, hindi = dict(ENGLISH), dict(HINDI)
    (english if in_english else hindi)[key] = text
    changed = text != (ENGLISH if in_english else HINDI)[key]
    assert states(english, hindi, approved())[key] == ("stale" if changed else "approved")
    assert states(english, hindi, approved())["menus"] == "draft", "what is not under it stays as it is"


def test_a_new_string_under_it_ends_the_approval_and_a_nearer_one_counts_first():
    more = {**ENGLISH, "menu.new": "New"}
    assert states(more, HINDI, approved())["menu.home"] == "stale"
    assert states(more, HINDI, approved(), approved("menu.home"))["menu.home"] == "approved"


def test_an_approval_says_everything_and_nothing_else():
    with pytest.raises(ValueError, match="keys, by, on and seal"):
        approvals({"_approved": [{"keys": "menu", "who": "x"}]})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An interface of one area, worded in Hindi alone."""
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "en.yaml").write_text("_status: source\nmenu: {home: Home, days: {one: a day, other: days}}\n")
    (tmp_path / "a" / "hi.yaml").write_text("_status: draft\nmenu: {home: घर, days: {other: दिन}}\n")
    words.area_words.cache_clear()
    yield tmp_path / "a"
    words.area_words.cache_clear()


def test_the_words_of_the_interface_are_judged_and_approved_in_their_file(folder):
    def of_hindi():
        return {one.key: (one.state, one.by) for one in words.area_words("a", "hi").states}

    assert of_hindi() == {"menu.home": ("draft", ""), "menu.days": ("draft", "")}, "plural forms are one string"
    run = CliRunner().invoke
    told = run(command, ["missing", "--area", "a", "--language", "ml"])
    assert (told.exit_code, "ml\tmissing\tmenu.home\tHome" in told.output) == (1, True)
    for _ in range(2):
        done = run(command, ["approve", "a", "hi", "menu", "--by", 'Asha "A", Languages'])
        assert done.exit_code == 0, done.output
    assert of_hindi() == dict.fromkeys(("menu.home", "menu.days"), ("approved", "Asha 'A', Languages"))
    assert (folder / "hi.yaml").read_text().count("keys: menu") == 1, "approved again, in place of before"
    told = run(command, ["status", "--area", "a", "--language", "hi"])
    assert told.output.splitlines()[-1].split() == ["a", "hi", "2", "0", "0", "2", "0"]
    assert run(command, ["approve", "a", "ml", "menu", "--by", "x"]).exit_code == 1, "nobody approves what is missing"
    assert words._read([folder / "hi.yaml"]).keys() == {"menu.home", "menu.days.other"}, "readers see no difference"
