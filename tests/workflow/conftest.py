"""The small state of ``given`` as a fixture."""

import pytest


@pytest.fixture
def state(at, db):
    from tests.workflow.given import make_state

    return make_state(at)
