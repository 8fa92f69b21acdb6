"""What may be done with services and applications: publish, apply, answer, work on it, decide."""

from janaseva.services.actions.afterwards import (
    answer_cause,
    ask_cause,
    drop_cause,
    restore_certificate,
    revoke_certificate,
    surrender_certificate,
    suspend_certificate,
)
from janaseva.services.actions.again import begin_again
from janaseva.services.actions.appeals import file_appeal, open_by_itself, take_up
from janaseva.services.actions.applying import (
    begin,
    discard,
    give_issued,
    give_paper,
    save_answers,
    save_page,
    take_back_paper,
)
from janaseva.services.actions.asking import answer, ask, give_opinion, recall, report, request_report
from janaseva.services.actions.awaiting import look_for_entry
from janaseva.services.actions.completing import find_incomplete, move_due_date
from janaseva.services.actions.deciding import move, record_revocation, tell_ready, transfer
from janaseva.services.actions.deeming import grant_deemed, request_deemed
from janaseva.services.actions.demanding import demand_fee, give_up_unpaid, go_on_paid
from janaseva.services.actions.emergencies import ask_emergency, decide_emergency, end_emergency, read_in_emergency
from janaseva.services.actions.erasing import (
    announce_erasure,
    decide_erasure,
    erase,
    erase_again,
    propose_erasure,
    withdraw_erasure,
)
from janaseva.services.actions.handling import look, note, put_back, take, take_next
from janaseva.services.actions.hearing import adjourn_hearing, fix_hearing, record_hearing
from janaseva.services.actions.holding import lift_hold, place_hold
from janaseva.services.actions.lapsing import lapse, remind_lapse
from janaseva.services.actions.noticing import notice_missed, notice_order_missed, record_compliance
from janaseva.services.actions.objecting import follow_case, lodge_objection, withdraw_objection
from janaseva.services.actions.ordering import look_at_appeal, order_appeal, put_back_appeal, set_hearing
from janaseva.services.actions.proposing import approve, discard_proposal, propose, reject, save_proposal
from janaseva.services.actions.publishing import load_empty_pack, publish
from janaseva.services.actions.renewing import tell_renewal
from janaseva.services.actions.submitting import begin_case, submit, withdraw

__all__ = [
    "adjourn_hearing",
    "announce_erasure",
    "answer",
    "answer_cause",
    "approve",
    "ask",
    "ask_cause",
    "ask_emergency",
    "begin",
    "begin_again",
    "begin_case",
    "decide_emergency",
    "decide_erasure",
    "demand_fee",
    "discard",
    "discard_proposal",
    "drop_cause",
    "end_emergency",
    "erase",
    "erase_again",
    "file_appeal",
    "find_incomplete",
    "fix_hearing",
    "follow_case",
    "give_issued",
    "give_opinion",
    "give_paper",
    "give_up_unpaid",
    "go_on_paid",
    "grant_deemed",
    "lapse",
    "lift_hold",
    "load_empty_pack",
    "lodge_objection",
    "look",
    "look_at_appeal",
    "look_for_entry",
    "move",
    "move_due_date",
    "note",
    "notice_missed",
    "notice_order_missed",
    "open_by_itself",
    "order_appeal",
    "place_hold",
    "propose",
    "propose_erasure",
    "publish",
    "put_back",
    "put_back_appeal",
    "read_in_emergency",
    "recall",
    "record_compliance",
    "record_hearing",
    "record_revocation",
    "reject",
    "remind_lapse",
    "report",
    "request_deemed",
    "request_report",
    "restore_certificate",
    "revoke_certificate",
    "save_answers",
    "save_page",
    "save_proposal",
    "set_hearing",
    "submit",
    "surrender_certificate",
    "suspend_certificate",
    "take",
    "take_back_paper",
    "take_next",
    "take_up",
    "tell_ready",
    "tell_renewal",
    "transfer",
    "withdraw",
    "withdraw_erasure",
    "withdraw_objection",
]
