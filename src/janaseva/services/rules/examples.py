"""Examples beside a definition, run on rules alone: answers in, faults, fee, officer, due date and letter out.

Every service has at least one example for each variant that ends in approval, one that ends in a refusal, and one whose
answers are faulty; a definition without them is not published.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from janaseva.core.refusal import Refusal
from janaseva.core.source import Source, SourceError, SourceFault, read
from janaseva.core.text import in_language
from janaseva.forms.rules import Part
from janaseva.forms.rules.checking import Applied, apply, check, with_computed
from janaseva.forms.rules.reading import settle_shape
from janaseva.payments.rules.fees import Bill
from janaseva.services.rules.deciding import Whole, bill, certificate_facts, choose, eligibility, last_day, out_facts
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.parts import Variant
from janaseva.services.rules.purposed import Earlier, for_purpose, stated_of
from janaseva.services.rules.purposes import PURPOSES, Purpose
from janaseva.services.rules.walking import Case, Step, as_step, walk
from janaseva.workflow.rules import Calendar, Span, due, form_of, held

NOON = time(12)
"""Examples are received at noon, in the pack's own time zone."""


_OWN = ("name", "expect", "steps", "pauses", "complete", "purpose", "issued")
"""What an example does not take over from the one that it is like."""


class Pause(Part):
    """A time in which the applicant had to answer; both days are dates on which it began and ended."""

    from_: date = Field(alias="from")
    to: date


class Expected(Part):
    """What an example must come to; what is left out is not looked at.

    ``faults`` are written ``place code`` (``members.0.income needed``), or ``place rule:key`` for a rule of the form.
    ``demands`` and ``demand_lines`` are what falls due later, by step: the last demand of each.
    """

    faults: tuple[str, ...] | None = None
    eligible: Whole | None = None
    variant: str | None = None
    officer: str | None = None
    fee: str | int | None = None
    fee_lines: dict[str, str | int] | None = None
    demands: dict[str, str | int] = Field(default_factory=dict)
    demand_lines: dict[str, dict[str, str | int]] = Field(default_factory=dict)
    due: date | Literal["unknown"] | None = None
    ends: Literal["approved", "refused", "withdrawn", "returned", "lapsed"] | None = None
    valid_until: date | Literal["lifetime", "unknown", "refused"] | None = None
    computed: dict[str, Any] = Field(default_factory=dict)
    letter: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Issued(Part):
    """The certificate on which an example rests: what was ``found`` for it, and which ``answers`` were otherwise."""

    number: str = "EARLIER-1"
    on: date
    until: date | None = None
    found: dict[str, Any] = Field(default_factory=dict)
    answers: dict[str, Any] = Field(default_factory=dict)


class Example(Part):
    """One example: what is given, what the officers do, what must come of it.

    With a ``purpose``, ``issued`` is the earlier certificate and the answers are those on which it rests, as changed.
    """

    name: str
    purpose: Purpose | None = None
    issued: Issued | None = None
    today: date
    answers: dict[str, Any]
    documents: tuple[str, ...] | None = None
    channel: Literal["online", "counter"] = "online"
    pages: int = 0
    areas: dict[str, dict[str, str]] = Field(default_factory=dict)
    steps: tuple[Annotated[Step, BeforeValidator(as_step)], ...] = ()
    pauses: tuple[Pause, ...] = ()
    complete: date | None = None
    expect: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one example came to: its name, its line, and each way in which it differs from what was expected."""

    name: str
    line: int
    differences: tuple[str, ...]


def read_examples(text: str, file: str) -> tuple[tuple[Example, ...], Source | None, list[SourceFault]]:
    """Return the examples of a file, where they stand, and the faults of the file."""
    try:
        source = read(text, file)
    except SourceError as error:
        return (), None, [error.fault]
    tree, wrong = _likened(source)
    if wrong:
        return (), source, wrong
    try:
        return TypeAdapter(tuple[Example, ...]).validate_python(tree), source, []
    except ValidationError as error:
        faults = []
        for one in error.errors(include_url=False):
            path = tuple(part for part in one["loc"] if not (isinstance(part, str) and ("[" in part or "-" in part)))
            here = ".".join(map(str, path))
            if one["type"].startswith("date_"):
                message, mend = f"{here} must be a day", "write it as year-month-day: 2026-03-02"
            else:
                message, mend = f"{here}: {one['msg']}", "see docs/definers/examples.md"
            faults.append(source.fault(path, message, mend))
        return (), source, faults


def _likened(source: Source) -> tuple[list[Any], list[SourceFault]]:
    """Return the examples with those that are ``like`` an earlier one filled from it; ``null`` takes an answer out."""
    if not isinstance(source.tree, list):
        return [], [source.fault((), "the file holds no examples", "begin each with '- name:'")]
    made: dict[str, dict[str, Any]] = {}
    tree: list[Any] = []
    for number, example in enumerate(source.tree):
        if not isinstance(example, dict):
            return [], [source.fault((number,), "this is not an example", "begin it with '- name:'")]
        like = example.get("like")
        if like is not None and like not in made:
            mend = f"the examples above: {', '.join(made) or 'none'}"
            return [], [source.fault((number, "like"), f"there is no example '{like}' above", mend)]
        base = {key: value for key, value in made[like].items() if key not in _OWN} if like is not None else {}
        own, given = example.get("answers", {}), base.get("answers", {})
        answers = {**given, **own} if isinstance(own, dict) else own
        if isinstance(answers, dict):
            answers = {key: value for key, value in answers.items() if value is not None}
        full = {**base, **{key: value for key, value in example.items() if key != "like"}, "answers": answers}
        made[str(example.get("name"))] = full
        tree.append(full)
    return tree, []


def uncovered(definition: Definition, examples: tuple[Example, ...]) -> list[str]:
    """Return which outcomes of the definition no example shows."""
    missing: list[str] = []
    for purpose in ("", *PURPOSES):
        if purpose and (definition.afterwards is None or definition.afterwards.text(purpose) is None):
            continue
        variants = [variant.key for variant in for_purpose(definition, purpose).variants]
        only = variants[0] if len(variants) == 1 else None
        approved = {
            example.expect.variant or only
            for example in examples
            if (example.purpose or "") == purpose and example.expect.ends == "approved"
        }
        of = f"with 'purpose: {purpose}' " if purpose else ""
        missing += [
            f"no example {of}expects 'variant: {key}' and 'ends: approved'" for key in variants if key not in approved
        ]
    if not any(example.expect.ends == "refused" for example in examples):
        missing.append("no example expects 'ends: refused'")
    if not any(example.expect.faults for example in examples):
        missing.append("no example expects 'faults:' in its answers")
    return missing


def run(definition: Definition, example: Example, calendar: Calendar) -> tuple[str, ...]:
    """Return each way in which the example differs from what it expects; empty when it is as written."""
    earlier = _earlier(example)
    try:
        definition = for_purpose(definition, example.purpose or "")
    except LookupError as error:
        return (str(error),)
    was = {**example.answers, **(example.issued.answers if example.issued else {})}
    given = {**example.answers, **(stated_of(definition, was, earlier) if earlier else {})}
    answers = settle_shape(definition.form, given)
    applied = apply(definition.form, answers, today=example.today, calendar=calendar)
    variant = choose(definition, applied.facts)
    return tuple(
        difference
        for part in (
            _form(definition, example, answers, applied, calendar),
            _variant(definition, example, applied, variant),
            _work(definition, example, applied, variant, calendar),
            _letter(definition, example, applied, variant),
        )
        for difference in part
    )


def _earlier(example: Example) -> Earlier | None:
    if example.purpose is None:
        return None
    issued = example.issued or Issued(on=example.today)
    return Earlier(number=issued.number, issued_on=issued.on, valid_until=issued.until)


def _differs(what: str, expected: Any, found: Any) -> Iterator[str]:
    if expected != found:
        yield f"{what}: expected {expected}, found {found}"


def _form(
    definition: Definition, example: Example, answers: dict[str, Any], applied: Applied, calendar: Calendar
) -> Iterator[str]:
    expect = example.expect
    if expect.faults is not None:
        faults = check(definition.form, answers, example.today, documents=example.documents, calendar=calendar)
        codes = [f"rule:{fault.facts['rule']}" if fault.code == "rule" else fault.code for fault in faults]
        found = sorted(f"{fault.place} {code}".strip() for fault, code in zip(faults, codes, strict=True))
        yield from _differs("faults", sorted(expect.faults), found)
    if expect.eligible is not None:
        known = with_computed(definition.form, answers, today=example.today)
        outcome = eligibility(definition, known, today=example.today).outcome
        yield from _differs("eligible", expect.eligible, outcome)
    for key, value in expect.computed.items():
        yield from _differs(f"computed {key}", value, applied.answers.get(key))


def _variant(definition: Definition, example: Example, applied: Applied, variant: Variant | None) -> Iterator[str]:
    expect = example.expect
    if expect.variant is not None:
        yield from _differs("variant", expect.variant, variant.key if variant else None)
    if variant is None:
        return
    if expect.officer is not None:
        yield from _differs("officer", expect.officer, variant.officer.role)
    due_now = bill(definition, variant, applied.answers, on=example.today, channel=example.channel, pages=example.pages)
    if expect.fee is not None:
        yield from _differs("fee", _written(expect.fee), _comes_to(due_now))
    if expect.fee_lines is not None:
        lines = {line.key: _rupees(line.amount_paise) for line in due_now.lines}
        yield from _differs("fee lines", {key: _written(value) for key, value in expect.fee_lines.items()}, lines)


def _comes_to(due_now: Bill) -> str:
    if due_now.outside:
        return "outside"
    found = _rupees(due_now.total_paise) if due_now.known else "unknown"
    return "; ".join([found, *due_now.missing, *due_now.faults])


def _rupees(paise: int) -> str:
    return f"{paise // 100}.{paise % 100:02d}"


def _written(value: str | int) -> str:
    text = str(value)
    return text if text in ("unknown", "outside") or "." in text else f"{text}.00"


def _work(
    definition: Definition, example: Example, applied: Applied, variant: Variant | None, calendar: Calendar
) -> Iterator[str]:
    expect = example.expect
    if variant is None:
        return
    case = Case(
        definition=definition,
        variant=variant,
        applied=applied,
        today=example.today,
        channel=example.channel,
        pages=example.pages,
        found=_found(definition, example, ()),
    )
    walked = walk(case, example.steps)
    if walked.wrong:
        yield walked.wrong
    if expect.ends is not None:
        yield from _differs("ends", expect.ends, walked.state)
    for step, value in expect.demands.items():
        bill = walked.demands.get(step)
        found = None if bill is None else _comes_to(bill)
        yield from _differs(f"demanded at {step}", _written(value), found)
    for step, lines in expect.demand_lines.items():
        bill = walked.demands.get(step)
        due_there = {line.key: _rupees(line.amount_paise) for line in bill.lines} if bill else None
        yield from _differs(f"lines at {step}", {key: _written(value) for key, value in lines.items()}, due_there)
    if expect.due is not None:
        limit = definition.limit_for(variant)
        starts = example.complete if limit.starts == "completeness" and example.complete else example.today
        spans = [Span(from_at=_noon(one.from_, calendar), to_at=_noon(one.to, calendar)) for one in example.pauses]
        answer = due(limit=limit, began_at=_noon(starts, calendar), pauses=spans, calendar=calendar)
        yield from _differs("due", expect.due, answer.day or answer.standing)
    until = _valid_until(definition, example, applied, variant)
    if expect.valid_until is not None or (until == "refused" and walked.state == "approved"):
        yield from _differs("valid until", expect.valid_until, until)


def _valid_until(definition: Definition, example: Example, applied: Applied, variant: Variant) -> date | str:
    """Return the last good day of what the example brings; ``refused`` where it is past, or nothing tells it."""
    facts = out_facts(definition, applied, _found(definition, example, example.steps))
    try:
        until = last_day(definition, variant, example.today, _earlier(example), facts=facts)
    except Refusal:
        return "refused"
    return until or ("lifetime" if getattr(definition.validity_for(variant), "lifetime", False) else "unknown")


def _noon(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, NOON, ZoneInfo(calendar.time_zone))


def _found(definition: Definition, example: Example, steps: Iterable[Step]) -> dict[str, Any]:
    """Return what the officers of an example found, and those of the certificate on which it rests."""
    form = form_of(definition.found_fields.values())
    given = [
        example.issued.found if example.issued else {},
        *(found for one in steps for found in (*one.reports.values(), one.finds)),
    ]
    return held(settle_shape(form, one) for one in given)


def _letter(definition: Definition, example: Example, applied: Applied, variant: Variant | None) -> Iterator[str]:
    if not example.expect.letter or variant is None or definition.out.certificate is None:
        return
    known = out_facts(definition, applied, _found(definition, example, example.steps))
    facts = certificate_facts(definition, known, area_names=lambda code: example.areas.get(code, {"en": code}))
    for language, words in example.expect.letter.items():
        shown = [in_language(facts["statement"], language)]
        for row in facts["rows"]:
            value = row["value"]
            shown.append(in_language(row["label"], language))
            shown.append(in_language(value, language) if isinstance(value, Mapping) and "en" in value else str(value))
        text = "\n".join(shown)
        for word in words:
            if word.replace("\u00a0", " ") not in text.replace("\u00a0", " "):
                yield f"letter ({language}): '{word}' is not in it: {shown[0]}"
