"""Thinking about what is asked: the form as a model, reading what was posted, finding every fault, showing answers."""

from janaseva.forms.rules.checking import Applied, Directory, apply, check, needed_documents, with_computed
from janaseva.forms.rules.form import (
    ISSUED,
    Check,
    Confidence,
    DocumentGroup,
    Form,
    Formula,
    From,
    Key,
    Kind,
    Page,
    Part,
    Question,
    Sourced,
    Unknown,
    Words,
    scope_of,
)
from janaseva.forms.rules.reading import Answers, parse, settle_shape
from janaseva.forms.rules.schema import json_schema
from janaseva.forms.rules.summary import Line, PageSummary, summary

__all__ = [
    "ISSUED",
    "Answers",
    "Applied",
    "Check",
    "Confidence",
    "Directory",
    "DocumentGroup",
    "Form",
    "Formula",
    "From",
    "Key",
    "Kind",
    "Line",
    "Page",
    "PageSummary",
    "Part",
    "Question",
    "Sourced",
    "Unknown",
    "Words",
    "apply",
    "check",
    "json_schema",
    "needed_documents",
    "parse",
    "scope_of",
    "settle_shape",
    "summary",
    "with_computed",
]
