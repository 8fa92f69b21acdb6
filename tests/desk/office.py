"""Officers before their browsers, beside the story that ``given`` walks."""

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from janaseva.cli.papers import sample_paper
from janaseva.people import queries as people
from janaseva.services import queries
from janaseva.workflow import queries as workflow
from tests.given import SYSTEM, Given

VILLAGE = ("kl-village-adoor", "village_officer")


@dataclass
class Office:
    given: Given
    travel: Any

    def now(self) -> None:
        """Let the requests' clock and the story's go on together; a TOTP code is good once."""
        self.given.at += timedelta(seconds=61)
        self.travel.move_to(self.given.at, tick=False)

    def begun(self) -> UUID:
        given = self.given
        application_id = given.begun(given.citizen())
        self.now()
        return application_id

    def case(self, application_id: UUID) -> workflow.CaseView:
        view = queries.application(SYSTEM, application_id)
        assert view.case_id is not None
        return workflow.case(SYSTEM, view.case_id, self.given.at, visible=True)

    def number(self, application_id: UUID) -> str:
        return str(queries.application(SYSTEM, application_id).number)

    def post(self, office: str, role: str) -> people.PostView:
        view = next(one for one in people.offices() if one.key == office)
        found = people.post_in(view.id, role)
        assert found is not None
        return found

    def who(self, post_id: UUID) -> people.DemonstrationSignIn:
        return people.demonstration_sign_ins(SYSTEM, self.given.at, post_id=post_id)[0]

    def at_desk(self, post_id: UUID) -> Client:
        """Sign in as whoever holds the post, through the pages."""
        self.now()
        who, client = self.who(post_id), Client()
        first = post(client, "/desk/sign-in", login=who.login, password=who.password)
        assert first.status_code == 302, words(first)
        second = post(client, "/desk/sign-in/code", code=who.totp_now)
        assert second.status_code == 302, words(second)
        if client.get("/desk/").status_code == 302:
            charge = next(one for one in who.charges if one.post.id == post_id)
            assert post(client, "/desk/charge", charge=str(charge.id)).status_code == 302
        return client

    def took(self, application_id: UUID) -> Client:
        """Sign in as the holder of the desk where the case waits, and be handed it."""
        case = self.case(application_id)
        assert case.post_id is not None
        client = self.at_desk(case.post_id)
        answer = post(client, "/desk/next")
        assert answer["Location"] == f"/desk/case/{application_id}"
        return client


def words(response: Any) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def post(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, {"key": uuid4().hex, **fields})


def photograph() -> io.BytesIO:
    file = io.BytesIO(sample_paper("the place"))
    file.name = "place.png"
    return file
