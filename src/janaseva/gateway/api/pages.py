"""The API's description for machines and for people, and a page about each problem."""

import functools
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from markupsafe import Markup

from janaseva.core.audience import audience
from janaseva.core.text import LANGUAGES
from janaseva.core.words import find
from janaseva.design.headers import public
from janaseva.design.page import Page, render, words_of
from janaseva.doorway.limits import at_most
from janaseva.gateway.api.answers import answer, fresh
from janaseva.gateway.api.description import METHODS, description
from janaseva.gateway.api.problems import language_of

KEPT_SECONDS: Final = 300
GROUPS: Final = ("api.problem", "refusal", "fault")
LONGEST_CODE: Final = 60


@require_safe
@audience("anyone")
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer the description as OpenAPI 3.1."""
    response = fresh(answer(description()), seconds=KEPT_SECONDS)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _groups() -> list[dict[str, Any]]:
    """Return the operations by subject, in their order."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in description()["paths"].items():
        for method in METHODS:
            if method in methods:
                told = methods[method]
                groups.setdefault(told["tags"][0], []).append({"method": method.upper(), "path": path, **told})
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _shape(schema: dict[str, Any]) -> str:
    """Return what a schema is, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_shape(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        items = schema.get("items")
        return f"[{_shape(items)}]" if isinstance(items, dict) else "[...]"
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    return " ".join(str(schema[name]) for name in ("type", "format") if name in schema) or "any"


@require_safe
@audience("anyone")
@at_most(30, seconds=60, name="api.docs")
@public(KEPT_SECONDS)
def docs(request: HttpRequest) -> HttpResponse:
    """Show the description to be read; without script, since it is a document."""
    return render(request, "gateway/api/docs.html", {"described": _described(language_of(request))})


@functools.cache
def _described(spoken: str) -> Markup:
    """Return what the API can be asked, in English with the few words of ours in ``spoken``: made once.

    Made anew for each reader it was the costliest page of all, 25 ms.
    """
    tree = description()
    told = tree["info"]["description"].partition("\n\n* ")[2].strip()
    notes = [" ".join(line.replace("**", "").replace("`", "").split()) for line in told.split("\n* ")]
    context = {"notes": notes, "groups": _groups(), "schemas": tree["components"]["schemas"], "shape": _shape}
    made = words_of(Page(request=None, language=spoken), "gateway/api/described.html", context)
    return Markup(made)  # noqa: S704 - a template made it, and escaped what it was given


@require_safe
@audience("anyone")
@public(KEPT_SECONDS)
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a problem's code means, in every language."""
    group = next((one for one in GROUPS if len(code) <= LONGEST_CODE and _worded(f"{one}.{code}", "en")), None)
    if group is None:
        raise Http404
    words = {language: _worded(f"{group}.{code}", language) for language in LANGUAGES}
    return render(request, "gateway/api/problem.html", {"code": code, "words": words})


def _worded(key: str, language: str) -> str:
    return find(key, language) or find(f"{key}.other", language) or ""
