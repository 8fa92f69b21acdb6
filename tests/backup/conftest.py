"""A shelf of its own and two offline keys for each test."""

import json

import pyrage
import pytest


@pytest.fixture
def shelf_of_backups(tmp_path, monkeypatch):
    """Return the path of one offline key's file; backups go to a folder of the test."""
    from janaseva.settings import OPTIONS

    made = [pyrage.x25519.Identity.generate() for _ in range(2)]
    monkeypatch.setattr(OPTIONS, "backup_dir", tmp_path / "shelf")
    monkeypatch.setattr(OPTIONS, "backup_keys", [str(one.to_public()) for one in made])
    path = tmp_path / "offline"
    path.write_text(f"# kept offline\n{made[1]}\n")
    return path


@pytest.fixture
def told():
    """Run a command and return its exit code and what it answered as JSON."""
    from click.testing import CliRunner

    def run(command, *words):
        done = CliRunner().invoke(command, [*map(str, words), "--json"])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, json.loads(done.stdout.splitlines()[-1])

    return run
