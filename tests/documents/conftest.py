"""Keys and typesetter of one run, and the log in a folder of its own."""

import pytest

from tests.ledger.conftest import log_key, tiles

__all__ = ["log_key", "tiles"]


@pytest.fixture(autouse=True)
def _own_log(request):
    if "db" in request.fixturenames:
        request.getfixturevalue("tiles")
        request.getfixturevalue("log_key")


@pytest.fixture(autouse=True)
def _keys_pinned_anew():
    from janaseva.documents import handlers

    handlers._prepared.clear()


@pytest.fixture
def sealed(transactional_db, settle):
    """A sealed certificate: what was issued, and its file."""
    from janaseva.documents import queries
    from tests.documents.acts import SYSTEM, issued

    done = issued()
    settle()
    return done, queries.content(SYSTEM, done.document_id).content
