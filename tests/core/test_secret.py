"""What the database's reader must not read."""

import pytest
from django.test import override_settings

from janaseva.core.canonical import plain
from janaseva.core.secret import (
    Secret,
    UnsealError,
    derive,
    is_keyed_hash,
    is_sealed_before,
    keyed_hash,
    keyed_hashes,
    seal,
    unseal,
)


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret!r} {secret} {plain(secret)}"
    assert secret.reveal() == "hunter2"
    assert plain(secret) == plain(Secret("hunter2")) != plain(Secret("hunter3"))


def test_what_is_sealed_opens_for_its_row_and_purpose_alone() -> None:
    sealed = seal("totp", "SEED", bound_to="row-1")
    assert unseal("totp", sealed, bound_to="row-1") == "SEED"
    with pytest.raises(UnsealError):
        unseal("totp", sealed, bound_to="row-2")
    with pytest.raises(UnsealError):
        unseal("code", sealed, bound_to="row-1")


def test_a_changed_key_still_opens_what_the_old_one_sealed() -> None:
    old = override_settings(SECRET_KEY="old" * 20, SECRET_KEY_FOLDER=None)
    both = override_settings(SECRET_KEY="new" * 20, SECRET_KEY_FALLBACKS=["old" * 20], SECRET_KEY_FOLDER=None)
    with old:
        sealed, hashed = seal("totp", "SEED", bound_to="row"), keyed_hash("code", "123456")
        assert not is_sealed_before("totp", sealed, bound_to="row")
    with both:
        assert unseal("totp", sealed, bound_to="row") == "SEED"
        assert is_sealed_before("totp", sealed, bound_to="row")
        assert not is_sealed_before("totp", sealed, bound_to="another"), "no key opens that"
        assert is_keyed_hash(hashed, "code", "123456")
        assert not is_keyed_hash(hashed, "code", "123457")
        assert keyed_hashes("code", "123456") == [keyed_hash("code", "123456"), hashed]


def test_each_purpose_has_its_own_key() -> None:
    assert derive("one") != derive("other")
    assert keyed_hash("one", "a", "b") != keyed_hash("one", "ab")
