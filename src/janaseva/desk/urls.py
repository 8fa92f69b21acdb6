"""Addresses of the desk."""

from django.urls import include, path

from janaseva.desk.ledger import searching
from janaseva.desk.monitor import incidents
from janaseva.desk.people import account, arranging, charges, offices, passkey, sign_in
from janaseva.desk.services import (
    acts,
    afterwards,
    appeals,
    beginning,
    case,
    desk,
    emergencies,
    erasures,
    preview,
    proposals,
    transfer,
    words,
    workshop,
)
from janaseva.desk.workflow import closures, figures

SIGN_IN = [
    path("", sign_in.password, name="desk-sign-in"),
    path("/code", sign_in.code, name="desk-code"),
    path("/passkey", passkey.confirm, name="desk-passkey"),
    path("/passkey/begin", passkey.begin, name="desk-passkey-begin"),
]
ACCOUNT = [
    path("", account.account, name="desk-account"),
    path("/end", account.end, name="desk-session-end"),
    path("/password", account.password, name="desk-password"),
    path("/passkey", passkey.register, name="desk-passkey-register"),
    path("/passkey/begin", passkey.begin_registration, name="desk-passkey-new"),
    path("/passkey/remove", passkey.remove, name="desk-passkey-remove"),
]
CHARGES = [
    path("", charges.charges, name="desk-charges"),
    path("/<uuid:charge_id>/hand-over", charges.hand_over, name="desk-hand-over"),
    path("/<uuid:charge_id>/stand-in", charges.stand_in, name="desk-stand-in"),
    path("/<uuid:charge_id>/end", charges.end, name="desk-stand-in-end"),
]
OFFICES = [
    path("", offices.offices, name="desk-offices"),
    path("/new", arranging.new, name="desk-office-new"),
    path("/gaps", offices.gaps, name="desk-gaps"),
    path("/orders", arranging.orders, name="desk-orders"),
    path("/orders/<uuid:order_id>", arranging.order, name="desk-order"),
    path("/orders/<uuid:order_id>/<slug:act>", arranging.decide, name="desk-order-act"),
    path("/posts/<uuid:post_id>/<slug:act>", arranging.of_post, name="desk-post-act"),
    path("/<uuid:office_id>", offices.office, name="desk-office"),
    path("/<uuid:office_id>/<slug:act>", arranging.of_office, name="desk-office-act"),
]
CASE = [
    path("", case.page, name="desk-case"),
    path("/transfer", transfer.transfer, name="desk-transfer"),
    path("/paper/<uuid:document_id>", case.paper, name="desk-paper"),
    path("/certificate", afterwards.page, name="desk-certificate"),
    path("/certificate/<slug:act>", afterwards.act, name="desk-certificate-act"),
    path("/<slug:act>", acts.act, name="desk-act"),
]
PROPOSALS = [
    path("", proposals.proposals, name="desk-proposals"),
    path("/<uuid:proposal_id>", proposals.proposal, name="desk-proposal"),
    path("/<uuid:proposal_id>/<slug:act>", proposals.act, name="desk-proposal-act"),
]
WORKSHOP = [
    path("", beginning.begin, name="desk-workshop-begin"),
    path("/new", beginning.new, name="desk-workshop-new"),
    path("/<uuid:proposal_id>", workshop.workshop, name="desk-workshop"),
    path("/<uuid:proposal_id>/preview", preview.frames, name="desk-workshop-preview"),
    path("/<uuid:proposal_id>/preview/form", preview.form, name="desk-workshop-form"),
    path("/<uuid:proposal_id>/<str:name>", workshop.part, name="desk-workshop-part"),
]
EMERGENCIES = [
    path("", emergencies.emergencies, name="desk-emergencies"),
    path("/<uuid:emergency_id>/record", emergencies.record, name="desk-emergency"),
    path("/<uuid:emergency_id>/paper/<uuid:document_id>", emergencies.paper, name="desk-emergency-paper"),
    path("/<uuid:emergency_id>/<slug:act>", emergencies.act, name="desk-emergency-act"),
]
ERASURES = [
    path("", erasures.erasures, name="desk-erasures"),
    path("/hold/<uuid:hold_id>/lift", erasures.lift, name="desk-hold-lift"),
    path("/<uuid:erasure_id>/<slug:act>", erasures.act, name="desk-erasure-act"),
]
APPEAL = [
    path("", appeals.page, name="desk-appeal"),
    path("/<slug:act>", appeals.act, name="desk-appeal-act"),
]

INCIDENTS = [
    path("", incidents.incidents, name="desk-incidents"),
    path("/<str:reference>", incidents.incident, name="desk-incident"),
    path("/<str:reference>/<slug:act>", incidents.act, name="desk-incident-act"),
]

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("next", desk.take_next, name="desk-next"),
    path("find", desk.find, name="desk-find"),
    path("closures", closures.closures, name="desk-closures"),
    path("closures/<uuid:closure_id>/lift", closures.lift, name="desk-closure-lift"),
    path("figures", figures.figures, name="desk-figures"),
    path("words", words.words, name="desk-words"),
    path("sign-out", sign_in.sign_out, name="desk-sign-out"),
    path("charge", sign_in.choose, name="desk-charge"),
    path("sign-in", include(SIGN_IN)),
    path("account", include(ACCOUNT)),
    path("charges", include(CHARGES)),
    path("offices", include(OFFICES)),
    path("services", include(PROPOSALS)),
    path("case/<uuid:application_id>", include(CASE)),
    path("emergencies", include(EMERGENCIES)),
    path("erasures", include(ERASURES)),
    path("appeal/<uuid:appeal_id>", include(APPEAL)),
    path("incidents", include(INCIDENTS)),
    path("record", searching.record, name="desk-record"),
    path("late", appeals.late, name="desk-late"),
    path("workshop", include(WORKSHOP)),
]
