"""Statements said to PostgreSQL by libpq itself, on a connection that psycopg opened and keeps in order.

psycopg makes for each statement a cursor, a new table of ways between values, and a small machine that waits for the
answer: together twice what the statement takes. Here a connection keeps one table of ways, and one call of libpq (which
lets other threads go on meanwhile) says a statement and returns its answer. Errors are psycopg's, for the same reasons;
so are the values, by its own readers and writers. ``docs/decisions/0016`` has the measurements.
"""

from collections import OrderedDict
from functools import lru_cache
from typing import Any, Final, NoReturn

from psycopg import OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus

from janaseva.core.commit import PLAN_GONE

_MOST_TEXTS: Final = 2000
_ANSWERED: Final = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


@lru_cache(maxsize=_MOST_TEXTS)
def with_numbers(sql: str) -> bytes:
    """Return a statement with ``$1``, ``$2`` where its values go, as the server wants it."""
    first, *others = (part.replace("%%", "\0") for part in sql.replace("%%", "\0").split("%s"))
    numbered = "".join(f"${number}{part}" for number, part in enumerate(others, 1))
    return (first + numbered).replace("\0", "%").encode()


@lru_cache(maxsize=_MOST_TEXTS)
def _as_they_come(count: int) -> list[PyFormat]:
    return [PyFormat.AUTO] * count


class Wire:
    """One connection as its thread speaks to it.

    Args:
        connection: psycopg's.
        prepared_after: how often a statement is asked before the server keeps its plan; ``None``: never.
        most: how many plans are kept; what was not asked for longest goes first.

    """

    def __init__(self, connection: Any, *, prepared_after: int | None, most: int) -> None:
        self._connection, self._libpq = connection, connection.pgconn
        self._ways: Any = Transformer(connection)
        self._prepared_after, self._most = prepared_after, most
        self._plans: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._asked: dict[tuple[Any, ...], int] = {}
        self._made, self._stale = 0, False

    def rows(self, sql: str, values: Any) -> list[tuple[Any, ...]]:
        """Return the rows that a statement gives."""
        answer, ways = self._say(sql, values), self._ways
        ways.set_pgresult(answer)
        try:
            found: list[tuple[Any, ...]] = ways.load_rows(0, answer.ntuples, tuple)
        finally:
            ways.set_pgresult(None)
        return found

    def count(self, sql: str, values: Any) -> int:
        """Return how many rows a statement wrote, or gave."""
        return int(self._say(sql, values).command_tuples or 0)

    def _say(self, sql: str, values: Any) -> Any:
        self._begin()
        text, ways = with_numbers(sql), self._ways
        written = ways.dump_sequence(values, _as_they_come(len(values)))
        kinds, formats = ways.types, ways.formats
        plan = self._plan((text, kinds))
        if plan is not None:
            answer = self._libpq.exec_prepared(plan, written, formats)
            if not self._forgot_plans(answer) or self._libpq.transaction_status != TransactionStatus.IDLE:
                return self._answered(answer)
        return self._answered(self._libpq.exec_params(text, written, kinds, formats))

    def _forgot_plans(self, answer: Any) -> bool:
        """Forget all plans where the one that was asked by is of no use, so that they are made anew; return whether."""
        if (
            answer.status in _ANSWERED
            or (answer.error_field(DiagnosticField.SQLSTATE) or b"").decode() not in PLAN_GONE
        ):
            return False
        self._plans.clear()
        self._stale = True
        return True

    def _begin(self) -> None:
        """Open the transaction where each statement is not one by itself; psycopg does so at a cursor's first."""
        if self._libpq.transaction_status != TransactionStatus.IDLE:
            return
        if self._stale:
            self._answered(self._libpq.exec_(b"DEALLOCATE ALL"))
            self._stale = False
        if self._connection.autocommit:
            return
        if self._connection.isolation_level is not None:
            self._connection.execute("SELECT 1").close()
        else:
            self._answered(self._libpq.exec_(b"BEGIN"))

    def _plan(self, key: tuple[Any, ...]) -> bytes | None:
        """Return the name of the plan that the server keeps; none before it was asked for often enough, or ever."""
        if self._prepared_after is None:
            return None
        if key in self._plans:
            self._plans.move_to_end(key)
            return self._plans[key]
        asked = self._asked.get(key, 0) + 1
        if asked <= self._prepared_after:
            if len(self._asked) > _MOST_TEXTS:
                self._asked.clear()
            self._asked[key] = asked
            return None
        self._asked.pop(key, None)
        self._made += 1
        name, (text, kinds) = b"janaseva_%d" % self._made, key
        self._answered(self._libpq.prepare(name, text, kinds))
        self._plans[key] = name
        if len(self._plans) > self._most:
            self._answered(self._libpq.exec_(b"DEALLOCATE " + self._plans.popitem(last=False)[1]))
        return name

    def _answered(self, answer: Any) -> Any:
        if answer.status not in _ANSWERED:
            self._failed(answer)
        return answer

    def _failed(self, answer: Any) -> NoReturn:
        """Raise what went wrong.

        Raises:
            psycopg.Error: what the server said; ``OperationalError`` where it said nothing any more.

        """
        if answer.error_field(DiagnosticField.SQLSTATE) is None:
            raise OperationalError(answer.get_error_message(), info=answer)
        raise error_from_result(answer)
