"""Settings: read once from the environment (``JANASEVA_...``) and ``janaseva.env``: all told in docs/settings.md."""

import os
import secrets
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

import dj_database_url
from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).resolve().parent
TREE = PACKAGE.parent.parent
Key = Annotated[str, Field(min_length=1)]
"""A key that is believed; an empty one would be everybody's."""


class Options(BaseSettings):
    """What an administrator may set. Every default is safe; nothing here is a secret of the repository."""

    model_config = SettingsConfigDict(env_prefix="JANASEVA_", env_file="janaseva.env", extra="ignore")
    _mask_wrapped: ClassVar[bool] = True
    """Django asks each setting for this, each time; of what it has not, pydantic makes an error first (6 µs)."""

    data_dir: Path = Field(default=Path("var"), description="Where the database, keys, log tiles and sockets live.")
    database_url: str = Field(default="", description="sqlite:///PATH or postgres://...; empty: SQLite in data_dir.")
    database_pooler: Literal["transaction", "session"] = Field(
        default="transaction", description="For how long a pooler before PostgreSQL, if any, lends a connection."
    )
    asynchronous_cluster: Literal["", "acknowledged work may be lost"] = Field(
        default="", description="In these words: serve although replicas would lose acknowledged work; empty: refuse."
    )
    database_owner_url: str = Field(default="", description="The tables' owner, for `janaseva setup` alone.")
    document_store: str = Field(default="", description="file:///FOLDER or s3://BUCKET/PREFIX; empty: the database.")
    document_stores_before: list[str] = Field(default=[], description="Stores that papers still lie in; only read.")
    document_store_credentials: Path | None = Field(
        default=None, description="A file of S3 credentials; empty: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    )
    scanner: str = Field(
        default="", pattern="^(unix:/.+|tcp:.+:[0-9]+)?$", description="clamd: unix:PATH or tcp:HOST:PORT; empty: none."
    )
    packs_dir: Path = Field(default=TREE / "packs", description="The folder whose sub-folders are packs.")
    public_url: HttpUrl = Field(default=HttpUrl("http://localhost:8000"), description="The address people type.")
    allowed_hosts: list[str] = Field(default=["127.0.0.1", "localhost", "[::1]"], description="Host names served.")
    trusted_proxies: list[str] = Field(default=[], description="Addresses of proxies whose X-Forwarded-For is true.")
    secret_key: str = Field(default="", description="Seals seeds and codes; empty: made once, kept in data_dir/keys.")
    secret_key_fallbacks: list[Key] = Field(default=[], description="Secret keys of before, or to come; only believed.")
    secure_cookies: bool | None = Field(default=None, description="Empty: where public_url begins with https.")
    demonstration: bool = Field(default=False, description="Demonstration people, mailbox and payment simulator.")
    debug: bool = Field(default=False, description="Django's debug pages; never where people's papers are.")
    payment_gateway_url: str = Field(default="", description="The payment gateway's address; empty: the simulator.")
    payment_gateway_key: str = Field(default="", description="Key shared with it; empty: made in data_dir/keys.")
    payment_gateway_key_fallbacks: list[Key] = Field(default=[], description="Its former or next key; only believed.")
    sms_gateway_url: str = Field(default="", description="The Mobile Seva push address; empty: no SMS leaves.")
    sms_username: str = Field(default="", description="The Mobile Seva account.")
    sms_password: str = Field(default="", description="The Mobile Seva account's password.")
    sms_sender: str = Field(default="", description="The sender's name of six characters, registered under TRAI DLT.")
    sms_key: str = Field(default="", description="The Mobile Seva account's secure key.")
    sms_templates: dict[str, str] = Field(default={}, description="DLT template ids by words key and language.")
    log_origin: str = Field(default="janaseva.example/log", description="The transparency log's name in checkpoints.")
    certificates: list[Path] = Field(
        default=[], description="Files of certificates (PEM) to watch; a warning a month before one ends."
    )
    published_copies: list[Path] = Field(default=[], description="Further folders that remember the last checkpoint.")
    backup_dir: Path | None = Field(default=None, description="The folder of backups; empty: backups/ in data_dir.")
    backup_keys: list[str] = Field(default=[], description="Two or more age1... keys that backups are encrypted to.")
    backup_papers: bool = Field(default=True, description="Whether backups copy what lies in the document store.")
    backup_database_url: str = Field(
        default="", description="PostgreSQL as a role that may replicate; empty: the same."
    )
    postgres_bin: Path | None = Field(
        default=None, description="The folder of pg_basebackup and the server's programs."
    )
    postgres_user: str = Field(default="postgres", description="Who runs a scratch server where root restores.")
    metrics_addresses: list[str] = Field(default=[], description="Addresses or networks that may read /metrics.")
    metrics_token: str = Field(default="", description="Bearer token that may read /metrics; empty: none does.")
    languages: list[str] = Field(default=["en", "ml", "hi", "ur", "sd"], description="Those that pages offer.")
    state_name: str = Field(default="Janaseva", description="The name in the header of every page.")
    time_zone: str = Field(default="Asia/Kolkata", description="The zone in which days begin, where a pack says none.")
    pkcs11_module: str = Field(default="", description="PKCS#11 library of the sealing device; empty: file keys.")
    pkcs11_token: str = Field(default="", description="Label of the token in the sealing device.")
    pkcs11_pin: str = Field(default="", description="The user PIN of that token.")
    pkcs11_key_label: str = Field(default="seal", description="Label of the seal's key and certificate in the token.")

    @property
    def secure(self) -> bool:
        """Whether people come by HTTPS: then cookies travel by it alone, and browsers are told to use no other."""
        return self.public_url.scheme == "https" if self.secure_cookies is None else self.secure_cookies


POSTGRESQL: dict[str, Any] = {
    # Kept connections, for threads to take and give back; each is tried before it is taken, for leaders change.
    "pool": {"min_size": 1, "max_size": 20, "timeout": 10, "max_lifetime": 1800, "max_idle": 300},
    # A server that is gone without a word is noticed within half a minute, and never waited for in connecting.
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    # Values are sent beside the statement, and what is asked often is prepared (core/postgresql, docs/performance.md):
    # parsing and planning cost more than most of our statements. Behind a pooler, base.py switches preparing off.
    "server_side_binding": True,
}
"""How PostgreSQL is spoken to; what the address says after its ``?`` comes before it."""


def _kept_secret(path: Path) -> str:
    """Return the secret kept at ``path``, made on first use and readable by its owner alone."""
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    value = secrets.token_urlsafe(48)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(value)
    return value


def _database(options: Options) -> dict[str, Any]:
    """Return Django's description of the database that ``options`` name."""
    url = options.database_url or f"sqlite:///{options.data_dir.resolve() / 'janaseva.sqlite3'}"
    database: dict[str, Any] = dict(dj_database_url.parse(url))
    database["ATOMIC_REQUESTS"] = False
    if database["ENGINE"].endswith("sqlite3"):
        # Threads keep their connections: opening one reads the whole schema, which costs more than most requests.
        database |= {"ENGINE": "janaseva.core.sqlite3", "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
        # WAL with synchronous=FULL: NORMAL loses acknowledged commits in a power cut. IMMEDIATE takes the write lock
        # at the start, so that two writers queue and neither fails half way.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "cached_statements": 512,  # an act says forty, a page twenty; to prepare one costs more than to ask it
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
    else:
        database |= {"ENGINE": "janaseva.core.postgresql", "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
        database["POOLER"] = options.database_pooler
        database["OPTIONS"] = {**POSTGRESQL, **database.get("OPTIONS", {})}
    return database


OPTIONS = Options()

BASE_DIR = TREE
_KEYS = OPTIONS.data_dir / "keys"
SECRET_KEY = OPTIONS.secret_key or _kept_secret(_KEYS / "secret_key")
SECRET_KEY_FALLBACKS = OPTIONS.secret_key_fallbacks
SECRET_KEY_FOLDER = None if OPTIONS.secret_key else _KEYS
"""Where the secret keys are files, which may change while we run (``core/secret_keys.py``)."""
PAYMENT_GATEWAY_KEY = OPTIONS.payment_gateway_key or _kept_secret(_KEYS / "payment_gateway_key")
PAYMENT_GATEWAY_KEYS = (PAYMENT_GATEWAY_KEY, *OPTIONS.payment_gateway_key_fallbacks)
DEBUG = OPTIONS.debug
ALLOWED_HOSTS = OPTIONS.allowed_hosts
DATABASES = {"default": _database(OPTIONS)}
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "janaseva.rooms.Ledger",
    "janaseva.rooms.People",
    "janaseva.rooms.Documents",
    "janaseva.rooms.Forms",
    "janaseva.rooms.Workflow",
    "janaseva.rooms.Contact",
    "janaseva.rooms.Registers",
    "janaseva.rooms.Payments",
    "janaseva.rooms.Services",
    "janaseva.rooms.Monitor",
]
MIDDLEWARE = [
    "janaseva.design.middleware.Compress",
    "janaseva.design.middleware.request_id",
    "janaseva.design.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "janaseva.gateway.api.middleware.machines",
    "janaseva.design.middleware.choices",
    "janaseva.doorway.bounds.Bounded",
    "janaseva.doorway.visitor.Visitor",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "janaseva.design.middleware.Refusals",
]
ROOT_URLCONF = "janaseva.urls"
WSGI_APPLICATION = "janaseva.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / shelf / "templates" for shelf in ("design", "portal", "desk", "gateway")],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "janaseva.design.environment.environment"},
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "design" / "static"]
WHITENOISE_USE_FINDERS = True  # served from where they are shipped: nothing to collect, nothing to go stale
WHITENOISE_MAX_AGE = 31_536_000  # pages ask for each file by the fingerprint of its content
CSRF_FAILURE_VIEW = "janaseva.design.errors.csrf_failure"
USE_TZ = True
TIME_ZONE = OPTIONS.time_zone
USE_I18N = False  # words come from janaseva.core.words: no compiled catalogues, and a language per request
LANGUAGE_CODE = "en"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OPTIONS.secure
CSRF_COOKIE_NAME = "__Host-csrftoken" if OPTIONS.secure else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(str(OPTIONS.public_url)))]
"""Where our own forms come from, as browsers say: behind a proxy that ends TLS we see no ``https``."""
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
SILENCED_SYSTEM_CHECKS = ["urls.W002"]  # addresses of the desk end without a slash, and those below one begin with it
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "formatters": {"json": {"()": "janaseva.core.logs.JsonLines"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # What is wrong with a received file is said to its giver; a library's warnings about it are noise.
    "loggers": {
        "janaseva.refused": {"level": "INFO"},
        **{name: {"level": "ERROR"} for name in ("pypdf", "PIL", "pyhanko")},
    },
}
