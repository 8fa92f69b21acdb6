"""Definitions written by a hostile hand: every fault told, in bounded time, and nothing published."""

import time
from datetime import date

import pytest

from janaseva.core.refusal import Refusal
from janaseva.documents.adapters.typesetting import ChildTypesetter, LetterError
from janaseva.forms.rules import apply, check
from janaseva.services.actions import publish
from janaseva.services.adapters import PackFolder
from janaseva.services.models import Definition
from janaseva.services.rules.checking import check_pack
from janaseva.services.rules.compiling import DefinitionError, examine
from janaseva.services.rules.definition import PublishedText
from janaseva.services.rules.pack import PackText
from janaseva.settings import OPTIONS
from tests.given import PACK, SERVICE, SYSTEM
from tests.hostile.every_field import every_field

TEXT = every_field().files["service.yaml"]
SECONDS = 4


def laughs():
    head = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    return head + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))


def field(**parts):
    """Return the service with one field's parts replaced."""
    return TEXT.replace(
        'pattern: "[1-9][0-9]{5}", pattern_says: Six digits.', ", ".join(f"{k}: {v}" for k, v in parts.items())
    )


def rule(text):
    return TEXT.replace("    rule: annual_income > 0\n", f"    rule: >-\n      {text}\n")


LOOPS = "members.all(a, " * 6 + "true" + ")" * 6
HOSTILE = {
    "nothing": "",
    "a list": "- a\n- b\n",
    "a word": "hello",
    "billion laughs": laughs() + TEXT,
    "an alias": TEXT.replace("version: 1\n", "version: &one 1\nother: *one\n"),
    "merge key": TEXT + "<<: {key: x}\n",
    "a Python object": TEXT + "x: !!python/object/apply:os.system [id]\n",
    "a tag": TEXT + "x: !!binary aGVsbG8=\n",
    "a key twice": TEXT + "key: other\n",
    "two documents": TEXT + "---\n" + TEXT,
    "a directive": "%YAML 1.1\n---\n" + TEXT,
    "deep lists": "x: " + "[" * 3_000 + "]" * 3_000 + "\n" + TEXT,
    "deep objects": "x: " + "{a: " * 3_000 + "1" + "}" * 3_000 + "\n" + TEXT,
    "deep by indentation": "\n".join(" " * depth + "a:" for depth in range(1_500)),
    "two megabytes": TEXT + "#" + "x" * 2_000_000,
    "many parts": TEXT + "x:\n" + "- 1\n" * 60_000,
    "many keys": TEXT + "".join(f"k{n}: 1\n" for n in range(30_000)),
    "number of 100,000 digits": TEXT.replace("version: 1\n", "version: " + "9" * 100_000 + "\n"),
    "version of 19 digits": TEXT.replace("version: 1\n", "version: 9999999999999999999\n"),
    "version of 18 digits": TEXT.replace("version: 1\n", "version: 999999999999999999\n"),
    "version below one": TEXT.replace("version: 1\n", "version: -1\n"),
    "bidi override": TEXT.replace("name: Income", "name: \u202eIncome"),
    "byte order mark within": TEXT.replace("name: Income", "name: In\ufeffcome"),
    "NUL": TEXT.replace("name: Income", "name: In\x00come"),
    "half of a surrogate": TEXT.replace("name: Income", "name: \ud800"),
    "letters in parts": TEXT.replace("name: Income", "name: e\u0301"),
    "key of a path": TEXT.replace("key: kl-every-field", "key: ../../etc"),
    "key that is very long": TEXT.replace("key: kl-every-field", "key: " + "k" * 5_000),
    "day that is none": TEXT.replace("from: 2026-01-01", "from: 2026-02-30"),
    "day beyond days": TEXT.replace("from: 2026-01-01", "from: 99999-01-01"),
    "pattern that looks ahead": field(pattern='"(?=a)a"'),
    "pattern that looks back": field(pattern='"(?<=a)b"'),
    "pattern that refers": field(pattern='"(a)\\\\1"'),
    "pattern too large": field(pattern='"((a{100}){100}){100}"'),
    "pattern that is none": field(pattern='"[" '),
    "field of 10^9 signs": TEXT.replace("longest: 200", "longest: 1000000000"),
    "table of 10^9 rows": TEXT.replace("rows_at_most: 5\n", "rows_at_most: 1000000000\n"),
    "rows in rows in rows": rule(LOOPS),
    "formula too long": rule("true && " * 1_000 + "true"),
    "formula too deep": rule("(" * 900 + "true" + ")" * 900),
    "formula of many choices": rule("true ? " * 200 + "true" + " : true" * 200),
    "formula of no name": rule("__import__('os').system('id')"),
    "formula of a lambda": rule("[1].map(x, [x].map(y, [y].map(z, [z].map(w, w)))) == []"),
    "formula that is no yes or no": rule("1 + 1"),
    "formula with NUL": rule("'\\0' == ''").replace("\\0", "\x00"),
    "two fields, one key": TEXT.replace("{key: a_cnic,", "{key: a_text,"),
    "field named as a part of Python": TEXT.replace("{key: a_cnic,", "{key: __class__,"),
    "statement of an attribute": TEXT.replace("{applicant_name}, {house}", "{applicant_name.__class__}, {house}"),
    "statement of an index": TEXT.replace("{applicant_name}, {house}", "{applicant_name[0]}, {0}"),
    "statement of a width": TEXT.replace("{applicant_name}, {house}", "{applicant_name:>1000000000}, {house!r}"),
    "fee below nought": TEXT.replace("rupees: 15\n", "rupees: -15\n"),
    "fee without end": TEXT.replace("rupees: 15\n", "rupees: 999999999999999999\n"),
    "limit without end": TEXT.replace("  days: 6\n", "  days: 999999999999999999\n"),
    "limit below nought": TEXT.replace("  days: 6\n", "  days: -6\n"),
    "validity without end": TEXT.replace("      months: 12\n", "      months: 999999999999\n"),
    "step to nowhere": TEXT.replace("to: approved", "to: nowhere"),
    "unknown word": TEXT + "sudo: true\n",
}  # fmt: skip

HARMLESS = {
    "pattern repeated without end": field(pattern='"' + "(" * 2_000 + "a" + ")*" * 2_000 + '"'),
    "formula of nots": rule("!" * 1_900 + "true"),
    "formula of texts that grow": rule("'" + "x" * 1_000 + "'.matches('(a+)+$')"),
    "field of itself": TEXT.replace("when: a_choice == 'two'}", "when: unasked == 'x'}", 1),
    "computed of itself": TEXT.replace('computed: "1 + 1"', 'computed: "worked_out + 1"'),
    "statement left open": TEXT.replace("{applicant_name}, {house}", "{applicant_name, {{house"),
}
"""What is strange and still means something: it is worked out in bounded time."""


def written(service, **more):
    return PublishedText(files={**every_field().files, "service.yaml": service, **more})


@pytest.mark.parametrize("name", HOSTILE)
def test_every_fault_is_told_in_bounded_time(name):
    assert HOSTILE[name] != TEXT, "the definition has changed: this one does no harm any more"
    began = time.process_time()
    examined = examine(written(HOSTILE[name]))
    assert time.process_time() - began < SECONDS
    assert examined.definition is None
    for fault in examined.faults:
        assert fault.message
        assert fault.mend
        assert fault.line >= 1
        assert len(str(fault)) < 5_000


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_strange_is_worked_out_in_bounded_time(name):
    assert HARMLESS[name] != TEXT
    began = time.process_time()
    definition = examine(written(HARMLESS[name])).definition
    if definition is not None:
        answers = {"worked_out": 5, "unasked": "x", "an_identifier": "a" * 60, "a_choice": "two"}
        check(definition.form, answers, date(2026, 3, 2))
        assert apply(definition.form, answers, today=date(2026, 3, 2)).answers
    assert time.process_time() - began < SECONDS


OTHERS = {
    "words.ml.yaml": [laughs(), "x: " * 5_000, "\x00", "- a", "ask: [1]", "what: {name: [1]}", "a: " + "x" * 600_000],
    "pack.yaml": [laughs(), "- a", "languages: 5", "languages: [[[]]]", "country: [IN]", "departments: 5"],
    "sources.yaml": [laughs(), "- a", "tesz_inc: [1]", "tesz_inc: javascript:alert(1)"],
    "glossary.ml.yaml": [laughs(), "- a", "Name: [1]"],
}


@pytest.mark.parametrize("file", OTHERS)
def test_the_files_beside_it_are_hostile_too(file):
    for text in OTHERS[file]:
        began = time.process_time()
        examined = examine(written(TEXT, **{file: text}))
        files = {"pack.yaml": "", **every_field().files, file: text}
        shared = {name: files[name] for name in files if name != "service.yaml"}
        pack = PackText(key="x", folder="x", files=shared, services={"kl-every-field": {"service.yaml": TEXT}})
        checked = check_pack(pack, with_examples=True)
        assert time.process_time() - began < SECONDS
        assert examined.faults or checked.faults or text.startswith("tesz_inc: java")


@pytest.mark.parametrize(
    "text", [laughs(), "", "- 1", "- {}", "x: 1", "- {name: x, answers: [1]}", "- " * 3_000, "[" * 3_000]
)
def test_examples_are_hostile_too(text):
    pack = PackFolder(OPTIONS.packs_dir).read(PACK)
    service = {**pack.services[SERVICE], "examples.yaml": text}
    hostile = PackText(key=PACK, folder="x", files=pack.files, services={SERVICE: service})
    began = time.process_time()
    assert check_pack(hostile, with_examples=True).faults
    assert time.process_time() - began < SECONDS


@pytest.mark.django_db
def test_nothing_of_it_is_published(given):
    before = Definition.objects.count()
    for name, text in list(HOSTILE.items())[::6]:
        with pytest.raises((DefinitionError, Refusal)):
            given.act(publish, SYSTEM, pack=PACK, definition_text=written(text))
        assert Definition.objects.count() == before, name


def test_links_and_paths_do_not_lead_out_of_a_pack(tmp_path):
    outside = tmp_path / "outside.yaml"
    outside.write_text("secret: 1")
    service = tmp_path / "packs" / "evil" / "services" / "x"
    service.mkdir(parents=True)
    (service / "service.yaml").symlink_to(outside)
    folder = PackFolder(tmp_path / "packs")
    for key in ("evil", "../packs/evil", "/etc", "..", ""):
        with pytest.raises((LookupError, OSError)):
            folder.read(key)


LETTERS = {
    "reads outside": '#read("/etc/passwd")',
    "reads above": '#read("../outside.txt")',
    "imports above": '#import "../outside.typ": *\n#x',
    "includes outside": '#include "/../outside.typ"',
    "takes a package from the network": '#import "@preview/cetz:0.3.0": *',
    "never ends": "#let f(x) = f(x + 1)\n#f(0)",
    "loops": "#{ let n = 0; while true { n += 1 } }",
    "grows": '#{ let s = "x"; while true { s = s + s } }',
    "many pages": "#for n in range(10000000) [#pagebreak()]",
    "panics": '#panic("x")',
    "runs a plugin": '#plugin("x.wasm")',
    "is no text": "#\x00\x01",
}
LETTER_FACTS = {
    "number": "1", "document_title": "A letter", "author": "Kerala", "languages": ["en"],
    "day": {"year": 2026, "month": 3, "day": 2},
}  # fmt: skip
"""What a letter needs to be set at all, so that it fails by what it does and by nothing else."""


@pytest.fixture(scope="module")
def typesetter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs")
    (folder.parent / "outside.txt").write_text("SECRET")
    (folder / "outside.txt").write_text("SECRET")
    (folder / "outside.typ").write_text('#let x = "SECRET"')
    letters = folder / "evil"
    letters.mkdir()
    for number, text in enumerate(LETTERS.values()):
        (letters / f"l{number}.typ").write_text(text)
    linked = folder / "linked"
    linked.mkdir()
    (linked / "link.txt").symlink_to(folder / "outside.txt")
    (linked / "l.typ").write_text('#read("link.txt")')
    (letters / "plain.typ").write_text("= A letter\nNothing more.")
    setter = ChildTypesetter(folder, seconds=2)
    yield setter
    setter.close()


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_reads_nothing_and_ends(typesetter, name):
    from tests.given import BEGINS_AT

    began = time.monotonic()
    letter = f"evil/l{list(LETTERS).index(name)}.typ"
    with pytest.raises(Exception) as caught:
        typesetter.pdf(letter, LETTER_FACTS, attached={}, at=BEGINS_AT)
    assert isinstance(caught.value, LetterError), caught.value
    assert "SECRET" not in str(caught.value)
    assert time.monotonic() - began < 20


def test_a_plain_letter_is_set(typesetter):
    from tests.given import BEGINS_AT

    assert typesetter.pdf("evil/plain.typ", LETTER_FACTS, attached={}, at=BEGINS_AT).startswith(b"%PDF")


@pytest.mark.parametrize(
    "letter", ["../x.typ", "/etc/passwd", "evil/../../outside.txt", "", "evil", "nowhere.typ", "linked/l.typ"]
)
def test_a_letter_that_is_none(typesetter, letter):
    from tests.given import BEGINS_AT

    with pytest.raises(LetterError):
        typesetter.pdf(letter, {"number": "1"}, attached={}, at=BEGINS_AT)
