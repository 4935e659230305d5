"""Terms: the vectors worked out by hand, and properties that hold for every day and length."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pool.core import terms
from pool.core.terms import Calendar, Length, Suspension

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
DAY = timedelta(days=1)


def holidays_by_hand(year: int) -> set[date]:
    """Article 3 Atw written out again, with Easter by the anonymous Gregorian computation."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    easter = date(year, month, day + 1)
    kings_day = date(year, 4, 27)
    if kings_day.weekday() == 6:
        kings_day -= DAY
    moving = {easter + timedelta(days=offset) for offset in (-2, 0, 1, 39, 49, 50)}
    fixed = {date(year, 1, 1), date(year, 5, 5), date(year, 12, 25), date(year, 12, 26)}
    return moving | fixed | {kings_day}


@pytest.mark.parametrize("year", range(2014, 2080))
def test_the_holidays_are_those_of_article_3(year: int) -> None:
    weekdays = [date(year, 1, 1) + n * DAY for n in range(365)]
    found = {day for day in weekdays if day.weekday() < 5 and terms.DUTCH_CALENDAR.day_off(day)}
    assert found == {day for day in holidays_by_hand(year) if day.weekday() < 5}


@pytest.mark.parametrize(
    ("announced", "unshifted", "last_day", "extra"),
    [
        (date(2027, 2, 12), date(2027, 3, 26), date(2027, 3, 30), ()),
        (date(2027, 3, 16), date(2027, 4, 27), date(2027, 4, 28), ()),
        (date(2027, 3, 24), date(2027, 5, 5), date(2027, 5, 7), ()),
        (date(2027, 3, 24), date(2027, 5, 5), date(2027, 5, 10), (date(2027, 5, 7),)),
        (date(2027, 2, 11), date(2027, 3, 25), date(2027, 3, 25), ()),
    ],
)
def test_objection(announced: date, unshifted: date, last_day: date, extra: tuple[date, ...]) -> None:
    term = terms.objection(announced, calendar=Calendar(extra))
    assert (term.unshifted, term.last_day) == (unshifted, last_day)
    assert bool(term.reason) == term.is_shifted == (unshifted != last_day)
    assert "6:7" in term.source


def test_the_reason_names_the_day_and_the_article() -> None:
    assert terms.objection(date(2027, 2, 12)).reason == (
        "26 maart 2027 is Goede vrijdag. De termijn loopt door tot en met de eerste werkdag erna: "
        "dinsdag 30 maart 2027 (artikel 1 Algemene termijnenwet)."
    )
    equated = terms.objection(date(2027, 3, 26), calendar=Calendar([date(2027, 5, 7)]))
    assert "gelijkgesteld" in equated.reason
    assert equated.last_day == date(2027, 5, 10)


def test_in_time_is_until_the_last_microsecond_of_the_dutch_day() -> None:
    term = terms.objection(date(2027, 2, 12))
    assert term.holds(datetime(2027, 3, 30, 21, 59, 59, 999999, tzinfo=UTC))
    assert not term.holds(datetime(2027, 3, 30, 22, 0, tzinfo=UTC))


def test_a_posted_objection_may_arrive_a_week_later() -> None:
    assert terms.objection_by_post(date(2027, 2, 11)).last_day == date(2027, 4, 1)
    # Six weeks end on 10 May; a week later is Whit Monday, so one day more.
    assert terms.objection_by_post(date(2027, 3, 29)).last_day == date(2027, 5, 18)


def test_decision_on_objection_counts_from_the_end_of_the_objection_term() -> None:
    announced = date(2027, 2, 12)
    assert terms.objection_decision(announced).last_day == date(2027, 5, 11)
    assert terms.objection_decision(announced, committee=True).last_day == date(2027, 6, 22)
    assert terms.objection_decision(announced, adjourned=True).last_day == date(2027, 6, 22)
    longest = terms.objection_decision(date(2027, 2, 13), committee=True, adjourned=True)
    assert longest.unshifted == longest.last_day == date(2027, 8, 3)
    assert "derde lid" in longest.source


def test_a_ranked_round_is_not_shifted_and_says_so() -> None:
    # 22 weeks after this day is Christmas Day.
    term = terms.ranked_decision(date(2026, 7, 24))
    assert term.last_day == date(2026, 12, 25)
    assert "te lang om op te schuiven (artikel 4 Algemene termijnenwet)" in term.reason
    assert terms.ranked_decision(date(2026, 7, 24), advice=False).last_day == date(2026, 10, 23)
    # Eight weeks is short enough, when a round's own rules say so: 25 December runs on to Monday.
    assert terms.ranked_decision(date(2026, 10, 30), weeks=8).last_day == date(2026, 12, 28)


def test_decision_from_receipt() -> None:
    assert terms.decision(date(2026, 10, 30)).last_day == date(2026, 12, 28)
    kept = terms.decision(date(2026, 10, 30), statutory=False)
    assert kept.last_day == date(2026, 12, 25)
    assert "niet bij wet" in kept.reason
    assert terms.decision(date(2026, 10, 30), weeks=13).last_day == date(2027, 1, 29)


def test_a_supplement_stops_the_clock_from_the_day_after_the_request() -> None:
    requested = date(2026, 11, 2)
    deadline = terms.supplement(requested).last_day
    assert deadline == date(2026, 11, 16)
    in_time = terms.supplement_suspension(requested, deadline, date(2026, 11, 10))
    assert (in_time.first, in_time.until) == (date(2026, 11, 3), date(2026, 11, 10))
    same_day = terms.supplement_suspension(requested, deadline, requested)
    assert same_day.first == same_day.until
    for supplied in (None, date(2026, 11, 20)):
        assert terms.supplement_suspension(requested, deadline, supplied).until == date(2026, 11, 17)
    term = terms.ranked_decision(date(2026, 10, 1), suspensions=[in_time])
    assert term.suspended_days == 7
    assert term.last_day == date(2027, 3, 4) + 7 * DAY


def test_a_supplement_ends_on_a_working_day_with_a_reason() -> None:
    term = terms.supplement(date(2026, 12, 11))
    assert (term.unshifted, term.last_day) == (date(2026, 12, 25), date(2026, 12, 28))
    assert term.reason.startswith("25 december 2026 is Eerste kerstdag. U krijgt de tijd")


def test_the_other_terms() -> None:
    assert terms.not_handled(date(2026, 11, 27)).last_day == date(2026, 12, 28)
    assert terms.payment(date(2027, 2, 12)).last_day == date(2027, 3, 30)
    assert terms.payment_stop(date(2026, 9, 25)).last_day == date(2026, 12, 25)
    assert terms.determination_request(date(2026, 12, 31)).last_day == date(2027, 4, 1)
    assert terms.determination_request(date(2026, 12, 31), weeks=22).last_day == date(2027, 6, 3)
    assert terms.determination_decision(date(2026, 12, 31)).last_day == date(2027, 6, 3)
    assert terms.determination_decision(date(2026, 12, 31), direct=True).last_day == date(2027, 4, 1)
    assert terms.ex_officio_determination(date(2026, 12, 31)).last_day == date(2027, 6, 3)
    assert terms.reclaim(date(2024, 2, 29)).last_day == date(2029, 2, 28)
    assert terms.sisa_accounts(2027).last_day == date(2028, 7, 15)
    assert terms.default_notice(date(2026, 11, 2), date(2026, 10, 1)).last_day == date(2026, 11, 16)
    assert terms.default_notice(date(2026, 11, 2), date(2026, 12, 1)).last_day == date(2026, 12, 15)


def test_article_2_gives_at_least_two_working_days() -> None:
    # Announced on Thursday 24 December: three days would end on Sunday the 27th without one working day.
    term = terms.compute(date(2026, 12, 24), Length(3, "days"), "test")
    assert term.last_day == date(2026, 12, 29)
    assert "twee werkdagen" in term.reason
    # Two days are too few for article 2, not for article 1.
    assert terms.compute(date(2026, 12, 24), Length(2, "days"), "test").last_day == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("length", "shifted"),
    [(Length(90, "days"), True), (Length(91, "days"), False), (Length(12), True), (Length(13), False),
     (Length(3, "months"), True), (Length(4, "months"), False), (Length(1, "years"), False)],
)  # fmt: skip
def test_article_4_draws_the_line(length: Length, shifted: bool) -> None:
    events = (date(2026, 1, 1) + n * DAY for n in range(700))
    event = next(day for day in events if length.after(day).weekday() == 5)
    assert terms.compute(event, length, "test").is_shifted == shifted


def test_a_month_ends_on_a_day_that_it_has() -> None:
    assert Length(1, "months").after(date(2027, 1, 31)) == date(2027, 2, 28)
    assert Length(2, "months").after(date(2026, 11, 30)) == date(2027, 1, 30)
    assert Length(1, "months").after(date(2026, 12, 1)) == date(2027, 1, 1)
    with pytest.raises(ValueError):
        Length(0)


@settings(max_examples=300)
@example(date(2027, 2, 12), Length(6), frozenset())
@given(
    DAYS,
    st.builds(Length, st.integers(1, 40), st.sampled_from(["days", "weeks", "months"])),
    st.frozensets(DAYS, max_size=5),
)
def test_every_term_ends_on_the_first_day_that_the_law_allows(
    event: date, length: Length, extra: frozenset[date]
) -> None:
    term = terms.compute(event, length, "test", calendar=Calendar(extra))
    assert term.unshifted == length.after(event) > event
    if not length.is_shifted:
        assert term.last_day == term.unshifted
        return

    def counts(day: date) -> bool:
        return day.weekday() < 5 and day not in holidays_by_hand(day.year) and day not in extra

    def allowed(last: date) -> bool:
        working = sum(counts(event + n * DAY) for n in range(1, (last - event).days + 1))
        long_enough = working >= 2 or length.unit != "days" or length.count < 3
        return last >= term.unshifted and counts(last) and long_enough

    first = term.unshifted
    while not allowed(first):
        first += DAY
    assert term.last_day == first
    assert term.is_shifted == bool(term.reason)


@settings(max_examples=300)
@given(DAYS, DAYS, st.sampled_from([6, 8, 12, 13, 22, 40]))
def test_a_later_event_never_ends_earlier(one: date, other: date, weeks: int) -> None:
    early, late = sorted((one, other))
    assert (
        terms.compute(early, Length(weeks), "test").last_day
        <= terms.compute(late, Length(weeks), "test").last_day
    )


@settings(max_examples=300)
@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.data(), st.sampled_from([8, 13, 22]))
def test_suspended_days_are_added_once_and_only_while_the_term_runs(
    event: date, data: st.DataObject, weeks: int
) -> None:
    near = st.integers(-30, 300).map(lambda n: event + n * DAY)
    stops = data.draw(
        st.lists(
            st.builds(lambda day, n: Suspension(day, day + n * DAY, "test"), near, st.integers(0, 60)),
            max_size=4,
        )
    )
    term = terms.compute(event, Length(weeks), "test", suspensions=stops)
    plain = Length(weeks).after(event)
    stopped = {stop.first + n * DAY for stop in stops for n in range((stop.until - stop.first).days)}
    inside = {day for day in stopped if event < day <= term.unshifted}
    assert term.suspended_days == len(inside)
    assert term.unshifted == plain + len(inside) * DAY
    assert term.unshifted not in stopped
    assert terms.compute(event, Length(weeks), "test", suspensions=reversed(stops)) == term
