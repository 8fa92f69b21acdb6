import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from janaseva.people import queries as people
from janaseva.services import actions, queries
from tests.desk.office import VILLAGE, photograph, post, words
from tests.given import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def at(application_id, act=""):
    return f"/desk/case/{application_id}" + (f"/{act}" if act else "")


def outcome(application_id):
    return queries.application(SYSTEM, application_id).outcome


def approve(client, office, application_id, **changes):
    case = office.case(application_id)
    step = queries.application(SYSTEM, application_id).definition.happens.step(case.state)
    fields = {f"checked.{item.key}": "yes" for item in step.checklist}
    fields |= {"move": "approve", "note": "Papers compared.", "task_id": str(case.task.task_id), **changes}
    return post(client, at(application_id, "move"), **fields)


def test_the_next_case_is_handed_out_and_shown(office):
    application_id = office.begun()
    client = office.took(application_id)
    page = client.get(at(application_id))
    said = words(page)
    assert page.status_code == 200
    for part in ("Answers", "Eligibility", "Documents", "Why this date?", "Fee and payment", "Who looked"):
        assert part in said
    assert office.number(application_id) in said
    assert "What do you decide?" in said
    assert page["Cache-Control"] == "no-store"


def test_nothing_to_hand_out_is_said(office):
    client = office.at_desk(office.post(*VILLAGE).id)
    answer = post(client, "/desk/next")
    assert "No case waits for you" in words(client.get(answer["Location"]))


def test_a_case_of_another_office_is_not_found(office):
    application_id = office.begun()
    views = [one.key for one in people.offices()]
    other = next(key for key in views if key.startswith("kl-village-") and key != "kl-village-adoor")
    client = office.at_desk(office.post(other, "village_officer").id)
    paper = queries.application(SYSTEM, application_id).papers[0].document_id
    for address in (at(application_id), at(application_id, f"paper/{paper}"), at(application_id, "transfer")):
        assert client.get(address).status_code == 404
    assert post(client, at(application_id, "note"), note_text="I was here").status_code == 404
    assert queries.looks(SYSTEM, application_id) == []


def test_a_look_is_recorded_once_a_day(office):
    application_id = office.begun()
    client = office.took(application_id)
    paper = queries.application(SYSTEM, application_id).papers[0].document_id
    client.get(at(application_id, f"paper/{paper}"))
    client.get(at(application_id))
    client.get(at(application_id))
    assert len(queries.looks(SYSTEM, application_id)) == 1


def test_papers_are_shown_in_the_page_and_can_do_nothing(office):
    application_id = office.begun()
    client = office.took(application_id)
    for paper in queries.application(SYSTEM, application_id).papers:
        answer = client.get(at(application_id, f"paper/{paper.document_id}"))
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("inline;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert client.get(at(application_id, f"paper/{application_id}")).status_code == 404


def test_another_case_than_the_next_needs_a_reason(office):
    first, second = office.begun(), office.begun()
    client = office.at_desk(office.case(second).post_id)
    task = str(office.case(second).task.task_id)
    assert "Why do you take it before the others?" in words(client.get(at(second)))
    assert "Why do you take it before the others?" not in words(client.get(at(first)))
    refused = post(client, at(second, "take"), task_id=task, out_of_turn="urgent")
    assert refused.status_code == 422
    assert "at least 10 characters" in words(refused)
    assert ">urgent</textarea>" in refused.content.decode()
    done = post(client, at(second, "take"), task_id=task, out_of_turn="The applicant travels tomorrow.")
    assert done.status_code == 302
    assert office.case(second).task.state == "held"
    assert post(client, at(first, "take"), task_id=str(office.case(first).task.task_id)).status_code == 302


def test_every_fault_of_a_move_is_shown_and_nothing_is_lost(office):
    application_id = office.begun()
    client = office.took(application_id)
    task = str(office.case(application_id).task.task_id)
    nothing = post(client, at(application_id, "move"), task_id=task, note="Typed with care")
    assert nothing.status_code == 422
    assert "Choose what comes next" in words(nothing)
    assert "Typed with care" in nothing.content.decode()
    refused = post(client, at(application_id, "move"), task_id=task, move="refuse", note="")
    assert refused.status_code == 422
    assert 'href="#f-reason"' in refused.content.decode()
    unchecked = post(client, at(application_id, "move"), task_id=task, move="approve", note="x")
    assert unchecked.status_code == 422
    assert 'href="#f-checked-' in unchecked.content.decode()
    assert outcome(application_id) == ""


def test_a_case_is_decided_once(office):
    application_id = office.begun()
    client = office.took(application_id)
    task = str(office.case(application_id).task.task_id)
    done = approve(client, office, application_id)
    assert done["Location"].endswith("?done=decided")
    office.given.settle()
    page = client.get(done["Location"])
    assert "Open the certificate" in words(page)
    again = post(client, at(application_id, "move"), move="refuse", note="Second thoughts", task_id=task)
    assert again.status_code == 409
    assert "Second thoughts" in again.content.decode()
    assert outcome(application_id) == "approved"
    certificate = queries.application(SYSTEM, application_id).decision.document_id
    assert client.get(at(application_id, f"paper/{certificate}"))["Content-Type"] == "application/pdf"


def test_who_works_through_a_queue_is_handed_the_next_with_each_decision(office):
    first, second = office.begun(), office.begun()
    client = office.took(first)
    page = client.get(at(first)).content.decode()
    buttons = re.findall(r'<button[^>]* type="submit"[^>]*>', page[page.index('id="moves"') :])
    assert 'name="then"' not in buttons[0], "the first button, which the enter key presses, hands nothing out"
    assert 'name="then" value="next"' in buttons[1]
    fault = approve(client, office, first, then="next", note="", move="refuse")
    assert fault.status_code == 422
    assert office.case(second).task.state == "waiting"
    done = approve(client, office, first, then="next")
    assert done["Location"] == f"{at(second)}?done=handed_next&before={first}"
    page = client.get(done["Location"])
    assert "This is the next" in words(page)
    assert f'href="{at(first)}"' in page.content.decode()
    assert (outcome(first), office.case(second).held_by_me) == ("approved", False)
    assert office.case(second).task.state == "held"
    for wrong in ("", "&before=", "&before=%3Cscript%3E", "&before=" + "1" * 200):
        page = client.get(f"{at(second)}?done=handed_next{wrong}")
        assert (page.status_code, "script>" in words(page)) == (200, False)
    last = approve(client, office, second, then="next")
    assert last["Location"] == "/desk/?next=none&done=decided"
    said = words(client.get(last["Location"]))
    assert "No case waits for you" in said
    assert "The decision was made and recorded" in said


def test_a_refusal_carries_its_reason_and_words(office):
    application_id = office.begun()
    client = office.took(application_id)
    task = str(office.case(application_id).task.task_id)
    fields = {"move": "refuse", "reason": "income-not-proved", "note": "The pay slip is of 2019.", "task_id": task}
    assert post(client, at(application_id, "move"), **fields).status_code == 302
    assert outcome(application_id) == "refused"
    assert "The pay slip is of 2019." in words(client.get(at(application_id)))


def test_the_applicant_is_asked_and_the_question_taken_back(office):
    application_id = office.begun()
    client = office.took(application_id)
    empty = post(client, at(application_id, "ask"), question="  ")
    assert empty.status_code == 422
    assert 'href="#f-question"' in empty.content.decode()
    assert post(client, at(application_id, "ask"), question="Which year is the slip of?").status_code == 302
    assert "Waiting for the applicant" in words(client.get(at(application_id)))
    short = post(client, at(application_id, "recall"), recall_note="no")
    assert short.status_code == 422
    assert post(client, at(application_id, "recall"), recall_note="It was answered by phone.").status_code == 302
    assert office.case(application_id).standing == "running"


def test_notes_are_kept_and_the_case_is_put_back(office):
    application_id = office.begun()
    client = office.took(application_id)
    assert post(client, at(application_id, "note"), note_text="").status_code == 422
    post(client, at(application_id, "note"), note_text="Compare with last year's.")
    assert "Compare with last year" in client.get(at(application_id)).content.decode()
    task = str(office.case(application_id).task.task_id)
    assert post(client, at(application_id, "put-back"), task_id=task)["Location"] == "/desk/?done=put_back"
    assert office.case(application_id).task.state == "waiting"


def test_a_report_is_asked_for_and_comes_back(office):
    given = office.given
    application_id = given.begun(given.citizen(), variant="outside")
    office.now()
    if not office.case(application_id).post_id:
        pytest.skip("the variant has no desk")
    client = office.took(application_id)
    reports = given.definition.happens.step(office.case(application_id).state).reports
    if not reports:
        pytest.skip("no report can be asked for at this step")
    bare = post(client, at(application_id, "ask-report"), report="", report_question="")
    assert bare.status_code == 422
    asked = post(client, at(application_id, "ask-report"), report=reports[0].key, report_question="Is it so?")
    assert asked.status_code == 302
    side = office.case(application_id).side
    reporter = office.at_desk(side.post_id)
    page = words(reporter.get("/desk/?show=reports"))
    assert office.number(application_id) in page
    assert "A report is asked from you" in words(reporter.get(at(application_id)))
    post(reporter, at(application_id, "take"), task_id=str(side.task_id), out_of_turn="It was asked for today.")
    empty = post(reporter, at(application_id, "report"), report_text="", **{"photographs.0": photograph()})
    assert empty.status_code == 422
    sent = post(
        reporter, at(application_id, "report"), report_text="I went; it is so.", **{"photographs.0": photograph()}
    )
    assert sent["Location"] == "/desk/?done=reported"
    page = words(client.get(at(application_id)))
    assert "I went; it is so." in page
    assert "Photograph of a report or an opinion" in page
    assert "Document given later" not in page, "that is what the applicant gives"


def test_a_case_goes_to_the_office_of_another_area(office):
    application_id = office.begun()
    client = office.took(application_id)
    page = client.get(at(application_id, "transfer"))
    assert page.status_code == 200
    wrong = post(client, at(application_id, "transfer"), area="lgd-subdistrict:1", note="It lies elsewhere.")
    assert wrong.status_code == 422
    short = page.content.decode().split('<option value="lgd-subdistrict:')[1].split('"')[0]
    fields = {"area": f"lgd-subdistrict:{short}", "note": "x"}
    refused = post(client, at(application_id, "transfer"), **fields)
    assert refused.status_code in (409, 422)


def test_a_certificate_is_revoked_after_its_holder_was_heard(office):
    given = office.given
    holder = given.citizen()
    application_id, officer = given.decided(holder, variant="outside")
    given.settle()
    client = office.at_desk(officer.post_id)
    page = f"/desk/case/{application_id}/certificate"
    assert page in client.get(f"/desk/case/{application_id}").content.decode()
    assert "Give notice to the holder" in words(client.get(page))
    short = post(client, f"{page}/ask", ask_reason="facts_changed", ask_words="so")
    assert short.status_code == 422
    assert "Write at least 10 letters" in words(short)
    early = post(client, f"{page}/revoke", revoke_reason="facts_changed", revoke_words="They moved away.")
    assert early.status_code == 409
    assert "has not been heard yet" in words(early)
    asked = post(client, f"{page}/ask", ask_reason="facts_changed", ask_words="They moved away <b>in May</b>.")
    assert asked["Location"] == f"{page}?done=1"
    given.act(actions.answer_cause, holder, application_id=application_id, words="We came back in June.")
    heard = words(client.get(page))
    assert "We came back in June." in heard
    assert "&lt;b&gt;in May" in heard
    post(client, f"{page}/suspend", suspend_reason="facts_changed", suspend_words="Until the ward is asked.")
    assert "Suspended" in words(client.get(page))
    post(client, f"{page}/revoke", revoke_reason="facts_changed", revoke_words="The ward says otherwise.")
    assert "Not valid any more" not in words(client.get(page)), "the decision is marked when the news is heard"
    given.settle()
    ended = words(client.get(page))
    assert "Not valid any more" in ended
    assert "Suspend the certificate" not in ended


def test_an_unknown_act_is_not_found(office):
    application_id = office.begun()
    client = office.took(application_id)
    assert post(client, at(application_id, "burn")).status_code == 404
    assert client.get(at(application_id, "move")).status_code == 405


def test_the_desk_asks_as_much_however_much_lies_there(office):
    def asked():
        client = office.at_desk(office.case(first).post_id)
        client.get("/desk/?show=waiting")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/desk/?show=waiting").status_code == 200
        return len(captured)

    first = office.begun()
    with_one = asked()
    for _ in range(4):
        office.begun()
    assert asked() == with_one


def test_a_case_is_found_by_its_number(office):
    application_id = office.begun()
    client = office.at_desk(office.case(application_id).post_id)
    assert client.get("/desk/find", {"q": office.number(application_id).lower()})["Location"] == at(application_id)
    in_malayalam = office.number(application_id).translate({ord(str(one)): 0x0D66 + one for one in range(10)})
    assert client.get("/desk/find", {"q": in_malayalam})["Location"] == at(application_id)
    assert "No application with this number" in words(client.get("/desk/find", {"q": "KL/0"}, follow=True))
    assert Client().get("/desk/find", {"q": office.number(application_id)}).status_code == 302


@pytest.mark.parametrize("language", ["en", "ml", "hi", "ur", "sd"])
def test_every_page_is_made_in_every_language(office, language):
    application_id = office.begun()
    client = office.took(application_id)
    for address in ("/desk/", at(application_id), at(application_id, "transfer"), "/desk/figures", "/desk/charges",
                    "/desk/account", "/desk/charge"):  # fmt: skip
        for chosen in ("", *(("?show=waiting", "?show=paused", "?show=reports") if address == "/desk/" else ())):
            answer = client.get(f"{address}{chosen}", headers={"accept-language": language})
            assert answer.status_code == 200
            assert f'lang="{language}"' in answer.content.decode()
