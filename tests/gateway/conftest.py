"""What tests of the gateway stand on: limits forgotten, the country loaded once a module, a client of the API."""

import pytest


def pytest_itemcollected(item):
    """Keep a module that loads the country on one worker: two would load it twice."""
    if "loaded" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.xdist_group(item.module.__name__))


@pytest.fixture(autouse=True)
def fresh_limits():
    from janaseva.doorway import limits

    limits.forget_all()
    yield
    limits.forget_all()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    from tests.gateway.given import country

    with django_db_blocker.unblock(), country():
        yield


@pytest.fixture
def api(loaded, db, client):
    from tests.gateway.given import Api

    return Api(client=client)
