"""Where the bytes of papers may lie beside the database: a directory or an S3 store, each object whole or not there."""

import configparser
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from janaseva.documents.rules import StoreAwayError, StoreKey, key_of_marker

BEING_WRITTEN: Final = ".new-"
REACHED_SECONDS: Final = 3
ANSWERED_SECONDS: Final = 15
RETRIES: Final = 2
S3_OPTIONS: Final = frozenset({"endpoint", "region", "virtual_hosted"})


class ObjectMissingError(Exception):
    """The store answers, and has no such object."""


class Objects(Protocol):
    """Bytes by name. Each method raises :class:`StoreAwayError` where the place does not do what it is asked."""

    def put(self, name: str, content: bytes) -> None:
        """Keep ``content`` under ``name``: whole, and for good, when this returns; or not at all."""

    def get(self, name: str) -> bytes:
        """Return what is kept.

        Raises:
            ObjectMissingError: where nothing is.

        """

    def size(self, name: str) -> int | None:
        """Return how many bytes are kept, or ``None`` where nothing is."""

    def names(self) -> Iterator[str]:
        """Yield the name of everything that is kept."""

    def delete(self, name: str) -> None:
        """Keep it no more; nothing happens where nothing was kept."""


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Say of the disk's refusals what they are."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        message = f"the directory {folder} does not do it: {error.strerror or error}"
        raise StoreAwayError(message) from error


class DirectoryObjects:
    """Objects as files: written beside, fsynced, renamed into place, the folder fsynced last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: bytes) -> None:
        """Write the file; what a crash or a full disk leaves half-written has another name and is never read."""
        target = self.folder / name
        with _disk(self.folder):
            try:
                self._write(target, content)
            except FileNotFoundError as error:
                message = f"the directory {self.folder} is not there"
                raise StoreAwayError(message) from error

    def _write(self, target: Path, content: bytes) -> None:
        new = not target.parent.is_dir()
        if new:
            target.parent.mkdir(exist_ok=True, mode=0o700)  # no parents: the store's own folder is made by hand or not
        descriptor, written = tempfile.mkstemp(dir=target.parent, prefix=BEING_WRITTEN)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(written).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(written).unlink()
            raise
        for folder in [target.parent, *([self.folder] if new else [])]:
            _sync(folder)

    def get(self, name: str) -> bytes:
        """Read the file.

        Raises:
            ObjectMissingError: where there is none.

        """
        with _disk(self.folder):
            try:
                return (self.folder / name).read_bytes()
            except FileNotFoundError as error:
                raise ObjectMissingError(name) from error

    def size(self, name: str) -> int | None:
        """Return the file's length."""
        with _disk(self.folder):
            try:
                return (self.folder / name).stat().st_size
            except FileNotFoundError:
                return None

    def names(self) -> Iterator[str]:
        """Yield every file's path; files of a put that did not end are left out."""
        with _disk(self.folder):
            for path in self.folder.iterdir() if self.folder.is_dir() else ():
                if path.is_dir():
                    yield from (
                        f"{path.name}/{file.name}" for file in path.iterdir() if not file.name.startswith(BEING_WRITTEN)
                    )
                elif not path.name.startswith(BEING_WRITTEN):
                    yield path.name

    def delete(self, name: str) -> None:
        """Remove the file, for good when this returns."""
        with _disk(self.folder), suppress(FileNotFoundError):
            (self.folder / name).unlink()
            _sync((self.folder / name).parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class S3Objects:
    """Objects in a bucket of any store that speaks S3 with signatures of version 4, below a prefix."""

    def __init__(self, *, bucket: str, prefix: str, options: dict[str, str], credentials: Path | None = None) -> None:
        try:
            from obstore import exceptions, store  # noqa: PLC0415 - an extra: a directory needs nothing
        except ImportError as error:
            message = "the S3 extra is not installed: pip install 'janaseva[s3]'"
            raise StoreAwayError(message) from error
        endpoint = options.get("endpoint", "")
        config: Any = {"region": options.get("region", "us-east-1"), **_credentials(credentials)}
        if endpoint:
            config["endpoint"] = endpoint
        self._place = f"s3://{bucket}/{prefix}"
        self._errors: tuple[type[Exception], ...] = (exceptions.BaseError, OSError, ValueError)
        self._store: Any = store.S3Store(
            bucket,
            prefix=prefix or None,
            config=config,
            virtual_hosted_style_request=options.get("virtual_hosted") == "true",
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=REACHED_SECONDS),
                "timeout": timedelta(seconds=ANSWERED_SECONDS),
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=ANSWERED_SECONDS)},
        )

    @contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except self._errors as error:
            told = " ".join(str(error).split())[:200]
            message = f"{self._place} does not do it: {type(error).__name__}: {told}"
            raise StoreAwayError(message) from error

    def put(self, name: str, content: bytes) -> None:
        """Send the object in one signed request, which the store does whole or refuses."""
        with self._asked():
            try:
                self._store.put(name, content, use_multipart=False)
            except FileNotFoundError as error:
                message = f"{self._place} is not there"
                raise StoreAwayError(message) from error

    def get(self, name: str) -> bytes:
        """Fetch the object.

        Raises:
            ObjectMissingError: where there is none.

        """
        with self._asked():
            try:
                return bytes(self._store.get(name).bytes())
            except FileNotFoundError as error:
                raise ObjectMissingError(name) from error

    def size(self, name: str) -> int | None:
        """Ask for the object's length."""
        with self._asked():
            try:
                return int(self._store.head(name)["size"])
            except FileNotFoundError:
                return None

    def names(self) -> Iterator[str]:
        """List what lies below the prefix."""
        with self._asked():
            for some in self._store.list():
                yield from (str(one["path"]) for one in some)

    def delete(self, name: str) -> None:
        """Delete the object; versions that the bucket keeps are the bucket's to end."""
        with self._asked(), suppress(FileNotFoundError):
            self._store.delete(name)


def _credentials(path: Path | None) -> dict[str, str]:
    """Return what a file of credentials says (``[default]``, as for all tools that speak S3), or the environment.

    Raises:
        StoreAwayError: where the file cannot be read.

    """
    names = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"}
    if path is None:
        return {name: value for name in names if (value := os.environ.get(name.upper()))}
    parsed = configparser.ConfigParser()
    try:
        parsed.read_string(path.read_text(encoding="utf-8"))
        return {name: value for name, value in parsed["default"].items() if name in names}
    except (OSError, configparser.Error, KeyError) as error:
        message = f"{path} cannot be read as a file of credentials ({type(error).__name__})"
        raise StoreAwayError(message) from error


class FakeObjects:
    """Objects in memory, for tests; ``away`` makes it refuse everything, ``full`` every put."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.away = self.full = False

    def _reach(self) -> None:
        if self.away:
            message = "the store is away"
            raise StoreAwayError(message)

    def put(self, name: str, content: bytes) -> None:
        """Keep it."""
        self._reach()
        if self.full:
            message = "the store is full"
            raise StoreAwayError(message)
        self.held[name] = content

    def get(self, name: str) -> bytes:
        """Return it.

        Raises:
            ObjectMissingError: where there is none.

        """
        self._reach()
        if name not in self.held:
            raise ObjectMissingError(name)
        return self.held[name]

    def size(self, name: str) -> int | None:
        """Return its length."""
        self._reach()
        return len(self.held[name]) if name in self.held else None

    def names(self) -> Iterator[str]:
        """Yield all names."""
        self._reach()
        yield from list(self.held)

    def delete(self, name: str) -> None:
        """Forget it."""
        self._reach()
        self.held.pop(name, None)


def objects_at(address: str, *, credentials: Path | None = None) -> Objects:
    """Return the place that an address names: ``file:///folder`` or ``s3://bucket/prefix?endpoint=https://...``.

    Raises:
        StoreAwayError: where it names none.

    """
    parts = urlsplit(address)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/") and not parts.query:
        return DirectoryObjects(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc and "@" not in parts.netloc:
        options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if set(options) <= S3_OPTIONS:
            prefix = unquote(parts.path).strip("/")
            return S3Objects(bucket=parts.netloc, prefix=prefix, options=options, credentials=credentials)
    message = "the address of a store is file:///FOLDER or s3://BUCKET/PREFIX?endpoint=https://HOST&region=NAME"
    raise StoreAwayError(message)


def read_key(folder: Path, marker: bytes) -> StoreKey:
    """Return the key that a store's marker names, from the folder of keys.

    Raises:
        AlteredError: where it is no marker.
        StoreAwayError: where this machine has not that key.

    """
    path = folder / f"documents-{key_of_marker(marker)}"
    try:
        return StoreKey(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError) as error:
        message = f"the key of this store is not here: copy {path.name} from keys/ of the machine that prepared it"
        raise StoreAwayError(message) from error


def make_key(folder: Path, secret: bytes) -> StoreKey:
    """Keep a new key in the folder of keys, readable by its owner alone, and on the disk when this returns."""
    made = StoreKey(secret)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / f"documents-{made.id}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{secret.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    _sync(folder)
    return made
