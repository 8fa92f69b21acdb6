"""Offices, posts and people for the tests of the room."""

from datetime import UTC, datetime
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.secret import Secret
from janaseva.people import actions, queries, rules
from janaseva.people.models import Session

AT = datetime(2026, 11, 16, 4, 30, tzinfo=UTC)
SYSTEM = Actor.system("test")
ANYONE = Actor.anyone()
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def key() -> str:
    return str(uuid7())


def directory() -> rules.Directory:
    return rules.Directory(
        areas=(
            rules.AreaRow(
                scheme="lgd-state", code="32", level="state", names={"en": "Kerala"}, time_zone="Asia/Kolkata"
            ),
            rules.AreaRow(
                scheme="lgd-subdistrict",
                code="5683",
                level="subdistrict",
                parent="lgd-district:564",
                names={"en": "Adoor"},
            ),
            rules.AreaRow(
                scheme="lgd-district",
                code="564",
                level="district",
                parent="lgd-state:32",
                names={"en": "Pathanamthitta"},
            ),
            rules.AreaRow(
                scheme="lgd-district", code="555", level="district", parent="lgd-state:32", names={"en": "Kollam"}
            ),
        ),
        departments=(rules.DepartmentRow(key="revenue", names={"en": "Revenue"}),),
        roles=(
            rules.RoleRow(
                role="village_officer",
                names={"en": "Village Officer", "ml": "വില്ലേജ് ഓഫീസർ"},
                may=("services.take", "services.decide", "people.stand_in"),
            ),
            rules.RoleRow(role="village_clerk", names={"en": "Clerk"}, may=("services.take",)),
            rules.RoleRow(role="tahsildar", names={"en": "Tahsildar"}, may=("people.hand_over", "people.stand_in")),
        ),
        offices=(
            rules.OfficeRow(
                key="vo-adoor",
                kind="village_office",
                area="lgd-subdistrict:5683",
                department="revenue",
                under="to-adoor",
                names={"en": "Village Office, Adoor"},
                demonstration=True,
                posts=(rules.PostRow(role="village_officer"), rules.PostRow(role="village_clerk")),
            ),
            rules.OfficeRow(
                key="to-adoor",
                kind="taluk_office",
                area="lgd-district:564",
                department="revenue",
                names={"en": "Taluk Office"},
                posts=(rules.PostRow(role="tahsildar"),),
            ),
            rules.OfficeRow(
                key="to-kollam",
                kind="taluk_office",
                area="lgd-district:555",
                department="revenue",
                names={"en": "Taluk Office, Kollam"},
                posts=(rules.PostRow(role="tahsildar"),),
            ),
        ),
        officers=(
            rules.OfficerRow(login="vo", names={"en": "Latha"}, charges=("vo-adoor/village_officer",)),
            rules.OfficerRow(login="clerk", names={"en": "Biju"}, charges=("vo-adoor/village_clerk",)),
            rules.OfficerRow(login="tahsildar", names={"en": "Mary"}, charges=("to-adoor/tahsildar",)),
            rules.OfficerRow(login="kollam", names={"en": "Rahim"}, charges=("to-kollam/tahsildar",)),
            rules.OfficerRow(login="spare", names={"en": "Spare"}, charges=()),
        ),
    )


def person_of(login: str) -> UUID:
    return next(one.person_id for one in queries.demonstration_sign_ins(SYSTEM, AT) if one.login == login)


def sign_in(login: str, at: datetime = AT) -> queries.SignedIn:
    """Sign an officer in, all the way through, and return the session."""
    one = next(one for one in queries.demonstration_sign_ins(SYSTEM, at) if one.login == login)
    first = actions.check_password(by=ANYONE, at=at, key=key(), login=login, password=Secret(one.password))
    assert first.ok
    assert first.challenge_id
    token = secret_token()
    second = actions.confirm_totp(
        by=ANYONE,
        at=at,
        key=key(),
        challenge_id=first.challenge_id,
        code=Secret(one.totp_now),
        token_hash=rules.token_hash(token),
    )
    assert second.ok
    signed_in = queries.signed_in(token, at)
    assert signed_in
    TOKENS[signed_in.session_id] = token
    return signed_in


TOKENS: dict[UUID, str] = {}
"""The tokens of the sessions that ``sign_in`` opened."""


def session_of(by: Actor) -> UUID:
    """Return the id of the latest session of somebody, or of none."""
    found = Session.objects.filter(person_id=by.person_id, ended_at=None).order_by("-made_at", "-id").first()
    return found.id if found else uuid7()
