"""A new secret key takes over while everything runs: what was sealed opens, and no moment is without its keys."""

import os
import re
import stat
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from janaseva.core import secret_keys
from janaseva.core.clock import now
from janaseva.core.secret import UnsealError, is_lasting_hash, is_sealed_before, keyed_hash, lasting_hash, seal, unseal
from tests.house.source import PACKAGE


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    (tmp_path / secret_keys.OWN).write_text("the first of all", encoding="ascii")
    settings.SECRET_KEY_FOLDER = tmp_path
    return tmp_path


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_next_is_believed_before_it_is_used(folder):
    before = keyed_hash("code", "1")
    secret_keys.announce()
    own, following = secret_keys.believed()
    assert own == "the first of all"
    assert len(following) == 64
    assert keyed_hash("code", "1") == before
    assert secret_keys.relieved_at() is None
    secret_keys.announce()
    assert secret_keys.believed() == (own, following), "announced twice is announced once"
    assert stat.S_IMODE((folder / secret_keys.NEXT).stat().st_mode) == 0o600


def test_what_the_former_sealed_opens_until_the_overlap_ends(folder):
    sealed, lasting = seal("totp", "SEED", bound_to="row"), lasting_hash("erasures", "one")
    begun = now() - timedelta(seconds=2)
    secret_keys.take_over()
    own, former = secret_keys.believed()
    assert former == "the first of all" != own
    assert unseal("totp", sealed, bound_to="row") == "SEED"
    assert is_sealed_before("totp", sealed, bound_to="row")
    assert not is_sealed_before("totp", seal("totp", "SEED", bound_to="row"), bound_to="row")
    assert begun <= secret_keys.relieved_at() <= now()

    secret_keys.end_overlap()
    assert secret_keys.believed() == (own,)
    assert secret_keys.relieved_at() is None
    with pytest.raises(UnsealError):
        unseal("totp", sealed, bound_to="row")
    assert lasting_hash("erasures", "one") == lasting, "what backups of any age must know is as it was"
    assert is_lasting_hash(lasting, "erasures", "one")
    assert not is_lasting_hash(lasting, "erasures", "two")
    secret_keys.take_over()
    assert lasting_hash("erasures", "one") == lasting
    assert _names(folder) == {secret_keys.OWN, secret_keys.BEFORE, secret_keys.FIRST}


@pytest.mark.parametrize("again", [secret_keys.take_over, secret_keys.announce])
def test_no_third_key_while_the_former_is_believed(folder, again):
    secret_keys.take_over()
    kept = secret_keys.kept_in(folder)
    with pytest.raises(secret_keys.KeySettledError, match="overlap"):
        again()
    assert secret_keys.kept_in(folder) == kept


def test_keys_of_the_settings_are_changed_there(settings, tmp_path):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY_FOLDER = "said", ["before"], None
    assert secret_keys.believed() == ("said", "before")
    assert secret_keys.lasting() == "said"
    assert secret_keys.relieved_at() is None
    for change in (secret_keys.announce, secret_keys.take_over, secret_keys.end_overlap):
        with pytest.raises(secret_keys.KeySettledError, match="settings"):
            change()
    assert list(tmp_path.iterdir()) == []


class _CutError(Exception):
    """The power went."""


def test_a_change_cut_short_at_any_step_loses_no_key_and_goes_on(folder):
    steps = 0
    while True:
        for path in folder.iterdir():
            path.unlink()
        (folder / secret_keys.OWN).write_text("the first of all", encoding="ascii")
        sealed, done = seal("totp", "SEED", bound_to="row"), []

        def cut(real, done=done, most=steps):
            def step(*words, **named):
                if len(done) >= most:
                    raise _CutError
                done.append(real.__name__)
                return real(*words, **named)

            return step

        try:
            with (
                mock.patch.object(os, "link", cut(os.link)),
                mock.patch.object(os, "fsync", cut(os.fsync)),
                mock.patch.object(Path, "replace", cut(Path.replace)),
            ):
                secret_keys.take_over()
        except _CutError:
            assert unseal("totp", sealed, bound_to="row") == "SEED"
            between = seal("totp", "BETWEEN", bound_to="row")
            if secret_keys.believed()[0] == "the first of all":
                secret_keys.take_over()
            assert secret_keys.believed()[0] != "the first of all"
            assert unseal("totp", sealed, bound_to="row") == "SEED"
            assert unseal("totp", between, bound_to="row") == "BETWEEN"
        else:
            break
        steps += 1
    assert steps > 5, "so many steps were cut"
    assert secret_keys.believed()[0] != "the first of all"


def test_nobody_goes_by_the_key_that_stood_in_the_settings_at_the_start():
    own = {"core/secret_keys.py", "settings.py"}
    named = re.compile(
        r"settings\.SECRET_KEY\b|salted_hmac|PasswordResetTokenGenerator|signing\.(?:Signer|TimestampSigner)"
    )
    found = [
        path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if named.search(path.read_text("utf-8"))
    ]
    assert set(found) <= own


def test_keys_that_change_between_looking_and_reading_are_read_again(folder):
    read, calls = secret_keys._read, []

    def late(where):
        found = read(where)
        if not calls:
            calls.append(where)
            secret_keys.take_over()
        return found

    with mock.patch.object(secret_keys, "_read", late):
        own, former = secret_keys.believed()
    assert former == "the first of all" != own
