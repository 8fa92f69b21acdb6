"""A small directory, loaded and its officers enrolled."""

from datetime import timedelta

import pytest

from janaseva.people import actions
from tests.people.acts import AT, SYSTEM, directory, key


@pytest.fixture
def loaded(db) -> actions.LoadedDirectory:
    done = actions.load_directory(by=SYSTEM, at=AT - timedelta(days=1), key=key(), directory=directory())
    actions.enrol_demonstration(by=SYSTEM, at=AT - timedelta(days=1), key=key())
    return done
