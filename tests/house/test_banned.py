"""What may be used in one place only: transactions, the clock, the outside world; and what may not be used at all."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from tests.house.source import Module, hold, real


@dataclass(frozen=True)
class Banned:
    """Names (with everything inside them) that only some modules may use, and what to do instead."""

    names: tuple[str, ...]
    law: str
    do: str
    allowed: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """``allowed`` are modules, ``kinds`` the kinds of file in which the names may be used."""
    only: tuple[str, ...] = ()
    """Where given: the ban holds in these kinds alone."""


TRANSACTIONS = Banned(
    names=("django.db.transaction",),
    allowed=("janaseva.core.commit",),
    law="one action is one transaction, opened by @action alone (law of transaction)",
    do="make it an @action, or a @step of one; read with Model.locked",
)
SIGNALS = Banned(
    names=("django.dispatch", "django.db.models.signals", "django.core.signals", "django.db.backends.signals"),
    law="no signals (law of news)",
    do="tell an event in the action, and hear it with @hears in handlers",
)
OUTSIDE = Banned(
    names=(
        *("requests", "socket", "socketserver", "ssl", "subprocess", "multiprocessing", "asyncio"),
        *("urllib.request", "http.client", "http.server", "smtplib", "ftplib", "os.system", "os.fork", "os.execv"),
        "obstore",
    ),
    kinds=("adapters",),
    allowed=(
        "janaseva.cli.processes",
        "janaseva.cli.up",
        "janaseva.cli.demo",
        "janaseva.cli.web",  # these start web and worker
        "janaseva.cli.backup.postgres",  # this runs PostgreSQL's own programs
    ),
    law="the outside world (network, processes) is reached from adapters alone (law of outside)",
    do="write a Protocol, the real thing and a Fake in the room's adapters, and call it from handlers",
)
CLOCK = Banned(
    names=(
        *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
        *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "django.utils.timezone.now"),
        *("django.utils.timezone.localdate", "django.db.models.functions.Now"),
    ),
    allowed=("janaseva.core.clock", "janaseva.core.ids"),
    law="time is an argument (law of time)",
    do="take `at` and pass it on; doors, handlers and the command line ask janaseva.core.clock.now()",
)
NOW = Banned(
    names=("janaseva.core.clock",),
    kinds=("door", "handlers", "cli", "core"),
    law="now() is asked in doors, handlers and the command line alone (law of time)",
    do="take `at` as an argument",
)
PURE = Banned(
    names=(
        *(
            "django",
            "os",
            "pathlib.Path",
            "tempfile",
            "shutil",
            "glob",
            "sqlite3",
            "psycopg",
            "time",
            "random",
            "secrets",
        ),
        *("threading", "concurrent", "http", "urllib.request", "logging", "open", "print", "input"),
    ),
    only=("rules",),
    law="rules are pure: no Django, no clock, no chance, no I/O",
    do="read in queries, adapters or handlers, and give the rule what was read",
)
FILES = Banned(
    names=("janaseva.documents.rules.receive", "janaseva.documents.rules.receiving.receive"),
    allowed=(
        "janaseva.documents.queries.receiving",
        "janaseva.documents.rules",
        "janaseva.cli.papers",  # this makes its own files
    ),
    law="a file from outside is looked through by the scanner before anything opens it",
    do="call janaseva.documents.queries.receive",
)
ALL = (TRANSACTIONS, SIGNALS, OUTSIDE, CLOCK, NOW, PURE, FILES)


def _is_one_of(name: str, names: tuple[str, ...]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in names)


def _uses(module: Module) -> Iterator[tuple[int, str]]:
    """Yield every imported name and every dotted use or call of one."""
    yield from module.imports
    for node in module.nodes:
        if isinstance(node, ast.Attribute):
            yield node.lineno, module.dotted(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.lineno, module.dotted(node.func)


def breaches(modules: Iterable[Module], ban: Banned) -> Iterator[str]:
    """Yield every use of what is banned there."""
    for module in modules:
        if module.name in ban.allowed or module.kind in ban.kinds or (ban.only and module.kind not in ban.only):
            continue
        for line, name in _uses(module):
            if _is_one_of(name, ban.names):
                yield f"{module.at(line)} uses {name}"


def printing(modules: Iterable[Module]) -> Iterator[str]:
    """Yield every print outside the command line."""
    for module in modules:
        for node in module.nodes:
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in ("print", "breakpoint", "exec", "eval") and module.kind != "cli":
                yield f"{module.at(node.lineno)} calls {name}"


def hidden_imports(modules: Iterable[Module]) -> Iterator[str]:
    """Yield imports by text, which no table of imports can see (rooms load handlers, the command line its commands)."""
    for module in modules:
        for node in module.nodes:
            name = module.dotted(node.func) if isinstance(node, ast.Call) else ""
            if name in ("importlib.import_module", "__import__") and module.name not in (
                "janaseva.rooms",
                "janaseva.cli",
            ):
                yield f"{module.at(node.lineno)} calls {name}"


_WHOLE = (ast.Tuple, ast.List, ast.Set, ast.Attribute, ast.Constant)
_MADE_WHOLE = ("list", "tuple", "sorted", "set")


def _is_whole(node: ast.AST) -> bool:
    """Return whether a value is plainly a collection, and no question that the database would have to answer."""
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    return isinstance(node, _WHOLE) or called in _MADE_WHOLE


def not_among_answers(modules: Iterable[Module]) -> Iterator[str]:
    """Yield every ``exclude(x__in=...)`` and ``~Q(x__in=...)`` whose value may be another question."""
    for module in modules:
        for node in module.nodes:
            turned = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert)
            call = node.operand if turned else node
            if not isinstance(call, ast.Call):
                continue
            excludes = isinstance(call.func, ast.Attribute) and call.func.attr == "exclude"
            if excludes or (turned and getattr(call.func, "id", "") == "Q"):
                for given in call.keywords:
                    if (given.arg or "").endswith("__in") and not _is_whole(given.value):
                        yield f"{module.at(call.lineno)} excludes {given.arg} by what may be a question"


_LOCKS = re.compile(r"\bFOR\s+(NO\s+KEY\s+UPDATE|UPDATE|KEY\s+SHARE|SHARE)\b|\bLOCK\s+TABLE\b|\bpg_(try_)?advisory_")


def raw_locks(modules: Iterable[Module]) -> Iterator[str]:
    """Yield every statement in words that asks for a lock, but the one place that reads locked rows."""
    for module in modules:
        for node in module.nodes:
            words = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if module.name != "janaseva.core.statements" and _LOCKS.search(words):
                yield f"{module.at(node.lineno)} asks for a lock in words of its own"


def _is_paise(node: ast.AST) -> bool:
    name = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "arg", None) or ""
    return str(name).endswith("_paise")


def _says_inexact(node: ast.AST | None) -> bool:
    return node is not None and any(
        isinstance(part, ast.Name) and part.id in ("float", "Decimal", "FloatField", "DecimalField")
        for part in ast.walk(node)
    )


def _inexact(node: ast.AST) -> str:
    """Return why a node treats money as anything but a whole number of paise."""
    if isinstance(node, ast.arg) and _is_paise(node) and _says_inexact(node.annotation):
        return f"{node.arg} is not an int"
    if isinstance(node, ast.AnnAssign) and _is_paise(node.target) and _says_inexact(node.annotation):
        return "an amount that is not an int"
    if isinstance(node, ast.FunctionDef) and node.name.endswith("_paise") and _says_inexact(node.returns):
        return f"{node.name} does not answer an int"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and (_is_paise(node.left) or _is_paise(node.right)):
        return "an amount divided with / becomes a float: use // or divmod, and say who gets the rest"
    if isinstance(node, ast.keyword | ast.Assign):
        target = node if isinstance(node, ast.keyword) else node.targets[0]
        if _is_paise(target) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, float):
            return "a float as an amount"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
        return "float() of an amount" if any(map(_is_paise, node.args)) else ""
    return ""


def inexact_money(modules: Iterable[Module]) -> Iterator[str]:
    """Yield every amount that is not an integer of paise, and every float in a table."""
    for module in modules:
        for node in module.nodes:
            if reason := _inexact(node):
                yield f"{module.at(getattr(node, 'lineno', None) or node.value.lineno)} {reason}"
            name = getattr(node, "attr", None) or getattr(node, "id", None)
            if module.kind == "models" and name in ("float", "FloatField", "DecimalField"):
                yield f"{module.at(node.lineno)} a table holds a {name}"


@pytest.mark.parametrize("ban", ALL, ids=lambda ban: ban.names[0])
def test_banned(ban):
    hold(breaches(real(), ban), law=ban.law, do=ban.do)


def test_nothing_prints():
    hold(
        printing(real()),
        law="only the command line prints",
        do="tell an event, or log with logging.getLogger(__name__)",
    )


def test_no_import_hides():
    hold(hidden_imports(real()), law="imports are written as imports", do="import it, or register it with its room")


def test_what_is_missing_is_asked_as_an_anti_join():
    hold(
        not_among_answers(real()),
        law="what is missing beside what is there is asked with ~Exists: PostgreSQL compares each with each in NOT IN",
        do="filter(~Exists(Other.objects.filter(pk=OuterRef('pk')))); or give a list(...)",
    )


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("x = A.objects.exclude(pk__in=B.objects.values('pk'))", True),
        ("x = A.objects.exclude(pk__in=others)", True),
        ("x = A.objects.filter(~Q(pk__in=others))", True),
        ("x = A.objects.exclude(pk__in=list(others))", False),
        ("x = A.objects.exclude(why__in=laying.STANDS)", False),
        ("x = A.objects.filter(~Q(state__in=('a', 'b')), pk__in=others)", False),
    ],
)
def test_not_in_a_question_is_seen(house, source, seen):
    assert bool(list(not_among_answers(house({"people/queries.py": source})))) == seen


def test_locks_are_asked_for_where_what_was_read_before_is_forgotten():
    hold(
        raw_locks(real()),
        law="a lock may be waited for, and what an act has read before may change meanwhile (core/glance.py)",
        do="use Row.locked, where(lock=True) or select_for_update: these forget what was read",
    )


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("x = 'SELECT id FROM a WHERE id = %s FOR UPDATE'", True),
        ("x = f'SELECT id FROM a WHERE {y} FOR NO KEY UPDATE SKIP LOCKED'", True),
        ("x = ['SELECT 1', 'FOR KEY SHARE']", True),
        ("x = 'LOCK TABLE a IN SHARE MODE'", True),
        ("x = 'SELECT pg_advisory_xact_lock(1)'", True),
        ("x = A.objects.select_for_update().first()", False),
        ("x = 'a form for update or renewal'", False),
    ],
)
def test_a_lock_in_words_is_seen(house, source, seen):
    assert bool(list(raw_locks(house({"people/queries.py": source})))) == seen


def test_money_is_whole_paise():
    hold(
        inexact_money(real()),
        law="money is integer paise, its names end in _paise, and no table holds a float (law of money)",
        do="keep paise as int; janaseva.core.money says amounts in words and figures",
    )


@pytest.mark.parametrize(
    ("ban", "where", "source"),
    [
        (TRANSACTIONS, "people/actions.py", "from django.db import transaction"),
        (TRANSACTIONS, "people/steps.py", "import django.db\nwith django.db.transaction.atomic(): pass"),
        (SIGNALS, "people/handlers.py", "from django.db.models.signals import post_save"),
        (SIGNALS, "people/handlers.py", "from django.dispatch import receiver"),
        (OUTSIDE, "contact/handlers.py", "import requests"),
        (OUTSIDE, "contact/actions.py", "from urllib.request import urlopen"),
        (OUTSIDE, "documents/steps.py", "import os\nos.system('typst')"),
        (CLOCK, "people/rules.py", "from datetime import datetime\nx = datetime.now()"),
        (CLOCK, "people/rules.py", "import datetime as d\nx = d.datetime.now(d.UTC)"),
        (CLOCK, "people/rules.py", "from time import time\nx = time()"),
        (CLOCK, "portal/home.py", "from django.utils import timezone\nx = timezone.now()"),
        (NOW, "people/actions.py", "from janaseva.core.clock import now"),
        (PURE, "people/rules.py", "from django.db import models"),
        (PURE, "people/rules/codes.py", "import secrets"),
        (PURE, "people/rules/codes.py", "text = open('x').read()"),
    ],
)
def test_a_banned_use_is_seen(house, ban, where, source):
    assert list(breaches(house({where: source}), ban))


@pytest.mark.parametrize(
    ("ban", "where", "source"),
    [
        (OUTSIDE, "contact/adapters.py", "import requests"),
        (OUTSIDE, "contact/rules.py", "from urllib.parse import urlsplit"),
        (NOW, "portal/home.py", "from janaseva.core import clock\nx = clock.now()"),
        (PURE, "people/rules.py", "from datetime import datetime, timedelta\nimport hashlib, re"),
        (TRANSACTIONS, "core/commit.py", "from django.db import transaction"),
    ],
)
def test_a_right_use_passes(house, ban, where, source):
    assert not list(breaches(house({where: source}), ban))


@pytest.mark.parametrize(
    "source",
    [
        "def pay(*, amount_paise: float): ...",
        "fee_paise: float = 0",
        "def fee_paise() -> float: ...",
        "half = row.total_paise / 2",
        "demand(total_paise=12.5)",
        "total_paise = 1.5",
        "rupees = float(total_paise)",
    ],
)
def test_inexact_money_is_seen(house, source):
    assert list(inexact_money(house({"payments/rules.py": source})))


def test_a_float_column_is_seen(house):
    assert list(inexact_money(house({"payments/models.py": "from django.db import models\nx = models.FloatField()"})))


def test_exact_money_passes(house):
    assert not list(inexact_money(house({"payments/rules.py": "half_paise, rest = divmod(total_paise, 2)"})))


def test_a_print_and_a_hidden_import_are_seen(house):
    bad = house({"people/rules.py": "import importlib\nprint(1)\nx = importlib.import_module('janaseva.services')"})
    assert list(printing(bad))
    assert list(hidden_imports(bad))
