"""The clock: the only place in the system that asks what time it is.

Moments are aware datetimes in UTC with microseconds; that is how they are stored, compared and hashed.
People read and enter Dutch time (Europe/Amsterdam), so days and clock times are translated here and
nowhere else. Tests freeze the clock by freezing time itself.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is now in the Netherlands."""
    return local_date(now())


def to_local(moment: datetime) -> datetime:
    """The same moment on a Dutch clock. Raises ValueError for a moment without time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(AMSTERDAM)


def local_date(moment: datetime) -> date:
    """The day on the Dutch calendar in which a moment falls."""
    return to_local(moment).date()


def at_local(day: date, at: time) -> datetime:
    """The moment, in UTC, at which a Dutch clock shows this time on this day.

    Raises ValueError, in Dutch, for a time that is skipped when summer time starts: a deadline that
    never appears on a clock cannot be judged. The hour that occurs twice when summer time ends means the
    first one, unless `at` carries fold=1.
    """
    if at.tzinfo is not None:
        raise ValueError("a clock time in Amsterdam carries no time zone of its own")
    moment = datetime.combine(day, at, tzinfo=AMSTERDAM).astimezone(UTC)
    if moment.astimezone(AMSTERDAM).replace(tzinfo=None) != datetime.combine(day, at):
        raise ValueError(
            f"Het tijdstip {at:%H:%M} bestaat niet op {day:%d-%m-%Y}: de zomertijd begint die nacht. "
            "Kies een ander tijdstip."
        )
    return moment


def end_of_day(day: date) -> datetime:
    """The last microsecond of a Dutch day, in UTC: what arrives then is still in time for that day."""
    return at_local(day, time.max)


def is_repeated_hour(moment: datetime) -> bool:
    """True when the Dutch clock shows this time twice, in the night that summer time ends."""
    local = to_local(moment)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
