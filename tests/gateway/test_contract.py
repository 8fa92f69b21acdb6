"""The API does what its description says: requests made from the description find no status and no shape beyond it."""

import hypothesis
import pytest
import schemathesis
from django.db import connections
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis import checks as found_checks
from schemathesis.specs.openapi import checks as openapi_checks

pytestmark = pytest.mark.once

CHECKS = [
    found_checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
    openapi_checks.unsupported_method,
]
EXAMPLES = 5
TAKES_NOTHING = {"GET /api/v1/keys", "GET /api/v1/log"}
ENDS = {"DELETE /api/v1/sign-in/sessions/current", "POST /api/v1/applications/{application_id}/withdrawal"}
"""What changes the ground that the other operations stand on: tried last."""


@pytest.fixture
def description(api, monkeypatch):
    """The description as it is served, with a citizen signed in, one draft, and no bound on how often."""
    from janaseva.doorway.limits import Window
    from janaseva.wsgi import application

    monkeypatch.setattr(Window, "wait", lambda self, name, moment: 0)
    api.sign_in()
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: None)  # it is the test's own
    return schemathesis.openapi.from_wsgi("/api/openapi.json", application)


def attack(operation, *, mode, headers, path):
    """Send requests made from the description of one operation; return the statuses answered."""
    seen = set()

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def one(case):
        if mode is GenerationMode.POSITIVE:
            case.path_parameters.update({name: path[name] for name in case.path_parameters if name in path})
        response = case.call(headers=headers)
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    one()
    return seen


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_no_answer_is_beyond_the_description(api, description, mode):
    headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {api.token}"}
    path = {"application_id": api.begin(), "key": "kl-income-certificate"}
    operations = sorted((one.ok() for one in description.get_all_operations()), key=lambda one: one.label in ENDS)
    assert len(operations) >= 24
    answered = {}
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and operation.label in TAKES_NOTHING:
            continue
        answered[operation.label] = attack(operation, mode=mode, headers=headers, path=path)
    if mode is GenerationMode.POSITIVE:
        assert 200 in answered["GET /api/v1/applications"]
        assert 200 in answered["GET /api/v1/services/{key}/form"]
    else:
        assert all(max(statuses) >= 400 for statuses in answered.values())


def test_every_operation_is_told(api):
    tree = api.get("/api/openapi.json").json()
    assert tree["openapi"].startswith("3.1")
    for path, methods in tree["paths"].items():
        for method, told in methods.items():
            assert told["summary"], path
            assert told["description"], path
            assert "429" in told["responses"], path
            keyed = any(one["name"] == "Idempotency-Key" for one in told["parameters"])
            asks = path.startswith("/api/v1/verify/") or path.endswith("/eligibility")
            assert keyed == (method != "get" and not asks), path
