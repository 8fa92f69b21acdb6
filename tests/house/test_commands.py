"""The commands that a stranger meets first: make, its help, and the check that names what failed."""

import re
import subprocess
import sys

import pytest

from tests import check
from tests.house.source import TREE, hold


def targets(makefile: str) -> set[str]:
    """Return every target that is there for people."""
    phony = re.search(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)
    return set(phony[1].split()) if phony else set()


def test_every_command_is_in_the_help():
    makefile = (TREE / "Makefile").read_text(encoding="utf-8")
    told = subprocess.run(["make", "help"], cwd=TREE, check=True, capture_output=True, text=True).stdout
    listed = set(re.findall(r"^  make (\S+)", told, flags=re.MULTILINE))
    assert {"up", "install", "check", "test", "bench"} <= targets(makefile)
    hold(
        (f"make {name} is not told" for name in targets(makefile) - listed),
        law="make help tells every command",
        do="end the target's line in Makefile with ## and a sentence",
    )


def test_commands_named_in_the_guide_exist():
    makefile = (TREE / "Makefile").read_text(encoding="utf-8")
    guide = (TREE / "AGENTS.md").read_text(encoding="utf-8") + (TREE / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z-]+)", guide))
    assert named <= targets(makefile), named - targets(makefile)


@pytest.mark.parametrize("script", [".ci/run"])
def test_scripts_parse(script):
    subprocess.run(["bash", "-n", script], cwd=TREE, check=True)


def _part(name: str, code: str) -> check.Part:
    return check.Part(name, f"mend {name}", (sys.executable, "-c", code))


def test_every_part_runs_and_what_failed_is_named(monkeypatch, capsys):
    monkeypatch.setattr(check, "STILL", (_part("first", "print('broken'); raise SystemExit(3)"), _part("second", "")))
    monkeypatch.setattr(check, "TESTS", (_part("tests", "print('2 passed in 1s')"),))
    assert check.main() == 1
    said = capsys.readouterr().out
    assert "FAIL first" in said
    assert "broken" in said
    assert "ok   second" in said
    assert "first did not pass: mend first" in said
    assert "2 passed in 1s" in said.splitlines()[-4]


def test_all_well_is_zero(monkeypatch, capsys):
    monkeypatch.setattr(check, "STILL", (_part("first", ""),))
    monkeypatch.setattr(check, "TESTS", ())
    assert check.main() == 0
    assert "Everything passed" in capsys.readouterr().out


def test_a_part_that_does_not_exist_is_refused(capsys):
    assert check.main(["lnit"]) == 2
    assert "there is no part lnit" in capsys.readouterr().out
