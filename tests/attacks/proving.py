"""What attacks on proof stand on: a log and keys of one test, and a paper issued, logged and sealed in earnest."""

import pytest


@pytest.fixture
def log(db, tmp_path, monkeypatch):
    """A log with files and a key of its own: the store, which may be tampered with."""
    from janaseva.documents import handlers as documents
    from janaseva.ledger import adapters
    from janaseva.ledger.handlers import auditing, publishing

    store, key = adapters.DirectoryTiles(tmp_path / "log"), adapters.FakeKey()
    for part in (auditing, publishing):
        monkeypatch.setattr(part, "tile_store", lambda: store)
        monkeypatch.setattr(part, "key_store", lambda: key)
    documents._prepared.clear()
    return store


@pytest.fixture
def paper(log, settle):
    """A sealed certificate: its row, and its file."""
    from janaseva.documents import queries
    from janaseva.documents.models import Document
    from tests.documents.acts import SYSTEM, issued

    done = issued()
    settle()
    return Document.objects.get(pk=done.document_id), queries.content(SYSTEM, done.document_id).content


@pytest.fixture
def forger(tmp_path):
    """One with good tools and keys of their own, under our name."""
    from janaseva.documents.adapters.signing import FileSigner, make_keys
    from tests.documents.acts import AT

    make_keys(tmp_path / "forger", at=AT, issuer="Kerala")
    return FileSigner(tmp_path / "forger", issuer="Kerala")
