"""What the API refuses, and how: problems in words, hostile bodies, no cookies, and nothing of another person."""

import json

import pytest

from janaseva.cli.papers import sample_paper
from tests.gateway.given import ANSWERS, Api

CANARY = "Zebrafinch Quagga"


def problem(response, status, code):
    """Hold a response to the shape of a problem; return its body."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/api/problems/{code}")
    assert body["title"]
    assert body["request_id"] == response["X-Request-Id"]
    assert "Accept-Language" in response["Vary"]
    return body


def test_an_unknown_address_is_a_problem(api):
    problem(api.get("nothing/here"), 404, "not_found")
    problem(api.get("/api/nothing"), 404, "not_found")
    problem(api.get("services/UPPER"), 404, "not_found")
    problem(api.get("services/no-such-service"), 404, "not_found")


def test_a_method_that_is_not_taken_is_a_problem(api):
    response = api.call("delete", "services")
    problem(response, 405, "method_not_taken")
    assert response["Allow"] == "GET"


def test_a_problem_speaks_the_language_asked_for(api):
    api.language = "ml, en;q=0.5"
    response = api.get("applications")
    assert "സൈൻ ഇൻ" in problem(response, 401, "token_missing")["title"]
    assert response["Content-Language"] == "ml"


@pytest.mark.once
@pytest.mark.parametrize("token", ["x", "x" * 5000, "é"])
def test_a_token_of_nobody_opens_nothing(api, token):
    response = api.client.get("/api/v1/applications", headers={"Authorization": f"Bearer {token}"})
    problem(response, 401, "token_not_known")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_every_fault_is_told_at_once(api):
    api.sign_in()
    made = api.begin()
    wrong = {**ANSWERS, "date_of_birth": "2031-02-31", "pin": "abc", "unheard_of": 1}
    body = problem(api.call("put", f"applications/{made}/answers", {"answers": wrong}), 422, "invalid")
    places = {fault["place"]: fault for fault in body["faults"]}
    assert {"date_of_birth", "unheard_of"} <= set(places)
    assert all(fault["message"] and fault["code"] for fault in body["faults"])


def test_a_name_that_is_not_described_is_refused(api):
    body = problem(api.post("verify/qr", {"text": "x", "txet": "y"}, key=""), 422, "invalid")
    assert body["faults"][0]["place"] == "txet"
    assert problem(api.get("services?pakc=kl"), 422, "invalid")["faults"][0]["place"] == "pakc"


def test_a_page_is_saved_alone(api):
    api.sign_in()
    made = api.begin()
    form = api.get("services/kl-income-certificate/form").json()
    page = form["x-pages"][0]
    own = {name: ANSWERS[name] for name in page["fields"] if name in ANSWERS}
    address = f"applications/{made}/answers"
    assert api.call("put", address, {"answers": own, "page": page["key"]}).status_code == 200
    assert set(api.get(f"applications/{made}").json()["answers"]) == set(own)
    problem(api.call("put", address, {"answers": {}, "page": "nowhere"}), 422, "invalid")
    problem(
        api.call("put", address, {"answers": {"declared": True, "pin": "691551"}, "page": page["key"]}), 422, "invalid"
    )


# --- once ---------------------------------------------------------------------------------------------------------


def test_a_write_without_a_key_is_refused(api):
    api.sign_in()
    title = problem(api.post("applications", {"service": "kl-income-certificate"}, key=""), 422, "key_missing")["title"]
    assert "Idempotency-Key" in title


def test_the_same_key_gives_the_same_answer(api):
    api.sign_in()
    body = {"service": "kl-income-certificate", "language": "ml"}
    first, second = (api.post("applications", body, key="once") for _ in range(2))
    assert first.content == second.content
    assert first["Location"] == second["Location"] == f"/api/v1/applications/{first.json()['id']}"
    assert len(api.get("applications").json()["items"]) == 1
    problem(api.post("applications", {**body, "language": "en"}, key="once"), 422, "key_reused")
    made = first.json()["id"]
    paper = sample_paper("identity")
    given = [
        api.upload(f"applications/{made}/papers", paper, key="paper", group="identity", choice="voter_id")
        for _ in range(2)
    ]
    assert given[0].content == given[1].content
    assert len(api.get(f"applications/{made}").json()["papers"]) == 1


def test_handing_in_twice_is_handing_in_once(api):
    api.sign_in()
    made = api.hand_in()
    problem(api.post(f"applications/{made}/submission"), 409, "application_already_submitted")


def test_withdrawing_twice_is_withdrawing_once(api):
    api.sign_in()
    draft = api.begin()
    assert [api.post(f"applications/{draft}/withdrawal", key="go").status_code for _ in range(2)] == [204, 204]
    handed = api.hand_in()
    assert [api.post(f"applications/{handed}/withdrawal", key="back").status_code for _ in range(2)] == [204, 204]
    problem(api.post(f"applications/{handed}/payment"), 409, "demand_not_open")


def test_signing_in_again_with_one_key_gives_the_same_token_for_a_while(api, monkeypatch):
    from datetime import timedelta

    from janaseva.core import clock
    from janaseva.gateway.people import sign_in

    asked = []
    original = Api.post

    def remember(self, path, body=None, **more):
        if path == "sign-in/sessions":
            more["key"] = "session"
            asked.append(body)
        return original(self, path, body, **more)

    monkeypatch.setattr(Api, "post", remember)
    api.sign_in()
    token, api.token = api.token, ""
    again = api.post("sign-in/sessions", asked[0])
    assert again.status_code == 201
    assert again.json()["token"] == token
    problem(api.post("sign-in/sessions", {**asked[0], "code": "000000"}), 422, "key_reused")
    monkeypatch.setattr(sign_in, "at", lambda request: clock.now() + timedelta(minutes=6))
    problem(api.post("sign-in/sessions", asked[0]), 409, "sign_in_repeated_late")
    monkeypatch.undo()
    api.token = token
    assert api.call("delete", "sign-in/sessions/current").status_code == 204
    problem(api.get("applications"), 401, "token_not_known")
    api.token = ""
    problem(api.post("sign-in/sessions", asked[0], key="session"), 409, "sign_in_repeated_late")


def test_a_wrong_code_counts(api):
    challenge = api.post("sign-in/codes", {"phone": "+919847999999"}).json()["challenge_id"]
    left = []
    for number in range(6):
        body = {"challenge_id": challenge, "code": f"{number:06d}"}
        left.append(problem(api.post("sign-in/sessions", body), 422, "invalid")["faults"][0]["code"])
    assert left[-1] == "code_spent"
    assert left[0] == "code_wrong"


# --- hostile ------------------------------------------------------------------------------------------------------

HOSTILE = {
    "nothing": (b"", 422),
    "no json": (b"{", 400),
    "deep lists": (b'{"answers": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", 400),
    "deep objects": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400),
    "a huge integer": (b'{"answers": {"a": ' + b"9" * 50_000 + b"}}", 400),
    "a fraction": (b'{"answers": {"a": 1.5}}', 422),
    "beyond all numbers": (b'{"answers": {"a": 1e999}}', 422),
    "not a number": (b'{"answers": {"a": NaN}}', 400),
    "a lone surrogate": (rb'{"answers": {"a": "\ud800"}}', 400),
    "a lone surrogate as a name": (rb'{"answers": {"\udfff": 1}}', 400),
    "NUL": (rb'{"answers": {"a": "\u0000"}}', 400),
    "a name twice": (b'{"answers": {}, "answers": {}}', 400),
    "not UTF-8": (b'{"answers": {"a": "\xff"}}', 400),
    "a list": (b"[]", 422),
    "nothing at all": (b"null", 422),
    "a mark before": (b"\xef\xbb\xbf{}", 400),
    "too large": (b'{"answers": {"a": "' + b"x" * 600_000 + b'"}}', 413),
    "lists for texts": (b'{"answers": {"applicant_name": [[{"a": {}}]], "members": {"a": 1}, "declared": []}}', 422),
    "odd rows": (b'{"answers": {"members": [[1], {"name": {"a": 1}, "relation": [], "x": null}, 3]}}', 422),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if "NUL" in name else pytest.mark.once) for name in HOSTILE]
)
@pytest.mark.parametrize("path", ["services/kl-income-certificate/eligibility", "applications/{made}/answers"])
def test_hostile_bodies_are_refused_and_nothing_falls_over(api, name, path):
    content, status = HOSTILE[name]
    method = "post"
    if "{made}" in path:
        method, path = "put", path.format(made=api.sign_in().begin())
    response = api.call(method, path, content)
    assert response.status_code == status, response.content[:300]
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.once
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_content_type_is_refused(api, kind):
    response = api.call("post", "verify/qr", "text=x", key="", content_type=kind)
    problem(response, 415, "content_type_not_taken")


def test_hostile_uploads_are_refused(api):
    made = api.sign_in().begin()
    path = f"applications/{made}/papers"
    fields = {"group": "identity", "choice": "voter_id"}
    assert api.upload(path, b"MZ\x90", **fields).status_code == 422
    problem(api.upload(path, sample_paper("x"), group="identity"), 422, "invalid")
    problem(api.upload(path, sample_paper("x"), **fields, more="x"), 422, "invalid")
    problem(api.upload(path, sample_paper("x"), group="no", choice="no"), 404, "not_found")
    problem(api.upload(path, sample_paper("x"), group="a\0b", choice="no"), 400, "body_unreadable")
    broken = api.call("post", path, b"--x\r\n", content_type="multipart/form-data; boundary=" + "y" * 300)
    assert broken.status_code in (400, 422)
    problem(api.call("post", path, b"{}"), 415, "content_type_not_taken")


@pytest.mark.once
@pytest.mark.parametrize("key", ["", " ", "x" * 101, "schlüssel"])
def test_a_key_that_is_none_is_refused(api, key):
    response = api.client.post(
        "/api/v1/applications",
        json.dumps({"service": "kl-income-certificate"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.sign_in().token}", "Idempotency-Key": key},
    )
    problem(response, 422, "key_missing")


# --- how often ----------------------------------------------------------------------------------------------------


def test_too_often_says_how_long_to_wait(api, one_window):
    answers = [api.post("verify/number", {"number": "x", "code": "y"}, key="") for _ in range(31)]
    assert [one.status_code for one in answers] == [200] * 30 + [429]
    problem(answers[-1], 429, "too_many_requests")
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


# --- nobody else --------------------------------------------------------------------------------------------------


def operations(tree):
    return [(method, path, told) for path, methods in tree["paths"].items() for method, told in methods.items()]


def test_cookies_open_nothing_and_none_are_given(api, client):
    from janaseva.doorway.visitor import CITIZEN_COOKIE

    api.sign_in()
    api.begin()
    client.cookies[CITIZEN_COOKIE] = api.token
    problem(client.get("/api/v1/applications"), 401, "token_missing")
    made = client.post("/api/v1/applications", "{}", content_type="application/json")
    problem(made, 401, "token_missing")
    given = client.get("/api/v1/services/kl-income-certificate/form?lang=ml")
    assert not given.cookies
    assert given["Cache-Control"].startswith("public, max-age=300")


def test_what_is_for_a_person_asks_for_a_token(api):
    tree = api.get("/api/openapi.json").json()
    guarded = [(method, path) for method, path, told in operations(tree) if told.get("security")]
    assert len(guarded) >= 12
    for method, path in guarded:
        address = path.replace("{", "").replace("}", "")
        for name in ("application_id", "paper_id", "query_id", "document_id"):
            address = address.replace(name, "019ac1d0-6f3c-7c55-9c2f-6a0d6f6f2f10")
        problem(api.call(method, address), 401, "token_missing")


def test_nothing_of_another_person_is_ever_answered(api):
    """One person's draft holds a canary; another tries every operation with its ids, and never hears it sing."""
    api.sign_in()
    made = api.begin()
    answers = {**ANSWERS, "applicant_name": CANARY, "house": f"{CANARY} House"}
    answers["members"] = [{**ANSWERS["members"][0], "name": CANARY}]
    assert api.call("put", f"applications/{made}/answers", {"answers": answers}).status_code == 200
    api.upload(
        f"applications/{made}/papers", sample_paper("x"), name=f"{CANARY}.png", group="identity", choice="voter_id"
    )
    own = api.get(f"applications/{made}")
    assert CANARY in own.content.decode()
    paper = own.json()["papers"][0]
    bodies = {
        "applications_save": {"answers": ANSWERS},
        "applications_reply": {"text": "x"},
        "applications_give_issued": {"group": "identity", "document_id": made},
        "applications_begin_again": {"purpose": "renewal"},
    }
    stranger = Api(client=api.client).sign_in()
    for method, path, told in operations(api.get("/api/openapi.json").json()):
        if "{application_id}" not in path and "{document_id}" not in path:
            continue
        address = path.format(
            application_id=made, paper_id=paper["id"], query_id=paper["id"], document_id=paper["document_id"]
        )
        if told["operationId"] == "applications_give_paper":
            response = stranger.upload(
                address.removeprefix("/api/v1/"), sample_paper("x"), group="identity", choice="voter_id"
            )
        else:
            response = stranger.call(method, address, bodies.get(told["operationId"]))
        problem(response, 404, "not_found")
        assert CANARY not in response.content.decode()
    listed = stranger.get("applications")
    assert listed.json()["items"] == []
    assert api.get(f"applications/{made}").content == own.content
    assert api.get(f"documents/{paper['document_id']}").status_code == 200


def test_nobody_is_signed_out_because_the_platform_may_only_read(api, monkeypatch):
    """A session's last use that cannot be written now is written later; whoever holds it is still signed in."""
    from datetime import timedelta

    from janaseva.core import clock, promises
    from janaseva.gateway.api import bearer

    api.sign_in()
    monkeypatch.setattr(bearer, "at", lambda request: clock.now() + timedelta(minutes=6))
    look = promises.use_look(lambda: "log_late")
    try:
        assert api.get("applications").status_code == 200
    finally:
        promises.use_look(look)
