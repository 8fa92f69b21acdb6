"""An officer's browser: signed in through the desk's own pages, at the moment at which the story has arrived."""

import pytest
import time_machine


@pytest.fixture
def office(given):
    from janaseva.doorway import limits
    from tests.desk.office import Office

    limits.forget_all()
    with time_machine.travel(given.at, tick=False) as travel:
        yield Office(given=given, travel=travel)
