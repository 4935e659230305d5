"""Terms: when something must be done, by the Awb, the Algemene termijnenwet and the Aanwijzingen.

Every computation starts from the day of an event (announced, received, closed). The term starts on the day
after it, so its last day is the event plus the length: announced on 11 February, six weeks end on 25 March.
The answer is a `Term`: the last day, the day before shifting, why it moved or did not, and the source.

Rules of the Algemene termijnenwet (Atw) that are applied:

- article 1: a term that ends on a Saturday, Sunday or holiday runs on to the next day that is none of these;
- article 2: a term of three days or more holds at least two days that are none of these;
- article 3: the holidays, 5 May every year, Good Friday as their equal, and days made equal by decree, which
  differ from year to year and therefore come from the settings (`Calendar.extra`);
- article 4: not for terms of more than 90 days, twelve weeks or three months, nor for terms in years.

All functions are pure: days in, days out. Nothing here asks what day it is.
"""

import calendar as months_calendar
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal

import holidays

from pool.core import clock
from pool.core.text import format_date, format_weekday, join_words

_DAY = timedelta(days=1)
ATW = "Algemene termijnenwet"
_AANWIJZING_17 = "aanwijzing 17 Aanwijzingen voor subsidieverstrekking"

Unit = Literal["days", "weeks", "months", "years"]
_LONGEST_SHIFTED: dict[Unit, int] = {"days": 90, "weeks": 12, "months": 3, "years": 0}


@dataclass(frozen=True, slots=True)
class Length:
    """How long a term is: 6 weeks, 14 days, 5 years."""

    count: int
    unit: Unit = "weeks"

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a term lasts at least one of its unit")

    @property
    def is_shifted(self) -> bool:
        """Whether articles 1 and 2 Atw apply to a statutory term this long (article 4 Atw)."""
        return self.count <= _LONGEST_SHIFTED[self.unit]

    def after(self, event: date) -> date:
        """The last day of a term of this length that starts on the day after an event.

        A month that has no such day ends the term on its own last day: a month from 31 January ends on
        28 February.
        """
        if self.unit == "days":
            return event + timedelta(days=self.count)
        if self.unit == "weeks":
            return event + timedelta(weeks=self.count)
        ahead = self.count * (12 if self.unit == "years" else 1)
        years, month = divmod(event.month - 1 + ahead, 12)
        year, month = event.year + years, month + 1
        return date(year, month, min(event.day, months_calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch in which a decision term stands still; `until` is the first day that counts again."""

    first: date
    until: date
    reason: str
    source: str = "artikel 4:15 Awb"


@dataclass(frozen=True, slots=True)
class Term:
    """A computed term. `reason` is Dutch for the screen and letters, empty when there is nothing to say."""

    last_day: date
    unshifted: date
    reason: str
    source: str
    suspended_days: int = 0

    @property
    def is_shifted(self) -> bool:
        """Whether the Algemene termijnenwet moved the last day."""
        return self.last_day != self.unshifted

    @property
    def ends_at(self) -> datetime:
        """The last microsecond that is in time, in UTC."""
        return clock.end_of_day(self.last_day)

    def holds(self, moment: datetime) -> bool:
        """Whether something that arrived at this moment was in time."""
        return moment <= self.ends_at


# --- Days that do not count as the end of a term ----------------------------------------------------


@cache
def _holidays(year: int) -> dict[date, str]:
    """Holidays of article 3 Atw with their Dutch names.

    'Optional' adds Liberation Day in the years that most employers do not give it. Built a year at a time,
    because the library's own growing dictionary is not safe between threads.
    """
    found = holidays.country_holidays("NL", years=year, categories=("public", "optional"), language="nl")
    return {day: name.replace("; ", " en ") for day, name in found.items()}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Dutch working days; `extra` holds the days made equal to a holiday by royal decree (article 3 Atw)."""

    extra: Collection[date] = field(default=frozenset())

    def day_off(self, day: date) -> str | None:
        """What kind of day off this is, in Dutch ('Goede vrijdag', 'een zaterdag'); None on a working day."""
        if name := _holidays(day.year).get(day):
            return name
        if day in self.extra:
            return "bij besluit gelijkgesteld aan een feestdag"
        return {5: "een zaterdag", 6: "een zondag"}.get(day.weekday())

    def working_day_from(self, day: date) -> date:
        """This day, or the first working day after it."""
        while self.day_off(day):
            day += _DAY
        return day

    def working_days(self, first: date, last: date) -> int:
        """How many working days there are from the first to the last day, both counted."""
        return sum(not self.day_off(first + _DAY * n) for n in range((last - first).days + 1))


DUTCH_CALENDAR = Calendar()


# --- The general computation ------------------------------------------------------------------------


def compute(
    event: date,
    length: Length,
    source: str,
    *,
    suspensions: Iterable[Suspension] = (),
    statutory: bool = True,
    calendar: Calendar = DUTCH_CALENDAR,
) -> Term:
    """The term of a length after an event, with suspended days left out and the end shifted by the Atw.

    `statutory` is False for a term that is not set by act or order in council (a date that we give, a term
    in a ministerial regulation that does not refer to the Atw): the Atw does not cover it, so it stays.
    A suspension that starts after the term has run out changes nothing.
    """
    unshifted, suspended = _running_end(event, length.after(event), tuple(suspensions))
    last_day, reason = unshifted, ""
    if not statutory or not length.is_shifted:
        if calendar.day_off(unshifted):
            why = (
                f"is te lang om op te schuiven (artikel 4 {ATW})" if statutory else "is niet bij wet gesteld"
            )
            reason = f"{format_date(unshifted)} is {calendar.day_off(unshifted)}. Deze termijn {why}."
    else:
        last_day, reason = _shift(event, unshifted, length, calendar)
    return Term(last_day, unshifted, reason, source, suspended)


def _running_end(event: date, end: date, suspensions: tuple[Suspension, ...]) -> tuple[date, int]:
    """The last day when each suspended day pushes it on by one, and how many did. Overlaps count once.

    Walks day by day, which needs no cases for overlapping, touching or late suspensions.
    """
    day, running, suspended = event, (end - event).days, 0
    while running:
        day += _DAY
        if any(stop.first <= day < stop.until for stop in suspensions):
            suspended += 1
        else:
            running -= 1
    return day, suspended


def _shift(event: date, unshifted: date, length: Length, calendar: Calendar) -> tuple[date, str]:
    """Articles 1 and 2 Atw: the shifted last day and why, in Dutch."""
    last_day, reason = calendar.working_day_from(unshifted), ""
    if last_day != unshifted:
        reason = (
            f"{format_date(unshifted)} is {calendar.day_off(unshifted)}. De termijn loopt door tot en met de "
            f"eerste werkdag erna: {format_weekday(last_day)} (artikel 1 {ATW})."
        )
    # Article 2 speaks of three days or more; only terms in days can be short enough for it to matter.
    if length.unit == "days" and length.count >= 3:
        before = last_day
        while calendar.working_days(event + _DAY, last_day) < 2:
            last_day = calendar.working_day_from(last_day + _DAY)
        if last_day != before:
            reason = (
                f"Een termijn van drie dagen of meer telt ten minste twee werkdagen. Daarom eindigt deze op "
                f"{format_weekday(last_day)} (artikel 2 {ATW})."
            )
    return last_day, reason


# --- Objection --------------------------------------------------------------------------------------


def objection(announced: date, *, calendar: Calendar = DUTCH_CALENDAR) -> Term:
    """Until when an objection can be lodged: six weeks, starting on the day after announcement."""
    return compute(announced, Length(6), "artikelen 6:7 en 6:8, eerste lid, Awb", calendar=calendar)


def objection_by_post(announced: date, *, calendar: Calendar = DUTCH_CALENDAR) -> Term:
    """Until when an objection posted in time may arrive: a week after the objection term."""
    end = objection(announced, calendar=calendar).last_day
    return compute(end, Length(1), "artikel 6:9, tweede lid, Awb", calendar=calendar)


def objection_decision(
    announced: date,
    *,
    committee: bool = False,
    adjourned: bool = False,
    suspensions: Iterable[Suspension] = (),
    calendar: Calendar = DUTCH_CALENDAR,
) -> Term:
    """Until when to decide on an objection, counted from the day after the objection term ended.

    Six weeks, or twelve with an advisory committee (7:13), once adjourned by six weeks. The sum is judged
    as one term, so twelve weeks and an adjournment (18 weeks) do not shift: the earlier reading is the safe
    one for whoever has to decide. Repair of the objection (7:10, second lid) goes in as a suspension.
    """
    weeks = (12 if committee else 6) + (6 if adjourned else 0)
    parts = ["eerste"] + (["derde"] if adjourned else [])
    source = f"artikel 7:10, {join_words(parts)} lid, Awb"
    end = objection(announced, calendar=calendar).last_day
    return compute(end, Length(weeks), source, suspensions=suspensions, calendar=calendar)


# --- Deciding on an application ---------------------------------------------------------------------


def decision(
    received: date,
    *,
    weeks: int = 8,
    suspensions: Iterable[Suspension] = (),
    statutory: bool = True,
    calendar: Calendar = DUTCH_CALENDAR,
) -> Term:
    """Until when to decide on an application without a ceiling that is ranked, counted from its receipt.

    Eight weeks where no rule sets a term (4:13 Awb); thirteen, or twenty-two with advice, by Aanwijzing 17
    where the regulation says so: give those as `weeks`.
    """
    source = "artikel 4:13, tweede lid, Awb" if weeks == 8 else _AANWIJZING_17
    return compute(
        received, Length(weeks), source, suspensions=suspensions, statutory=statutory, calendar=calendar
    )


def ranked_decision(
    closed: date,
    *,
    advice: bool = True,
    weeks: int | None = None,
    suspensions: Iterable[Suspension] = (),
    calendar: Calendar = DUTCH_CALENDAR,
) -> Term:
    """Until when to decide in a round with a ceiling and ranking, counted from the day that it closed.

    Twenty-two weeks with advice of a committee, thirteen without (Aanwijzing 17); `weeks` when the round's
    own rules set another term. Longer than twelve weeks, so not shifted.
    """
    length = Length(weeks if weeks is not None else (22 if advice else 13))
    return compute(closed, length, _AANWIJZING_17, suspensions=suspensions, calendar=calendar)


def supplement(requested: date, *, days: int = 14, calendar: Calendar = DUTCH_CALENDAR) -> Term:
    """Until when an applicant may complete an application: a term that we set ourselves (4:5 Awb).

    The Atw does not demand it for a term that we set, but it ends on a working day all the same, so that
    the applicant can reach somebody on the last day.
    """
    return _own_term(requested, days, "artikel 4:5, eerste lid, Awb", calendar)


def _own_term(event: date, days: int, source: str, calendar: Calendar) -> Term:
    """A term in days that we set ourselves, up to and including a working day."""
    unshifted = Length(days, "days").after(event)
    last_day = calendar.working_day_from(unshifted)
    reason = ""
    if last_day != unshifted:
        reason = (
            f"{format_date(unshifted)} is {calendar.day_off(unshifted)}. "
            f"U krijgt de tijd tot en met de eerste werkdag erna: {format_weekday(last_day)}."
        )
    return Term(last_day, unshifted, reason, source)


def supplement_suspension(requested: date, deadline: date, supplied: date | None = None) -> Suspension:
    """How long a request to supplement stops the decision term (4:15, first lid, under a, Awb).

    From the day after the request until the day on which it was supplied, which counts again; or to the
    end of the deadline when that passed unused. Without `supplied` this is the latest it can be. What comes
    in after the deadline stops nothing more.
    """
    until = deadline + _DAY
    if supplied is not None:
        until = min(until, max(supplied, requested + _DAY))
    return Suspension(
        requested + _DAY, until, "Verzoek om aanvulling", "artikel 4:15, eerste lid, onder a, Awb"
    )


def hearing(asked: date, *, days: int = 14, calendar: Calendar = DUTCH_CALENDAR) -> Term:
    """Until when an applicant can give a view on an intended refusal: a term that we set ourselves (4:7 Awb).

    The law sets no length; two weeks are usual. It ends on a working day, as for a supplement. The decision term
    does not stand still meanwhile: article 4:15 Awb names no hearing.
    """
    return _own_term(asked, days, "artikel 4:7, eerste lid, Awb", calendar)


def not_handled(supplied_or_passed: date, *, calendar: Calendar = DUTCH_CALENDAR) -> Term:
    """Until when to announce that an incomplete application is not handled: four weeks."""
    return compute(supplied_or_passed, Length(4), "artikel 4:5, vierde lid, Awb", calendar=calendar)


def default_notice(received: date, decision_due: date) -> Term:
    """The last day to decide without a penalty after a notice of default: two weeks (4:17, third lid, Awb).

    Counted from the later of the notice and the end of the decision term. Not shifted: whether the Atw
    covers it is not certain, and the earlier day is the safe one.
    """
    last_day = Length(2).after(max(received, decision_due))
    return Term(last_day, last_day, "", "artikel 4:17, derde lid, Awb")


# --- Money and determination ------------------------------------------------------------------------


def payment(announced: date, *, calendar: Calendar = DUTCH_CALENDAR) -> Term:
    """Until when to pay what a decision grants: six weeks after announcement, unless it says otherwise."""
    return compute(announced, Length(6), "artikel 4:87, eerste lid, Awb", calendar=calendar)


def payment_stop(notified: date) -> Term:
    """How long a payment may be stopped on a serious suspicion: at most thirteen weeks."""
    return compute(notified, Length(13), "artikel 4:56 Awb")


def determination_request(
    activities_ended: date, *, weeks: int = 13, statutory: bool = False, calendar: Calendar = DUTCH_CALENDAR
) -> Term:
    """Until when a recipient asks for determination: thirteen weeks, or what the regulation says."""
    return compute(activities_ended, Length(weeks), _AANWIJZING_17, statutory=statutory, calendar=calendar)


def determination_decision(
    received: date, *, direct: bool = False, suspensions: Iterable[Suspension] = ()
) -> Term:
    """Until when to determine on request: twenty-two weeks, or thirteen when determined directly."""
    return compute(received, Length(13 if direct else 22), _AANWIJZING_17, suspensions=suspensions)


def ex_officio_determination(activities_end: date) -> Term:
    """Until when to determine ex officio: twenty-two weeks after the end date in the decision."""
    return compute(activities_end, Length(22), _AANWIJZING_17)


def reclaim(determined: date) -> Term:
    """Until when money can be reclaimed: five years after determination."""
    return compute(determined, Length(5, "years"), "artikel 4:57, vierde lid, Awb")


def sisa_accounts(reporting_year: int) -> Term:
    """When a municipality accounts for a specific grant through SiSa: 15 July of the year after."""
    day = date(reporting_year + 1, 7, 15)
    return Term(day, day, "", "artikel 17a Financiële-verhoudingswet")
