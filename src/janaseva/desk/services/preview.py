"""A draft definition's form as its citizens will see it: in each language, on a phone and on a desk, nothing stored."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from janaseva.core.text import LANGUAGES
from janaseva.design.headers import frameable
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.forms import preview
from janaseva.doorway.visitor import actor, at
from janaseva.services import queries
from janaseva.services.rules.trying import Trial, trial

HERE: Final = "desk-proposals"
SIZES: Final = ("both", "phone", "desk")


@lru_cache(maxsize=16)
def _trial(files: tuple[tuple[str, str], ...]) -> Trial:
    """Compile a draft once for as long as its text is the same: every page of the form asks for it anew."""
    return trial(dict(files))


def _of(files: Mapping[str, str]) -> Trial:
    return _trial(tuple(sorted(files.items())))


def _language(request: HttpRequest) -> str:
    """Return the language of the form, which is not that of the desk around it."""
    asked = request.GET.get(preview.LANGUAGE, "")
    return asked if asked in LANGUAGES else str(getattr(request, "language", "en"))


@require_safe
@officers
def frames(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show the form in frames as wide as a phone and as a desk, in a language and with answers to choose."""
    view = queries.proposal_files(actor(request), proposal_id)
    tried = _of(view.files)
    language, size = _language(request), request.GET.get("size", "")
    example = request.GET.get(preview.EXAMPLE, "")
    chosen: dict[str, Any] = {preview.LANGUAGE: language}
    if example in {str(number) for number in range(len(tried.examples))}:
        chosen[preview.EXAMPLE] = example
    context = {
        "view": view,
        "trial": tried,
        "chosen": language,
        "size": size if size in SIZES else SIZES[0],
        "sizes": SIZES,
        "example": chosen.get(preview.EXAMPLE, ""),
        "form": f"{reverse('desk-workshop-form', args=[proposal_id])}?{urlencode(chosen)}",
    }
    return show(request, "desk/services/workshop_preview.html", context, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@frameable
@officers
def form(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show one page of the form, and go on from it; what is typed comes with each request and stays nowhere."""
    view = queries.proposal_files(actor(request), proposal_id)
    tried = _of(view.files)
    request.language = _language(request)  # type: ignore[attr-defined]
    return preview.preview(request, tried, today=queries.today(at(request)))
