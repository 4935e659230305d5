"""Changes to who reads what, one at a time, while the committee is at work."""

from __future__ import annotations

import pytest

from pool.assessment import queries, service
from pool.assessment.states import InterestAnswer
from pool.core import audit
from pool.core.errors import Conflict, Invalid, Missing, Refused
from tests.assessment.conftest import Committee
from tests.support.assessment_factory import ASSIGNED, adopt, assign_all, member, open_file, score


def test_no_single_assignment_before_the_committee_is_at_work(committee: Committee) -> None:
    world = committee.world
    with pytest.raises(Refused) as found:
        service.add_assignment(
            world.later("programme", days=ASSIGNED),
            committee.round_,
            committee.one.id,
            world.ids["assessor"],
            "Kan.",
        )
    assert found.value.code == "state"
    assert queries.assignments_of_round(committee.round_.id) == []


def test_by_hand_needs_a_reason_and_a_free_assessor(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    assign_all(world, round_)
    programme = world.later("programme", days=21)
    taken = {a.user_id for a in queries.readers_of_round(round_.id) if a.application_id == committee.one.id}
    free = next(world.ids[k] for k in ("assessor", "assessor_b", "assessor_c") if world.ids[k] not in taken)
    with pytest.raises(Invalid):
        service.add_assignment(programme, round_, committee.one.id, free, " ")
    with pytest.raises(Invalid):
        service.add_assignment(programme, round_, committee.one.id, world.ids["chair"], "Extra.")
    with pytest.raises(Conflict):
        service.add_assignment(programme, round_, committee.one.id, min(taken), "Extra.")
    with pytest.raises(Missing):
        service.add_assignment(programme, round_, 999_999, free, "Extra.")
    made = service.add_assignment(programme, round_, committee.one.id, free, "Groot verschil.")
    assert made in queries.readers_of_round(round_.id)
    entry = audit.trail(committee.one.audit_chain)[-1]
    assert (entry.action, entry.reason) == ("assignment.add", "Groot verschil.")


def test_nobody_with_an_interest_is_added_by_hand(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    lost = made[0]
    service.declare_interest(
        member(world, lost, 21), lost.application_id, InterestAnswer.DECLARED, "Familie."
    )
    service.end_assignment(world.later("programme", days=21), lost, "Belang.")
    with pytest.raises(Invalid) as found:
        service.add_assignment(
            world.later("programme", days=22), round_, lost.application_id, lost.user_id, "Toch."
        )
    assert found.value.code == "interest"


def test_ending_keeps_the_work_and_counts_nowhere(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    open_, done = made[0], made[1]
    open_file(world, open_)
    score(world, done, 6)
    programme = world.later("programme", days=26)
    with pytest.raises(Invalid):
        service.end_assignment(programme, open_, "")
    with pytest.raises(Refused):
        service.end_assignment(world.later("assessor", days=26), open_, "Geen tijd.")
    with pytest.raises(Refused):
        service.end_assignment(programme, done, "Te laag.")
    service.end_assignment(programme, open_, "Ziek.")
    assert open_.assessment is not None
    with pytest.raises(Missing):
        queries.own_assignment(member(world, open_, 27), open_.application_id)
    again = service.add_assignment(programme, round_, open_.application_id, open_.user_id, "Weer beter.")
    assert again is open_
    assert queries.own_assignment(member(world, open_, 27), open_.application_id) is open_


def test_nothing_changes_after_adoption(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    adopt(world, round_)
    programme = world.later("programme", days=41)
    with pytest.raises(Refused):
        service.make_plan(programme, round_)
    with pytest.raises(Refused):
        service.end_assignment(programme, queries.assignments_of_round(round_.id)[0], "Omdat.")
