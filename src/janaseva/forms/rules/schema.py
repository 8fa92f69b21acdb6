"""A form as JSON Schema (draft 2020-12), for machines that apply through the gateway."""

from typing import Any, Final

from janaseva.core.decimals import MOST_DIGITS
from janaseva.core.text import in_language
from janaseva.forms.rules.form import LONGEST, Form, Question

_PAISE: Final = {"type": "integer", "minimum": 0, "x-unit": "paise"}
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "integer": {"type": "integer"},
    "money": _PAISE,
    "yes_no": {"type": "boolean"},
    "declaration": {"type": "boolean", "const": True},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$", "x-time": "local"},
    "email": {"type": "string", "format": "email"},
    "phone": {"type": "string", "x-format": "E.164"},
    "aadhaar": {"type": "string", "writeOnly": True, "x-kept": "only the last four digits"},
    "cnic": {"type": "string", "pattern": r"^[1-9]\d{4}-\d{7}-\d$"},
    "samagra": {"type": "string", "pattern": r"^[1-9]\d{8}$"},
    "survey_number": {"type": "string", "maxLength": 40, "pattern": r"^[1-9][0-9]{0,5}[A-Z]?([/-][0-9A-Z]{1,6})*$"},
}


def json_schema(form: Form, language: str) -> dict[str, Any]:
    """Return the shape of the answers, titled in ``language``.

    What is asked, needed or bounded by rule is named in ``x-when``, ``x-needed``, ``x-at-least`` and ``x-at-most``; a
    computed field is read-only. Only what is needed in every case is ``required``.
    """
    properties: dict[str, Any] = {}
    required: list[str] = []
    for page in form.pages:
        for question in page.fields:
            for key in question.keys:
                properties[key] = _property(question, language)
                if page.when is not None:
                    properties[key]["x-page-when"] = page.when
            always = question.needed is True and question.when is None and page.when is None
            if always and question.computed is None and (question.kind != "table" or question.rows_at_least):
                required.extend(question.keys)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{form.key} {form.version}",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        "x-rules": [
            {"key": rule.key, "rule": rule.rule, "message": in_language(rule.message, language)} for rule in form.checks
        ],
        "x-told": [
            {"key": rule.key, "rule": rule.rule, "message": in_language(rule.message, language)} for rule in form.told
        ],
    }


def _property(question: Question, language: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": in_language(question.label, language)}
    if question.hint:
        schema["description"] = in_language(question.hint, language)
    schema.update(_shape(question, language))
    rules = {"x-when": question.when, "x-at-least": question.at_least, "x-at-most": question.at_most}
    schema.update({name: text for name, text in rules.items() if text})
    if isinstance(question.needed, str):
        schema["x-needed"] = question.needed
    if question.computed is not None:
        schema.update({"readOnly": True, "x-computed": question.computed})
    return schema


def _shape(question: Question, language: str) -> dict[str, Any]:
    if question.kind in _FORMATS:
        return dict(_FORMATS[question.kind])
    match question.kind:
        case "choice":
            return {"oneOf": _choices(question, language)}
        case "choices":
            return {"type": "array", "uniqueItems": True, "items": {"oneOf": _choices(question, language)}}
        case "decimal":
            pattern = rf"^-?(0|[1-9]\d{{0,{MOST_DIGITS - 1}}})(\.\d{{1,{question.places}}})?$"
            return {"type": "string", "pattern": pattern, "x-places": question.places}
        case "area":
            return {"type": "string", "pattern": rf"^{question.scheme}:[0-9A-Za-z_-]{{1,40}}$"}
        case "table":
            return {
                "type": "array",
                "minItems": question.rows_at_least,
                "maxItems": question.rows_at_most,
                "items": {
                    "type": "object",
                    "properties": {
                        key: _property(column, language) for column in question.columns for key in column.keys
                    },
                    "required": [
                        key
                        for column in question.columns
                        if column.needed is True and column.when is None and column.computed is None
                        for key in column.keys
                    ],
                    "additionalProperties": False,
                },
            }
    schema: dict[str, Any] = {"type": "string", "maxLength": question.longest or LONGEST.get(question.kind, 200)}
    if question.pattern is not None:
        schema["pattern"] = f"^(?:{question.pattern})$"
    return schema


def _choices(question: Question, language: str) -> list[dict[str, str]]:
    return [{"const": key, "title": in_language(words, language)} for key, words in question.choices.items()]
