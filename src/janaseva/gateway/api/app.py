"""The API as one object: its operations, and how what they raise is answered."""

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from janaseva.core.commit import not_now
from janaseva.core.refusal import Refusal
from janaseva.gateway.api import problems
from janaseva.gateway.api.reading import StrictParser
from janaseva.gateway.documents import files, verify
from janaseva.gateway.ledger import api as ledger
from janaseva.gateway.people import areas, sign_in
from janaseva.gateway.services import afterwards, applications, catalogue, performance

ABOUT = """Apply for government services, follow applications and verify documents: by the same acts as the portal.

* **Sign-in**: a citizen's token from `sign-in/sessions` goes into `Authorization: Bearer`. Cookies are not looked at.
* **Once**: requests that write need an `Idempotency-Key`; the same key with the same request is done once.
* **Problems**: whatever is refused is answered as `application/problem+json` (RFC 9457), in the language of
  `Accept-Language`: en, ml, hi, ur, sd.
* **Amounts** are whole paise, **times** RFC 3339, **words** an object by language code.
* **Lists** come in pages: follow `Link: <...>; rel="next"`, or pass `next` as `after`.
* Bodies are I-JSON (RFC 7493). Names and query parameters that are not described are refused, not overlooked.
"""


def _api() -> NinjaAPI:
    api = NinjaAPI(
        title="Janaseva",
        version="1",
        description=ABOUT,
        urls_namespace="api-v1",
        openapi_url=None,
        docs_url=None,
        parser=StrictParser(),
    )
    for part in (catalogue, performance, applications, afterwards, files, verify, areas, sign_in, ledger):
        api.add_router("", part.router)
    for raised in (Refusal, ValidationError, HttpError, Http404, SuspiciousOperation, Exception):
        api.add_exception_handler(raised, _answered)
    return api


def _answered(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Return a refusal as a problem. What is none is left to the server, which logs it; it becomes one on its way out.

    Raises:
        Exception: any fault of ours.

    """
    match error:
        case Refusal():
            return problems.of_refusal(request, error)
        case ValidationError():
            return problems.of_validation(request, error)
        case HttpError():
            return problems.of_http_error(request, error)
    if isinstance(error, Exception) and (code := not_now(error)):
        return problems.of_not_now(request, code, error)
    raise error


API = _api()
