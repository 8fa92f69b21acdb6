"""`janaseva packs preview`: a service on disk as citizens will see it, served to this machine alone, nothing stored."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

import click
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from whitenoise import WhiteNoise

from janaseva.cli.packs_versions import whole
from janaseva.core.clock import now
from janaseva.core.text import LANGUAGES
from janaseva.design import middleware
from janaseva.doorway.forms import preview
from janaseva.services import queries
from janaseva.services.rules.trying import trial
from janaseva.settings import PACKAGE

HERE: Final = "127.0.0.1"
LARGEST_BYTES: Final = 1024 * 1024
_STATUS: Final = {200: "200 OK", 302: "302 Found", 403: "403 Forbidden", 404: "404 Not Found", 422: "422 Unprocessable"}

Start = Callable[[str, list[tuple[str, str]]], Any]


@click.command("preview")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--language", type=click.Choice(sorted(LANGUAGES)), default="en", show_default=True)
@click.option("--port", type=int, default=8010, show_default=True, help="The port on 127.0.0.1.")
def command(path: Path, *, language: str, port: int) -> None:
    """Show the form of the service at PATH in a browser until stopped; the files are read anew for every page.

    Places come from the directory that is loaded (`janaseva setup`); nothing is written, neither files nor database.
    """
    _, key = whole(path)
    with make_server(HERE, port, application(path, language=language, port=port), handler_class=_Quiet) as server:
        print(f"{key}: http://{HERE}:{server.server_port}/?{preview.LANGUAGE}={language} (stop with Ctrl-C)")
        server.serve_forever()


class _Quiet(WSGIRequestHandler):
    """What is asked of a preview is nobody's record."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Write nothing."""


def application(path: Path, *, language: str, port: int) -> Any:
    """Return the preview as a WSGI application, with the style sheet and scripts that its page asks for."""

    def view(request: HttpRequest) -> HttpResponseBase:
        if request.META.get("HTTP_HOST") not in (f"{HERE}:{port}", f"localhost:{port}"):
            return HttpResponse("This preview answers on this machine alone.", status=403)
        if request.path != "/":
            return HttpResponseRedirect("/")
        spoken = request.GET.get(preview.LANGUAGE, "")
        request.language = spoken if spoken in LANGUAGES else language  # type: ignore[attr-defined]
        try:
            files, _ = whole(path)
        except click.ClickException as error:
            return HttpResponse(error.message, status=422, content_type="text/plain; charset=utf-8")
        return preview.preview(request, trial(files), today=queries.today(now()))

    guarded = middleware.headers(middleware.request_id(view))

    def serve(environ: dict[str, Any], start: Start) -> list[bytes]:
        announced = str(environ.get("CONTENT_LENGTH") or "0")
        if not announced.isdigit() or int(announced) > LARGEST_BYTES:
            start("413 Content Too Large", [])
            return []
        response = guarded(WSGIRequest(environ))
        start(_STATUS[response.status_code], [(name, str(value)) for name, value in response.items()])
        return [response.content] if isinstance(response, HttpResponse) else []

    return WhiteNoise(serve, root=PACKAGE / "design" / "static", prefix="/static/")
