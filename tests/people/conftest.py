"""A small directory, loaded and its officers enrolled. The room is imported late: settings are chosen first."""

from datetime import timedelta

import pytest


@pytest.fixture
def loaded(db, settings):
    from janaseva.people import actions
    from tests.people.acts import AT, SYSTEM, directory, key

    # Passwords are hashed quickly here; test_sign_in shows that the settings' own hasher is a slow one.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    done = actions.load_directory(by=SYSTEM, at=AT - timedelta(days=1), key=key(), directory=directory())
    actions.enrol_demonstration(by=SYSTEM, at=AT - timedelta(days=1), key=key())
    return done
