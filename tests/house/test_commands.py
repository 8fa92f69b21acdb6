"""The commands that a stranger meets first: make, its help, and the check that names what failed."""

import re
import subprocess
import sys
import time

import pytest

from janaseva.cli import processes
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


@pytest.mark.parametrize(
    ("words", "state", "lives"),
    [
        (b"python\0-m\0janaseva\0web\0", b"R", True),
        (b"", b"R", True),  # begun this moment: the kernel has not written its words yet
        (b"", b"Z", False),  # ended, and its parent has not asked how
        (b"python\0-m\0janaseva\0worker\0", b"S", False),
        (b"another\0program\0", b"S", False),
    ],
)
def test_a_process_is_told_from_one_that_has_its_number(monkeypatch, tmp_path, words, state, lives):
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "cmdline").write_bytes(words)
    (tmp_path / "7" / "stat").write_bytes(b"7 (a (name) of) " + state + b" 1 7 7")
    (tmp_path / "web.pid").write_text("7")
    monkeypatch.setattr(processes, "PROCESSES", tmp_path)
    monkeypatch.setattr(processes, "_pid_file", lambda name: tmp_path / f"{name}.pid")
    assert processes.running("web") == (7 if lives else None)
    (tmp_path / "web.pid").write_text("8")
    assert processes.running("web") is None


def test_a_child_that_ended_does_not_run_though_nobody_has_asked(monkeypatch, tmp_path):
    with subprocess.Popen([sys.executable, "-c", "pass", "janaseva", "web"], stdout=subprocess.PIPE) as child:
        child.stdout.read()  # it has ended: nothing is left to read
        (tmp_path / "web.pid").write_text(str(child.pid))
        monkeypatch.setattr(processes, "_pid_file", lambda name: tmp_path / f"{name}.pid")
        limit = time.monotonic() + 10
        while processes.running("web") and time.monotonic() < limit:
            time.sleep(0.01)
        assert processes.running("web") is None
