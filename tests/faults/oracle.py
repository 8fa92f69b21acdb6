"""What the database says of what clients were told: run as a process of its own, with the site's settings.

Reads from standard input what clients and the world outside know; prints one JSON object. First everything that waits
is done (as the worker would), then the bank is asked after payments of which nothing was heard; then it is counted.
"""

import json
import sys
import urllib.request
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

KINDS = {
    "begin": "services.begin",
    "save": "services.save_answers",
    "page": "services.save_page",
    "paper": "services.give_paper",
    "submit": "services.submit",
    "pay": "payments.start",
    "code": "people.request_code",
    "session": "people.confirm_code",
    "next": "services.take_next",
    "decide": "services.move",
}
PLENTY = 200_000
CHUNK = 500


def settle() -> None:
    """Do all that waits, and ask after payments and refunds until nothing more comes."""
    from janaseva.core.clock import now
    from janaseva.ledger.handlers import deliver, publish, rounds
    from janaseva.ledger.models import Delivery
    from janaseva.payments.handlers import poll

    at = now()
    for step in range(1, 8):
        moment = at + timedelta(minutes=2 * step)
        rounds(moment)
        poll(moment)
        for _ in range(PLENTY):
            batch = deliver(moment, limit=256, soon=timedelta(0))
            if not batch.done:
                break
        publish(moment)
        if not Delivery.objects.filter(state="waiting").exists():
            break


def publish_alone() -> None:
    """Bring the log's files up to its rows, as a worker's first turn does; nothing leaves the platform by that."""
    from janaseva.core.clock import now
    from janaseva.ledger.handlers import publish

    publish(now())


def _chunks(keys: list[str]) -> list[list[str]]:
    return [keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK)]


def kept_keys(keys: list[str]) -> dict[str, list[Any]]:
    """Return the acts kept under each key: name and id."""
    from janaseva.ledger.models import Key

    found: dict[str, list[Any]] = {}
    for part in _chunks(keys):
        for key, act, pk in Key.objects.filter(key__in=part).values_list("key", "act", "pk"):
            found.setdefault(key, []).append((act, pk))
    return found


def older(acks: list[dict[str, Any]]) -> int:
    """Count drafts whose page is not there, or as it was before the last time that its saving was acknowledged."""
    from janaseva.forms.models import AnswerSheet

    last: dict[str, int] = {}
    for ack in acks:
        if ack["kind"] == "page":
            facts = ack["facts"]
            last[facts["id"]] = max(last.get(facts["id"], -1), facts["number"])
    there: dict[str, int] = {}
    for part in _chunks(list(last)):
        for story, values in AnswerSheet.objects.filter(story__in=part).values_list("story", "values"):
            number = str(values.get("house", "")).rpartition(" ")[2]
            there[str(story)] = int(number) if number.isdecimal() else -1
    return sum(there.get(story, -1) < number for story, number in last.items())


def acknowledged(acks: list[dict[str, Any]]) -> dict[str, int]:
    """Count acts that were acknowledged and are not there, or there twice, or there with another answer."""
    from janaseva.ledger.models import Event
    from janaseva.services.models import Application

    kept = kept_keys([ack["key"] for ack in acks if ack["kind"] in KINDS])
    acts = [pk for found in kept.values() for _, pk in found]
    told = Counter()
    for start in range(0, len(acts), CHUNK):
        told.update(
            dict.fromkeys(
                Event.objects.filter(act_id__in=acts[start : start + CHUNK]).values_list("act_id", flat=True), 1
            )
        )
    numbers = dict(Application.objects.filter(number__gt="").values_list("pk", "number"))
    lost = doubled = changed = 0
    for ack in acks:
        if ack["kind"] not in KINDS:
            continue
        found = [one for one in kept.get(ack["key"], []) if one[0] == KINDS[ack["kind"]]]
        lost += not found or not all(told[pk] for _, pk in found)
        doubled += len(found) > 1
        if ack["kind"] == "submit":
            changed += numbers.get(UUID(ack["facts"]["id"])) != ack["facts"]["number"]
    return {"lost": lost, "doubled": doubled, "changed": changed + older(acks)}


def done_once(sent: dict[str, str]) -> int:
    """Count wishes that led to more than one application: as many are begun as keys for beginning were kept."""
    from janaseva.ledger.models import Key
    from janaseva.services.models import Application

    begun = Key.objects.filter(act="services.begin", key__in=[]).count()
    for part in _chunks([key for key, kind in sent.items() if kind == "begin"]):
        begun += Key.objects.filter(act="services.begin", key__in=part).count()
    return abs(Application.objects.count() - begun)


def numbers_doubled() -> int:
    """Count application numbers given twice; gaps and doubles within series are the audit's to find."""
    from janaseva.services.models import Application

    given = Application.objects.filter(number__gt="").values_list("number", flat=True)
    return sum(count - 1 for count in Counter(given).values())


def money(debits: dict[str, int], refunds: dict[str, list[Any]]) -> dict[str, int]:
    """Count debits that were neither received nor sent back, or both; and what the postings do not sum to zero by."""
    from django.db.models import Sum

    from janaseva.payments.models import Payment, Posting

    states = dict(Payment.objects.values_list("reference", "state"))
    returned = Counter(reference for reference, _ in refunds.values())
    unsettled = sum((states.get(reference) == "received") == bool(returned[reference]) for reference in debits)
    invented = sum(state == "received" and reference not in debits for reference, state in states.items())
    entries = Posting.objects.values("entry").annotate(total=Sum("amount_paise"))
    return {
        "debits_unsettled": unsettled + invented,
        "refunded_twice": sum(count > 1 for count in returned.values()),
        "unbalanced": sum(bool(row["total"]) for row in entries),
    }


def texts(calls: list[list[str]]) -> dict[str, int]:
    """Count messages that were to be sent and never reached the gateway, and calls of the gateway beyond one each."""
    from janaseva.contact.models import Message

    numbers = {told for told, _ in calls}
    sent = list(Message.objects.filter(state__in=("sent", "erased")).values_list("gateway_number", flat=True))
    unsent = Message.objects.filter(state="queued").count()
    return {
        "texts_lost": unsent + sum(number not in numbers for number in sent),
        "texts_again": len(calls) - len(sent),
        "texts": len(sent),
    }


def audit() -> list[str]:
    """Return what is not as recorded: rows, events, numbers, the log."""
    from janaseva.ledger import handlers

    return [str(finding) for finding in handlers.audit()]


def main() -> None:
    """Answer one question."""
    import django

    django.setup()
    asked = json.load(sys.stdin)
    if asked.get("settle", True):
        settle()
    else:
        publish_alone()
    result: dict[str, Any] = acknowledged(asked["acks"])
    if "sent" in asked:
        result["begun_twice"] = done_once(asked["sent"])
    result["numbers_doubled"] = numbers_doubled()
    if "outside" in asked:
        with urllib.request.urlopen(asked["outside"], timeout=30) as answer:
            outside = json.load(answer)
        result |= money(outside["debits"], outside["refunds"]) | texts(outside["texts"])
    findings = audit()
    result["findings"] = len(findings)
    result["said"] = findings[:5]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
