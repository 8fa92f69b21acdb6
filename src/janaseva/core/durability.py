"""Whether the database keeps what it acknowledges: asked at the start, before anything is acknowledged.

A replica that may become the leader must be waited for. With asynchronous replication, a change of leader loses what
was acknowledged last and gives numbers out a second time.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection

SETTINGS: Final = ("fsync", "full_page_writes", "synchronous_commit", "synchronous_standby_names")
WAITING: Final = ("on", "remote_apply", "remote_write")
_FOLLOWERS: Final = """
    SELECT (SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT temporary)
         + (SELECT count(*) FROM pg_stat_replication AS sender WHERE NOT EXISTS (
                SELECT FROM pg_replication_slots AS slot WHERE slot.active_pid = sender.pid))
"""
"""Replicas with a place of their own, and those that follow without one; a backup's passing place does not count."""


def weaknesses_of(said: Mapping[str, Any], *, followers: int) -> tuple[str, ...]:
    """Return why acknowledged work could be lost, in words for an administrator; nothing where it could not."""
    found = [f"{name} is off: a power cut loses or damages rows" for name in SETTINGS[:2] if said[name] == "off"]
    if said["synchronous_commit"] not in WAITING:
        found.append(f"synchronous_commit is {said['synchronous_commit']}: a commit is acknowledged before it is kept")
    if followers and not str(said["synchronous_standby_names"]).strip():
        found.append(f"{followers} replicas follow asynchronously (synchronous_standby_names is empty)")
    return tuple(found)


def weaknesses() -> tuple[str, ...]:
    """Return why the connected database could lose acknowledged work; SQLite is set up not to by the settings."""
    if connection.vendor != "postgresql":
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(SETTINGS)])
        said = dict(cursor.fetchall())
        cursor.execute(_FOLLOWERS)
        followers = int(cursor.fetchone()[0])
    return weaknesses_of(said, followers=followers)
