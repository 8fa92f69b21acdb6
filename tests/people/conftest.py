"""A small directory, loaded and its officers enrolled."""

from datetime import timedelta

import pytest

from janaseva.people import actions
from tests.people.acts import AT, SYSTEM, directory, key


@pytest.fixture
def loaded(db, settings) -> actions.LoadedDirectory:
    # Passwords are hashed quickly here; test_sign_in shows that the settings' own hasher is a slow one.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    done = actions.load_directory(by=SYSTEM, at=AT - timedelta(days=1), key=key(), directory=directory())
    actions.enrol_demonstration(by=SYSTEM, at=AT - timedelta(days=1), key=key())
    return done
