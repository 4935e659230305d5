"""The minutes of a meeting: from what was recorded, approved by whoever led, then frozen with their bytes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pool.core import audit, pdf
from pool.core.access import Actor, Role, require
from pool.core.db import db, lock
from pool.core.errors import Invalid, Missing, Refused
from pool.core.text import sha256_hex
from pool.people.models import User
from pool.rounds import queries as rounds

from .. import letter_minutes, naming, queries, rules_meeting
from ..models_meeting import Meeting, MeetingItem, MeetingMinutes, MinutesApproval
from ..states import ItemKind, ItemState


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def minutes_facts(meeting: Meeting) -> dict[str, Any]:
    """Everything the full minutes say, JSON-ready; whole, so a page shows only `letter_minutes.part` of it."""
    round_ = meeting.round
    attended: dict[int, list[list[str]]] = {}
    people: dict[int, User] = {user.id: user for user in queries.committee_members()}
    for one in queries.attendance_of(meeting.id):
        people[one.user_id] = one.user
        until = one.left_at or meeting.closed_at
        if until is not None:
            attended.setdefault(one.user_id, []).append([_iso(one.joined_at), _iso(until)])
    roles = {one.user_id: "plaatsvervangend voorzitter" for one in queries.deputies(round_.id)}
    roles |= dict.fromkeys(queries.chair_ids(), "voorzitter")
    return {
        "schema": letter_minutes.SCHEMA,
        "round": round_.title,
        "slug": round_.slug,
        "invented": round_.invented,
        "number": meeting.number,
        "place": meeting.place,
        "planned_for": _iso(meeting.starts_at),
        "opened_at": _iso(meeting.opened_at) if meeting.opened_at else "",
        "closed_at": _iso(meeting.closed_at) if meeting.closed_at else "",
        "chair": meeting.opened_by_name,
        "members": [
            {
                "user": user.id,
                "name": user.name,
                "role": roles.get(user.id, "beoordelaar"),
                "present": attended.get(user.id, []),
            }
            for user in sorted(people.values(), key=lambda user: (user.name, user.id))
        ],
        "items": _items(meeting),
        "approved": [],
    }


def _items(meeting: Meeting) -> list[dict[str, Any]]:
    items = queries.all_items(meeting)
    bottlenecks = rounds.rules_of(meeting.round).bottlenecks
    if not bottlenecks or meeting.opened_at is None or meeting.closed_at is None:
        return [_item(item, []) for item in items]
    ids = [item.application_id for item in items]
    agreed = queries.agreed_between(ids, meeting.opened_at, meeting.closed_at)
    return [
        _item(
            item,
            [
                {"title": one.title, "before": mark.before, "agreed": mark.agreed, "reason": mark.reason}
                for one in bottlenecks
                if (mark := agreed.get((item.application_id, one.code))) is not None
            ],
        )
        for item in items
    ]


def _item(item: MeetingItem, marks: list[dict[str, Any]]) -> dict[str, Any]:
    """marks: what was agreed per bottleneck in this meeting. Without any there is no such key, so that minutes of
    rounds without bottlenecks stay what they were."""
    application = item.application
    return {
        "application": application.id,
        "reference": application.reference,
        "title": application.title,
        "applicant": application.organisation.name,
        "invented": application.invented,
        "formality": item.kind == ItemKind.FORMALITY
        and item.state == ItemState.DISCUSSED
        and not (item.notes or item.absences or item.reason or marks),
        "why": list(item.why),
        "left": [
            {"user": one.user_id, "name": one.user.name, "reason": one.reason.value, "at": _iso(one.left_at)}
            for one in item.absences
        ],
        "led_by": item.concluded_by_name or item.meeting.opened_by_name,
        "state": item.state.value,
        "outcome": item.outcome.value if item.outcome else "",
        "before": item.before,
        "counts": item.counts,
        "reason": item.reason,
        "notes": item.notes,
        **({"marks": marks} if marks else {}),
    }


def approver(actor: Actor, meeting: Meeting) -> Actor:
    """The actor with the chair's role when he or she leads anything that was on the agenda."""
    items = {item.application_id: item for item in queries.agenda(actor, meeting)}
    led = sorted(queries.led_among(actor, meeting.round_id, items))
    return queries.acting(actor, items[led[0]].application) if led else actor


def approve_minutes(actor: Actor, meeting: Meeting) -> MeetingMinutes | None:
    """Approve the minutes as far as the actor may see them.

    When every item was approved by somebody who leads it, the minutes are fixed: full, with their bytes and hash.
    Until then None: a deputy still has to approve the rest. Raises Refused before the end of the meeting or twice,
    Missing for who leads nothing.
    """
    meeting = lock(Meeting, meeting.id)
    facts = minutes_facts(meeting)
    require(rules_meeting.can_approve(approver(actor, meeting), meeting))
    if actor.user_id is None:
        raise Missing
    if queries.open_files(actor.user_id, meeting.round_id):
        raise Refused("blind", "Dien eerst uw eigen beoordelingen in.")
    sha256 = letter_minutes.part_sha256(_part_of(actor.user_id, facts))
    if (actor.user_id, sha256) in {(one.approved_by, one.sha256) for one in queries.approvals(meeting.id)}:
        raise Invalid("approved", "U hebt het verslag al goedgekeurd. De plaatsvervanger moet dat nog doen.")
    approval = MinutesApproval(
        meeting_id=meeting.id, sha256=sha256, approved_at=actor.at, approved_by=actor.user_id
    )
    db.session.add(approval)
    thing = f"meeting:{meeting.id}"
    audit.record(actor, "minutes.approve", meeting.audit_chain, thing, {}, {"sha256": sha256})
    db.session.flush()
    return _fix(actor, meeting, facts)


def _part_of(user_id: int, facts: dict[str, Any]) -> dict[str, Any]:
    """The part of the minutes that somebody may approve: a chair all but what he or she has an interest in, a
    deputy what no chair may see."""
    hidden = queries.barred_applications(user_id)
    if user_id not in queries.chair_ids():
        hidden |= {item["application"] for item in facts["items"]} - queries.closed_to_chairs()
    return letter_minutes.part(facts, hidden)


def _fix(actor: Actor, meeting: Meeting, facts: dict[str, Any]) -> MeetingMinutes | None:
    covered: set[int] = set()
    approved = []
    for one in queries.approvals(meeting.id):
        theirs = _part_of(one.approved_by, facts)
        if letter_minutes.part_sha256(theirs) == one.sha256:
            covered |= {item["application"] for item in theirs["items"]}
            approved.append({"name": one.user.name, "at": _iso(one.approved_at)})
    if {item["application"] for item in facts["items"]} - covered:
        return None
    facts = {**facts, "approved": approved}
    content = pdf.render(letter_minutes.document(facts))
    found = MeetingMinutes(
        meeting=meeting, facts=facts, pdf=content, sha256=sha256_hex(content), approved_at=actor.at
    )
    db.session.add(found)
    after = {"sha256": found.sha256}
    audit.record(actor, "minutes.fix", meeting.audit_chain, f"meeting:{meeting.id}", {}, after)
    db.session.flush()
    return found


def minutes_for(actor: Actor, meeting: Meeting) -> dict[str, Any] | None:
    """The facts of the approved minutes as this person may see them; None while they are not approved.

    Members get letters for the other assessors: who scored what stays between them and the chair.
    """
    if meeting.minutes is None:
        return None
    seen = letter_minutes.part(meeting.minutes.facts, queries.unseen(actor, meeting.round_id))
    return (
        seen
        if actor.has(Role.CHAIR, Role.PROGRAMME, Role.AUDITOR)
        else naming.for_member(seen, actor.user_id)
    )
