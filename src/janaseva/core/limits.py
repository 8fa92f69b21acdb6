"""How long PostgreSQL lets one of the platform's statements wait: for a lock, for its client; for a commit, always.

``janaseva setup`` writes these to the platform's role in its database, so that a pooler need not carry them.
"""

from typing import Any, Final

LIMITS: Final = {
    # A statement's limit would end the wait of a commit for its replicas, and PostgreSQL then says COMMIT all the same.
    "statement_timeout": "0",
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "60s",
}


def limit(connection: Any) -> None:
    """Write :data:`LIMITS` to the role that ``connection`` uses, in its database; nothing to do on another kind."""
    if connection.vendor != "postgresql":
        return
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        role, database = map(quoted, cursor.fetchone())
        for name, value in LIMITS.items():
            cursor.execute(f"ALTER ROLE {role} IN DATABASE {database} SET {name} = '{value}'")
