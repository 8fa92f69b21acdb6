"""What a definition says of one application: which variant, who may, what it costs, what the certificate states."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Literal

from janaseva.core import dates, money
from janaseva.core.decimals import said
from janaseva.core.formula import Facts, Reason
from janaseva.core.refusal import CONFLICT, Refusal
from janaseva.core.text import LANGUAGES, TONGUES, Text, direction_of, in_language
from janaseva.forms.rules import Question, Unknown
from janaseva.forms.rules.checking import Applied
from janaseva.forms.rules.rows import as_kept
from janaseva.payments.rules.fees import Bill, Due, compute
from janaseva.services.rules.definition import Certificate, CertificateFact, Condition, Definition
from janaseva.services.rules.parts import Validity, Variant
from janaseva.services.rules.purposed import Earlier, text_of
from janaseva.services.rules.purposes import Renewal
from janaseva.services.rules.rooted import answerable, roots

AreaNames = Callable[[str], Text]
"""Gives the names of an area by ``scheme:code``; the caller asks the directory."""

ISOLATE: Final = ("\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}")
"""Around what is put into words that run from right to left, so that 42101-1234567-1 is not read backwards."""
_BRACES: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One condition of eligibility: whether it is met, what is still missing to tell, and why."""

    condition: Condition
    outcome: Literal["met", "not_met", "cannot_tell"]
    missing: tuple[str, ...]
    reason: Reason

    @property
    def stops(self) -> bool:
        """Return whether nobody may apply with these answers."""
        return self.outcome == "not_met" and not self.condition.told

    @property
    def told(self) -> bool:
        """Return whether it is not met and only told, so that a refusal is to be expected."""
        return self.outcome == "not_met" and self.condition.told


Whole = Literal["may", "may_not", "expect_refusal", "cannot_tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether somebody may apply, as far as the answers tell; ``expect_refusal`` where a told condition is not met."""

    outcome: Whole
    conditions: tuple[Judged, ...]


def eligibility(
    definition: Definition, answers: Mapping[str, Any], *, today: date, incomplete: Collection[str] = ()
) -> Eligibility:
    """Return what the answers say of each condition; needs no sign-in and keeps nothing.

    ``incomplete`` are the tables whose rows are not all there yet: no condition that rests on one is met before.
    """
    facts = definition.scope.facts(answers, today=today)
    judged = []
    for condition in definition.who.eligibility:
        reason = definition.scope.compile(condition.rule, "yes_no").explain(facts)
        result = reason.result
        outcome: Literal["met", "not_met", "cannot_tell"] = (
            "met" if result.holds else "not_met" if result.fails else "cannot_tell"
        )
        awaited = [key for key in roots(definition, condition.rule) if key in incomplete] if outcome == "met" else []
        missing = tuple(dict.fromkeys(_to_answer(definition, result.missing, answers))) or tuple(awaited)
        judged.append(
            Judged(condition=condition, outcome="cannot_tell" if awaited else outcome, missing=missing, reason=reason)
        )
    whole: Whole = "may"
    if any(one.stops for one in judged):
        whole = "may_not"
    elif any(one.told for one in judged):
        whole = "expect_refusal"
    elif any(one.outcome == "cannot_tell" for one in judged):
        whole = "cannot_tell"
    return Eligibility(outcome=whole, conditions=tuple(judged))


def _to_answer(definition: Definition, missing: Collection[str], answers: Mapping[str, Any]) -> Iterator[str]:
    """Yield what somebody can answer: where something computed is missing, the unanswered fields that it rests on."""
    for key in missing:
        found = answerable(definition, key)
        yield from [one for one in found if answers.get(one) is None] or found


def choose(definition: Definition, facts: Facts) -> Variant | None:
    """Return the variant that takes these answers (the first, where a definition wrongly has two), or ``None``."""
    for variant in definition.variants:
        if definition.scope.compile(variant.when, "yes_no").evaluate(facts).holds:
            return variant
    return None


def bill(
    definition: Definition,
    variant: Variant,
    answers: Mapping[str, Any],
    *,
    on: date,
    channel: Literal["online", "counter"] = "online",
    pages: int = 0,
) -> Bill:
    """Return what this application costs if received ``on`` this day."""
    facts = definition.fee_scope.facts({**answers, "channel": channel, "pages": pages}, today=on)
    return compute(definition.fee_for(variant), facts, on=on, scope=definition.fee_scope)


def demand(
    definition: Definition,
    step: str,
    applied: Applied,
    found: Mapping[str, Any],
    *,
    on: date,
    channel: Literal["online", "counter"] = "online",
    pages: int = 0,
) -> Bill | None:
    """Return what falls due at a step on this day; ``None`` where the step demands nothing.

    ``found`` is what the officers found until now; ``today`` is the day of the demand.
    """
    here = definition.happens.step(step)
    if here is None or here.kind != "payment" or here.fee is None:
        return None
    named = {f"found.{key}": value for key, value in found.items() if key in definition.found_fields}
    known = {**applied.answers, **named, "channel": channel, "pages": pages}
    around, scope = applied.facts, definition.demand_scope
    facts = scope.facts(known, today=on, calendar=around.lent.calendar, places=around.lent.places)
    return compute(here.fee, facts, on=on, scope=scope)


def not_yet_paid(bill: Bill, paid: Mapping[str, int]) -> tuple[Due, ...]:
    """Return the lines of a demand less what was ``paid`` under each at the same step before, in paise.

    A line of which nothing is left is left out: whoever comes to the step again pays only what is more.
    """
    rest = (replace(line, amount_paise=max(0, line.amount_paise - paid.get(line.key, 0))) for line in bill.lines)
    return tuple(line for line in rest if line.amount_paise or not paid.get(line.key))


def valid_until(validity: Validity | Unknown | None, valid_from: date) -> date | None:
    """Return the last day on which what is issued is good; ``None``: for life, or not known."""
    return None if validity is None or isinstance(validity, Unknown) else validity.last_day(valid_from)


def last_day(
    definition: Definition, variant: Variant, today: date, earlier: Earlier | None, *, facts: Facts
) -> date | None:
    """Return the last good day of what is issued today, by what it is issued for.

    An amendment, a correction and a second copy are good as long as the earlier one was; a renewal from today, or from
    the end of the earlier one where the text says so. Where a formula names the day, it is asked of ``facts``
    (:func:`out_facts`).

    Raises:
        Refusal: ``validity_not_told`` where the formula comes to no day; ``validity_passed`` where that day is past.

    """
    validity = definition.validity_for(variant)
    text = text_of(definition)
    if earlier is not None and text is not None and not isinstance(text, Renewal):
        return earlier.valid_until
    if isinstance(validity, Validity) and validity.until is not None:
        return _named_day(definition, validity.until, today, facts)
    if isinstance(text, Renewal) and earlier is not None and text.counts_from == "end" and earlier.valid_until:
        return valid_until(validity, earlier.valid_until + timedelta(days=1))
    return valid_until(validity, today)


def _named_day(definition: Definition, formula: str, today: date, facts: Facts) -> date:
    result = definition.out_scope.compile(formula, "date").evaluate(facts)
    if result.state != "value":
        fields = [definition.out_fields[name].label for name in result.missing if name in definition.out_fields]
        missing = ", ".join(in_language(label, "en") for label in fields)
        raise Refusal("validity_not_told", status=CONFLICT, missing=missing or formula)
    day: date = result.value
    if day < today:
        raise Refusal("validity_passed", status=CONFLICT, date=day)
    return day


def letter_languages(definition: Definition, wanted: Sequence[str] = ("en",)) -> list[str]:
    """Return those of the wanted languages in which the certificate has its title, statement and every label."""
    certificate = definition.out.certificate
    if certificate is None:
        return []
    texts = [certificate.title, certificate.statement, *(fact.label for fact in certificate.facts.values())]
    able = [language for language in wanted if language in TONGUES and all(language in text for text in texts)]
    return able or ["en"]


def certificate_facts(definition: Definition, facts: Facts, *, area_names: AreaNames) -> dict[str, Any]:
    """Return what the certificate states, in the shape that ``documents.steps.issue`` takes: holder, statement, rows.

    ``facts`` are those of :func:`out_facts`.

    ``values`` holds the plain facts by key for machines: money in paise, dates as ISO text, areas as ``scheme:code``.

    Raises:
        LookupError: where the definition issues no certificate.

    """
    certificate = definition.out.certificate
    if certificate is None:
        raise LookupError(definition.key)
    values = {key: out_value(definition, fact.value, facts) for key, fact in certificate.facts.items()}
    shown = {key: _shown(definition, fact, values[key], facts, area_names) for key, fact in certificate.facts.items()}
    rows = [
        {
            "key": key,
            "label": dict(fact.label),
            "value": _row_value(fact, values[key], shown[key], currency=_currency(definition)),
            **({"in_code": True} if fact.in_code else {}),
        }
        for key, fact in certificate.facts.items()
        if values[key] is not None
    ]
    law = _law(definition)
    return {
        "holder": {"name": in_language(shown[certificate.holder], "en")},
        "statement": _statements(certificate, shown),
        "rows": rows,
        "values": values,
        "notes": [dict(note) for note in (*(term.title for term in definition.out.conditions), *certificate.notes)],
        **({"law": law} if law else {}),
    }


def out_facts(definition: Definition, applied: Applied, found: Mapping[str, Any]) -> Facts:
    """Return the facts on which what comes out rests: the answers that count, and what the officers found."""
    if not definition.found_fields:
        return applied.facts
    named = {f"found.{key}": value for key, value in found.items()}
    around = applied.facts
    today = date.fromisoformat(around.plain["today"])
    return definition.out_scope.facts(
        {**applied.answers, **named}, today=today, calendar=around.lent.calendar, places=around.lent.places
    )


def out_value(definition: Definition, formula: str, facts: Facts) -> Any:
    """Return what a fact of what comes out comes to, as it is kept; a field's number keeps the digits of the field."""
    result = definition.out_scope.compile(formula).evaluate(facts)
    question = definition.out_fields.get(formula.strip())
    return as_kept(result.value, question.places if question else None) if result.state == "value" else None


def _shown(
    definition: Definition, fact: CertificateFact, value: Any, facts: Facts, area_names: AreaNames
) -> dict[str, str]:
    """Return a fact as it is read in each language."""
    if value is None:
        return dict.fromkeys(LANGUAGES, "")
    match fact.shows:
        case "money":
            return dict.fromkeys(LANGUAGES, money.money(int(value), currency=_currency(definition)))
        case "date":
            return {language: dates.long(date.fromisoformat(str(value)), language) for language in LANGUAGES}
        case "area":
            return dict(area_names(str(value)))
        case "choice":
            question = definition.out_fields[fact.value.strip()]
            return choice_words(question, value)
    texts = {"en": _number_words(fact, value)}
    for language, formula in fact.also.items():
        result = definition.out_scope.compile(formula, "text").evaluate(facts)
        if result.state == "value":
            texts[language] = str(result.value)
    return texts


def _number_words(fact: CertificateFact, value: Any) -> str:
    """Return a fact as text; a number with a point with its whole part grouped, where it is shown as a number."""
    return said(str(value)) if fact.shows == "number" and isinstance(value, str) else str(value)


def choice_words(question: Question, value: Any) -> dict[str, str]:
    """Return the words of a chosen answer (or of several, joined) in each language that has them."""
    chosen = value if isinstance(value, list) else [value]
    words = [question.choices.get(str(one), {"en": str(one)}) for one in chosen]
    languages = set().union(*words) if words else set()
    return {language: ", ".join(in_language(text, language) for text in words) for language in sorted(languages)}


def _currency(definition: Definition) -> money.Currency:
    return "PKR" if definition.pack_country == "PK" else "INR"


def _row_value(fact: CertificateFact, value: Any, shown: Mapping[str, str], *, currency: money.Currency) -> Any:
    match fact.shows:
        case "money":
            return {"paise": int(value), "currency": currency}
        case "date":
            return {"date": str(value)}
        case "number":
            return int(value) if isinstance(value, int) else said(str(value))
    return dict(shown) if len(shown) > 1 else in_language(shown, "en")


def _statements(certificate: Certificate, shown: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    def filled(words: str, language: str) -> str:
        before, after = ISOLATE if direction_of(language) == "rtl" else ("", "")
        return _BRACES.sub(lambda m: f"{before}{in_language(shown.get(m.group(1), {}), language)}{after}", words)

    return {language: filled(words, language) for language, words in certificate.statement.items()}


def _law(definition: Definition) -> dict[str, str]:
    laws = definition.what.laws
    if isinstance(laws, Unknown) or not laws:
        return {}
    return dict(laws[0].title)
