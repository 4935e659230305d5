"""Panel meetings: refusals first, then what a meeting does and leaves behind."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pool.assessment import queries, service
from pool.assessment.inputs import Conclusion, MeetingInput
from pool.assessment.models_meeting import Meeting
from pool.assessment.states import ItemKind, ItemOutcome, ItemState, LeaveReason, MeetingState
from pool.core import audit
from pool.core.access import Role
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from tests.assessment.conftest import Committee
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import assess_all, assign_all, member, score, scores_input
from tests.support.meeting_factory import at_meeting, bar, discuss, hold, item_of, opened, planned
from tests.support.world import START


def given(days: float = 33, place: str = "Utrecht") -> MeetingInput:
    return MeetingInput(START + dt.timedelta(days=days), place)


def split(committee: Committee) -> None:
    """Everybody has scored; of the second plan the scores lie far apart."""
    seen: set[int] = set()
    for assignment in assign_all(committee.world, committee.round_):
        apart = assignment.application_id == committee.two.id and committee.two.id not in seen
        seen.add(assignment.application_id)
        score(committee.world, assignment, 2 if apart else 7)


# --- planning -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["assessor", "programme", "decider", "auditor", "admin", "applicant"])
def test_only_the_chair_plans_and_leads(committee: Committee, key: str) -> None:
    world, round_ = committee.world, committee.round_
    assess_all(world, round_)
    with pytest.raises(Refused):
        service.plan_meeting(world.later(key, days=30), round_, given())
    meeting = opened(world, round_)
    item = item_of(meeting, committee.one.id)
    actor = at_meeting(world, key)
    for attempt in (
        lambda: service.close_meeting(actor, meeting, "Klaar."),
        lambda: service.set_presence(actor, meeting, []),
        lambda: service.take_up(actor, item),
        lambda: service.conclude(actor, item, Conclusion()),
        lambda: service.set_kind(actor, item, ItemKind.DISCUSS),
    ):
        with pytest.raises((Refused, Missing)):
            attempt()
    assert item.state == ItemState.OPEN


def test_a_plan_is_checked_beside_its_fields(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    with pytest.raises(Refused, match="nog niet begonnen"):
        service.plan_meeting(world.later("chair", days=15), round_, given())
    assign_all(world, round_)
    with pytest.raises(InvalidMany) as found:
        service.plan_meeting(world.later("chair", days=30), round_, given(days=29, place=" "))
    assert [problem.field for problem in found.value.problems] == ["day", "place"]
    planned(world, round_)
    with pytest.raises(Conflict):
        service.plan_meeting(world.later("chair", days=30), round_, given())


def test_what_deserves_a_talk_comes_first_with_its_reasons(committee: Committee) -> None:
    split(committee)
    chair = at_meeting(committee.world, "chair")
    items = queries.agenda(chair, planned(committee.world, committee.round_))
    assert [item.application_id for item in items] == [committee.two.id, committee.one.id, committee.three.id]
    assert [item.kind for item in items] == [ItemKind.DISCUSS, ItemKind.FORMALITY, ItemKind.FORMALITY]
    assert "62,5 punten uit elkaar" in items[0].why[0]
    assert "verschillen de beoordelaars 5 niveaus" in items[0].why[1]
    assert items[1].why == []


def test_the_agenda_is_the_chairs_to_change(committee: Committee) -> None:
    split(committee)
    world, round_ = committee.world, committee.round_
    meeting, chair = planned(world, round_), world.later("chair", days=31)
    one, two = item_of(meeting, committee.one.id), item_of(meeting, committee.two.id)
    service.move_item(chair, one, up=True)
    service.move_item(chair, one, up=True)
    assert [item.application_id for item in queries.agenda(chair, meeting)][:2] == [
        committee.one.id,
        committee.two.id,
    ]
    service.set_kind(chair, one, ItemKind.DISCUSS)
    service.remove_item(chair, two)
    assert committee.two.id not in {item.application_id for item in queries.agenda(chair, meeting)}
    added = service.add_item(chair, meeting, committee.two.id)
    assert (added.kind, added.why) == (ItemKind.DISCUSS, ["Toegevoegd door de voorzitter."])
    with pytest.raises(Conflict):
        service.add_item(chair, meeting, committee.two.id)
    late = make_complete(world, round_, title="Laat volledig")
    assert service.complete_agenda(chair, meeting) == 1
    assert queries.agenda(chair, meeting)[-1].application_id == late.id


def test_a_changed_plan_notices_another_change(committee: Committee) -> None:
    world = committee.world
    assign_all(world, committee.round_)
    meeting, chair = planned(world, committee.round_), world.later("chair", days=31)
    seen = meeting.version
    service.change_meeting(chair, meeting, given(place="Zwolle"), seen)
    with pytest.raises(Conflict):
        service.change_meeting(chair, meeting, given(place="Assen"), seen)
    assert meeting.place == "Zwolle"


def test_a_cancelled_meeting_never_begins(committee: Committee) -> None:
    world = committee.world
    assign_all(world, committee.round_)
    meeting, chair = planned(world, committee.round_), world.later("chair", days=31)
    with pytest.raises(Invalid):
        service.cancel_meeting(chair, meeting, " ")
    service.cancel_meeting(chair, meeting, "De zaal is dicht.")
    with pytest.raises(Refused):
        service.open_meeting(at_meeting(world, "chair"), meeting, [world.ids["chair"]])
    assert planned(world, committee.round_).number == 2


# --- who may hear what --------------------------------------------------------------------------------------


def test_nobody_hears_an_item_while_somebody_who_must_leave_is_inside(committee: Committee) -> None:
    world = committee.world
    split(committee)
    meeting = opened(world, committee.round_)
    bar(world, "assessor", committee.one.id)
    item, chair = item_of(meeting, committee.one.id), at_meeting(world, "chair", 5)
    with pytest.raises(Conflict, match="niet meer aan de orde"):
        service.confirm_left(chair, item)
    service.take_up(chair, item)
    assert [(user.id, why) for user, why in queries.still_inside(item)] == [
        (world.ids["assessor"], LeaveReason.INTEREST)
    ]
    for attempt in (
        lambda: service.conclude(chair, item, Conclusion()),
        lambda: service.postpone(chair, item, "Later."),
        lambda: service.save_notes(chair, item, "Notitie"),
    ):
        with pytest.raises(Refused, match="iemand binnen"):
            attempt()
    assert [one.user_id for one in service.confirm_left(chair, item)] == [world.ids["assessor"]]
    assert service.confirm_left(chair, item) == []
    service.conclude(chair, item, Conclusion(notes="Kort besproken."))
    rows = [row for row in audit.trail(item.audit_chain) if row.action == "meeting_item.left"]
    assert rows[0].after == {"left": [{"user": world.ids["assessor"], "reason": "interest"}]}


def test_an_interest_during_the_talk_stops_it(committee: Committee) -> None:
    world = committee.world
    split(committee)
    meeting = opened(world, committee.round_)
    item, chair = item_of(meeting, committee.one.id), at_meeting(world, "chair", 5)
    service.take_up(chair, item)
    assert queries.still_inside(item) == []
    service.save_notes(chair, item, "Begonnen.")
    bar(world, "assessor_c", committee.one.id, "Nu pas bedacht.")
    with pytest.raises(Refused, match="iemand binnen"):
        service.conclude(chair, item, Conclusion())
    service.confirm_left(chair, item)
    service.conclude(chair, item, Conclusion())


def test_who_has_not_scored_yet_leaves_as_well(committee: Committee) -> None:
    world = committee.world
    made = assign_all(world, committee.round_)
    late = next(a for a in made if a.application_id == committee.one.id)
    for assignment in made:
        if assignment is not late:
            score(world, assignment, 6)
    meeting = opened(world, committee.round_)
    item = item_of(meeting, committee.one.id)
    service.take_up(at_meeting(world, "chair"), item)
    assert [(user.id, why) for user, why in queries.still_inside(item)] == [(late.user_id, LeaveReason.BLIND)]
    assert item.id not in {one.id for one in queries.agenda(member(world, late, 33), meeting)}


def test_who_left_is_back_for_the_next_item_and_must_leave_again(committee: Committee) -> None:
    world = committee.world
    split(committee)
    meeting = opened(world, committee.round_)
    bar(world, "assessor", committee.one.id)
    one, two = item_of(meeting, committee.one.id), item_of(meeting, committee.two.id)
    discuss(world, one)
    service.take_up(at_meeting(world, "chair", 20), two)
    assert one.absences[0].returned_at is not None
    service.take_up(at_meeting(world, "chair", 25), one)
    assert len(queries.still_inside(one)) == 1


def test_a_member_with_an_interest_meets_the_item_nowhere(committee: Committee) -> None:
    world = committee.world
    split(committee)
    bar(world, "chair", committee.three.id)
    meeting = planned(world, committee.round_)
    bar(world, "assessor", committee.one.id)
    seen = [item.application_id for item in queries.agenda(at_meeting(world, "assessor"), meeting)]
    assert committee.one.id not in seen
    with pytest.raises(Missing):
        queries.item(at_meeting(world, "assessor"), meeting, item_of(meeting, committee.one.id).id)
    whole = [item.application_id for item in queries.agenda(at_meeting(world, "programme"), meeting)]
    assert sorted(whole) == [committee.one.id, committee.two.id, committee.three.id]
    chair = at_meeting(world, "chair")
    item = item_of(meeting, committee.three.id)
    for attempt in (
        lambda: service.take_up(chair, item),
        lambda: service.remove_item(chair, item),
        lambda: service.set_kind(chair, item, ItemKind.DISCUSS),
        lambda: service.add_item(chair, meeting, committee.three.id),
    ):
        with pytest.raises(Missing):
            attempt()


def test_a_member_may_declare_an_interest_in_what_is_on_the_agenda(committee: Committee) -> None:
    world = committee.world
    made = assign_all(world, committee.round_)
    taken = {a.user_id for a in made if a.application_id == committee.one.id}
    other = next(k for k in ("assessor", "assessor_b", "assessor_c") if world.ids[k] not in taken)
    with pytest.raises(Missing):
        bar(world, other, committee.one.id)
    planned(world, committee.round_)
    bar(world, other, committee.one.id)
    assert committee.one.id in queries.barred_applications(world.ids[other])


# --- how an item ends ---------------------------------------------------------------------------------------


def test_an_agreed_score_stands_beside_the_one_before(committee: Committee) -> None:
    world = committee.world
    split(committee)
    meeting = opened(world, committee.round_)
    item, chair = item_of(meeting, committee.two.id), at_meeting(world, "chair", 5)
    service.take_up(chair, item)
    with pytest.raises(InvalidMany) as found:
        service.conclude(chair, item, Conclusion(101_000, ""))
    assert [problem.field for problem in found.value.problems] == ["agreed", "reason"]
    service.conclude(
        chair, item, Conclusion(60_000, "De samenwerking is sterker dan gedacht.", "Uitgebreid.")
    )
    assert (item.state, item.outcome) == (ItemState.DISCUSSED, ItemOutcome.AGREED)
    assert (item.before, item.counts) == (43_750, 60_000)
    assert queries.outcomes([committee.two.id])[committee.two.id].agreed == 60_000
    with pytest.raises(Refused, match="behandeld"):
        service.conclude(chair, item, Conclusion(61_000, "Nog eens."))
    service.resume(chair, item)
    service.conclude(chair, item, Conclusion(notes="Toch zo gelaten."))
    assert (item.outcome, item.before, item.counts) == (ItemOutcome.KEPT, 43_750, 60_000)
    assert item.reason == "De samenwerking is sterker dan gedacht."


def test_a_score_that_stays_needs_a_score(committee: Committee) -> None:
    world = committee.world
    assign_all(world, committee.round_)
    meeting = opened(world, committee.round_, ("chair",))
    item, chair = item_of(meeting, committee.one.id), at_meeting(world, "chair", 5)
    service.take_up(chair, item)
    with pytest.raises(Refused, match="nog geen score"):
        service.conclude(chair, item, Conclusion())
    with pytest.raises(Invalid):
        service.postpone(chair, item, " ")
    service.postpone(chair, item, "Eerst alle scores.")
    assert item.state == ItemState.POSTPONED


def test_a_stale_outcome_is_renewed_when_the_committee_stays_with_it(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    assess_all(world, round_)
    service.record_outcome(world.later("chair", days=29), round_, committee.one.id, 80_000, "Afgesproken.")
    mine = queries.counting([committee.one.id])[0]
    service.reopen(world.later("chair", days=30), mine, "Fout niveau.")
    service.submit_assessment(member(world, mine.assignment, 31), mine, scores_input(round_, 2))
    meeting = opened(world, round_)
    discuss(world, item_of(meeting, committee.one.id))
    outcome = queries.outcomes([committee.one.id])[committee.one.id]
    assert (outcome.before, outcome.agreed) == (50_000, 80_000)


def test_notes_of_two_people_at_once_do_not_overwrite_each_other(committee: Committee) -> None:
    world = committee.world
    split(committee)
    meeting = opened(world, committee.round_)
    item, chair = item_of(meeting, committee.one.id), at_meeting(world, "chair", 5)
    service.take_up(chair, item)
    seen = item.revision
    service.save_notes(chair, item, "Van de een.", seen)
    with pytest.raises(Conflict):
        service.save_notes(chair, item, "Van de ander.", seen)
    with pytest.raises(Invalid):
        service.save_notes(chair, item, "x" * 10_001)
    assert item.notes == "Van de een."


def test_formalities_pass_together(committee: Committee) -> None:
    world = committee.world
    split(committee)
    meeting = opened(world, committee.round_)
    assert service.pass_formalities(at_meeting(world, "chair", 5), meeting) == 2
    states = {item.application_id: item.state for item in queries.all_items(meeting)}
    assert states[committee.two.id] == ItemState.OPEN
    assert set(states.values()) == {ItemState.OPEN, ItemState.DISCUSSED}
    assert service.pass_formalities(at_meeting(world, "chair", 6), meeting) == 0


def test_a_formality_waits_for_the_last_score(committee: Committee) -> None:
    world = committee.world
    made = assign_all(world, committee.round_)
    late = next(a for a in made if a.application_id == committee.one.id)
    for assignment in made:
        if assignment is not late:
            score(world, assignment, 6)
    meeting = opened(world, committee.round_)
    for item in queries.all_items(meeting):
        item.kind = ItemKind.FORMALITY
    assert service.pass_formalities(at_meeting(world, "chair", 5), meeting) == 2
    assert item_of(meeting, committee.one.id).state == ItemState.OPEN


def test_a_score_that_changes_after_the_meeting_is_heard_of_again(committee: Committee) -> None:
    """The score stays, said the committee; then it may not become another one behind its back."""
    world, round_ = committee.world, committee.round_
    assess_all(world, round_)
    hold(world, round_)
    chair = world.later("chair", days=35)
    mine = queries.counting([committee.one.id])[0]
    service.reopen(chair, mine, "Fout niveau.")
    service.submit_assessment(member(world, mine.assignment, 36), mine, scores_input(round_, 2))
    messages = [problem.message for problem in service.adoption_problems(chair, round_)]
    assert messages == [
        f"Aanvraag {committee.one.reference}: na het overleg is een score veranderd. "
        "Leg de uitkomst opnieuw vast."
    ]
    service.record_outcome(
        world.later("chair", days=37), round_, committee.one.id, 50_000, "Besproken per mail."
    )
    assert service.adoption_problems(chair, round_) == []


# --- presence, closing, and what comes after ----------------------------------------------------------------


def test_presence_is_kept_from_joining_to_leaving(committee: Committee) -> None:
    world = committee.world
    split(committee)
    meeting = planned(world, committee.round_)
    chair = at_meeting(world, "chair")
    with pytest.raises(Refused):
        service.set_presence(chair, meeting, [world.ids["chair"]])
    for nobody in ([], [world.ids["programme"]]):
        with pytest.raises(Invalid):
            service.open_meeting(chair, meeting, nobody)
    opened(world, committee.round_, ("chair", "assessor"))
    service.set_presence(
        at_meeting(world, "chair", 10), meeting, [world.ids["chair"], world.ids["assessor_b"]]
    )
    service.set_presence(
        at_meeting(world, "chair", 20), meeting, [world.ids[k] for k in ("chair", "assessor", "assessor_b")]
    )
    service.close_meeting(at_meeting(world, "chair", 60), meeting, "De tijd is om.")
    rows = [
        (one.user_id, round((one.joined_at - at_meeting(world, "chair").at).total_seconds() / 60))
        for one in queries.attendance_of(meeting.id)
    ]
    assert sorted(rows) == sorted(
        [
            (world.ids["assessor"], 0),
            (world.ids["assessor"], 20),
            (world.ids["assessor_b"], 10),
            (world.ids["chair"], 0),
        ]
    )
    assert all(one.left_at is not None for one in queries.attendance_of(meeting.id))


def test_a_meeting_closes_when_everything_is_dealt_with_or_postponed(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    split(committee)
    meeting, chair = opened(world, round_), at_meeting(world, "chair", 60)
    with pytest.raises(Invalid) as found:
        service.close_meeting(chair, meeting)
    assert found.value.field == "rest"
    service.pass_formalities(chair, meeting)
    service.close_meeting(chair, meeting, "De tijd is om.")
    assert meeting.state == MeetingState.CLOSED
    assert item_of(meeting, committee.two.id).state == ItemState.POSTPONED
    with pytest.raises(Refused):
        service.close_meeting(chair, meeting)
    messages = [problem.message for problem in service.adoption_problems(chair, round_)]
    assert messages == [
        f"Aanvraag {committee.two.reference}: uitgesteld in de vergadering en nog niet besproken."
    ]
    given_ = MeetingInput(START + dt.timedelta(days=36), "Online")
    again = service.plan_meeting(world.later("chair", days=34), round_, given_)
    items = queries.all_items(again)
    assert [item.application_id for item in items] == [committee.two.id]
    assert items[0].why[0] == "Uitgesteld in een eerdere vergadering."


def test_no_merits_while_a_meeting_is_planned_or_going_on(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    split(committee)
    planned(world, round_)
    for state in ("gepland", "bezig"):
        with pytest.raises(InvalidMany, match=f"Vergadering 1 is {state}"):
            service.adopt_merits(world.later("chair", days=40), round_)
        if state == "gepland":
            meeting = opened(world, round_)
    chair = at_meeting(world, "chair", 50)
    service.pass_formalities(chair, meeting)
    discuss(world, item_of(meeting, committee.two.id), 55_000, "Zo afgesproken.")
    service.close_meeting(chair, meeting)
    assert service.adopt_merits(world.later("chair", days=40), round_).number == 1
    assert queries.merits(round_.id)[committee.two.id] == 55_000


def test_what_a_meeting_left_never_changes(committee: Committee) -> None:
    world = committee.world
    split(committee)
    bar(world, "assessor", committee.one.id)
    meeting = hold(world, committee.round_)
    db.session.commit()
    for table in (
        "meeting",
        "meeting_item",
        "attendance",
        "item_absence",
        "meeting_minutes",
        "minutes_approval",
    ):
        for statement in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="immutable"), db.session.begin_nested():
                db.session.execute(text(statement))
    assert db.session.get_one(Meeting, meeting.id).state == MeetingState.CLOSED


def test_roles_of_a_deputy_are_not_lent_to_others(committee: Committee) -> None:
    """The twin of the refusals above: with the chair's role lent to everybody they would not hold."""
    world = committee.world
    assess_all(world, committee.round_)
    actor = world.later("assessor", days=30)
    assert queries.acting(actor, committee.one) is actor
    assert not queries.leads(actor, committee.one)
    assert queries.leads(world.later("chair", days=30), committee.one)
    assert not actor.has(Role.CHAIR)
