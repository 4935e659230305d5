"""Changing what was published: the ceiling by the Awb, the closing moment by decision, and disturbances."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from pool.applications import service as applications
from pool.core import audit, jobs
from pool.core.clock import at_local
from pool.core.db import db
from pool.core.errors import Conflict, InvalidMany, Missing, PoolError, Refused
from pool.rounds import queries, rules, service
from pool.rounds.inputs import ExtensionInput, OutageInput
from pool.rounds.models import Extension, Outage, Round
from pool.rounds.states import RoundState
from tests.support.applications_factory import make_draft
from tests.support.rounds_factory import CLOSES, OPENS, make_draft_round, make_published_round
from tests.support.world import START, World

MICROSECOND = dt.timedelta(microseconds=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
CEILING = 20_000_000

# --- the ceiling ------------------------------------------------------------------------------------------


def lower(world: World, round_: Round, at: dt.datetime, from_budget: bool = False) -> None:
    service.change_ceiling(
        world.actor("programme", at), round_, CEILING - 100, "Minder geld.", "Staatscourant 9", from_budget
    )


@pytest.mark.parametrize("at", [OPENS, CLOSES, CLOSES + DAY])
def test_no_lowering_after_opening_without_the_caveat(world: World, at: dt.datetime) -> None:
    round_ = make_published_round(world)
    for from_budget in (False, True):
        with pytest.raises(PoolError) as refusal:
            lower(world, round_, at, from_budget)
        assert refusal.value.code == "lowering"
        assert "4:27" in refusal.value.message
    assert round_.budget.ceiling == CEILING


def test_with_the_caveat_only_when_the_budget_is_the_cause(world: World) -> None:
    round_ = make_published_round(world, budget_caveat=True)
    with pytest.raises(PoolError) as refusal:
        lower(world, round_, OPENS)
    assert "4:28" in refusal.value.message
    lower(world, round_, OPENS, from_budget=True)
    assert round_.budget.ceiling == CEILING - 100
    decision = queries.ceiling_history(round_.id)[-1]
    assert (decision.from_budget, decision.reference, decision.decided_at) == (True, "Staatscourant 9", OPENS)


def test_before_opening_nobody_has_applied_yet(world: World) -> None:
    round_ = make_published_round(world)
    lower(world, round_, OPENS - MICROSECOND)
    assert round_.budget.ceiling == CEILING - 100


def test_no_lowering_after_the_decisions(world: World) -> None:
    round_ = make_published_round(world, budget_caveat=True)
    at = CLOSES + DAY
    for name in ("begin_assessment", "begin_decision", "decide"):
        service.move(world.actor("programme", at), round_, name)
    with pytest.raises(PoolError) as refusal:
        lower(world, round_, at, from_budget=True)
    assert refusal.value.code == "state"
    service.change_ceiling(world.actor("programme", at), round_, CEILING + 100, "Na bezwaar.")


def test_the_same_ceiling_is_no_change(world: World) -> None:
    round_ = make_published_round(world)
    with pytest.raises(PoolError):
        service.change_ceiling(world.actor("programme"), round_, CEILING, "Zomaar.")


# --- disturbances -----------------------------------------------------------------------------------------


def outage(
    world: World, start: dt.datetime, end: dt.datetime | None, at: dt.datetime | None = None
) -> Outage:
    actor = world.actor("programme", at or (end or start) + HOUR)
    return service.record_outage(actor, OutageInput(start, end, "Inloggen lukte niet."))


@pytest.mark.parametrize(
    ("start", "end", "what", "field"),
    [
        (START + MICROSECOND, None, "Iets", "started_on"),
        (START - HOUR, START - HOUR, "Iets", "ended_on"),
        (START - HOUR, START + MICROSECOND, "Iets", "ended_on"),
        (START - HOUR, None, " ", "what"),
        (START - HOUR, None, "x" * 1001, "what"),
    ],
)
def test_a_disturbance_that_cannot_be(
    world: World, start: dt.datetime, end: dt.datetime | None, what: str, field: str
) -> None:
    with pytest.raises(InvalidMany) as refusal:
        service.record_outage(world.actor("programme"), OutageInput(start, end, what))
    assert refusal.value.field == field


def test_only_the_programme_team_keeps_the_register(world: World) -> None:
    with pytest.raises(Refused):
        service.record_outage(world.actor("admin"), OutageInput(START - HOUR, None, "Iets"))
    ident = outage(world, START - HOUR, None).id
    with pytest.raises(Refused):
        service.end_outage(world.actor("admin"), ident, START)


def test_a_disturbance_ends_once(world: World) -> None:
    lasting = outage(world, START - HOUR, None, START)
    with pytest.raises(InvalidMany):
        service.end_outage(world.actor("programme"), lasting.id, START - HOUR)
    service.end_outage(world.actor("programme"), lasting.id, START)
    with pytest.raises(Conflict):
        service.end_outage(world.actor("programme"), lasting.id, START - MICROSECOND)
    for statement in ("UPDATE outage SET what = 'x'", "DELETE FROM outage"):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(statement))
    assert [e.action for e in audit.trail("outages")] == ["outage.record", "outage.end"]


# --- a later closing moment -------------------------------------------------------------------------------


def extend(world: World, round_: Round, at: dt.datetime, closes_at: dt.datetime, **more: Any) -> Extension:
    who = more.pop("who", "programme")
    given = ExtensionInput(**{"closes_at": closes_at, "reason": "De site was niet te bereiken.", **more})
    return service.extend(world.actor(who, at), round_, given)


@pytest.mark.parametrize("who", ["applicant", "chair", "decider", "admin"])
def test_only_the_programme_team_extends(world: World, who: str) -> None:
    round_ = make_published_round(world)
    with pytest.raises(Refused):
        extend(world, round_, OPENS, CLOSES + DAY, who=who)


@pytest.mark.parametrize(
    ("closes_at", "more", "code"),
    [
        (CLOSES, {}, "closes_at"),
        (CLOSES - MICROSECOND, {}, "closes_at"),
        (CLOSES + DAY, {"reason": " "}, "reason"),
    ],
)
def test_an_extension_that_is_none(
    world: World, closes_at: dt.datetime, more: dict[str, Any], code: str
) -> None:
    round_ = make_published_round(world)
    with pytest.raises(InvalidMany) as refusal:
        extend(world, round_, OPENS, closes_at, **more)
    assert refusal.value.problems[0].code == code


def test_a_draft_is_not_extended(world: World) -> None:
    with pytest.raises(Refused):
        extend(world, make_draft_round(world), OPENS, CLOSES + DAY)


def test_after_closing_only_an_outage_opens_again(world: World) -> None:
    round_ = make_published_round(world)
    late = CLOSES + HOUR
    with pytest.raises(Refused) as refusal:
        extend(world, round_, late, CLOSES + DAY)
    assert refusal.value.code == "late"
    with pytest.raises(Missing):
        extend(world, round_, late, CLOSES + DAY, outage_id=99)
    for start, end in ((CLOSES - HOUR, CLOSES - MICROSECOND), (CLOSES + MICROSECOND, CLOSES + HOUR)):
        found = outage(world, start, end)
        with pytest.raises(Refused) as refusal:
            extend(world, round_, CLOSES + 2 * HOUR, CLOSES + DAY, outage_id=found.id)
        assert refusal.value.code == "outside_outage"
    assert round_.closes_at == CLOSES


def test_a_closed_round_is_not_opened_into_the_past(world: World) -> None:
    round_ = make_published_round(world)
    found = outage(world, CLOSES - HOUR, CLOSES + HOUR)
    with pytest.raises(InvalidMany):
        extend(world, round_, CLOSES + 3 * HOUR, CLOSES + 2 * HOUR, outage_id=found.id)


def test_no_extension_after_the_assessment_began(world: World) -> None:
    round_ = make_published_round(world)
    found = outage(world, CLOSES - HOUR, CLOSES + HOUR)
    service.move(world.actor("programme", CLOSES + 2 * HOUR), round_, "begin_assessment")
    with pytest.raises(Refused) as refusal:
        extend(world, round_, CLOSES + 2 * HOUR, CLOSES + DAY, outage_id=found.id)
    assert refusal.value.code == "state"


def test_reopening_alone_is_not_possible(world: World) -> None:
    round_ = make_published_round(world)
    late = world.actor("programme", CLOSES + HOUR)
    service.follow_clock(late, round_)
    with pytest.raises(Refused):
        service.move(late, round_, "reopen")


@pytest.mark.parametrize("end", [CLOSES, CLOSES + HOUR, None])
def test_a_closing_in_an_outage_is_moved_for_everybody(world: World, end: dt.datetime | None) -> None:
    round_ = make_published_round(world)
    start = CLOSES if end is None else CLOSES - HOUR
    found = outage(world, start, end, CLOSES + HOUR)
    service.follow_clock(world.actor("programme", CLOSES + HOUR), round_)
    assert round_.state == RoundState.CLOSED
    made = extend(world, round_, CLOSES + 2 * HOUR, CLOSES + DAY, outage_id=found.id, reference="Stcrt 10")
    assert round_.state == RoundState.OPEN
    assert (made.previous, made.closes_at, made.outage, made.reference) == (
        CLOSES,
        CLOSES + DAY,
        found,
        "Stcrt 10",
    )
    new = CLOSES + DAY
    for at, open_ in ((new - MICROSECOND, True), (new, True), (new + MICROSECOND, False)):
        assert bool(rules.accepts_applications(round_, at)) is open_
    assert [e.action for e in audit.trail(round_.audit_chain)][-2:] == ["round.extend", "round.reopen"]
    assert audit.verify_all() == []


def test_before_closing_a_decision_is_enough(world: World) -> None:
    round_ = make_published_round(world)
    extend(world, round_, CLOSES, CLOSES + DAY)
    extend(world, round_, CLOSES + HOUR, CLOSES + 2 * DAY)
    assert [e.closes_at for e in queries.extensions(round_.id)] == [CLOSES + DAY, CLOSES + 2 * DAY]
    for statement in ("UPDATE extension SET reason = 'x'", "DELETE FROM extension"):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(statement))


@pytest.mark.parametrize("day", [dt.date(2027, 3, 28), dt.date(2027, 10, 31)])
def test_the_new_deadline_is_exact_on_the_nights_that_the_clock_changes(world: World, day: dt.date) -> None:
    round_ = make_published_round(world)
    new = at_local(day, dt.time(3, 30))
    extend(world, round_, OPENS, new)
    first, second = (make_draft(world, round_, days=21) for _ in range(2))
    applications.submit(world.actor("applicant", new), first)
    with pytest.raises(Refused) as refusal:
        applications.submit(world.actor("applicant", new + MICROSECOND), second)
    assert refusal.value.code == "late"


def test_the_round_closes_by_itself_at_the_new_moment(world: World) -> None:
    round_ = make_published_round(world)
    with time_machine.travel(OPENS + HOUR, tick=False):
        assert jobs.work(until_idle=True) >= 1
    extend(world, round_, OPENS + DAY, CLOSES + DAY)
    db.session.commit()
    for moment, state in ((CLOSES + HOUR, RoundState.OPEN), (CLOSES + DAY + HOUR, RoundState.CLOSED)):
        with time_machine.travel(moment, tick=False):
            assert jobs.work(until_idle=True) == 1
        db.session.expire_all()
        assert round_.state == state
