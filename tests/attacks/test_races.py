"""Many at once: one decision, and numbers without doubles or gaps, also where some acts fall."""

import pytest

from janaseva.core.refusal import Refusal
from janaseva.services import actions
from janaseva.services.models import Decision
from tests.attacks.guards import Guard, attack, size
from tests.given import SYSTEM
from tests.races.test_application_races import at_once, number_or_fall, told

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CALLERS = 16


def _nothing_held(monkeypatch):
    """Read without holding rows, and write whatever revision they have by now."""
    from django.db import connection

    from janaseva.core import row as rows
    from janaseva.core import statements

    where, quoted = statements.where, connection.ops.quote_name

    def update(row, names):
        row.revision += 1
        meta = type(row)._meta
        sets = ", ".join(f"{quoted(meta.get_field(name).column)} = %s" for name in names)
        values = [meta.get_field(name).get_db_prep_save(getattr(row, meta.get_field(name).attname), connection)
                  for name in names]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {quoted(meta.db_table)} SET {sets} WHERE id = %s", [*values, row.pk])
            return True

    monkeypatch.setattr(statements, "where", lambda *asked, lock=False, **more: where(*asked, lock=False, **more))
    monkeypatch.setattr(rows, "update", update)
    import janaseva.core.action as core

    monkeypatch.setattr(core, "update", update)


HELD = Guard("rows held to the end of an act, and their revisions", _nothing_held)


@attack("B2", "sixteen approvals and refusals of one application at once", HELD)
def test_decided_by_sixteen(given, tries):
    loot = []
    for turn in range(size(1, 6)):
        application_id, officer = given.taken(given.citizen())
        at, before = given.tick(), Decision.objects.count()
        lines = tuple(item.key for item in given.definition.process.steps[-1].checklist)
        ways = ({"move": "approve", "checked": lines}, {"move": "refuse", "reason": "no-answer", "note": "No answer."})

        facts = {"by": officer, "at": at, "application_id": application_id}

        def decide(number, turn=turn, facts=facts, ways=ways):
            try:
                return actions.move(key=f"decide {turn}/{number}", **facts, **ways[number % 2])
            except Refusal as refusal:
                return refusal.code
            except Exception as fault:  # noqa: BLE001 - a table's constraint that had to catch it is loot as well
                return f"fell over: {type(fault).__name__}"

        answered = at_once(decide, CALLERS)
        tries(CALLERS)
        done = [one for one in answered if not isinstance(one, str)]
        loot += [one for one in answered if isinstance(one, str) and one.startswith("fell")]
        if (len(done), Decision.objects.count() - before) != (1, 1):
            loot.append(f"{len(done)} decisions of one application")
    return loot if loot or told("services.decided") == size(1, 6) else ["told otherwise"]


@attack("B3", "numbers of one series taken by sixteen at once, three in ten of whom fall", HELD)
def test_numbers_of_one_series(given, tries):
    each, loot = size(20, 100), []

    def take(thread):
        got = []
        for number in range(each):
            fall = (thread * 7 + number * 3) % 10 < 3
            try:
                got.append(number_or_fall(by=SYSTEM, at=given.at, key=f"number {thread}/{number}", fall=fall))
            except Refusal as refusal:
                if not fall:
                    loot.append(refusal.code)
            except Exception as fault:  # noqa: BLE001 - as above
                loot.append(f"fell over: {type(fault).__name__}")
        return got

    values = sorted(value for got in at_once(take, CALLERS) for value in got)
    tries(CALLERS * each)
    double = len(values) - len(set(values))
    gaps = len(set(range(1, values[-1] + 1)) - set(values))
    return loot + ([f"{double} doubled, {gaps} missing"] if double or gaps else [])
