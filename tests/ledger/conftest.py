"""A log in a folder of its own and a key in memory, for each test."""

import pytest


@pytest.fixture
def tiles(tmp_path, monkeypatch):
    from janaseva.ledger import adapters
    from janaseva.ledger.handlers import publishing

    store = adapters.DirectoryTiles(tmp_path / "log")
    monkeypatch.setattr(publishing, "tile_store", lambda: store)
    return store


@pytest.fixture
def log_key(monkeypatch):
    from janaseva.ledger import adapters
    from janaseva.ledger.handlers import publishing

    keys = adapters.FakeKey()
    monkeypatch.setattr(publishing, "key_store", lambda: keys)
    return keys


@pytest.fixture(autouse=True)
def _own_log(tiles, log_key, monkeypatch):
    from janaseva.ledger.handlers import auditing

    monkeypatch.setattr(auditing, "tile_store", lambda: tiles)
    monkeypatch.setattr(auditing, "key_store", lambda: log_key)
