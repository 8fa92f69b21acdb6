"""What may be done with services and applications: publish, apply, answer, work on it, decide."""

from janaseva.services.actions.applying import (
    begin,
    discard,
    give_paper,
    save_answers,
    save_page,
    take_back_paper,
)
from janaseva.services.actions.asking import answer, ask, recall, report, request_report
from janaseva.services.actions.deciding import move, record_revocation, tell_ready, transfer
from janaseva.services.actions.handling import look, note, put_back, take, take_next
from janaseva.services.actions.proposing import approve, discard_proposal, propose, reject, save_proposal
from janaseva.services.actions.publishing import publish
from janaseva.services.actions.submitting import begin_case, submit, withdraw

__all__ = [
    "answer",
    "approve",
    "ask",
    "begin",
    "begin_case",
    "discard",
    "discard_proposal",
    "give_paper",
    "look",
    "move",
    "note",
    "propose",
    "publish",
    "put_back",
    "recall",
    "record_revocation",
    "reject",
    "report",
    "request_report",
    "save_answers",
    "save_page",
    "save_proposal",
    "submit",
    "take",
    "take_back_paper",
    "take_next",
    "tell_ready",
    "transfer",
    "withdraw",
]
