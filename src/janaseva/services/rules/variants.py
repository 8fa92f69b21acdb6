"""Whether the variants of a service take every case exactly once: gaps and overlaps found before a citizen meets them.

A rule over choices, yes or no, whole numbers, money, days and places is true or false without a change between the
constants that it compares with. So it is enough to try each variant at every constant, just below and just above it, in
all combinations. A rule that compares otherwise (two fields with each other, rows, texts, arithmetic) is beyond this,
and is named as such: nothing is said to be complete that was not tried.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from typing import Any, Final, NoReturn, Protocol

from janaseva.core.decimals import whole, written
from janaseva.core.formula import Facts, FormulaError, Scope, split
from janaseva.core.formula_functions import add_months
from janaseva.forms.rules import Question
from janaseva.services.rules.definition import Definition

MOST_CASES: Final = 8_000
MOST_FINDINGS: Final = 8
_MOST_CHOICES: Final = 12
_MOST_OPTIONS: Final = 4
DAYS: Final = (date(2026, 3, 2), date(2028, 2, 29), date(2027, 3, 1), date(2026, 8, 31))
"""The days that stand for today where a rule looks at it: an ordinary one, and those at which months and years jump."""

_KINDS: Final = ("choice", "choices", "yes_no", "declaration", "integer", "decimal", "money", "date", "area")
_NAME, _NUMBER = r"[a-z][a-z0-9_]*", r"(?:-?\d+(?:\.\d+)?|rupees\(-?\d+\))"
_DAY: Final = r"(?:today|date\('\d{4}-\d\d-\d\d'\))"
_FIXED: Final = rf"(?:{_DAY}|add_(?:days|months|years)\({_DAY},-?\d+\))"
_MOVED: Final = rf"(?:{_NAME}|add_(?:days|months|years)\({_NAME},-?\d+\))"
_SPAN: Final = rf"(?:days|months|years)_between\((?:{_NAME},{_DAY}|{_DAY},{_NAME}|{_DAY},{_DAY})\)"
_LESS: Final = r"(?:==|!=|<=|>=|<|>)"
_TEXT: Final = r"'[^']*'"
_JUDGED: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:given\.)?{_NAME}",
        rf"{_NAME}(?:==|!=){_TEXT}|{_TEXT}(?:==|!=){_NAME}",
        rf"{_NAME}in\[{_TEXT}(?:,{_TEXT})*\]|{_TEXT}in{_NAME}",
        rf"{_NAME}{_LESS}{_NUMBER}|{_NUMBER}{_LESS}{_NAME}",
        rf"(?:{_MOVED}|{_FIXED}){_LESS}{_FIXED}|{_FIXED}{_LESS}{_MOVED}",
        rf"{_SPAN}{_LESS}{_NUMBER}|{_NUMBER}{_LESS}{_SPAN}",
        rf"within\({_NAME},{_TEXT}\)",
    )
)
_INTEGERS: Final = re.compile(r"(rupees\()?\s*(-?\d+)")
_POINTS: Final = re.compile(r"-?\d+(?:\.\d+)?")
_QUOTED: Final = re.compile(r"'([^']*)'")
_DATES: Final = re.compile(r"date\('(\d{4}-\d\d-\d\d)'\)")
_UNITS: Final = ("days", "months", "years")


class Areas(Protocol):
    """The directory as this check asks it."""

    def of_scheme(self, scheme: str, /) -> Sequence[str]:
        """Return every area of a scheme."""

    def within(self, area: str, outer: str, /) -> bool:
        """Return whether ``area`` is ``outer`` or lies in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A case that no variant takes (``taken`` is empty) or several, in words; ``day`` where it depends on today."""

    taken: tuple[str, ...]
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the check found, or why it cannot judge these rules."""

    findings: tuple[Finding, ...] = ()
    beyond: str = ""


class _Beyond(Exception):  # noqa: N818 - not an error: the check's own limit
    """The rules are of a kind that this check cannot judge."""


def _give_up(why: str) -> NoReturn:
    raise _Beyond(why)


def judge(definition: Definition, areas: Areas | None = None) -> Verdict:
    """Return the gaps and overlaps between the variants; formulas that do not compile are told elsewhere."""
    if all(variant.when.strip() == "true" for variant in definition.variants) and len(definition.variants) == 1:
        return Verdict()
    try:
        return Verdict(findings=tuple(_found(_Ground(definition, areas))))
    except FormulaError:
        return Verdict()
    except _Beyond as beyond:
        return Verdict(beyond=str(beyond))


def told(finding: Finding) -> str:
    """Return a gap or an overlap in words."""
    if not finding.taken:
        return f"no variant when {finding.case}"
    return f"variants {' and '.join(finding.taken)} both when {finding.case}"


class _Ground:
    """The fields that the rules look at, with the values at which their answers may change."""

    def __init__(self, definition: Definition, areas: Areas | None) -> None:
        self.definition, self.areas = definition, areas
        self.fields: dict[str, Question] = {}
        self.shown: dict[str, tuple[str, ...]] = {}
        self.texts: list[str] = []
        self.opaque: set[str] = set()
        for variant in definition.variants:
            self._look(variant.when)
        order = list(definition.form.by_key)
        self.worked_out = [k for k in order if k in self.fields and self.fields[k].computed and k not in self.opaque]
        self.base = [key for key in order if key in self.fields and key not in self.worked_out]
        self.scope = Scope.of({key: question.formula_kind for key, question in self.fields.items()})
        known = {*self.fields, *(f"given.{key}" for key in self.fields), "today"}
        self.checks = [
            rule.rule for rule in definition.form.checks if set(self._uses(rule.rule)) <= known and self.fields
        ]
        self.literals = "\n".join([*self.texts, *self.checks, *self._bounds()]).replace('"', "'")
        self.unquoted = _QUOTED.sub("", self.literals)

    def _uses(self, text: str) -> tuple[str, ...]:
        return self.definition.scope.compile(text).uses

    def _bounds(self) -> Iterator[str]:
        for question in self.fields.values():
            yield from (text for text in (question.at_least, question.at_most) if text)

    @cached_property
    def moves(self) -> bool:
        """Return whether anything looks at today."""
        return any("today" in self._uses(text) for text in self.texts)

    def _look(self, text: str, *, term: bool = False) -> None:
        """Take a rule in, with every field that it names and the rules on which those depend."""
        for atom in [_bare(text)] if term else _atoms(text):
            if not (re.fullmatch(_SPAN, atom) if term else any(one.fullmatch(atom) for one in _JUDGED)):
                _give_up(f"'{text.strip()}' compares more than a field with a constant")
        self.texts.append(text)
        for name in self._uses(text):
            key = name.removeprefix("given.")
            if key != "today" and key not in self.fields:
                self._field(key)

    def _field(self, key: str) -> None:
        form = self.definition.form
        question = form.by_key.get(key)
        if question is None or question.kind not in _KINDS:
            _give_up(f"'{key}' is {'a table or a column' if question is None else 'of kind ' + question.kind}")
        if question.computed is not None and question.formula_kind not in ("yes_no", "integer", "decimal"):
            _give_up(f"'{key}' is computed as {question.formula_kind}")
        self.fields[key] = question
        counted = question.formula_kind in ("integer", "decimal")
        if counted and not re.fullmatch(_SPAN, _bare(question.computed or "")):
            self.opaque.add(key)  # a sum over rows, say: any number may come out
        page = next(page for page in form.pages if question in page.fields)
        self.shown[key] = tuple(text for text in (page.when, question.when) if text)
        needed = [question.needed] if isinstance(question.needed, str) else []
        for text in (*self.shown[key], *needed):
            self._look(text)
        if question.computed is not None and key not in self.opaque:
            self._look(question.computed, term=question.formula_kind == "integer")

    def values(self, key: str, today: date) -> list[Any]:
        """Return the answers to try for a field, ``None`` among them where it may stay empty."""
        question = self.fields[key]
        tried: list[Any]
        match question.kind:
            case "choice":
                named = [one for one in question.choices if f"'{one}'" in self.literals]
                others = [one for one in question.choices if one not in named]
                tried = list(question.choices) if len(question.choices) <= _MOST_CHOICES else [*named, *others[:1]]
            case "choices":
                named = [one for one in question.choices if f"'{one}'" in self.literals]
                if len(named) > _MOST_OPTIONS:
                    _give_up(f"'{key}' is asked for {len(named)} choices")
                tried = [list(some) for size in range(len(named) + 1) for some in combinations(named, size)]
            case "yes_no":
                tried = [True, False]
            case "declaration":
                tried = [True]
            case "area":
                tried = self._places(question)
            case "date":
                tried = self._bounded(question, [day.isoformat() for day in self._days(today)], today)
            case "decimal":
                places = question.places or 0
                tried = [written(one, places) for one in self._bounded(question, self._points(places), today)]
            case _:
                tried = self._bounded(question, self._numbers(), today)
        return tried if question.needed is True else [*tried, None]

    def _numbers(self) -> list[int]:
        found = {0, *(int(n) * (100 if rupees else 1) for rupees, n in _INTEGERS.findall(self.unquoted))}
        return sorted({number + step for number in found for step in (-1, 0, 1)})

    def _points(self, places: int) -> list[Fraction]:
        """Return every constant, or its neighbours in so many digits after the point, and one step around it."""
        found = {Fraction(0), *map(Fraction, _POINTS.findall(self.unquoted))}
        steps = {whole(number * 10**places, "down") + step for number in found for step in (-1, 0, 1, 2)}
        return [Fraction(step, 10**places) for step in sorted(steps)]

    def _days(self, today: date) -> list[date]:
        anchors = {today, *map(date.fromisoformat, _DATES.findall(self.literals))}
        counts = {0, *(abs(int(n)) for _, n in _INTEGERS.findall(self.unquoted))}
        found = set(anchors)
        for anchor, count, sign, more in product(anchors, counts, (-1, 1), (0, 1)):
            for unit in (one for one in _UNITS if one in self.literals):
                found.add(_away(anchor, sign * (count + more), unit))
        return sorted({day + timedelta(days=step) for day in found for step in (-1, 0, 1)})

    def _bounded(self, question: Question, tried: Sequence[Any], today: date) -> list[Any]:
        facts = self.scope.facts({}, today=today)
        for text, keeps in ((question.at_least, _at_least), (question.at_most, _at_most)):
            if text is None or not set(self._uses(text)) <= {"today"}:
                continue
            result = self.scope.compile(text, question.formula_kind).evaluate(facts)
            if result.state == "value":
                bound = result.value.isoformat() if isinstance(result.value, date) else result.value
                tried = [one for one in tried if keeps(one, bound)]
        return list(tried)

    def _places(self, question: Question) -> list[str]:
        """Return one area for each way in which the areas lie within those that the rules name."""
        if self.areas is None:
            _give_up(f"'{question.key}' is a place, and no directory of areas was given")
        if question.within in self.fields:
            _give_up(f"both '{question.key}' and '{question.within}', in which it lies, are looked at")
        named = [one for one in dict.fromkeys(_QUOTED.findall(self.literals)) if ":" in one]
        kinds: dict[tuple[Any, ...], str] = {}
        for area in self.areas.of_scheme(question.scheme or ""):
            if question.within and ":" in question.within and not self.areas.within(area, question.within):
                continue
            if not any(self.areas.within(area, outer) for outer in self.definition.who.coverage.areas):
                continue
            kinds.setdefault(tuple((area == one, self.areas.within(area, one)) for one in named), area)
        return list(kinds.values())


def _at_least(value: Any, bound: Any) -> bool:
    return bool(value >= bound)


def _at_most(value: Any, bound: Any) -> bool:
    return bool(value <= bound)


def _away(day: date, count: int, unit: str) -> date:
    if unit == "days":
        return day + timedelta(days=count)
    return add_months(day, count * (12 if unit == "years" else 1))


def _bare(text: str) -> str:
    return "".join(text.replace('"', "'").split())


def _atoms(text: str) -> Iterator[str]:
    """Yield the comparisons that ``&&``, ``||`` and ``!`` join."""
    text = text.strip()
    parts = split(text)
    if parts != [text]:
        for part in parts:
            yield from _atoms(part)
    elif text.startswith("!"):
        yield from _atoms(text[1:])
    elif text not in ("true", "false"):
        yield _bare(text)


def _found(ground: _Ground) -> Iterator[Finding]:
    """Yield the first case of each way in which the variants do not take every case once."""
    days = DAYS if ground.moves else DAYS[:1]
    told: set[tuple[Any, ...]] = set()
    for today in days:
        values = [ground.values(key, today) for key in ground.base]
        count = 1
        for tried in values:
            count *= len(tried)
        if count > MOST_CASES:
            _give_up(f"there are {count} combinations to try, more than {MOST_CASES}")
        for case in product(*values):
            answers = _counting(ground, dict(zip(ground.base, case, strict=True)), today)
            if answers is None:
                continue
            taken = tuple(_taken(ground, answers))
            coarse = tuple(value for key, value in answers.plain.items() if _is_coarse(ground, key))
            if len(taken) == 1 or (taken, repr(coarse)) in told:
                continue
            told.add((taken, repr(coarse)))
            yield Finding(taken=taken, case=_said(ground, answers.plain, today))
            if len(told) == MOST_FINDINGS:
                return


def _is_coarse(ground: _Ground, key: str) -> bool:
    return key in ground.base and ground.fields[key].kind not in ("integer", "decimal", "money", "date", "area")


def _counting(ground: _Ground, answers: dict[str, Any], today: date) -> Facts | None:
    """Return a case as formulas see it: only what is asked, with what is computed; ``None`` where none can be so."""
    given = {key: value for key, value in answers.items() if value is not None}
    facts = _facts(ground, given, today)
    for _ in range(len(ground.fields)):
        kept = {key: value for key, value in given.items() if _asked(ground, key, facts)}
        facts = _facts(ground, kept, today)
        if kept == given:
            break
        given = kept
    for key in ground.base:
        needed = ground.fields[key].needed
        if (
            answers[key] is None
            and isinstance(needed, str)
            and _asked(ground, key, facts)
            and ground.scope.compile(needed, "yes_no").evaluate(facts).holds
        ):
            return None
    if any(ground.scope.compile(rule, "yes_no").evaluate(facts).fails for rule in ground.checks):
        return None
    return facts


def _facts(ground: _Ground, given: Mapping[str, Any], today: date) -> Facts:
    answers = dict(given)
    facts = ground.scope.facts(answers, today=today, places=ground.areas)
    for key in ground.worked_out:
        result = ground.scope.compile(ground.fields[key].computed or "").evaluate(facts)
        if result.state == "value" and _asked(ground, key, facts):
            answers[key] = result.value
            facts = ground.scope.facts(answers, today=today, places=ground.areas)
    return facts


def _asked(ground: _Ground, key: str, facts: Facts) -> bool:
    return all(ground.scope.compile(text, "yes_no").evaluate(facts).holds for text in ground.shown[key])


def _taken(ground: _Ground, facts: Facts) -> Iterator[str]:
    for variant in ground.definition.variants:
        if ground.scope.compile(variant.when, "yes_no").evaluate(facts).holds:
            yield variant.key


def _said(ground: _Ground, plain: Mapping[str, Any], today: date) -> str:
    words = [f"{key} is {_written(ground.fields[key], plain.get(key))}" for key in ground.base]
    if ground.moves:
        words.append(f"today is {today.isoformat()}")
    return ", ".join(words) or "always"


def _written(question: Question, value: Any) -> str:
    if value is None:
        return "not answered"
    if question.kind == "money":
        return f"{value // 100}.{value % 100:02d} rupees"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)
