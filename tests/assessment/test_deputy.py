"""The chair has an interest: a deputy does the chair's work on that file, and the chair never meets it."""

from __future__ import annotations

import pytest

from pool.assessment import queries, service
from pool.assessment.inputs import Conclusion
from pool.assessment.models_meeting import Meeting
from pool.assessment.states import InterestAnswer, ItemState
from pool.core import audit
from pool.core.access import Role
from pool.core.db import db
from pool.core.errors import Conflict, InvalidMany, Missing, Refused
from tests.assessment.conftest import Committee
from tests.support.assessment_factory import assess_all, assign_all, member, score, scores_input
from tests.support.meeting_factory import at_meeting, bar, discuss, hold, item_of, opened
from tests.support.world import World


def outsider(world: World, application_id: int) -> str:
    """An assessor who does not read this application."""
    readers = {a.assignment.user_id for a in queries.counting([application_id])}
    return next(k for k in ("assessor", "assessor_b", "assessor_c") if world.ids[k] not in readers)


def appoint(committee: Committee, key: str) -> None:
    world = committee.world
    programme = world.later("programme", days=26)
    service.appoint_deputy(programme, committee.round_, world.ids[key], "De voorzitter heeft een belang.")
    db.session.commit()


@pytest.fixture
def deputy(committee: Committee) -> str:
    """Everything is scored, the chair has an interest in the second plan, and somebody deputises."""
    world = committee.world
    assess_all(world, committee.round_)
    key = outsider(world, committee.two.id)
    appoint(committee, key)
    bar(world, "chair", committee.two.id)
    return key


def no_interest(world: World, key: str, application_id: int) -> None:
    service.declare_interest(at_meeting(world, key), application_id, InterestAnswer.NONE)
    db.session.commit()


# --- appointing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["assessor", "chair", "decider", "auditor", "admin", "applicant"])
def test_only_the_programme_team_appoints(committee: Committee, key: str) -> None:
    world = committee.world
    assign_all(world, committee.round_)
    with pytest.raises(Refused):
        service.appoint_deputy(world.later(key, days=26), committee.round_, world.ids["assessor"], "x")


def test_an_appointment_is_checked(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    programme = world.later("programme", days=26)
    with pytest.raises(Refused, match="nog niet begonnen"):
        service.appoint_deputy(programme, round_, world.ids["assessor"], "x")
    assign_all(world, round_)
    with pytest.raises(InvalidMany) as found:
        service.appoint_deputy(programme, round_, world.ids["chair"], " ")
    assert [problem.field for problem in found.value.problems] == ["user_id", "reason"]
    appoint(committee, "assessor")
    with pytest.raises(Conflict):
        appoint(committee, "assessor")
    one = queries.deputies(round_.id)[0]
    service.end_deputy(programme, round_, one.id)
    with pytest.raises(Refused):
        service.end_deputy(programme, round_, one.id)
    assert queries.deputies(round_.id) == []


# --- what a deputy may do -----------------------------------------------------------------------------------


def test_a_deputy_leads_only_what_no_chair_may_see(committee: Committee, deputy: str) -> None:
    world = committee.world
    actor = at_meeting(world, deputy)
    assert queries.deputised(actor, committee.round_.id) == {committee.two.id}
    assert queries.acting(actor, committee.two).has(Role.CHAIR)
    assert queries.acting(actor, committee.one) is actor
    assert not queries.leads(at_meeting(world, "chair"), committee.two)
    with pytest.raises((Refused, Missing)):
        service.record_outcome(actor, committee.round_, committee.one.id, 50_000, "Mag niet.")
    others = {"assessor", "assessor_b", "assessor_c"} - {deputy}
    for key in others:
        assert queries.deputised(at_meeting(world, key), committee.round_.id) == set()
    service.end_deputy(
        world.later("programme", days=30), committee.round_, queries.deputies(committee.round_.id)[0].id
    )
    assert queries.deputised(actor, committee.round_.id) == set()


def test_a_deputy_with_an_interest_leads_nothing_of_it(committee: Committee, deputy: str) -> None:
    world = committee.world
    opened(world, committee.round_)
    bar(world, deputy, committee.two.id, "Ook ik.")
    actor = at_meeting(world, deputy)
    assert queries.deputised(actor, committee.round_.id) == set()
    with pytest.raises(Missing):
        service.confirm_merit(actor, committee.round_, committee.two.id)


def test_a_deputy_says_first_to_have_no_interest(committee: Committee, deputy: str) -> None:
    world = committee.world
    meeting = opened(world, committee.round_)
    item, actor = item_of(meeting, committee.two.id), at_meeting(world, deputy, 5)
    for attempt in (
        lambda: service.take_up(actor, item),
        lambda: service.record_outcome(actor, committee.round_, committee.two.id, 50_000, "x"),
        lambda: service.confirm_merit(actor, committee.round_, committee.two.id),
    ):
        with pytest.raises(Refused, match="Zeg eerst of u een belang hebt"):
            attempt()
    no_interest(world, deputy, committee.two.id)
    service.take_up(actor, item)


def test_a_deputy_stays_blind_until_the_own_scores_are_in(committee: Committee) -> None:
    world = committee.world
    made = assign_all(world, committee.round_)
    late = next(a for a in made if a.application_id == committee.two.id)
    for assignment in made:
        if assignment is not late:
            score(world, assignment, 6)
    key = next(k for k, ident in world.ids.items() if ident == late.user_id)
    appoint(committee, key)
    bar(world, "chair", committee.two.id)
    meeting = opened(world, committee.round_)
    no_interest(world, key, committee.two.id)
    with pytest.raises(Refused, match="Dien eerst uw eigen scores"):
        service.confirm_merit(at_meeting(world, key), committee.round_, committee.two.id)
    with pytest.raises(Missing):
        service.take_up(at_meeting(world, key), item_of(meeting, committee.two.id))


def test_the_deputy_does_all_of_the_chairs_work_on_the_file(committee: Committee, deputy: str) -> None:
    world, round_ = committee.world, committee.round_
    meeting = opened(world, round_)
    no_interest(world, deputy, committee.two.id)
    actor = at_meeting(world, deputy, 5)
    mine = queries.counting([committee.two.id])[0]
    with pytest.raises(Missing):
        service.record_outcome(at_meeting(world, "chair"), round_, committee.two.id, 1, "x")
    service.reopen(actor, mine, "Een verkeerd niveau.")
    service.submit_assessment(member(world, mine.assignment, 33.01), mine, scores_input(round_, 3))
    service.record_outcome(actor, round_, committee.two.id, 61_000, "Zo afgesproken.")
    other = queries.counting([committee.one.id])[0].assignment.user_id
    service.declare_interest(
        actor, committee.two.id, InterestAnswer.DECLARED, "Kwam ter sprake.", user_id=other
    )
    discuss(world, item_of(meeting, committee.two.id), 62_000, "Opnieuw besproken.", by=deputy)
    rows = [row for row in audit.trail(committee.two.audit_chain) if row.actor_id == world.ids[deputy]]
    assert {"assessment.reopen", "panel.outcome", "interest.declared", "meeting_item.conclude"} <= {
        row.action for row in rows
    }


# --- adopting without seeing --------------------------------------------------------------------------------


def test_the_chair_adopts_what_the_deputy_confirmed(committee: Committee, deputy: str) -> None:
    world, round_ = committee.world, committee.round_
    meeting = hold_in_two(committee, deputy)
    chair = world.later("chair", days=40)
    problems = service.adoption_problems(chair, round_)
    assert [problem.code for problem in problems] == ["unconfirmed"]
    assert committee.two.reference not in problems[0].message
    with pytest.raises(InvalidMany):
        service.adopt_merits(chair, round_)
    with pytest.raises(Missing):
        service.confirm_merit(chair, round_, committee.two.id)
    word = service.confirm_merit(at_meeting(world, deputy, 200), round_, committee.two.id)
    assert word.merit == 62_000
    assert service.confirm_merit(at_meeting(world, deputy, 201), round_, committee.two.id) is word
    adoption = service.adopt_merits(chair, round_)
    assert {merit.application_id: merit.merit for merit in adoption.merits}[committee.two.id] == 62_000
    assert meeting.minutes is not None


def hold_in_two(committee: Committee, deputy: str) -> Meeting:
    """A meeting led in turn; both approve their part of the minutes."""
    world, round_ = committee.world, committee.round_
    meeting = opened(world, round_)
    no_interest(world, deputy, committee.two.id)
    discuss(world, item_of(meeting, committee.two.id), 62_000, "Zo afgesproken.", by=deputy)
    chair = at_meeting(world, "chair", 50)
    for item in queries.agenda(chair, meeting):
        discuss(world, item)
    service.close_meeting(chair, meeting)
    assert service.approve_minutes(at_meeting(world, "chair", 60), meeting) is None
    assert meeting.minutes is None
    service.approve_minutes(at_meeting(world, deputy, 70), meeting)
    db.session.commit()
    db.session.expire(meeting)
    return meeting


def test_the_minutes_of_both_are_whole_and_each_sees_the_own_part(committee: Committee, deputy: str) -> None:
    world = committee.world
    meeting = hold_in_two(committee, deputy)
    whole = service.minutes_for(at_meeting(world, "programme"), meeting)
    assert whole is not None
    assert {item["application"] for item in whole["items"]} == {
        committee.one.id,
        committee.two.id,
        committee.three.id,
    }
    assert [one["name"] for one in whole["approved"]] == [
        world.user("chair").name,
        world.user(deputy).name,
    ]
    left = next(item for item in whole["items"] if item["application"] == committee.two.id)["left"]
    assert [one["user"] for one in left] == [world.ids["chair"]]
    seen = service.minutes_for(at_meeting(world, "chair"), meeting)
    assert seen is not None
    assert committee.two.title not in str(seen)
    assert committee.two.reference not in str(seen)


def test_a_confirmation_counts_no_more_when_anything_changes(committee: Committee, deputy: str) -> None:
    world, round_ = committee.world, committee.round_
    hold_in_two(committee, deputy)
    chair = world.later("chair", days=40)
    service.confirm_merit(at_meeting(world, deputy, 200), round_, committee.two.id)
    assert service.adoption_problems(chair, round_) == []
    service.record_outcome(at_meeting(world, deputy, 210), round_, committee.two.id, 62_001, "Nog eens.")
    assert [problem.code for problem in service.adoption_problems(chair, round_)] == ["unconfirmed"]
    service.confirm_merit(at_meeting(world, deputy, 220), round_, committee.two.id)
    bar(world, "chair", committee.one.id, "Ook hier.")
    assert [problem.code for problem in service.adoption_problems(chair, round_)] == ["unconfirmed"]
    service.declare_interest(
        at_meeting(world, deputy), committee.two.id, InterestAnswer.DECLARED, "Achteraf toch."
    )
    assert [problem.code for problem in service.adoption_problems(chair, round_)] == ["unconfirmed"] * 2


def test_an_interest_of_the_chair_in_the_middle_of_the_talk(committee: Committee) -> None:
    """The chair is discussing the file when it dawns: the file is gone, and the deputy takes over."""
    world, round_ = committee.world, committee.round_
    assess_all(world, round_)
    key = outsider(world, committee.two.id)
    appoint(committee, key)
    meeting, chair = opened(world, round_), at_meeting(world, "chair", 5)
    item = item_of(meeting, committee.two.id)
    service.take_up(chair, item)
    service.save_notes(chair, item, "Tot hier ging het goed.")
    bar(world, "chair", committee.two.id, "De projectleider is mijn neef.")
    for attempt in (
        lambda: service.save_notes(chair, item, "Nog iets."),
        lambda: service.conclude(chair, item, Conclusion()),
        lambda: service.take_up(chair, item),
    ):
        with pytest.raises(Missing):
            attempt()
    assert item.id not in {one.id for one in queries.agenda(chair, meeting)}
    no_interest(world, key, committee.two.id)
    deputy_ = at_meeting(world, key, 10)
    service.take_up(deputy_, item)
    assert [user.id for user, _why in queries.still_inside(item)] == [world.ids["chair"]]
    service.confirm_left(deputy_, item)
    service.conclude(deputy_, item, Conclusion(notes="Verder besproken zonder de voorzitter."))
    assert item.state == ItemState.DISCUSSED
    service.pass_formalities(chair, meeting)
    for one in queries.agenda(chair, meeting):
        if one.state == ItemState.OPEN:
            discuss(world, one)
    service.close_meeting(at_meeting(world, "chair", 60), meeting)
    service.confirm_merit(at_meeting(world, key, 90), round_, committee.two.id)
    assert service.adopt_merits(world.later("chair", days=40), round_).number == 1


def test_without_an_interest_of_the_chair_nothing_needs_a_deputy(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    assess_all(world, round_)
    hold(world, round_)
    assert service.adopt_merits(world.later("chair", days=40), round_).number == 1
