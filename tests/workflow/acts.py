"""What is said of the officers' acts: refusals by code, and the news of a story."""

import pytest

from janaseva.core.refusal import Refusal


def refused(code, function, **values):
    with pytest.raises(Refusal) as caught:
        function(**values)
    assert caught.value.code == code
    return caught.value


def told(story):
    from janaseva.ledger.models import Event

    return list(Event.objects.filter(story=story).order_by("ordinal").values_list("name", flat=True))
