"""What is written when an appeal is decided: the order, as a letter that is signed and can be verified."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from janaseva.core.canonical import plain
from janaseva.core.text import LANGUAGES, Text
from janaseva.core.words import say
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.outcomes import Issuer, Letter, holder_name

KIND = "appeal-order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What an authority decided: see :class:`janaseva.services.models.Appeal`."""

    level: int
    order: str
    reason: str
    words: str
    penalty_paise: int
    compensation_paise: int
    comply_on: date | None


def order_letter(
    definition: Definition, ordered: Ordered, *, application_number: str, answers: Mapping[str, Any], issuer: Issuer
) -> Letter:
    """Return the order in writing: of which matter, what is ordered and why, by when, and what it costs whom."""
    currency = "PKR" if definition.pack_country == "PK" else "INR"
    told: list[tuple[str, str, Any]] = [
        ("application", "desk.appeals.application", application_number),
        ("service", "services.acknowledgement.service", dict(definition.what.name)),
        ("level", "services.appeal.letter.level", _in_all(f"services.appeal.level.{ordered.level}")),
        ("order", "services.appeal.letter.order", _in_all(f"services.appeal.order.{ordered.order}")),
    ]
    if ordered.reason:
        told.append(("reason", "services.appeal.letter.reason", _in_all(f"services.appeal.dismissal.{ordered.reason}")))
    told.append(("words", "services.appeal.letter.words", ordered.words))
    if ordered.comply_on is not None:
        told.append(("comply_by", "portal.appeals.comply_by", {"date": ordered.comply_on.isoformat()}))
    if ordered.penalty_paise:
        told.append(("penalty", "portal.appeals.penalty", {"paise": ordered.penalty_paise, "currency": currency}))
    if ordered.compensation_paise:
        paid = {"paise": ordered.compensation_paise, "currency": currency}
        told.append(("compensation", "services.appeal.letter.compensation", paid))
    return Letter(
        title=_in_all("services.appeal.letter.title"),
        facts={
            "issuer": plain(issuer),
            "holder": {"name": holder_name(definition, answers)},
            "statement": _in_all("services.appeal.letter.statement"),
            "rows": [
                {"key": key, "label": _in_all(label), "value": value, **({"in_code": True} if key == "order" else {})}
                for key, label, value in told
            ],
            "application_number": application_number,
            "demonstration": issuer.demonstration,
        },
    )


def _in_all(key: str) -> Text:
    return {language: say(key, language) for language in LANGUAGES}
