"""A definition before it is published: what of it can be tried, what is wrong with it, which words it lacks."""

import pytest

from janaseva.core.source import read
from janaseva.services.adapters import PackFolder
from janaseva.services.rules import wording
from janaseva.services.rules.trying import trial
from janaseva.settings import OPTIONS
from tests.given import PACK, SERVICE

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def files():
    return PackFolder(OPTIONS.packs_dir).read(PACK).published(SERVICE).files


def test_one_slip_is_told_once_and_not_again_for_all_that_hangs_on_it(files):
    broken = files["service.yaml"].replace("kind: name", "knd: name", 1)
    found = trial({**files, "service.yaml": broken})
    line = broken[: broken.index("knd: name")].count("\n") + 1
    assert found.definition is None
    assert {fault.line for fault in found.faults} == {line - 1, line}
    assert "did you mean 'kind'?" in [fault.mend for fault in found.faults]


def test_faults_of_the_examples_do_not_hide_the_form(files):
    found = trial({**files, "examples.yaml": "- name: [\n"})
    assert found.definition is not None
    assert found.examples == ()


def test_the_lines_that_a_language_lacks_are_a_words_file_without_faults(files):
    service = read(files["service.yaml"], "service.yaml")
    names = [name for _, name, _ in wording.wordy(service.tree)]
    copied = read(wording.unworded(service, names), "words.sd.yaml")
    _, faults, states = wording.merge(service, {"sd": copied}, {})
    assert (faults, states[0].worded) == ([], len(names))
    some = read(wording.unworded(service, names[3:7:2]), "words.sd.yaml")
    assert wording.merge(service, {"sd": some}, {})[2][0].worded == 2
    assert wording.unworded(service, []) == ""
