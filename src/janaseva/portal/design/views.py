"""The living page: every component in the language and theme asked for, from the templates that screens use."""

from django.http import HttpRequest, HttpResponse

from janaseva.core.audience import audience
from janaseva.design.headers import public
from janaseva.design.page import render
from janaseva.portal.design import samples

_SPECIMEN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 560"><rect width="420" height="560" fill="#f7f4ec"/>'
    '<rect x="30" y="40" width="220" height="18" fill="#6b6a63"/><g fill="#c9c5b8">{lines}</g>'
    '<circle cx="330" cy="470" r="44" fill="none" stroke="#2b3a8f" stroke-width="4"/></svg>'
)


def _context() -> dict[str, object]:
    return {
        "w": samples.words,
        "today": samples.TODAY,
        "now": samples.NOW,
        "number_of": samples.NUMBER,
        "person": samples.PERSON,
        "officer": samples.OFFICER,
        "only_english": samples.ONLY_ENGLISH,
        "districts": samples.DISTRICTS,
        "months": samples.MONTHS,
        "days": samples.DAYS,
        "columns": samples.POWERS,
        "rows": samples.SIZES,
        "desk_items": samples.DESK,
        "story": samples.story(),
    }


@audience("anyone")
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component that people meet."""
    return render(request, "portal/design/gallery.html", _context())


@audience("anyone")
def faults(request: HttpRequest) -> HttpResponse:
    """Show how a page with faults looks."""
    return render(request, "portal/design/faults.html", _context(), faults=samples.FAULTS)


@audience("anyone")
def desk(request: HttpRequest) -> HttpResponse:
    """Show every component that officers meet."""
    return render(request, "portal/design/desk.html", _context())


@audience("anyone")
@public(300)
def specimen(request: HttpRequest) -> HttpResponse:
    """Return a drawing that stands for a paper somebody gave."""
    lines = "".join(
        f'<rect x="30" y="{90 + 26 * row}" width="{340 - 37 * (row % 4)}" height="9"/>' for row in range(12)
    )
    return HttpResponse(_SPECIMEN.format(lines=lines), content_type="image/svg+xml")
