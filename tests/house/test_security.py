"""What docs/security.md and limits.md tell is what the code does: limits, cryptography, ways in and out."""

import ast
import functools
import importlib
import re
from collections.abc import Iterable, Iterator

import pytest
from django.urls import get_resolver

from tests.house.source import TREE, Module, hold, real
from tests.house.test_routes import routes

pytestmark = pytest.mark.once

LIMITS = TREE / "docs" / "operations" / "limits.md"
SECURITY = TREE / "docs" / "security.md"
UNITS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of each table."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def told_limits(text: str) -> dict[str, tuple[int, int]]:
    """Return how many in how many seconds, by name, as the page tells."""
    found = {}
    for cells in rows(text):
        within = re.fullmatch(r"(\d+) (s|min|h|d)", cells[2]) if len(cells) == 4 else None
        if within:
            for name in re.findall(r"`([^`]+)`", cells[0]):
                found[name] = (int(cells[1]), int(within[1]) * UNITS[within[2]])
    return found


def real_limits() -> dict[str, tuple[int, int]]:
    """Return how many in how many seconds, by name, as the code has it."""
    from janaseva.doorway.limits import windows
    from janaseva.people.rules import limits

    list(routes(get_resolver().url_patterns))  # all doors are read, and with them their limits
    kept = {name: one for name, one in vars(limits).items() if isinstance(one, limits.Allowance)}
    return {name: (one.most, one.seconds) for name, one in windows.items()} | {
        name: (one.most, int(one.window.total_seconds())) for name, one in kept.items()
    }


def test_every_limit_is_told_as_it_is():
    assert told_limits(LIMITS.read_text("utf-8")) == real_limits()


def test_every_bound_is_told_as_it_is():
    text, found = LIMITS.read_text("utf-8"), []
    for cells in rows(text):
        name = re.fullmatch(r"`(janaseva\.[\w.]+)`", cells[-1])
        if name:
            module, _, constant = name[1].rpartition(".")
            there = getattr(importlib.import_module(module), constant)
            told = int(re.match(r"[\d,]+", cells[1])[0].replace(",", ""))
            found += [] if told == there else [f"{name[1]} is {there} and told as {told}"]
    hold(found, law="limits are told as they are", do="change docs/operations/limits.md with the code")
    assert text.count("`janaseva.") >= 20


def test_people_are_told_how_large_a_file_may_be():
    from janaseva.core.text import LANGUAGES
    from janaseva.core.words import say
    from janaseva.documents.rules.receiving import MAX_BYTES

    most = f"{MAX_BYTES >> 20} MB"
    assert not [code for code in LANGUAGES if most not in say("design.upload_hint", code)]


def test_log_lines_go_to_one_place():
    from janaseva import settings

    assert {one["class"] for one in settings.LOGGING["handlers"].values()} == {"logging.StreamHandler"}
    found = [module.name for module in real() if uses(module, ("logging.FileHandler", "logging.handlers", "syslog"))]
    assert not found
    assert settings.LOGGING["root"]["handlers"] == ["stderr"]


def test_how_long_a_sign_in_lasts_is_told_as_it_is():
    from janaseva.people.rules import sessions

    told = {}
    for cells in rows(LIMITS.read_text("utf-8")):
        if cells[0] in ("officer", "citizen"):
            told[cells[0]] = [int(one.split()[0]) * UNITS[one.split()[1]] for one in cells[1:3]]
    there = {
        who: [int(sessions.IDLE[who].total_seconds()), int(sessions.ABSOLUTE[who].total_seconds())]
        for who in sessions.SESSION_KINDS
    }
    assert told == there


def test_words_of_the_place_are_told():
    from janaseva.people.rules.login import LOCAL_WORDS

    told = section(LIMITS.read_text("utf-8"), "Passwords")
    assert tuple(re.findall(r"`([a-z]+)`", told)) == LOCAL_WORDS


CRYPTOGRAPHY = ("hashlib", "hmac", "secrets", "cryptography", "pyhanko", "pyhanko_certvalidator", "webauthn", "pyotp",
                "pyrage", "asn1crypto", "django.contrib.auth.hashers", "django.core.signing", "os.urandom")  # fmt: skip
BANNED = ("random", "django.utils.crypto.get_random_string", "hashlib.md5", "numpy.random")
WEAK = re.compile(
    r"modes\.(?:ECB|CBC|OFB|CFB)|TripleDES|\bARC4\b|Blowfish|hashlib\.(?:md5|sha1)|\bSHA1\b|verify=False|CERT_NONE"
)
WEAK_FOR_OTHERS = {"janaseva.contact.adapters.mobile_seva": "the SMS gateway of the state takes the password as SHA-1"}


def _is_of(name: str, names: tuple[str, ...]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in names)


@functools.cache
def _named(module: Module) -> frozenset[str]:
    """Return what a module imports and names."""
    dotted = {module.dotted(node) for node in module.nodes if isinstance(node, ast.Attribute)}
    return frozenset(dotted | {name for _, name in module.imports})


def uses(module: Module, names: tuple[str, ...]) -> bool:
    """Return whether a module imports or names one of these."""
    return any(_is_of(name, names) for name in _named(module))


def section(text: str, heading: str) -> str:
    """Return one section of a page."""
    return text.split(f"\n## {heading}\n", maxsplit=1)[1].split("\n## ", maxsplit=1)[0]


def uninventoried(modules: Iterable[Module], text: str) -> Iterator[str]:
    """Yield each module that does cryptography and stands in no row, and each row of a module that does none."""
    told = {f"janaseva.{one}" for cells in rows(text) for one in re.findall(r"`([\w.]+)`", cells[-1])}
    there = {module.name for module in modules if uses(module, CRYPTOGRAPHY)}
    yield from (f"{name} does cryptography and stands in no row" for name in there - told)
    yield from (f"{name} stands in a row and does none" for name in told - there)


def test_cryptography_is_where_the_inventory_says():
    told = section(SECURITY.read_text("utf-8"), "Cryptography")
    hold(uninventoried(real(), told), law="each use of cryptography is in docs/security.md", do="add or take out a row")


def test_chance_is_of_the_kind_that_nobody_guesses_and_nothing_weak_is_used():
    found = [f"{module.name} draws what can be guessed" for module in real() if uses(module, BANNED)]
    found += [
        f"{module.name}: {hit[0]}"
        for module in real()
        if module.name not in WEAK_FOR_OTHERS
        for hit in WEAK.finditer(module.text)
    ]
    hold(
        found, law="secrets come from the system's generator; ciphers and hashes are sound", do="core.ids, core.secret"
    )


WAYS_OUT = ("requests", "socket", "subprocess", "urllib.request", "http.client", "smtplib", "ssl", "obstore")


def test_who_speaks_to_others_is_told():
    told = section(SECURITY.read_text("utf-8"), "What it speaks to")
    named = {f"janaseva.{one}" for cells in rows(told) for one in re.findall(r"`([\w.]+)`", cells[-1])}
    there = {module.name for module in real() if uses(module, WAYS_OUT)}
    hold(
        sorted(f"{one} is in one of code and page alone" for one in there ^ named), law="ways out are told", do="a row"
    )


def test_no_answer_leads_the_platform_elsewhere():
    found = [
        f"{module.at(node.lineno)}"
        for module in real()
        for node in module.nodes
        if isinstance(node, ast.Call)
        and module.dotted(node.func).startswith("requests.")
        and {"allow_redirects", "timeout"} - {one.arg for one in node.keywords}
    ]
    hold(
        found,
        law="who is asked is who was meant, and is not waited for without end",
        do="allow_redirects=False, timeout",
    )


OPENS = {"janaseva.people.actions." + name for name in ("codes", "officers", "passkeys", "opening", "sessions")}


def test_a_session_begins_in_the_ways_that_are_told():
    there = {
        module.name
        for module in real()
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("open_session", "open_officer_session", "Session")
        and module.room != "gateway"
    }
    assert there == OPENS
    told = section(SECURITY.read_text("utf-8"), "Ways in")
    assert all(f"`{name.rpartition('.')[2]}`" in told for name in OPENS - {"janaseva.people.actions.opening"})


PATTERNS = ("compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer")
NOT_TYPED = {
    "janaseva.forms.rules.values": "patterns of definitions, which publishers approve; RE2, so that they end",
    "janaseva.core.formula_rows": "names of tables, escaped, and of columns, which are letters",
    "janaseva.forms.rules.spelling": "rules of spelling, written in the module",
    "janaseva.services.rules.variants": "forms of conditions, written in the module",
}


def _is_written(module: Module, node: ast.AST) -> bool:
    """Return whether a pattern is written in the source: a text, a name in capitals, or ``re.escape`` of something."""
    match node:
        case ast.Constant():
            return True
        case ast.JoinedStr():
            return all(
                not isinstance(part, ast.FormattedValue) or _is_written(module, part.value) for part in node.values
            )
        case ast.BinOp():
            return _is_written(module, node.left) and _is_written(module, node.right)
        case ast.Name():
            return node.id.isupper() or node.id.lstrip("_").isupper()
        case ast.Call():
            return module.dotted(node.func) == "re.escape"
    return False


def unescaped(modules: Iterable[Module]) -> Iterator[str]:
    """Yield each place where a text that is not written in the source is read as a pattern."""
    for module in modules:
        for node in module.nodes:
            if not isinstance(node, ast.Call) or not node.args:
                continue
            library, _, name = module.dotted(node.func).rpartition(".")
            is_pattern = library in ("re", "re2") and name in PATTERNS
            if is_pattern and module.name not in NOT_TYPED and not _is_written(module, node.args[0]):
                yield module.at(node.lineno)


def test_what_people_type_is_no_pattern():
    hold(unescaped(real()), law="text that was typed is never read as a pattern", do="re.escape, or `in`")
