"""What the process writes about itself: one JSON object a line, without what people gave.

A database's error quotes the row that it refused, a library's error the text that it could not read. So of an exception
its type and the places in the source are written, never its words; of a message the words that the source wrote, with
arguments that are numbers, codes and names of things, shortened.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any, Final

LONGEST_WORD: Final = 200
FRAMES: Final = 30
_refused = logging.getLogger("janaseva.refused")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _argument(value: object) -> object:
    """Return an argument of a message as it may be written: of an exception its type alone."""
    if isinstance(value, BaseException):
        return type(value).__name__
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return _CONTROLS.sub(" ", str(value))[:LONGEST_WORD].split("?", 1)[0]


def _message(record: logging.LogRecord) -> str:
    given: Any = record.args
    arguments: Any = {key: _argument(value) for key, value in given.items()} if isinstance(given, dict) else None
    if arguments is None:
        arguments = tuple(_argument(value) for value in given or ())
    try:
        said = str(record.msg) % arguments if given else str(record.msg)
    except (TypeError, ValueError):
        said = str(record.msg)
    return _CONTROLS.sub(" ", said)


def note_refusal(request: Any, code: str, status: int) -> None:
    """Write that something was refused at a door: what, at which address, and to whom, without what was sent.

    The address is the pattern of it, so that no id stands in the line. Who it was is said by ids that mean something
    to this installation alone: the charge of an officer, the session of a citizen.
    """
    route = getattr(getattr(request, "resolver_match", None), "route", "") or "?"
    found = getattr(request, "signed_in", None)
    who = "anyone"
    if found is not None:
        acting = found.actor.charge_id
        who = f"charge {acting}" if acting else f"session {found.session_id}"
    extra = {"request": request}
    _refused.info("%s %s at %s %s by %s", code, status, request.method, route, who, extra=extra)


class JsonLines(logging.Formatter):
    """Write each record as one line of JSON: time, level, who, what, and where an exception came from."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record) if not isinstance(record.msg, BaseException) else type(record.msg).__name__,
        }
        request = getattr(record, "request", None)
        if request is not None:
            line["request_id"] = str(getattr(request, "request_id", ""))
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-FRAMES:]
            line["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False)
