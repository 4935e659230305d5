"""A panel meeting: planning it with its agenda, opening, presence, closing.

Every application that is before the committee is put on the agenda, also what whoever plans may not see; each
person meets only the own part of it (docs/decisions/0045-panel-meeting.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pool.applications.models import Application
from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.text import clean_line
from pool.rounds.models import Round

from .. import queries, rules_meeting
from ..inputs import MeetingInput
from ..lifecycle_meeting import ITEM, MEETING
from ..models_meeting import Attendance, Meeting, MeetingItem
from ..states import ItemKind, ItemState, MeetingState
from .items import led, send_back_in

LISTED = "Staat op de aandachtslijst."
MAX_PLACE = 200
"""Characters of a place."""


def plan_meeting(actor: Actor, round_: Round, given: MeetingInput) -> Meeting:
    """Plan a meeting with an agenda: first what deserves a talk, then all others as formalities.

    What was concluded in an earlier meeting stays off; what was postponed comes first. Raises Conflict while
    another meeting is planned or going on, Invalid beside the field.
    """
    lock(Round, round_.id)
    require(rules_meeting.can_plan(actor, round_))
    if queries.unfinished(round_.id):
        raise Conflict("meeting", "Er is al een vergadering gepland of bezig.")
    _check(actor, given)
    meeting = Meeting(
        round=round_,
        number=len(queries.meetings_of(round_.id)) + 1,
        planned_at=actor.at,
        planned_by=actor.user_id,
        **_told(given),
    )
    db.session.add(meeting)
    db.session.flush()
    audit.record(
        actor, "meeting.plan", meeting.audit_chain, f"meeting:{meeting.id}", {}, _told_as_json(meeting)
    )
    complete_agenda(actor, meeting)
    return meeting


def _check(actor: Actor, given: MeetingInput) -> None:
    problems = []
    if given.starts_at <= actor.at:
        problems.append(Invalid("past", "Kies een moment in de toekomst.", "day"))
    if not clean_line(given.place):
        problems.append(Invalid("place", "Vul in waar de commissie bij elkaar komt.", "place"))
    elif len(given.place) > MAX_PLACE:
        problems.append(Invalid("place", f"Gebruik niet meer dan {MAX_PLACE} tekens.", "place"))
    if problems:
        raise InvalidMany(problems)


def _told(given: MeetingInput) -> dict[str, object]:
    return {
        "starts_at": given.starts_at,
        "place": clean_line(given.place),
        "show_names": given.show_names,
    }


def _told_as_json(meeting: Meeting) -> dict[str, object]:
    return {
        "number": meeting.number,
        "starts_at": meeting.starts_at.isoformat(timespec="microseconds"),
        "place": meeting.place,
        "show_names": meeting.show_names,
    }


def change_meeting(actor: Actor, meeting: Meeting, given: MeetingInput, version: int | None = None) -> None:
    """Change when and where, before the meeting. Raises Conflict `stale` when somebody else did so meanwhile."""
    meeting = lock(Meeting, meeting.id)
    require(rules_meeting.can_change(actor, meeting))
    if meeting.state != MeetingState.PLANNED:
        raise Refused("state", "De vergadering is al begonnen.")
    if version is not None and version != meeting.version:
        raise Conflict("stale", "Iemand anders heeft de vergadering net gewijzigd. Bekijk die eerst.")
    _check(actor, given)
    before = _told_as_json(meeting)
    for name, value in _told(given).items():
        setattr(meeting, name, value)
    thing = f"meeting:{meeting.id}"
    audit.record(actor, "meeting.change", meeting.audit_chain, thing, before, _told_as_json(meeting))
    db.session.flush()


def complete_agenda(actor: Actor, meeting: Meeting) -> int:
    """Put on the agenda what is before the committee and not yet on it; returns how many were added."""
    meeting = lock(Meeting, meeting.id)
    require(rules_meeting.can_change(actor, meeting))
    round_ = meeting.round
    there = {item.application_id for item in queries.all_items(meeting)}
    done, waiting = queries.concluded(round_.id), queries.postponed(round_.id)
    new = [a for a in queries.in_assessment(round_.id) if a.id not in there and a.id not in done]
    why = queries.reasons_to_discuss(round_, {a.id for a in new})
    for application, _remarks in queries.attention_list(actor, round_):
        # Its remarks compare applications, and the screen is read by people with an interest in one of them.
        why.setdefault(application.id, [LISTED])
    for ident in waiting:
        why.setdefault(ident, []).insert(0, "Uitgesteld in een eerdere vergadering.")
    new.sort(key=lambda a: (a.id not in waiting, -len(why.get(a.id, [])), a.id))
    _append(meeting, new, why)
    db.session.flush()
    return len(new)


def _append(meeting: Meeting, found: Iterable[Application], why: dict[int, list[str]]) -> None:
    last = max((item.position for item in queries.all_items(meeting)), default=0)
    for place, application in enumerate(found, start=last + 1):
        reasons = why.get(application.id, [])
        kind = ItemKind.DISCUSS if reasons else ItemKind.FORMALITY
        item = MeetingItem(
            meeting=meeting, application=application, position=place, kind=kind, why=reasons, absences=[]
        )
        db.session.add(item)


def add_item(actor: Actor, meeting: Meeting, application_id: int) -> MeetingItem:
    """Put one application on the agenda, to be discussed. Missing when it is not the actor's to lead."""
    meeting = lock(Meeting, meeting.id)
    application = queries.committee_file(actor, application_id)
    if application.round_id != meeting.round_id or not queries.leads(actor, application):
        raise Missing
    require(rules_meeting.can_change(queries.acting(actor, application), meeting))
    if application_id in {item.application_id for item in queries.all_items(meeting)}:
        raise Conflict("agenda", "Deze aanvraag staat al op de agenda.", "application_id")
    _append(meeting, [application], {application_id: ["Toegevoegd door de voorzitter."]})
    db.session.flush()
    item = next(one for one in queries.all_items(meeting) if one.application_id == application_id)
    audit.record(actor, "meeting_item.add", item.audit_chain, f"meeting_item:{item.id}")
    return item


def remove_item(actor: Actor, item: MeetingItem) -> None:
    """Take an application off the agenda, as long as nothing was said about it."""
    item, acting = led(actor, item)
    require(rules_meeting.can_change(acting, item.meeting))
    if item.state != ItemState.OPEN or item.notes or item.absences or item.at_hand:
        raise Refused("state", "Dit agendapunt is al aan de orde geweest. Het blijft op de agenda.")
    before = {"application": item.application_id, "kind": item.kind.value}
    audit.record(actor, "meeting_item.remove", item.audit_chain, f"meeting_item:{item.id}", before, {})
    db.session.delete(item)
    db.session.flush()


def move_item(actor: Actor, item: MeetingItem, *, up: bool) -> None:
    """Change places with the item before (up) or after it on the agenda as the actor sees it."""
    item, acting = led(actor, item)
    require(rules_meeting.can_change(acting, item.meeting))
    seen = queries.agenda(actor, item.meeting)
    place = next(i for i, one in enumerate(seen) if one.id == item.id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(seen):
        item.position, seen[other].position = seen[other].position, item.position
        db.session.flush()


def set_kind(actor: Actor, item: MeetingItem, kind: ItemKind) -> None:
    """Discuss an item, or let it pass as a formality."""
    item, acting = led(actor, item)
    require(rules_meeting.can_change(acting, item.meeting))
    if item.kind == kind:
        return
    thing, before = f"meeting_item:{item.id}", {"kind": item.kind.value}
    item.kind = kind
    audit.record(actor, "meeting_item.kind", item.audit_chain, thing, before, {"kind": kind.value})
    db.session.flush()


def open_meeting(actor: Actor, meeting: Meeting, present: Collection[int]) -> None:
    """Begin. present: who is there, by user id; somebody must be."""
    meeting = lock(Meeting, meeting.id)
    require(MEETING.may(actor, meeting, "open"))
    _check_present(present)
    if not present:
        raise Invalid("present", "Kruis aan wie er zijn.", "present")
    meeting.opened_at, meeting.opened_by_name = actor.at, actor.name
    MEETING.move(actor, meeting, "open")
    _settle_presence(actor, meeting, present)


def cancel_meeting(actor: Actor, meeting: Meeting, reason: str) -> None:
    """Let a planned meeting not take place."""
    if not reason.strip():
        raise Invalid("reason", "Geef de reden.", "reason")
    meeting = lock(Meeting, meeting.id)
    MEETING.move(actor, meeting, "cancel", reason.strip())


def set_presence(actor: Actor, meeting: Meeting, present: Collection[int]) -> None:
    """Who is there now, by user id: who is new joins at this moment, who is not named leaves."""
    meeting = lock(Meeting, meeting.id)
    require(rules_meeting.can_lead(actor, meeting))
    if meeting.state != MeetingState.RUNNING:
        raise Refused("state", "Aanwezigheid legt u vast tijdens de vergadering.")
    _check_present(present)
    _settle_presence(actor, meeting, present)


def _check_present(present: Collection[int]) -> None:
    if set(present) - {user.id for user in queries.committee_members()}:
        raise Invalid("member", "Deze persoon zit niet in de commissie.", "present")


def _settle_presence(actor: Actor, meeting: Meeting, present: Collection[int]) -> None:
    running = {one.user_id: one for one in queries.attendance_of(meeting.id) if one.left_at is None}
    for user_id in sorted(set(present) - set(running)):
        db.session.add(Attendance(meeting_id=meeting.id, user_id=user_id, joined_at=actor.at))
    for user_id in sorted(set(running) - set(present)):
        running[user_id].left_at = actor.at
    db.session.flush()
    db.session.expire(meeting, ["attendance"])
    if set(present) != set(running):
        before, after = {"present": sorted(running)}, {"present": sorted(present)}
        thing = f"meeting:{meeting.id}"
        audit.record(actor, "meeting.presence", meeting.audit_chain, thing, before, after)


def close_meeting(actor: Actor, meeting: Meeting, rest: str = "") -> None:
    """End the meeting: everything about it is fixed from now on.

    rest: why what was not dealt with is postponed. Without it, Invalid when something is still open.
    """
    meeting = lock(Meeting, meeting.id)
    require(MEETING.may(actor, meeting, "close"))
    items = queries.all_items(meeting)
    still = [item for item in items if item.state == ItemState.OPEN]
    if still and not rest.strip():
        text = "Nog niet alles is behandeld. Schrijf waarom de rest wordt uitgesteld."
        raise Invalid("open", text, "rest")
    for item in still:
        item.reason, item.outcome = rest.strip(), None
        ITEM.move(actor, item, "postpone", rest.strip())
    for item in items:
        send_back_in(actor, item)
        item.at_hand, item.closed = False, True
    _settle_presence(actor, meeting, ())
    meeting.closed_at = actor.at
    MEETING.move(actor, meeting, "close")
