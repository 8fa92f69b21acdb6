"""Settings: each told in docs/settings.md, and nothing told there that is not."""

import re

import pytest

from janaseva.settings import Options
from tests.house.source import TREE, hold

DO = "add or remove a line of the table in docs/settings.md: name, default, what it does and when to change it"


def differences(fields: set[str], document: str) -> list[str]:
    """Return settings that are not told, and tellings of what is no setting."""
    told = set(re.findall(r"^\| `JANASEVA_([A-Z0-9_]+)`", document, flags=re.MULTILINE))
    there = {name.upper() for name in fields}
    return [
        *(f"JANASEVA_{name} is a setting and not told" for name in sorted(there - told)),
        *(f"JANASEVA_{name} is told and no setting" for name in sorted(told - there)),
    ]


def test_every_setting_is_told():
    document = (TREE / "docs" / "settings.md").read_text(encoding="utf-8")
    hold(differences(set(Options.model_fields), document), law="every setting is told in docs/settings.md", do=DO)


def test_every_setting_describes_itself():
    silent = [name for name, field in Options.model_fields.items() if not field.description]
    hold(silent, law="a setting has a description where it is defined", do="Field(description=...) in settings.Options")


@pytest.mark.parametrize(
    "document", ["", "| `JANASEVA_DEBUG` | no |\n| `JANASEVA_COLOUR` | blue |\n| `JANASEVA_X` | |"]
)
def test_a_difference_is_seen(document):
    assert differences({"debug", "x_y"}, document)


def test_agreement_passes():
    assert not differences({"debug"}, "| `JANASEVA_DEBUG` | `false` | Pages. |")
