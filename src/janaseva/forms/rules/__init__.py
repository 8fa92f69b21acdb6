"""Thinking about what is asked: the form as a model, reading what was posted, finding every fault, showing answers."""

from janaseva.forms.rules.form import (
    Check,
    Confidence,
    DocumentGroup,
    Form,
    Formula,
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

__all__ = [
    "Check",
    "Confidence",
    "DocumentGroup",
    "Form",
    "Formula",
    "Key",
    "Kind",
    "Page",
    "Part",
    "Question",
    "Sourced",
    "Unknown",
    "Words",
    "scope_of",
]
