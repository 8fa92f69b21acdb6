"""By when a written request after the limit is to be answered, so that a thing is not deemed granted."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from janaseva.core.formula_functions import add_months
from janaseva.services.rules.definition import Deemed


def answer_by(deemed: Deemed, requested_at: datetime, time_zone: str) -> datetime:
    """Return the end of the last day on which the request can be answered.

    The day of the request is not counted; a month ends on the day that has the same number in the next one, or on that
    month's last day.
    """
    zone = ZoneInfo(time_zone)
    day = requested_at.astimezone(zone).date()
    last = (
        add_months(day, deemed.answer_months)
        if deemed.answer_months is not None
        else day + timedelta(days=deemed.answer_days or 0)
    )
    return datetime.combine(last, time(23, 59, 59), tzinfo=zone)
