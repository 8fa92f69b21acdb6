"""From where a request came: what a proxy of ours wrote is believed, what a stranger wrote is not."""

import pytest
from django.test import RequestFactory

from janaseva.doorway import visitor

PROXY, VISITOR, MADE_UP = "10.0.0.1", "198.51.100.7", "203.0.113.9"


@pytest.mark.once
@pytest.mark.parametrize(
    ("trusted", "sent_by", "forwarded", "address"),
    [
        ([], PROXY, VISITOR, PROXY),
        ([PROXY], PROXY, VISITOR, VISITOR),
        ([PROXY], PROXY, f"{MADE_UP}, {VISITOR}", VISITOR),
        ([PROXY], VISITOR, MADE_UP, VISITOR),
        ([PROXY], PROXY, "", PROXY),
    ],
)
def test_the_address_of_a_visitor(trusted, sent_by, forwarded, address, monkeypatch):
    monkeypatch.setattr(visitor.settings.OPTIONS, "trusted_proxies", trusted)
    request = RequestFactory().get("/", REMOTE_ADDR=sent_by, headers={"X-Forwarded-For": forwarded})
    assert visitor.client_address(request) == address
