"""Every fault of a form's answers at once, and what of a form applies to these answers."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, Protocol

from janaseva.core import decimals
from janaseva.core.formula import Facts, Scope
from janaseva.core.formula_functions import Calendar
from janaseva.core.refusal import Fault
from janaseva.forms.rules.form import Check, DocumentGroup, Form, Page, Question
from janaseva.forms.rules.reading import Answers
from janaseva.forms.rules.rows import ROUNDS, holds, work, work_all, worked_out
from janaseva.forms.rules.values import value_fault


class Directory(Protocol):
    """What the caller lends for areas."""

    def knows(self, area: str, /) -> bool:
        """Return whether there is such an area (``scheme:code``)."""

    def within(self, area: str, outer: str, /) -> bool:
        """Return whether ``area`` is ``outer`` or lies in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A form worked out for certain answers: what is asked, the answers that count (with computed ones), the facts.

    ``hidden`` holds the places of the cells (``members.2.income``) which the rules of their columns do not ask.
    """

    pages: tuple[Page, ...]
    asked: frozenset[str]
    answers: Answers
    facts: Facts
    hidden: frozenset[str] = frozenset()


def apply(
    form: Form,
    answers: Mapping[str, Any],
    *,
    today: date,
    calendar: Calendar | None = None,
    directory: Directory | None = None,
) -> Applied:
    """Return what of the form applies. Answers to what is not asked do not count; they are left out, not changed."""
    counting: Answers = dict(answers)
    shown: tuple[Page, ...] = form.pages
    asked: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    around, facts = counting, form.scope.facts(counting, today=today, calendar=calendar, places=directory)
    told: dict[str | None, bool] = {None: True}

    def shows(rule: str | None) -> bool:
        if rule not in told:
            told[rule] = holds(form.scope, rule, facts)
        return told[rule]

    for _ in range(ROUNDS):
        shown = tuple(page for page in form.pages if shows(page.when))
        fields = [question for page in shown for question in page.fields if shows(question.when)]
        asked = frozenset(question.key for question in fields)
        keys = {key for question in fields if question.computed is None for key in question.keys}
        new = {key: value for key, value in answers.items() if key in keys or key not in form.by_key}
        hidden = frozenset()
        for question in fields:
            if question.computed is not None:
                known = {**counting, **new}
                if known != around:
                    around, facts = known, form.scope.facts(known, today=today, calendar=calendar, places=directory)
                value = worked_out(form.scope, question, facts)
                new.update({} if value is None else {question.key: value})
            elif question.key in new and question.ruled:
                new[question.key], unasked = work_all(form, question, new[question.key], facts)
                hidden |= unasked
        if new == counting:
            break
        told = _standing(told, counting, new)
        around = counting = new
        facts = form.scope.facts(counting, today=today, calendar=calendar, places=directory)
    return Applied(pages=shown, asked=asked, answers=counting, facts=facts, hidden=hidden)


_WORD: Final = re.compile(r"\w+")
_NOTHING: Final = object()


@lru_cache(maxsize=4096)
def _words(rule: str) -> frozenset[str]:
    """Return all words of a rule: more than what it looks at, and never less."""
    return frozenset(_WORD.findall(rule))


def _standing(told: Mapping[str | None, bool], before: Answers, after: Answers) -> dict[str | None, bool]:
    """Return what rules told of answers and tell of others as well, for none that they look at has changed."""
    changed = {
        word
        for key in before.keys() | after.keys()
        if before.get(key, _NOTHING) != after.get(key, _NOTHING)
        for word in _WORD.findall(key)
    }
    return {rule: holds for rule, holds in told.items() if rule is None or changed.isdisjoint(_words(rule))}


def with_computed(form: Form, answers: Mapping[str, Any], *, today: date) -> Answers:
    """Return some answers of a form with all that is computed from them, unless a rule says that it is not asked.

    This is for questions that are asked before the form. There a rule that cannot be told yet hides nothing, and
    nothing is worked out of a table that was not asked.
    """
    known: Answers = dict(answers)
    for _ in range(ROUNDS):
        facts = form.scope.facts(known, today=today)
        new = dict(answers)
        for page, question in form.placed():
            if question.computed is not None:
                if _may_count(form, page, question, facts):
                    value = worked_out(form.scope, question, facts)
                    new.update({} if value is None else {question.key: value})
            elif question.key in answers and question.ruled:
                new[question.key], _ = work_all(form, question, answers[question.key], facts)
        if new == known:
            break
        known = new
    return known


def _may_count(form: Form, page: Page, question: Question, facts: Facts) -> bool:
    """Return whether what is computed here may count: no rule hides it, and every table that it looks at was given."""
    rules = [form.scope.compile(rule, "yes_no") for rule in (page.when, question.when) if rule is not None]
    uses = {name.split(".", 1)[0] for name in form.scope.compile(question.computed or "").uses}
    tables = {key for key in uses if key in form.by_key and form.by_key[key].kind == "table"}
    return tables <= facts.plain.keys() and not any(rule.evaluate(facts).fails for rule in rules)


def only_asked(form: Form, answers: Mapping[str, Any], *, today: date, directory: Directory | None = None) -> Answers:
    """Return the answers to what is asked: only they were judged by :func:`check`, and only they may be kept."""
    applied = apply(form, answers, today=today, directory=directory)
    keys = {key for question in form.questions() if question.key in applied.asked for key in question.keys}
    computed = {question.key for question in form.questions() if question.computed is not None}
    return {
        key: _asked_cells(form.by_key[key], value, applied.hidden)
        for key, value in answers.items()
        if key in keys - computed
    }


def _asked_cells(table: Question, rows: Any, hidden: frozenset[str]) -> Any:
    """Return the rows of a table without the cells that are not asked, or that are worked out; else what was given."""
    if not table.ruled or not isinstance(rows, list):
        return rows
    computed = {column.key for column in table.columns if column.computed is not None}
    return [
        {key: cell for key, cell in row.items() if key not in computed and f"{table.key}.{number}.{key}" not in hidden}
        if isinstance(row, Mapping)
        else row
        for number, row in enumerate(rows)
    ]


def check(
    form: Form,
    answers: Mapping[str, Any],
    today: date,
    *,
    pages: Collection[str] | None = None,
    documents: Collection[str] | None = None,
    calendar: Calendar | None = None,
    directory: Directory | None = None,
    applied: Applied | None = None,
) -> list[Fault]:
    """Return every fault, in the order of the form; an empty list is an application that may be taken.

    ``pages`` limits it to some pages (their fields, and the rules whose places all lie there). ``documents`` holds what
    was given, as ``group`` or ``group.kind``; ``None`` leaves papers unchecked. Places are dotted: ``applicant_name``,
    ``members.2.income``, ``documents.identity``. Codes have words under ``fault.<code>``. ``applied`` is what
    :func:`apply` made of the same, where the caller has it already.
    """
    if applied is None:
        applied = apply(form, answers, today=today, calendar=calendar, directory=directory)
    faults = [
        fault
        for page in applied.pages
        if pages is None or page.key in pages
        for question in page.fields
        if question.key in applied.asked and question.computed is None
        for fault in _question_faults(form, question, applied, directory)
    ]
    if pages is None:
        faults.extend(Fault(place=str(key)[:60], code="not_asked") for key in answers if str(key) not in form.by_key)
    faulty = {fault.place for fault in faults}
    faults.extend(fault for fault in _rule_faults(form, applied, pages) if fault.place not in faulty)
    if documents is not None:
        faults.extend(_document_faults(needed_documents(form, applied), documents))
    return faults


def needed_documents(form: Form, applied: Applied) -> tuple[DocumentGroup, ...]:
    """Return the groups of documents that must be there with these answers before the application may be taken."""
    return tuple(
        group
        for group in form.documents
        if group.needed == "always" or (group.needed == "when" and holds(form.scope, group.when, applied.facts))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What stands around one answer while it is judged: the form's own, or those of its row."""

    scope: Scope
    facts: Facts
    answers: Mapping[str, Any]
    directory: Directory | None


def needed_in(question: Question, scope: Scope, facts: Facts) -> bool:
    """Return whether a question, or a column of a row, must be answered."""
    if isinstance(question.needed, bool):
        return question.needed
    return holds(scope, question.needed, facts)


def _question_faults(form: Form, question: Question, applied: Applied, directory: Directory | None) -> Iterator[Fault]:
    if question.kind == "table":
        yield from _table_faults(form, question, applied, directory)
        return
    around = _Around(scope=form.scope, facts=applied.facts, answers=applied.answers, directory=directory)
    yield from _answer_faults(question, question.key, around, applied.answers)


def _answer_faults(question: Question, place: str, around: _Around, given: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with one answer, or with both where it is asked in two scripts."""
    needed = needed_in(question, around.scope, around.facts)
    for key in question.keys:
        value, here = given.get(key), place + key.removeprefix(question.key)
        if not _empty(value, question):
            yield from _value_faults(question, value, here, around)
        elif needed:
            yield Fault(place=here, code="must_be_declared" if question.kind == "declaration" else "needed")


def _empty(value: Any, question: Question) -> bool:
    return value is None or value in ("", []) or (question.kind == "declaration" and value is False)


def _value_faults(question: Question, value: Any, place: str, around: _Around) -> Iterator[Fault]:
    fault = value_fault(question, value, place)
    if fault is None and question.kind == "area" and around.directory is not None:
        fault = _area_fault(question, value, place, around.answers, around.directory)
    if fault is not None:
        yield fault
        return
    for name, code in (("at_least", "too_small"), ("at_most", "too_large")):
        bound = getattr(question, name)
        if bound is None:
            continue
        result = around.scope.compile(bound, question.formula_kind).evaluate(around.facts)
        if result.state != "value":
            continue
        limit = result.value.isoformat() if isinstance(result.value, date) else result.value
        given: Any = decimals.exact(value) if isinstance(limit, Fraction) else value
        beyond = given < limit if name == "at_least" else given > limit
        if beyond:
            early = {"too_small": "too_early", "too_large": "too_late"}
            dated = question.kind in ("date", "datetime")
            yield Fault(place=place, code=early[code] if dated else code, facts=_bound(question, limit))


def _bound(question: Question, limit: Any) -> dict[str, Any]:
    if isinstance(limit, Fraction):
        shortest = decimals.shortest(limit) or decimals.written(decimals.rounded(limit, 2, "nearest"), 2)
        return {"bound": decimals.said(shortest)}
    return {"rupees": limit // 100} if question.kind == "money" else {"bound": limit}


def _area_fault(
    question: Question, value: str, place: str, answers: Mapping[str, Any], directory: Directory
) -> Fault | None:
    if not directory.knows(value):
        return Fault(place=place, code="unknown_area")
    outer = question.within
    if outer is not None and ":" not in outer:
        outer = answers.get(outer)
    if outer and not directory.within(value, outer):
        return Fault(place=place, code="area_outside")
    return None


def _table_faults(form: Form, question: Question, applied: Applied, directory: Directory | None) -> Iterator[Fault]:
    rows = applied.answers.get(question.key)
    if rows is None:
        rows = []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        yield Fault(place=question.key, code="not_a_table")
        return
    least = question.rows_at_least
    if isinstance(question.needed, str) and needed_in(question, form.scope, applied.facts):
        least = max(least, 1)
    if len(rows) < least:
        yield Fault(place=question.key, code="too_few_rows", facts={"count": least})
    if len(rows) > question.rows_at_most:
        yield Fault(place=question.key, code="too_many_rows", facts={"count": question.rows_at_most})
    columns = {key for column in question.columns for key in column.keys}
    for number, row in enumerate(rows[: question.rows_at_most]):
        done = work(form, question, row, applied.facts)
        within = {**applied.answers, **done.cells}
        around = _Around(scope=done.scope, facts=done.facts, answers=within, directory=directory)
        for column in question.columns:
            if column.key in done.asked and column.computed is None:
                yield from _answer_faults(column, f"{question.key}.{number}.{column.key}", around, done.cells)
        for key in row:
            if key not in columns:
                yield Fault(place=f"{question.key}.{number}.{str(key)[:60]}", code="not_asked")


def _rule_faults(form: Form, applied: Applied, pages: Collection[str] | None) -> Iterator[Fault]:
    for rule in form.checks:
        places = rule_places(form, rule)
        if pages is not None and not _lie_on(form, places, pages):
            continue
        if form.scope.compile(rule.rule, "yes_no").evaluate(applied.facts).fails:
            place = places[0] if places else ""
            yield Fault(place=place, code="rule", facts={"rule": rule.key}, words=rule.message)


def rule_places(form: Form, rule: Check) -> tuple[str, ...]:
    """Return beside which fields a rule is told: those that it names, else those that it looks at."""
    if rule.places:
        return rule.places
    uses = (name.removeprefix("given.").split(".", 1)[0] for name in form.scope.compile(rule.rule, "yes_no").uses)
    return tuple(dict.fromkeys(name for name in uses if name in form.by_key))


def _lie_on(form: Form, places: tuple[str, ...], pages: Collection[str]) -> bool:
    here = {key for page in form.pages if page.key in pages for question in page.fields for key in question.keys}
    return bool(places) and all(place.split(".", 1)[0] in here for place in places)


def _document_faults(needed: tuple[DocumentGroup, ...], given: Collection[str]) -> Iterator[Fault]:
    groups = {name.split(".")[0] for name in given}
    for group in needed:
        if group.key not in groups:
            yield Fault(place=f"documents.{group.key}", code="document_needed")
