"""A database of a state's size: copies of a few applications that were walked through the platform's own actions.

The rows that a walk brought are kept as seeds. A copy has keys, numbers and moments of its own, some time before the
last, and lies in an office of its own: one copy in ten in the office of the walk, the others spread over many that are
made besides. What reading does not need is left away (drafts saved, messages tried, sessions), some is made small
(papers are shared; an old event keeps its facts and loses the list of its rows). Rows are written without indexes and
foreign keys, by two connections side by side; indexes are built afterwards, as in a restore.
"""

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection

SPREAD = timedelta(days=365)
OFFICES = 1_000
"""So many offices of each kind that the seeds know; the first is their own."""
LARGE = 10
"""One copy in so many lies in the seeds' own office."""
STEP = 30_000
"""So many copied applications are written in one statement a table."""
SIDE_BY_SIDE = 2

LEFT_OUT = (
    *("documents_blob", "ledger_leaf", "ledger_tile", "ledger_checkpoint", "ledger_round", "ledger_series"),
    *("ledger_delivery", "people_budget", "people_session", "people_challenge", "workflow_workcalendar"),
)
"""What all applications share, what is soon forgotten, and the log, which is one chain: it grows by what is done."""
KEPT_EVENTS = (
    *("services.submitted", "services.begun", "services.decided", "payments.demanded", "payments.received"),
    *("workflow.started", "workflow.taken", "workflow.moved", "workflow.ended"),
    *("documents.issued", "documents.sealed"),
)
"""Ten to twelve events an application, of the forty that it tells in all."""
_FIRST = "id NOT IN (SELECT DISTINCT ON ({1}) id FROM {0} ORDER BY {1}, id)"
TRIMMED = {
    "ledger_event": f"name NOT IN {KEPT_EVENTS!r}",
    "ledger_key": "act NOT IN (SELECT act FROM seed_ledger_event)",
    "ledger_story": "id NOT IN (SELECT story FROM seed_ledger_event)",
    "services_attachment": _FIRST.format("seed_services_attachment", "application_id"),
    "documents_attachment": "id NOT IN (SELECT document_id FROM seed_services_attachment)",
    "contact_message": _FIRST.format("seed_contact_message", "person_id"),
}
"""Which seeds are not copied."""
OWN = {
    "ledger_key.key": "left(t.key, 180) || '~' || n",
    "ledger_event.rows": "'{}'::jsonb",
    "people_person.phone": "'+91' || (6000000000 + n * 100 + t.seed)::text",
    "documents_document.number": "t.number || '~' || n",
    "documents_document.facts": "'{}'::jsonb",
    "services_application.number": "t.number || '~' || n",
    "services_application.missed_at": "CASE WHEN t.state = 'begun' THEN t.due_at - n * {step} END",
    "payments_payment.reference": "md5(t.reference || n)",
    "payments_payment.receipt_number": "CASE t.receipt_number WHEN '' THEN '' ELSE t.receipt_number || '~' || n END",
    "workflow_case.desks": "CASE WHEN {office} = 0 THEN t.desks ELSE '{}' END",
}
"""What must differ in every copy and is neither a key nor a moment, and what is made small; limits are noticed."""


def say(words: str) -> None:
    """Tell whoever waits how far it is."""
    print(f"  {time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table that is copied: the expression of its value, from a seed ``t`` and a number ``n``."""

    name: str
    value: str


@dataclass(slots=True)
class Grown:
    """The seeds, and as many copies of them as were made."""

    tables: dict[str, list[Column]] = field(default_factory=dict)
    copies: int = 0
    each: int = 1
    step: str = ""

    def remember(self, names: list[str]) -> None:
        """Keep aside which rows are there before anybody applies."""
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f'CREATE TABLE before_{name} AS SELECT id FROM "{name}"')

    def keep(self, names: list[str], *, applications: int, most: int) -> None:
        """Keep the rows that came since as seeds; ``most`` copies of applications are spread over the year before."""
        self.each = applications
        step_ms = max(1, int(SPREAD / timedelta(milliseconds=1) * applications / most))
        self.step = f"interval '{step_ms} milliseconds'"
        with connection.cursor() as cursor:
            copied = [name for name in names if name not in LEFT_OUT and _seeds(cursor, name)]
            cursor.execute("CREATE TABLE old (id uuid PRIMARY KEY)")
            for name in names:
                source = f"before_{name}" if name in copied else f'"{name}"'
                if name != "ledger_leaf":  # a leaf has its event's key
                    cursor.execute(f"INSERT INTO old SELECT id FROM {source} ON CONFLICT DO NOTHING")
            for name, which in TRIMMED.items():
                cursor.execute(f"DELETE FROM seed_{name} WHERE {which}")
            cursor.execute("DELETE FROM seed_ledger_event WHERE story IN (SELECT id FROM old)")  # officers' sign-ins
            cursor.execute("CREATE TABLE places AS SELECT id FROM people_office UNION ALL SELECT id FROM people_post")
            for name in copied:
                cursor.execute(
                    "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s "
                    "ORDER BY ordinal_position",
                    [name],
                )
                columns = cursor.fetchall()
                self.tables[name] = [
                    Column(column, self._value(cursor, name, column, kind)) for column, kind in columns
                ]
            _found_offices(cursor)

    def _value(self, cursor: Any, table: str, column: str, kind: str) -> str:
        if own := OWN.get(f"{table}.{column}"):
            return own.replace("{step}", self.step).replace("{office}", _OFFICE)
        if kind == "timestamptz":
            return f't."{column}" - n * {self.step}'
        if kind != "uuid":
            return f't."{column}"'
        return _key(cursor, table, column, self.step)

    def grow(self, applications: int) -> int:
        """Add copies until there are so many applications; return how many rows were written."""
        wanted, rows, began = applications // self.each, 0, time.monotonic()
        chunks = []
        for first in range(self.copies + 1, wanted + 1, max(1, STEP // self.each)):
            last = min(wanted, first + max(1, STEP // self.each) - 1)
            chunks += [(name, first, last) for name in self.tables]
        with _bare(list(self.tables)), ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for done, count in enumerate(pool.map(self._write, chunks), start=1):
                rows += count
                if done % (len(self.tables) * 5) == 0:
                    say(f"{rows:,} rows in {time.monotonic() - began:.0f} s")
        self.copies = wanted
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        return rows

    def _write(self, chunk: tuple[str, int, int]) -> int:
        name, first, last = chunk
        columns = self.tables[name]
        given, taken = ", ".join(f'"{one.name}"' for one in columns), ", ".join(one.value for one in columns)
        with connection.cursor() as cursor:
            copies = f"generate_series({first:d}, {last:d}) n"
            cursor.execute(f'INSERT INTO "{name}" ({given}) SELECT {taken} FROM seed_{name} t, {copies}')
            return int(cursor.rowcount)


_OFFICE = f"(CASE WHEN n % {LARGE} = 0 THEN 0 ELSE 1 + n % {OFFICES - 1} END)"
"""The number of the office in which a copy lies; 0 is that of the seeds."""


def _seeds(cursor: Any, name: str) -> bool:
    cursor.execute(
        f"CREATE TABLE seed_{name} AS SELECT *, row_number() OVER (ORDER BY id) AS seed "
        f'FROM "{name}" WHERE id NOT IN (SELECT id FROM before_{name})'
    )
    cursor.execute(f"SELECT count(*) FROM seed_{name}")
    return bool(cursor.fetchone()[0])


def _key(cursor: Any, table: str, column: str, step: str) -> str:
    """Return how a key of a copy is made: of a new row, of the copy's office or post, or the seed's own.

    A UUIDv7 begins with its moment, so that of a copy begins with the moment so much earlier. What kind each seed's key
    is, is worked out once and kept beside it.
    """
    ms, tail, place = f"{column}__ms", f"{column}__tail", f"{column}__place"
    cursor.execute(f'ALTER TABLE seed_{table} ADD "{ms}" bigint, ADD "{tail}" text, ADD "{place}" text')
    digits = f"replace(\"{column}\"::text, '-', '')"
    cursor.execute(
        f"UPDATE seed_{table} SET \"{ms}\" = ('x' || substr({digits}, 1, 12))::bit(48)::bigint, "
        f'"{tail}" = substr({digits}, 13) WHERE "{column}" IS NOT NULL AND "{column}" NOT IN (SELECT id FROM old)'
    )
    fresh = cursor.rowcount
    cursor.execute(
        f'UPDATE seed_{table} SET "{place}" = substr("{column}"::text, 1, 28) '
        f'WHERE "{column}" IN (SELECT id FROM places)'
    )
    value = f't."{column}"'
    if cursor.rowcount:
        moved = f"(t.\"{place}\" || lpad(to_hex({_OFFICE}), 8, '0'))::uuid"
        value = f'CASE WHEN t."{place}" IS NULL OR {_OFFICE} = 0 THEN {value} ELSE {moved} END'
    if fresh:
        earlier = f"lpad(to_hex(t.\"{ms}\" - n::bigint * (extract(epoch FROM {step}) * 1000)::bigint), 12, '0')"
        value = f'CASE WHEN t."{ms}" IS NULL THEN {value} ELSE ({earlier} || t."{tail}")::uuid END'
    return value


def _found_offices(cursor: Any) -> None:
    """Make the further offices, each with all the posts of the one that it stands beside."""
    cursor.execute("SELECT DISTINCT office_id FROM seed_services_application WHERE office_id IS NOT NULL")
    own = [row[0] for row in cursor.fetchall()]
    for table, which in (("people_office", "id"), ("people_post", "office_id")):
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        names = [row[0] for row in cursor.fetchall()]
        moved = "(substr(t.{}::text, 1, 28) || lpad(to_hex(n), 8, '0'))::uuid"
        values = {"id": moved.format("id"), "key": "t.key || '-' || n"}
        values |= {"office_id": moved.format("office_id")} if table == "people_post" else {}
        taken = ", ".join(values.get(one, f"t.{one}") for one in names)
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {taken} "
            f"FROM {table} t, generate_series(1, {OFFICES - 1}) n WHERE t.{which} = ANY(%s)",
            [own],
        )


@contextmanager
def _bare(tables: list[str]) -> Iterator[None]:
    """Take foreign keys and indexes off while rows are written, and the server's care for a crash, and put all back."""
    _durable(on=False)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(_CONSTRAINTS, [tables, tables, tables])
        constraints = cursor.fetchall()
        for table, name, kind, _ in sorted(constraints, key=lambda one: one[2]):  # foreign keys first
            del kind
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)", [tables])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        began = time.monotonic()
        for table, name, kind, words in sorted(constraints, key=lambda one: one[2], reverse=True):
            if kind != "f":
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {words}')
        for _, words in indexes:
            cursor.execute(words)
        for table, name, kind, words in constraints:
            if kind == "f":  # what was copied is not looked through: it holds because the seeds do
                cursor.execute(
                    f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {words.removesuffix(" NOT VALID")} NOT VALID'
                )
        say(f"{len(indexes)} indexes and {len(constraints)} constraints in {time.monotonic() - began:.0f} s")
    _durable(on=True)


_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE (contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%s))
   OR (contype = 'f' AND (confrelid::regclass::text = ANY(%s) OR conrelid::regclass::text = ANY(%s)))
ORDER BY conrelid::regclass::text, conname
"""


def _durable(*, on: bool) -> None:
    with connection.cursor() as cursor:
        for name, value in {"fsync": on, "full_page_writes": on, "autovacuum": on}.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = {'on' if value else 'off'}")
        cursor.execute(f"ALTER SYSTEM SET max_wal_size = '{'1GB' if on else '8GB'}'")
        cursor.execute("SELECT pg_reload_conf()")


def held() -> dict[str, Any]:
    """Return how much there is now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM services_application), (SELECT count(*) FROM ledger_event), "
            "pg_database_size(current_database())"
        )
        applications, events, size = cursor.fetchone()
    return json.loads(json.dumps({"applications": applications, "events": events, "gigabytes": round(size / 1e9, 1)}))
