"""Words: every code that can be answered is worded, in every language, with the same facts."""

import ast
import re
import string
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel import Locale

from janaseva.core.source import read
from janaseva.core.text import LANGUAGES
from janaseva.people.rules.directory import OFFICE_KINDS
from tests.house.source import PACKAGE, Module, hold, real

LAW = "everything that Janaseva may answer has words in every language (law of errors)"
DO = "word it in src/janaseva/words/<room>/<language>.yaml: what happened, what is safe, what to do next"

WORDS = PACKAGE / "words"
PLURALS = {"zero", "one", "two", "few", "many", "other"}
LONG_ENOUGH_TO_TRANSLATE = 4

REFUSAL, ALLOW, FAULT = "janaseva.core.refusal.Refusal", "janaseva.core.action.allow", "janaseva.core.refusal.Fault"


# --- codes in the source -------------------------------------------------------------------------------------------


def _texts(node: ast.AST | None, module: Module) -> set[str]:
    """Return the texts that an expression may be: a constant, a choice between two, or a constant of the module."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.IfExp):
        return _texts(node.body, module) | _texts(node.orelse, module)
    if isinstance(node, ast.BoolOp):
        return set().union(*(_texts(value, module) for value in node.values))
    if isinstance(node, ast.Name):
        for statement in module.tree.body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
            if isinstance(target, ast.Name) and target.id == node.id:
                return _texts(getattr(statement, "value", None), module)
    return set()


def _argument(call: ast.Call, position: int, name: str) -> ast.AST | None:
    if len(call.args) > position:
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def codes(modules: Iterable[Module]) -> dict[str, str]:
    """Return every key that answers must be worded under, with a place where it is said."""
    found: dict[str, str] = {}
    for module in modules:
        for node in module.nodes:
            if not isinstance(node, ast.Call):
                continue
            name = module.dotted(node.func)
            if name == REFUSAL or (name == "Refusal" and module.name == "janaseva.core.refusal"):
                keys = {f"refusal.{code}" for code in _texts(_argument(node, 0, "code"), module)}
            elif name == ALLOW:
                keys = {f"refusal.{code}" for code in _texts(_argument(node, 1, "code"), module)}
            elif name == FAULT:
                keys = {f"fault.{code}" for code in _texts(_argument(node, 1, "code"), module)}
            else:
                continue
            found.update(dict.fromkeys(keys - set(found), f"{module.at(node.lineno)}"))
    return found


def unworded(said: dict[str, str], words: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yield every code that a language does not word."""
    for key, place in said.items():
        missing = [language for language, catalogue in words.items() if not _has(key, catalogue)]
        if missing:
            yield f"{key} ({place}) has no words in {', '.join(missing)}"


def _has(key: str, catalogue: dict[str, str]) -> bool:
    return key in catalogue or f"{key}.other" in catalogue


def unsaid(modules: Iterable[Module], english: Iterable[str]) -> Iterator[str]:
    """Yield refusals and faults that are worded, and that no text of the source names."""
    texts = {
        node.value
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for key in english:
        group, _, rest = key.partition(".")
        code = rest.partition(".")[0] if rest.rpartition(".")[2] in PLURALS else rest
        if group in ("refusal", "fault") and code not in texts:
            yield f"{key} is worded, and nothing says it"


# --- the files -----------------------------------------------------------------------------------------------------


def _flat(tree: dict, prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def load(path: Path) -> dict[str, object]:
    """Return a file's words by dotted key."""
    return dict(_flat(read(path.read_text(encoding="utf-8"), path.name).tree or {}))


def _facts(words: str) -> set[str]:
    return {
        name.partition(".")[0].partition("[")[0]
        for _, name, _, _ in string.Formatter().parse(words)
        if name is not None
    }


def _plural_groups(keys: Iterable[str]) -> set[str]:
    """Return the keys whose forms are plurals: there is ``other``, and every form is a plural's name."""
    forms: dict[str, set[str]] = {}
    for key in keys:
        stem, _, last = key.rpartition(".")
        forms.setdefault(stem, set()).add(last)
    return {stem for stem, names in forms.items() if stem and "other" in names and names <= PLURALS}


def _base(key: str, groups: set[str]) -> str:
    stem, _, last = key.rpartition(".")
    return stem if last in PLURALS and stem in groups else key


def of_area(folder: Path, languages: Iterable[str] = tuple(LANGUAGES)) -> Iterator[str]:
    """Yield what is wrong in one area's files."""
    area = folder.name
    files = {language: folder / f"{language}.yaml" for language in languages}
    missing = [language for language, path in files.items() if not path.exists()]
    yield from (f"{area}: no {language}.yaml" for language in missing)
    yield from (f"{area}: {path.name} is no language" for path in folder.iterdir() if path.stem not in files)
    words = {language: load(path) for language, path in files.items() if path.exists()}
    if "en" not in words:
        return
    groups = _plural_groups(words["en"])
    english = {_base(key, groups) for key in words["en"]} - {"_status"}
    for language, catalogue in words.items():
        yield from _of_file(f"{area}/{language}.yaml", language, catalogue)
        keys = {_base(key, groups) for key in catalogue} - {"_status"}
        yield from (f"{area}/{language}.yaml lacks {key}" for key in english - keys)
        yield from (f"{area}/{language}.yaml has {key}, English does not" for key in keys - english)
        if language != "en":
            yield from _against_english(f"{area}/{language}.yaml", words["en"], catalogue)


def _of_file(place: str, language: str, catalogue: dict[str, object]) -> Iterator[str]:
    status = str(catalogue.get("_status", ""))
    if not status or (language == "en") != (status == "source"):
        yield f"{place} has _status: {status or 'nothing'} (source in English, elsewhere draft or who has approved it)"
    for key, value in catalogue.items():
        if not isinstance(value, str) or not value.strip():
            yield f"{place}: {key} is {'empty' if not value else f'no text: {value!r}'}"
            continue
        try:
            _facts(value)
        except ValueError as error:
            yield f"{place}: {key} cannot be filled: {error}"
    expected = set(Locale.parse(language).plural_form.tags) | {"other"}
    for group in _plural_groups(catalogue):
        forms = {key.rpartition(".")[2] for key in catalogue if key.rpartition(".")[0] == group}
        if forms != expected:
            yield f"{place}: {group} has forms {sorted(forms)}; the language has {sorted(expected)}"


def _against_english(place: str, english: dict[str, object], catalogue: dict[str, object]) -> Iterator[str]:
    for key in set(english) & set(catalogue) - {"_status"}:
        source, words = str(english[key]), str(catalogue[key])
        try:
            ours, theirs = _facts(source), _facts(words)
        except ValueError:
            continue  # told by _of_file
        if key.rpartition(".")[2] in PLURALS:
            ours, theirs = ours - {"count"}, theirs - {"count"}
        if ours != theirs:
            yield f"{place}: {key} names {sorted(theirs) or 'no facts'}, English names {sorted(ours) or 'none'}"
        if (
            source == words
            and len(re.findall(r"[A-Za-z]{2,}", re.sub(r"\{[^}]*\}", "", source))) >= LONG_ENOUGH_TO_TRANSLATE
        ):
            yield f"{place}: {key} is still in English"


def _catalogues() -> dict[str, dict[str, str]]:
    return {
        language: {
            key: str(value) for path in sorted(WORDS.glob(f"*/{language}.yaml")) for key, value in load(path).items()
        }
        for language in LANGUAGES
    }


def test_every_code_is_worded():
    hold(unworded(codes(real()), _catalogues()), law=LAW, do=DO)


def test_every_refusal_worded_is_said():
    hold(
        unsaid(real(), _catalogues()["en"]),
        law="no words without a use",
        do="remove them in all languages, or say them",
    )


@pytest.mark.parametrize(
    "folder", sorted(path for path in WORDS.iterdir() if path.is_dir()), ids=lambda path: path.name
)
def test_the_files_of_an_area_agree(folder):
    hold(of_area(folder), law="an area's files have the same keys and the same facts in every language", do=DO)


KEY_AS_WORDS = re.compile(r"""replace\(["']_["'], *["'] ["']\)""")
KEYS_SHOWN = {"portal/documents/views.py": "a paper's own code names its facts, and no record here says their labels"}


def keys_shown(files: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield every place at which a door would show a key with blanks in it instead of words."""
    for name, text in files:
        for number, line in enumerate(text.splitlines(), 1):
            if KEY_AS_WORDS.search(line) and name not in KEYS_SHOWN:
                yield f"{name}:{number} shows a key for words"


def test_no_door_shows_a_key_for_words():
    paths = [path for door in ("portal", "desk", "gateway", "design") for path in (PACKAGE / door).rglob("*.*")]
    files = [(path.relative_to(PACKAGE).as_posix(), path) for path in paths if path.suffix in (".py", ".html")]
    texts = [(name, path.read_text(encoding="utf-8")) for name, path in files]
    ask = "ask people.queries.kind_names, role_names or seat_names"
    hold(keys_shown(texts), law="people read words, never keys", do=ask)
    assert {name for name, text in texts if KEY_AS_WORDS.search(text)} >= set(KEYS_SHOWN)


def test_a_key_shown_is_seen():
    assert list(keys_shown([("desk/a.html", """{{ one.role.replace("_", " ") }}""")]))
    assert not list(keys_shown([("desk/a.html", """{{ text(one.names) }}""")]))


def test_every_kind_of_office_of_the_platform_has_words():
    worded = _catalogues()["en"]
    assert [kind for kind in OFFICE_KINDS if f"people.office_kind.{kind}" not in worded] == []


def test_codes_are_found(house):
    source = """
    from janaseva.core.action import allow
    from janaseva.core.refusal import Fault, Refusal

    LATE = "too_late"

    def answer(x):
        allow(x, "not_permitted")
        allow(x, code="stood_in" if x else "gone")
        Fault(place="a", code="missing")
        raise Refusal(LATE, status=409)
    """
    found = codes(house({"people/rules.py": source}))
    assert set(found) == {
        *("refusal.not_permitted", "refusal.stood_in", "refusal.gone", "fault.missing", "refusal.too_late"),
    }
    assert list(unworded(found, {"en": dict.fromkeys(found, "x"), "ml": {}}))
    assert not list(unworded(found, {"en": dict.fromkeys(found, "x")}))


def test_words_without_a_use_are_seen(house):
    modules = house({"people/rules.py": "CODE = 'gone'"})
    assert list(unsaid(modules, ["refusal.gone", "refusal.stale"])) == ["refusal.stale is worded, and nothing says it"]


EN = """
_status: source
refusal:
  late: You are {days} days late; nothing is lost.
  left:
    one: "{count} try left"
    other: "{count} tries left"
"""
ML = """
_status: draft
refusal:
  late: "{days} ദിവസം വൈകി"
  left:
    one: ഒരു തവണ കൂടി
    other: "{count} തവണ കൂടി"
"""


def _area(folder: Path, malayalam: str) -> str:
    (folder / "en.yaml").write_text(EN, encoding="utf-8")
    (folder / "ml.yaml").write_text(malayalam, encoding="utf-8")
    return " | ".join(of_area(folder, ("en", "ml")))


def test_right_words_pass(tmp_path):
    assert not _area(tmp_path, ML)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("_status: draft\n", "", "_status"),
        ("{days} ദിവസം", "{day} ദിവസം", "English names"),
        ('"{days} ദിവസം വൈകി"', '""', "empty"),
        ('"{days} ദിവസം വൈകി"', "5", "no text"),
        ('"{days} ദിവസം വൈകി"', '"{days ദിവസം"', "cannot be filled"),
        ('  late: "{days} ദിവസം വൈകി"\n', "", "lacks refusal.late"),
        ("    one: ഒരു തവണ കൂടി\n", "", "has forms"),
        ("refusal:\n", "refusal:\n  more: കൂടുതൽ\n", "English does not"),
        ('"{days} ദിവസം വൈകി"', '"You are {days} days late; nothing is lost."', "still in English"),
    ],
)
def test_wrong_words_are_seen(tmp_path, old, new, said):
    assert old in ML
    assert said in _area(tmp_path, ML.replace(old, new))


def test_a_missing_language_is_seen(tmp_path):
    (tmp_path / "en.yaml").write_text(EN, encoding="utf-8")
    assert "no ml.yaml" in " ".join(of_area(tmp_path, ("en", "ml")))
