"""Reading what a client sends: JSON without surprises, and one file with its few fields.

A body is I-JSON (RFC 7493): UTF-8, no name twice in an object, no lone surrogates; and further without NUL, which no
database of ours keeps, without fractions (money is whole paise), not deep, and not large.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from ninja.parser import Parser

from janaseva.core.refusal import Fault, Invalid, Refusal

UNREADABLE: Final = 400
TOO_LARGE: Final = 413
UNSUPPORTED: Final = 415
LARGEST_BODY_BYTES: Final = 512 * 1024
DEEPEST: Final = 24
LARGEST_DIGITS: Final = 16
_JSON: Final = "application/json"
_MULTIPART: Final = "multipart/form-data"


def _refuse(why: str) -> NoReturn:
    """Refuse what cannot be read at all; why is said in English, for the developer."""
    raise Refusal("body_unreadable", status=UNREADABLE, why=why)


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > LARGEST_DIGITS:
        _refuse("a number has more than 16 digits")
    return int(text)


def _no_fraction(text: str) -> int:
    number = float(text)
    if not number.is_integer() or abs(number) >= 2**53:
        raise Refusal("number_not_whole")
    return int(number)


def _no_constant(text: str) -> Any:
    _refuse(f"{text} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("a name stands twice in one object")
    return found


def _check_text(text: str) -> None:
    if "\x00" in text:
        _refuse("a text holds the character NUL")
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        _refuse("a text holds half of a surrogate pair")


def _check_tree(tree: Any) -> None:
    level = [tree]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, dict):
                for name in value:
                    _check_text(name)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        if not below:
            return
        level = below
    _refuse(f"it is deeper than {DEEPEST} levels")


def read_json(content: bytes) -> Any:
    """Return what a body says.

    Raises:
        Refusal: ``body_unreadable`` (400); ``number_not_whole`` (422) for a fraction.

    """
    try:
        tree = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_whole,
            parse_float=_no_fraction,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError:
        _refuse("it is not UTF-8")
    except RecursionError:
        _refuse(f"it is deeper than {DEEPEST} levels")
    except ValueError as error:
        _refuse(str(error)[:100])
    _check_tree(tree)
    return tree


class StrictParser(Parser):
    """Reads bodies for django-ninja, which calls it for every operation with a JSON body."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body as JSON.

        Raises:
            Refusal: ``content_type_not_taken`` (415), ``body_too_large`` (413), and those of :func:`read_json`.

        """
        if request.content_type != _JSON:
            raise Refusal("content_type_not_taken", status=UNSUPPORTED, wanted=_JSON)
        content = request.body
        if len(content) > LARGEST_BODY_BYTES:
            raise Refusal("body_too_large", status=TOO_LARGE, kilobytes=LARGEST_BODY_BYTES // 1024)
        return read_json(content)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedFile:
    """A file as it was posted, under the name that the sender gives it, with the text fields beside it."""

    name: str
    content: bytes
    fields: Mapping[str, str]


def read_file(request: HttpRequest, *, fields: Iterable[str] = ()) -> PostedFile:
    """Return the one file (part ``file``) of a multipart body and its text ``fields``, all of them needed.

    Raises:
        Refusal: ``content_type_not_taken`` (415); ``body_unreadable`` (400).
        Invalid: with every part that is missing, given twice, or not known.

    """
    if request.content_type != _MULTIPART:
        raise Refusal("content_type_not_taken", status=UNSUPPORTED, wanted=_MULTIPART)
    try:
        posted, files = request.POST, request.FILES
    except (MultiPartParserError, TooManyFilesSent, SuspiciousOperation) as error:
        _refuse(str(error)[:100])
    wanted = tuple(fields)
    faults = [Fault(place=name, code="needed") for name in wanted if not posted.get(name)]
    faults += [Fault(place="file", code="needed")] if "file" not in files else []
    faults += [Fault(place=name[:60], code="field_not_known") for name in {*posted} - {*wanted}]
    faults += [Fault(place=name[:60], code="field_not_known") for name in {*files} - {"file"}]
    faults += [Fault(place=name[:60], code="given_twice") for name in wanted if len(posted.getlist(name)) > 1]
    faults += [Fault(place="file", code="given_twice")] if len(files.getlist("file")) > 1 else []
    if faults:
        raise Invalid(faults)
    for name in wanted:
        _check_text(posted[name])
    file = files["file"]
    if not isinstance(file, UploadedFile):
        _refuse("the part 'file' is no file")
    return PostedFile(
        name=str(file.name or ""), content=bytes(file.read()), fields={name: posted[name] for name in wanted}
    )
