"""Lists in pages, answers that are kept, and the pages about the API."""

import pytest

from tests.gateway.test_problems import problem

pytestmark = pytest.mark.once


def walked(api, path):
    """Return every key of a list, page by page along its Link header."""
    found = []
    while path:
        response = api.get(path)
        assert response.status_code == 200, response.content
        found.append([line.get("key") or line["id"] for line in response.json()["items"]])
        links = dict(reversed(one.split('>; rel="')) for one in response["Link"].split(", <"))
        path = links.get('next"', "").lstrip("<")
        assert bool(path) == bool(response.json()["next"])
    return found


def test_the_catalogue_in_pages_is_the_catalogue(api):
    whole = [line["key"] for line in api.get("services?limit=100").json()["items"]]
    pages = walked(api, "services?limit=2&pack=kl-edistrict")
    assert [key for page in pages for key in page] == whole
    assert all(len(page) <= 2 for page in pages)
    assert len(whole) > 2


@pytest.mark.parametrize("after", ["zzz", "é", "=", "bm9uZQ", "x" * 201])
def test_a_cursor_of_nobody_is_refused(api, after):
    assert problem(api.get("services", data={"after": after}), 422, "invalid")["faults"][0]["place"] == "after"
    api.sign_in()
    problem(api.get("applications", data={"after": after}), 422, "invalid")


def test_applications_in_pages(api):
    api.sign_in()
    made = [api.begin() for _ in range(5)]
    assert walked(api, "applications?limit=2") == [made[:2:-1], made[2:0:-1], made[:1]]


@pytest.mark.parametrize("limit", ["0", "101", "x", "-1"])
def test_a_limit_is_bounded(api, limit):
    problem(api.get(f"services?limit={limit}"), 422, "invalid")


@pytest.mark.parametrize(
    "path",
    ["services", "services/kl-income-certificate", "services/kl-income-certificate/form?lang=ur", "areas", "keys"],
)
def test_what_has_not_changed_is_not_sent_again(api, path):
    first = api.get(path)
    assert first["Cache-Control"].startswith("public")
    assert "Cookie" not in first.get("Vary", "")
    again = api.get(path, headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    api.language = "ml"
    assert api.get(path).content == first.content
    api.sign_in()
    assert api.get(path).content == first.content


def test_a_head_is_a_get_without_its_body(api):
    whole = api.get("services")
    head = api.client.head("/api/v1/services")
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(len(whole.content)), b"")


def test_areas_lead_to_areas(api):
    states = api.get("areas").json()["items"]
    kerala = next(one for one in states if one["names"]["en"] == "Kerala")
    districts = api.get(f"areas?parent={kerala['reference']}").json()["items"]
    assert len(districts) == 14
    problem(api.get("areas?parent=lgd-state:999"), 404, "not_found")
    problem(api.get("areas?parent=x"), 422, "invalid")


def test_the_form_by_api_is_a_schema_that_takes_its_example(api):
    import jsonschema

    from tests.gateway.given import ANSWERS

    schema = api.get("services/kl-income-certificate/form").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(ANSWERS, schema)


@pytest.mark.parametrize("language", ["en", "ml", "hi", "ur", "sd"])
def test_the_pages_about_the_api(api, language):
    page = api.client.get("/api/docs", headers={"Accept-Language": language})
    assert page.status_code == 200
    words = page.content.decode()
    assert "PUT /api/v1/applications/{application_id}/answers" in words
    assert "<script>" not in words
    assert "https://" not in words.replace("https://janaseva", "")
    about = api.client.get("/api/problems/key_missing", headers={"Accept-Language": language})
    assert about.status_code == 200
    assert "Idempotency-Key" in about.content.decode()
    problem(api.client.get("/api/problems/no-such-code"), 404, "not_found")


def test_every_code_answered_has_its_page(api):
    codes = ("invalid", "not_found", "token_missing", "number_not_whole", "key_reused", "needed", "server_fault")
    assert {api.client.get(f"/api/problems/{code}").status_code for code in codes} == {200}


def test_a_page_of_the_catalogue_is_one_query(api, django_assert_num_queries):
    api.get("services")
    with django_assert_num_queries(1):
        api.get("services?limit=100")


def test_a_fault_of_ours_is_a_problem_too(api, monkeypatch):
    from janaseva.services import queries

    def fall(*_args, **_kwargs):
        message = "fell over a canary"
        raise RuntimeError(message)

    monkeypatch.setattr(queries, "catalogue", fall)
    api.client.raise_request_exception = False
    response = api.get("services")
    problem(response, 500, "server_fault")
    assert b"canary" not in response.content


def test_the_public_figures_are_those_of_the_pages(api):
    """By machine as by eye: counts with what hides them, kept by whoever likes, of our periods alone."""
    answer = api.get("performance?days=30")
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("public")
    assert answer.json()["days"] == 30
    found = api.get("services/kl-income-certificate/performance").json()
    assert found["total"]["waiting"]["shown"] in ("exact", "under_5", "withheld")
    assert [one["band"] for one in found["bands"]][:2] == ["ahead", "soon"]
    assert api.get("offices/kl-village-adoor/performance").json()["total"] is None
    problem(api.get("offices/kl-nowhere/performance"), 404, "not_found")
    problem(api.get("performance?days=7"), 422, "invalid")
