"""The words of a message: a template of ``words/contact`` filled with facts, in its reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from janaseva.core import dates
from janaseva.core.text import in_language
from janaseva.core.words import say

TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "message.code": ("code",),
    "message.submitted": ("service", "number"),
    "message.paid": ("service", "number", "due"),
    "message.paid_without_date": ("service", "number"),
    "message.query_asked": ("service", "number"),
    "message.answered": ("number",),
    "message.enquiry": ("service", "number", "due"),
    "message.approved": ("service", "number"),
    "message.refused": ("service", "number"),
    "message.ready": ("service", "number"),
    "message.revoked": ("service", "number"),
    "message.surrendered": ("service", "number"),
    "message.superseded": ("service", "number"),
    "message.cause_asked": ("service", "number", "due"),
    "message.cause_dropped": ("service", "number"),
    "message.suspended": ("service", "number"),
    "message.restored": ("service", "number"),
    "message.late": ("service", "number"),
    "message.read_in_emergency": ("service", "number"),
    "message.erasure_announced": ("service", "number", "due"),
    "message.draft_erasure_announced": ("service", "due"),
    "message.appeal_opened": ("service", "number"),
    "message.appeal_ordered": ("number",),
    "message.hearing_set": ("number", "day"),
    "message.case_hearing": ("service", "number", "due"),
    "message.case_hearing_moved": ("service", "number", "due"),
    "message.order_missed": ("service", "number"),
    "message.deemed_granted": ("service", "number"),
    "message.objection_lodged": ("service", "number"),
    "message.objection_came": ("service", "number"),
    "message.objection_decided": ("service", "number"),
    "message.lapse_near": ("service", "number", "due"),
    "message.lapsed": ("service", "number", "due"),
    "message.objection_lapsed": ("service", "number"),
    "message.fee_demanded": ("service", "number", "due"),
    "message.fee_demanded_without_date": ("service", "number"),
    "message.fee_paid": ("service", "number"),
    "message.fee_not_paid": ("service", "number"),
    "message.renewal_near": ("service", "number", "due"),
    "message.refunded": ("number", "amount"),
}
"""Every template, with the facts that its words may name. A text message names no person: others see the screen."""


def filled(template: str, language: str, facts: Mapping[str, Any], *, zone: str) -> str:
    """Return the text of a message. Words by language become the reader's, days are written out.

    Raises:
        KeyError: for a template or a fact that there is not.

    """
    return say(template, language, **{name: _said(value, language, zone) for name, value in facts.items()})


def _said(value: Any, language: str, zone: str) -> Any:
    if isinstance(value, Mapping):
        return in_language(value, language)
    if isinstance(value, datetime):
        return dates.numeric(dates.day_in(value, zone))
    return dates.numeric(value) if isinstance(value, date) else value
