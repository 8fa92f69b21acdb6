"""The description of the API (OpenAPI 3.1), made once a process from the operations themselves."""

import functools
from typing import Any

from pydantic.json_schema import models_json_schema

from janaseva.gateway.api.app import API
from janaseva.gateway.api.operation import PREFIX
from janaseva.gateway.api.problems import Problem

METHODS = ("get", "post", "put", "delete")


@functools.cache
def description() -> dict[str, Any]:
    """Return the OpenAPI document."""
    tree: dict[str, Any] = dict(API.get_openapi_schema(path_prefix=PREFIX))
    _, schemas = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    tree["components"]["schemas"].update(schemas["$defs"])
    tree["components"]["schemas"] = dict(sorted(tree["components"]["schemas"].items()))
    tree["components"]["securitySchemes"]["Bearer"]["description"] = "The token that `sign-in/sessions` answered."
    tree["servers"] = [{"url": "/", "description": "This installation."}]
    tree["externalDocs"] = {"url": "/api/docs", "description": "The same, to be read."}
    for path in tree["paths"].values():
        for method in set(path) & set(METHODS):
            _settle(path[method])
    return tree


def _settle(operation: dict[str, Any]) -> None:
    """Put the answers in order, with text keys as JSON has them."""
    responses = {str(status): told for status, told in operation["responses"].items()}
    operation["responses"] = dict(sorted(responses.items()))
