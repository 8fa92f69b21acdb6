"""What tests of the gateway stand on: limits forgotten, the country loaded once a module, a client of the API."""

import pytest


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
