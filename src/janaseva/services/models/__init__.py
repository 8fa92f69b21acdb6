"""Tables of services: what can be asked for, in which words and law; every application; what became of it."""

from janaseva.services.models.applications import (
    Appeal,
    Application,
    Attachment,
    Decision,
    DeemedRequest,
    Definition,
    Emergency,
    EmptyPack,
    Proposal,
    Query,
    Service,
    ShowCause,
)
from janaseva.services.models.erasing import Erasure, Hold

__all__ = [
    "Appeal",
    "Application",
    "Attachment",
    "Decision",
    "DeemedRequest",
    "Definition",
    "Emergency",
    "EmptyPack",
    "Erasure",
    "Hold",
    "Proposal",
    "Query",
    "Service",
    "ShowCause",
]
