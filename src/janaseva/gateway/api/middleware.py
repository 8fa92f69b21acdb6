"""What makes addresses below ``/api/`` a machine's: no cookies in or out, and every error a problem."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from janaseva.gateway.api import problems

API: Final = "/api/"
PAGES: Final = ("/api/docs", problems.PROBLEMS)
ERROR: Final = 400


def machines(answer: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Serve machines: with cookies dropped nobody's browser can be made to act, so no form's token is asked for."""

    def served(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(API):
            return answer(request)
        page = request.path.startswith(PAGES)
        head = request.method == "HEAD" and not page
        if not page:
            request.COOKIES.clear()
        if head:
            request.method = "GET"
        response = answer(request)
        if response.status_code >= ERROR and response.get("Content-Type", "") != problems.MEDIA_TYPE:
            response = problems.of_status(request, response)
        if not page:
            response.cookies.clear()
        if head and isinstance(response, HttpResponse):
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    return served
