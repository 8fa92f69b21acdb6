"""Who sits where, who holds what, and who is signed in."""

from janaseva.people.queries._views import ChargeView, HolderView, OfficeView, PostView
from janaseva.people.queries.areas import (
    AreaView,
    area,
    area_by_code,
    area_by_reference,
    area_path,
    areas,
    time_zone_of,
)
from janaseva.people.queries.charges import (
    charge,
    charge_in_force,
    charges_of,
    choices_of,
    holder_of,
    holders_of,
    stand_ins_of,
)
from janaseva.people.queries.offices import (
    office,
    office_for,
    offices,
    offices_by_id,
    post,
    post_in,
    posts,
    posts_of,
)
from janaseva.people.queries.persons import PasskeyView, PersonView, colleagues, passkeys, person, phone_of
from janaseva.people.queries.sessions import SessionView, SignedIn, sessions_of, signed_in
from janaseva.people.queries.sign_in import (
    CodeToSend,
    DemonstrationSignIn,
    code_to_send,
    demonstration_sign_ins,
)

__all__ = [
    "AreaView",
    "ChargeView",
    "CodeToSend",
    "DemonstrationSignIn",
    "HolderView",
    "OfficeView",
    "PasskeyView",
    "PersonView",
    "PostView",
    "SessionView",
    "SignedIn",
    "area",
    "area_by_code",
    "area_by_reference",
    "area_path",
    "areas",
    "charge",
    "charge_in_force",
    "charges_of",
    "choices_of",
    "code_to_send",
    "colleagues",
    "demonstration_sign_ins",
    "holder_of",
    "holders_of",
    "office",
    "office_for",
    "offices",
    "offices_by_id",
    "passkeys",
    "person",
    "phone_of",
    "post",
    "post_in",
    "posts",
    "posts_of",
    "sessions_of",
    "signed_in",
    "stand_ins_of",
    "time_zone_of",
]
