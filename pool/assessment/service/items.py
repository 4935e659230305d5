"""What happens to one item of a meeting: taken up, who left confirmed, notes, and how it ended."""

from __future__ import annotations

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, Missing, Refused
from pool.core.text import clean

from .. import queries, rules_meeting
from ..inputs import Conclusion
from ..lifecycle_meeting import ITEM
from ..models_meeting import ItemAbsence, Meeting, MeetingItem
from ..states import ItemKind, ItemOutcome, ItemState
from .panel import record_outcome

MAX_NOTES = 10_000
"""Characters of the notes of an item."""


def led(actor: Actor, item: MeetingItem) -> tuple[MeetingItem, Actor]:
    """The item, locked, and the actor with the chair's role towards it; Missing unless he or she leads it."""
    lock(Meeting, item.meeting_id)
    item = lock(MeetingItem, item.id)
    db.session.expire(item, ["absences"])
    application = item.application
    if application.id in queries.unseen(actor, application.round_id) or not queries.leads(actor, application):
        raise Missing
    return item, queries.acting(actor, application)


def take_up(actor: Actor, item: MeetingItem) -> None:
    """Bring an item before the meeting; the one before it is put away, and whoever left for it is back."""
    item, acting = led(actor, item)
    require(rules_meeting.can_handle(acting, item))
    require(rules_meeting.can_open_file(queries.must_still(actor, item.application)))
    if not queries.present(item.meeting):
        raise Refused("present", "Leg eerst vast wie er zijn.")
    for other in queries.all_items(item.meeting):
        if other.at_hand and other.id != item.id:
            send_back_in(actor, other)
            other.at_hand = False
    item.at_hand = True
    db.session.flush()


def send_back_in(actor: Actor, item: MeetingItem) -> None:
    """Whoever left the room for this item may come back."""
    for absence in item.absences:
        if absence.returned_at is None:
            absence.returned_at = actor.at
    db.session.flush()


def confirm_left(actor: Actor, item: MeetingItem) -> list[ItemAbsence]:
    """Record that everybody who may not hear this item has left the room."""
    item, acting = led(actor, item)
    _require_at_hand(acting, item)
    made = [
        ItemAbsence(
            item_id=item.id, user_id=user.id, reason=why, left_at=actor.at, confirmed_by=actor.user_id
        )
        for user, why in queries.still_inside(item)
    ]
    if made:
        db.session.add_all(made)
        after = {"left": [{"user": one.user_id, "reason": one.reason.value} for one in made]}
        audit.record(actor, "meeting_item.left", item.audit_chain, f"meeting_item:{item.id}", {}, after)
        db.session.flush()
        db.session.expire(item, ["absences"])
    return made


def save_notes(actor: Actor, item: MeetingItem, notes: str, revision: int | None = None) -> None:
    """Keep the notes so far. Raises Conflict `stale` when somebody else wrote meanwhile."""
    item, acting = led(actor, item)
    _require_heard(acting, item)
    _write_notes(item, notes, revision)
    db.session.flush()


def conclude(actor: Actor, item: MeetingItem, given: Conclusion) -> None:
    """End the talk: with an agreed score and its reason, or with the score as it is.

    Raises Refused while somebody who must leave is inside or there is no score, Invalid beside the field.
    """
    item, acting = led(actor, item)
    _require_heard(acting, item)
    _write_notes(item, given.notes, given.revision)
    _conclude(actor, acting, item, given)


def _conclude(actor: Actor, acting: Actor, item: MeetingItem, given: Conclusion) -> None:
    require(ITEM.may(acting, item, "conclude"))
    round_ = item.meeting.round
    before = queries.mean_of(round_, item.application_id)
    if before is None:
        raise Refused("unscored", "Deze aanvraag heeft nog geen score. Stel haar uit.")
    item.before = before
    if given.agreed is not None:
        outcome = record_outcome(actor, round_, item.application_id, given.agreed, given.reason)
        item.outcome, item.counts, item.reason = ItemOutcome.AGREED, outcome.agreed, outcome.reason
    else:
        earlier = queries.outcomes([item.application_id]).get(item.application_id)
        if earlier is not None and earlier.before != before:
            # The committee heard of the changed score and stays with what it had agreed.
            record_outcome(actor, round_, item.application_id, earlier.agreed, earlier.reason)
        proposed = queries.proposed_of(round_, item.application_id)
        item.outcome, item.counts = ItemOutcome.KEPT, proposed if earlier is None else earlier.agreed
        item.reason = "" if earlier is None else earlier.reason
    item.concluded_at, item.concluded_by, item.concluded_by_name = actor.at, actor.user_id, actor.name
    facts = {"outcome": item.outcome.value, "before": before, "counts": item.counts}
    ITEM.move(acting, item, "conclude", item.reason, facts)


def postpone(
    actor: Actor, item: MeetingItem, reason: str, notes: str = "", revision: int | None = None
) -> None:
    """Leave the item for another meeting, with a reason."""
    item, acting = led(actor, item)
    _require_heard(acting, item)
    require(ITEM.may(acting, item, "postpone"))
    if not reason.strip():
        raise Invalid("reason", "Schrijf waarom de commissie dit uitstelt.", "reason")
    _write_notes(item, notes, revision)
    item.reason = reason.strip()
    item.concluded_at, item.concluded_by, item.concluded_by_name = actor.at, actor.user_id, actor.name
    ITEM.move(acting, item, "postpone", item.reason)


def resume(actor: Actor, item: MeetingItem) -> None:
    """Talk again about an item that was concluded or postponed in this meeting. What was agreed stays until the
    committee says otherwise; the trail keeps both."""
    item, acting = led(actor, item)
    ITEM.move(acting, item, "resume")
    item.outcome, item.before, item.counts, item.reason = None, None, None, ""
    item.concluded_at, item.concluded_by, item.concluded_by_name = None, None, ""
    db.session.flush()


def pass_formalities(actor: Actor, meeting: Meeting) -> int:
    """Let every open formality that the actor leads pass with its score as it is; returns how many passed.

    Nothing of them is shown or discussed, so nobody has to leave. One of which a score is still to come stays open.
    """
    lock(Meeting, meeting.id)
    waiting = queries.waiting_for_scores(meeting.round_id)
    passed = 0
    for item in queries.agenda(actor, meeting):
        if item.kind != ItemKind.FORMALITY or item.state != ItemState.OPEN or item.at_hand:
            continue
        if not queries.leads(actor, item.application) or queries.must_still(actor, item.application):
            continue
        acting = queries.acting(actor, item.application)
        require(rules_meeting.can_handle(acting, item))
        scored = queries.mean_of(meeting.round, item.application_id) is not None
        if scored and item.application_id not in waiting:
            _conclude(actor, acting, item, Conclusion())
            passed += 1
    return passed


def _require_at_hand(acting: Actor, item: MeetingItem) -> None:
    require(rules_meeting.can_handle(acting, item))
    if not item.at_hand:
        raise Conflict("at_hand", "Dit agendapunt is niet meer aan de orde. Neem het opnieuw.")


def _require_heard(acting: Actor, item: MeetingItem) -> None:
    """At hand, and everybody who must leave is outside: also somebody who joined or spoke up just now."""
    _require_at_hand(acting, item)
    if queries.still_inside(item):
        raise Refused("inside", "Er is iemand binnen die bij dit agendapunt weg moet. Bevestig dat eerst.")


def _write_notes(item: MeetingItem, notes: str, revision: int | None) -> None:
    if revision is not None and revision != item.revision:
        raise Conflict("stale", "Iemand anders heeft dit agendapunt net gewijzigd. Bekijk dat eerst.")
    text = clean(notes)
    if len(text) > MAX_NOTES:
        raise Invalid("long", f"Gebruik niet meer dan {MAX_NOTES} tekens.", "notes")
    item.notes = text
