"""When a hearing may be: those who are to be heard are told so many full days before."""

from datetime import date, datetime, timedelta

from janaseva.core.refusal import Fault


def hearing_faults(
    *, hearing_at: datetime | None, day: date | None, today: date, place: str, least: int
) -> list[Fault]:
    """Return what is wrong with the day and place of a hearing that is fixed today, everything at once.

    ``day`` is the hearing's in the office's own time. Between it and the day of the notice lie ``least`` full days.
    """
    found = []
    if hearing_at is None or day is None:
        found.append(Fault(place="hearing_at", code="hearing_day_missing"))
    elif day <= today + timedelta(days=least):
        first = today + timedelta(days=least + 1)
        found.append(
            Fault(place="hearing_at", code="hearing_too_soon", facts={"days": least, "first": first.isoformat()})
        )
    if not place.strip():
        found.append(Fault(place="hearing_place", code="hearing_place_missing"))
    return found
