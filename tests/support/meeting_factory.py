"""A panel meeting for tests, held through the services as the chair would."""

from __future__ import annotations

import datetime as dt

from pool.assessment import queries, service
from pool.assessment.inputs import Conclusion, MeetingInput
from pool.assessment.models_meeting import Meeting, MeetingItem
from pool.assessment.states import InterestAnswer
from pool.core.access import Actor
from pool.core.db import db
from pool.rounds.models import Round
from tests.support.world import START, World

PLANNED, HELD = 30, 33
"""Days after the start of the world on which a meeting is planned and held."""
EVERYBODY = ("assessor", "assessor_b", "assessor_c", "chair")


def at_meeting(world: World, key: str, minutes: float = 0) -> Actor:
    """Somebody at the meeting, some minutes after its beginning."""
    return world.later(key, days=HELD, minutes=minutes)


def planned(world: World, round_: Round, **more: bool) -> Meeting:
    """A meeting in Utrecht, three days after it was planned."""
    given = MeetingInput(START + dt.timedelta(days=HELD), "Utrecht, zaal 3", **more)
    meeting = service.plan_meeting(world.later("chair", days=PLANNED), round_, given)
    db.session.commit()
    return meeting


def opened(world: World, round_: Round, present: tuple[str, ...] = EVERYBODY) -> Meeting:
    """A meeting that has begun."""
    meeting = (queries.unfinished(round_.id) or [planned(world, round_)])[0]
    service.open_meeting(at_meeting(world, "chair"), meeting, [world.ids[key] for key in present])
    db.session.commit()
    return meeting


def item_of(meeting: Meeting, application_id: int) -> MeetingItem:
    return next(item for item in queries.all_items(meeting) if item.application_id == application_id)


def discuss(
    world: World,
    item: MeetingItem,
    agreed: int | None = None,
    reason: str = "",
    notes: str = "",
    by: str = "chair",
) -> None:
    """Take an item up, see who must leave out of the room, and conclude."""
    leader = at_meeting(world, by, minutes=item.position)
    service.take_up(leader, item)
    service.confirm_left(leader, item)
    service.conclude(leader, item, Conclusion(agreed, reason, notes))
    db.session.commit()


def hold(world: World, round_: Round) -> Meeting:
    """A whole meeting: everything stays as it is; closed, minutes approved by the chair."""
    meeting = opened(world, round_)
    chair = at_meeting(world, "chair", minutes=30)
    for item in queries.agenda(chair, meeting):
        service.take_up(chair, item)
        service.confirm_left(chair, item)
        service.conclude(chair, item, Conclusion())
    service.close_meeting(at_meeting(world, "chair", minutes=90), meeting)
    service.approve_minutes(at_meeting(world, "chair", minutes=120), meeting)
    db.session.commit()
    return meeting


def bar(world: World, key: str, application_id: int, reason: str = "Oud-collega.") -> None:
    """The chair records an interest of a member, or anybody declares an own one."""
    who = at_meeting(world, key)
    service.declare_interest(who, application_id, InterestAnswer.DECLARED, reason)
    db.session.commit()
