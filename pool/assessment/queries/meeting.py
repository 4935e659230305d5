"""Reads about panel meetings. Whoever has an interest in an application meets it on no agenda and in no minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from pool.applications.models import Application
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.text import format_points
from pool.people.models import User
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from ..models_meeting import Attendance, ItemAbsence, Meeting, MeetingItem, MinutesApproval
from ..ranking import Row
from ..rules import COMMITTEE
from ..states import COUNTING, ItemState, LeaveReason, MeetingState
from .committee import readers_of_round
from .coverage import coverage, wide_gaps
from .interests import barred_applications, hidden_from
from .leading import deputised, open_files, open_readers
from .results import marks, results

WIDE_SPREAD = 35_000
"""Thousandths between highest and lowest total that ask for a talk (scoring.md 4)."""
LEVEL_GAP = 4
"""Levels between assessors on one criterion that ask for a talk."""


def meetings_of(round_id: int) -> list[Meeting]:
    """The meetings of a round, oldest first. Says nothing about what is on their agendas."""
    query = select(Meeting).where(Meeting.round_id == round_id).order_by(Meeting.number)
    return list(db.session.scalars(query))


def meeting(round_: Round, number: int) -> Meeting:
    """A meeting of a round by its number; Missing when there is none."""
    query = select(Meeting).where(Meeting.round_id == round_.id, Meeting.number == number)
    found = db.session.scalar(query.options(joinedload(Meeting.round)))
    if found is None:
        raise Missing
    return found


def unseen(actor: Actor, round_id: int) -> set[int]:
    """Applications of a round of which the actor may see nothing on an agenda: an interest, or the own scores are
    not in."""
    if actor.user_id is None or not actor.has(*COMMITTEE):
        return set()
    return hidden_from(actor) | open_files(actor.user_id, round_id)


def agenda(actor: Actor, meeting_: Meeting) -> list[MeetingItem]:
    """The items of a meeting that the actor may see, in order."""
    hidden = unseen(actor, meeting_.round_id)
    return [item for item in all_items(meeting_) if item.application_id not in hidden]


def all_items(meeting_: Meeting) -> list[MeetingItem]:
    """Every item of a meeting, in order, for services; what people see goes through `agenda`."""
    query = (
        select(MeetingItem)
        .join(MeetingItem.application)
        .join(Application.organisation)
        .where(MeetingItem.meeting_id == meeting_.id)
        .options(
            contains_eager(MeetingItem.application).contains_eager(Application.organisation),
            selectinload(MeetingItem.absences).joinedload(ItemAbsence.user, innerjoin=True),
        )
        .order_by(MeetingItem.position, MeetingItem.id)
    )
    return list(db.session.scalars(query).unique())


def item(actor: Actor, meeting_: Meeting, ident: int) -> MeetingItem:
    """An item that the actor may see; Missing otherwise."""
    found = db.session.get(MeetingItem, ident)
    if (
        found is None
        or found.meeting_id != meeting_.id
        or found.application_id in unseen(actor, meeting_.round_id)
    ):
        raise Missing
    return found


def may_speak_about(actor: Actor, application_id: int) -> bool:
    """Whether the actor may say to have an interest in an application that is not assigned to him or her: the
    chair about any, a deputy about those he or she leads, a member about what is on an agenda."""
    if actor.has(Role.CHAIR):
        return True
    application = db.session.get(Application, application_id)
    if application is None or not actor.has(*COMMITTEE):
        return False
    if application_id in deputised(actor, application.round_id):
        return True
    query = (
        select(MeetingItem.id)
        .join(MeetingItem.meeting)
        .where(MeetingItem.application_id == application_id, Meeting.state != MeetingState.CANCELLED)
        .limit(1)
    )
    return db.session.scalar(query) is not None


def present(meeting_: Meeting) -> list[User]:
    """Who is at the meeting now, by name."""
    query = (
        select(User)
        .join(Attendance, Attendance.user_id == User.id)
        .where(Attendance.meeting_id == meeting_.id, Attendance.left_at.is_(None))
        .order_by(User.name, User.id)
    )
    return list(db.session.scalars(query))


def must_leave(item_: MeetingItem) -> list[tuple[User, LeaveReason]]:
    """Present members who may not be in the room for this item, by name, with why."""
    blind = open_readers(item_.application_id)
    found = []
    for user in present(item_.meeting):
        if item_.application_id in barred_applications(user.id):
            found.append((user, LeaveReason.INTEREST))
        elif user.id in blind:
            found.append((user, LeaveReason.BLIND))
    return found


def outside(item_: MeetingItem) -> set[int]:
    """Who left the room for this item and is not back."""
    return {one.user_id for one in item_.absences if one.returned_at is None}


def still_inside(item_: MeetingItem) -> list[tuple[User, LeaveReason]]:
    """Who must leave the room before anything of this item may show, and has not been confirmed to be outside."""
    gone = outside(item_)
    return [(user, why) for user, why in must_leave(item_) if user.id not in gone]


def attendance_of(meeting_id: int) -> list[Attendance]:
    """Who was there from when until when, by name and moment."""
    query = (
        select(Attendance)
        .join(Attendance.user)
        .where(Attendance.meeting_id == meeting_id)
        .options(contains_eager(Attendance.user))
        .order_by(User.name, User.id, Attendance.joined_at, Attendance.id)
    )
    return list(db.session.scalars(query).unique())


def approvals(meeting_id: int) -> list[MinutesApproval]:
    query = (
        select(MinutesApproval)
        .where(MinutesApproval.meeting_id == meeting_id)
        .options(joinedload(MinutesApproval.user, innerjoin=True))
        .order_by(MinutesApproval.id)
    )
    return list(db.session.scalars(query))


def reasons_to_discuss(round_: Round, application_ids: Collection[int]) -> dict[int, list[str]]:
    """Why applications deserve a talk, in sentences; each follows from its own scores alone, so that it says
    nothing about another application."""
    criteria = {criterion.code: criterion.name for criterion in rounds.rules_of(round_).criteria}
    given = marks(application_ids)
    found = results(round_).rows
    apart = wide_gaps(coverage(round_, among=[row.application for row in found]))
    why: dict[int, list[str]] = {}
    for row in found:
        ident = row.application.id
        said = _reasons(row, criteria, given.get(ident, {})) + [
            f"Bij knelpunt ‘{one}’ liggen de cijfers {gap} uit elkaar." for one, gap in apart.get(ident, ())
        ]
        if ident in application_ids and said:
            why[ident] = said
    return why


def _reasons(row: Row, criteria: dict[str, str], given: dict[int, dict[str, int]]) -> list[str]:
    said = []
    if row.spread is not None and row.spread >= WIDE_SPREAD:
        said.append(f"De totalen liggen {format_points(row.spread)} punten uit elkaar.")
    for code, name in criteria.items():
        levels = [mark[code] for mark in given.values() if code in mark]
        gap = max(levels) - min(levels) if levels else 0
        if gap >= LEVEL_GAP:
            said.append(f"Bij ‘{name}’ verschillen de beoordelaars {gap} niveaus.")
    if len(row.totals) == 1:
        said.append("Er is maar één beoordeling.")
    return said


def unfinished(round_id: int) -> list[Meeting]:
    """Meetings of a round that are planned or going on."""
    return [m for m in meetings_of(round_id) if m.state in (MeetingState.PLANNED, MeetingState.RUNNING)]


def concluded(round_id: int) -> dict[int, int | None]:
    """Applications of which the last time on an agenda ended in an outcome, with the mean of the scores then."""
    return {i: before for i, (state, before) in _last(round_id).items() if state == ItemState.DISCUSSED}


def postponed(round_id: int) -> set[int]:
    """Applications that were postponed and not discussed since."""
    return {i for i, (state, _before) in _last(round_id).items() if state == ItemState.POSTPONED}


def _last(round_id: int) -> dict[int, tuple[ItemState, int | None]]:
    query = (
        select(MeetingItem.application_id, MeetingItem.state, MeetingItem.before)
        .join(MeetingItem.meeting)
        .where(Meeting.round_id == round_id, Meeting.state == MeetingState.CLOSED)
        .order_by(Meeting.number, MeetingItem.id)
    )
    return {ident: (state, before) for ident, state, before in db.session.execute(query)}


def waiting_for_scores(round_id: int) -> set[int]:
    """Applications of which an assessment that counts is still to come."""
    return {
        one.application_id
        for one in readers_of_round(round_id)
        if one.assessment is None or one.assessment.state not in COUNTING
    }


def items_about(application_ids: Iterable[int]) -> list[MeetingItem]:
    """What was said about applications in closed meetings, oldest first."""
    query = (
        select(MeetingItem)
        .join(MeetingItem.meeting)
        .where(
            MeetingItem.application_id.in_(list(application_ids)),
            Meeting.state == MeetingState.CLOSED,
        )
        .options(
            contains_eager(MeetingItem.meeting),
            selectinload(MeetingItem.absences).joinedload(ItemAbsence.user, innerjoin=True),
        )
        .order_by(Meeting.number, MeetingItem.id)
    )
    return list(db.session.scalars(query).unique())
