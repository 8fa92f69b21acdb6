"""What every test stands on: a fresh data directory, a database of choice, no network, and a fixed moment.

``pytest`` runs on SQLite, ``pytest --db=postgres`` on a real PostgreSQL that it starts itself. Both are chosen here,
before the settings are read, so this file imports nothing of Janaseva at its top.
"""

import atexit
import functools
import gc
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("janaseva", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("janaseva")  # how fast a machine happens to be is no property of the code; tests of cost say so

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
"""The name of this xdist worker; empty in the controller and where tests run in one process."""


MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 1024**3


def _choose_scratch() -> None:
    """Keep the run's databases in memory where there is plenty: what tests write need not outlive a power cut."""
    free = not WORKER and "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK)
    if free and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        os.environ["TMPDIR"] = str(MEMORY)


_choose_scratch()


def _data_directory() -> Path:
    """Make the run's data directory; a worker gets its own inside the controller's."""
    if WORKER and (given := os.environ.get("JANASEVA_TEST_RUN")):
        folder = Path(given) / WORKER
        folder.mkdir()
        return folder
    folder = Path(tempfile.mkdtemp(prefix="janaseva-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["JANASEVA_TEST_RUN"] = str(folder)
    return folder


DATA = _data_directory()

gc.set_threshold(100_000, 50, 50)  # memory is short-lived here: looking for rings of it every 700 objects costs a tenth

for _name in [name for name in os.environ if name.startswith("JANASEVA_") and not name.startswith("JANASEVA_TEST_")]:
    del os.environ[_name]  # an administrator's settings are not the tests'
if WORKER and (_url := os.environ.get("JANASEVA_TEST_DATABASE_URL")):
    os.environ["JANASEVA_DATABASE_URL"] = _url
os.environ["JANASEVA_DATA_DIR"] = str(DATA)
os.environ["JANASEVA_DEMONSTRATION"] = "true"
os.environ["DJANGO_SETTINGS_MODULE"] = "janaseva.settings"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs beside the synchronous database


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the database be chosen."""
    parser.addoption(
        "--db", choices=["sqlite", "postgres"], default="sqlite", help="the database to test on (default: sqlite)"
    )
    parser.addoption(
        "--second", action="store_true", help="leave out what a run on the other database has shown as well"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL where it is asked for, once a run, before Django reads its settings."""
    _shut_the_network()
    if config.getoption("--db") == "postgres" and not hasattr(config, "workerinput"):
        from tests.postgres import Server

        server = Server()
        config.add_cleanup(server.stop)
        os.environ["JANASEVA_DATABASE_URL"] = os.environ["JANASEVA_TEST_DATABASE_URL"] = server.url
    import django

    django.setup()
    from django.conf import settings

    from janaseva.core import promises

    forget_what_was_published()
    promises.use_look(lambda: "")  # tests of promises call the real look, which would cost others a query now and then

    _keep_compiled_templates()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of sign-ins: cost nothing


def _keep_compiled_templates() -> None:
    """Compile a template once for all workers and runs, until its text is another."""
    from django.template import engines
    from jinja2 import FileSystemBytecodeCache

    folder = Path(__file__).resolve().parent.parent / "build" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    engine: Any = engines["jinja2"]
    engine.env.bytecode_cache = FileSystemBytecodeCache(str(folder))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Hide the settings' name from workers: each first chooses its own data directory, above."""
    if getattr(session.config.option, "dist", "no") != "no":
        del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_report_header(config: pytest.Config) -> str:
    """Say on which database the tests run."""
    return f"database: {config.getoption('--db')}; chromium: {chromium() or 'none, browser tests are skipped'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip by name what this machine or this database cannot show."""
    on_postgres = config.getoption("--db") == "postgres"
    if config.getoption("--second"):
        _leave_out_what_says_nothing_of_the_database(config, items)
    if os.environ.get("ATTACKS") != "whole":
        _leave_out(config, items, lambda item: item.get_closest_marker("whole") is not None)
    for item in items:
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="a race: SQLite hides it, run with --db=postgres"))
        if item.get_closest_marker("browser"):
            if not chromium():
                item.add_marker(pytest.mark.skip(reason="no chromium found: install it, or run .ci/run"))
            elif on_postgres:
                item.add_marker(pytest.mark.skip(reason="screens are the same on both databases: shown on SQLite"))


def _leave_out_what_says_nothing_of_the_database(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests of pure things, screens said again in a further language, and what is marked ``once``."""
    fixtures = {"db", "transactional_db", "live_server", "django_db_setup"}

    def says_nothing(item: pytest.Item) -> bool:
        touches = item.get_closest_marker("django_db") or fixtures & set(getattr(item, "fixturenames", ()))
        again = item.get_closest_marker("once") or re.search(r"[\[-](ml|hi|ur|sd)\]$", item.name)
        return bool(not touches or again)

    _leave_out(config, items, says_nothing)


def _leave_out(config: pytest.Config, items: list[pytest.Item], left_out: Callable[[pytest.Item], bool]) -> None:
    """Deselect items, and say so in the count."""
    gone = [item for item in items if left_out(item)]
    config.hook.pytest_deselected(items=gone)
    items[:] = [item for item in items if item not in set(gone)]


def chromium() -> str | None:
    """Return the path of the system's chromium, or ``None``: one without windows first, it asks least."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


class NetworkError(RuntimeError):
    """A test reached for the network. Use the ``Fake`` beside the adapter."""


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a unix socket's path
    host = str(address[0])
    return host in ("localhost", "::1", "", "0.0.0.0", "::") or host.startswith("127.")


def _shut_the_network() -> None:
    """Make every connection but to this machine fail, for the whole run."""
    connect, connect_ex, find = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(address: Any) -> None:
        message = f"tests use no network, this one reached for {address!r}: use the Fake beside the adapter"
        raise NetworkError(message)

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not _is_local(address):
            refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_local(address):
            refuse(address)
        return connect_ex(self, address)

    def guarded_find(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_local((name,)):
            refuse(name)
        return find(host, *args, **kwargs)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = guarded_find


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Keep the test database in a file: threads and processes then meet as they do in earnest.

    SQLite's file lies in this worker's data directory; PostgreSQL's database is named after the worker.
    """
    from django.conf import settings

    database = settings.DATABASES["default"]
    on_sqlite = database["ENGINE"].endswith("sqlite3")
    database.setdefault("TEST", {})["NAME"] = str(DATA / "test.sqlite3") if on_sqlite else f"test_janaseva_{WORKER}"
    if on_sqlite:
        database["OPTIONS"] = {**database["OPTIONS"], "init_command": _without_fsync(database["OPTIONS"])}
    database["CONN_MAX_AGE"] = 0


def _without_fsync(options: dict[str, Any]) -> str:
    """Return the settings' commands without waiting for the disk: a test's data need not outlive a power cut."""
    return str(options["init_command"]).replace("synchronous=FULL", "synchronous=OFF")


def forget_what_was_published() -> Any:
    """Let what was published be remembered in memory, from now on."""
    from janaseva.ledger import adapters
    from janaseva.ledger.handlers import promises, publishing, standing

    held = adapters.FakeMemory()
    for part in (promises, publishing, standing):
        part.memory = lambda: held  # type: ignore[attr-defined]
    return held


@pytest.fixture(autouse=True)
def remembered() -> Any:
    """What was published is remembered for one test alone, for its database is put back after each; keys as well."""
    from janaseva.documents.queries import forget_ring

    forget_ring()
    return forget_what_was_published()


@pytest.fixture
def one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bounds of the doors count in one window only: a slow machine would come into the next within a test."""
    from janaseva.doorway import limits

    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 90.0))


@pytest.fixture
def at() -> datetime:
    """A fixed moment to act at: Monday 23 November 2026, 11:00 in India."""
    return datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


@pytest.fixture
def later(at: datetime) -> Callable[..., datetime]:
    """Moments after ``at``: ``later(days=3)``."""
    return lambda **spans: at + timedelta(**spans)


@pytest.fixture
def settle(at: datetime) -> Callable[..., Any]:
    """Let the worker hear all news there is: ``settle()`` or ``settle(moment)``; see ``ledger.handlers.settle``."""
    from janaseva.ledger.handlers import settle as until_nothing_is_due

    def run(moment: datetime | None = None, **options: Any) -> Any:
        return until_nothing_is_due(moment or at, **options)

    return run


@pytest.fixture
def fresh_words() -> Any:
    """Words read anew before and after, for a test that points ``janaseva.core.words.FOLDER`` elsewhere."""
    from janaseva.core import words

    words.catalogue.cache_clear()
    yield
    words.catalogue.cache_clear()


@functools.cache
def sample_papers() -> Any:
    """Return a typesetter that sets each letter once and gives the same again."""
    from janaseva.documents.adapters.typesetting import ChildTypesetter
    from janaseva.settings import OPTIONS

    real, kept = ChildTypesetter(OPTIONS.packs_dir), {}
    atexit.register(real.close)

    class Samples:
        def pdf(self, letter: str, data: Any, **more: Any) -> bytes:
            if letter not in kept:
                kept[letter] = real.pdf(letter, data, **more)
            return kept[letter]

    return Samples()


@pytest.fixture(scope="session")
def kept_world(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The packs' directory, one published service and its signed-in officers, made once and kept beside the tables."""
    from tests.given import make_world

    with django_db_blocker.unblock():
        return make_world()


@pytest.fixture
def given(kept_world: Any, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One who walks applications to where a test begins; see ``tests/given.py``. The log is the test's own.

    Every paper is a signed copy of the first of its kind, since typesetting each would be a tenth of all time; a test
    of what is on them says ``papers``.
    """
    from janaseva.documents import handlers as documents
    from janaseva.ledger import adapters
    from janaseva.ledger.handlers import auditing, publishing

    marker = request.node.get_closest_marker("django_db")
    threads = marker is not None and marker.kwargs.get("transaction")
    request.getfixturevalue("transactional_db" if threads else "db")
    store, key = adapters.DirectoryTiles(tmp_path / "log"), adapters.FakeKey()
    for part in (auditing, publishing):
        monkeypatch.setattr(part, "tile_store", lambda: store)
        monkeypatch.setattr(part, "key_store", lambda: key)
    if not request.node.get_closest_marker("papers"):
        monkeypatch.setattr(documents, "typesetter", sample_papers)
    documents._prepared.clear()
    return kept_world.arrive(_memory(request, tmp_path / "log", key))


def _memory(request: pytest.FixtureRequest, folder: Path, key: Any) -> Any:
    """Return what lets a test's first steps be copied from an earlier one that did the same (tests/memory.py)."""
    from tests.memory import WATCHING, Memory

    watched = WATCHING & set(request.node._fixtureinfo.argnames)
    return Memory(
        folder=folder,
        keys=key,
        on=not os.environ.get("NOMEM") and not watched,
        path=("papers",) if request.node.get_closest_marker("papers") else (),
    )
