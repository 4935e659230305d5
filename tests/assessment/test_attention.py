"""What the meeting should talk about, and who may know it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pool.assessment import queries, service
from pool.assessment.models import Assignment
from pool.assessment.states import InterestAnswer
from pool.core.access import Role
from pool.core.db import db
from pool.people.models import RoleGrant
from pool.rounds.models import Round
from pool.rounds.states import Calibration
from tests.assessment.conftest import Committee
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import assess_all, assign_all, score
from tests.support.world import RULES, START, World


def apart(made: list[Assignment], application_id: int, world: World) -> None:
    """Two totals of one application that lie far apart."""
    first, second = [a for a in made if a.application_id == application_id]
    score(world, first, 9)
    score(world, second, {"kwaliteit": 5, "impuls": 4, "leren": 6})


def listed(world: World, round_: Round, key: str = "chair") -> dict[str, list[str]]:
    """Title to the reasons, as this person finds them."""
    found = queries.attention_list(world.later(key, days=30), round_)
    return {application.title: [remark.text for remark in remarks] for application, remarks in found}


def test_only_who_leads_or_supports_the_committee_has_a_list(committee: Committee) -> None:
    world, made = committee.world, assign_all(committee.world, committee.round_)
    apart(made, committee.one.id, world)
    for key in ("assessor", "assessor_b", "applicant", "decider", "auditor", "admin"):
        assert listed(world, committee.round_, key) == {}
    assert "Eerste plan" in listed(world, committee.round_, "programme")


def test_a_chair_who_scores_too_has_no_list_before_the_own_scores(committee: Committee) -> None:
    world = committee.world
    db.session.add(RoleGrant(user_id=world.ids["chair"], role=Role.ASSESSOR, started_at=START))
    for key in ("assessor", "assessor_b"):
        world.user(key).is_active = False
    db.session.flush()
    made = assign_all(world, committee.round_)
    mine = [a for a in made if a.user_id == world.ids["chair"]]
    for assignment in made:
        if assignment not in mine:
            score(world, assignment, 9)
    assert listed(world, committee.round_) == {}
    for assignment in mine:
        score(world, assignment, 4)
    assert "Eerste plan" in listed(world, committee.round_)


def test_what_is_hidden_is_neither_listed_nor_used(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    apart(made, committee.one.id, world)
    apart(made, committee.two.id, world)
    assess_all(world, round_)
    assert {"Eerste plan", "Tweede plan"} <= set(listed(world, round_))
    service.declare_interest(
        world.later("chair", days=29), committee.two.id, InterestAnswer.DECLARED, "Oud-collega."
    )
    db.session.commit()
    with_hidden = listed(world, round_)
    assert "Eerste plan" in with_hidden
    assert "Tweede plan" not in with_hidden
    for assignment in made:
        if assignment.application_id == committee.two.id:
            assignment.ended_at, assignment.ended_reason = START, "Weg."
    db.session.flush()
    without = listed(world, round_, "programme")
    assert with_hidden == without, "as if the hidden application had no scores at all"


def test_a_wide_spread_and_a_gap_on_one_criterion_are_told_in_words(committee: Committee) -> None:
    world, made = committee.world, assign_all(committee.world, committee.round_)
    apart(made, committee.one.id, world)
    assess_all(world, committee.round_, {committee.two.id: 6, committee.three.id: 5})
    found = listed(world, committee.round_)["Eerste plan"]
    assert "De scores liggen 51,25 punten uit elkaar." in found
    assert "Bij 'Impuls' verschillen de niveaus 5 stappen." in found
    assert "Bij 'Kwaliteit' verschillen de niveaus 4 stappen." in found
    assert not any("Leren" in text for text in found)


def test_names_of_assessors_are_never_in_a_reason(world: World) -> None:
    round_ = world.round(rules=replace(RULES, assessors_per_application=3))
    plans = [make_complete(world, round_, title=f"Plan {place}") for place in range(9)]
    made = assign_all(world, round_)
    for place, plan in enumerate(plans):
        for assignment in made:
            if assignment.application_id == plan.id:
                odd = place == 4 and assignment.user_id == world.ids["assessor"]
                score(world, assignment, 9 if odd else 2 + place % 3)
    found = listed(world, round_)
    assert any("van een beoordelaar" in text and "hoger dan verwacht" in text for text in found["Plan 4"])
    everything = " ".join(text for texts in found.values() for text in texts)
    assert not any(user.name in everything for user in world.users.values())


def test_one_score_is_a_reason_and_agreement_is_none(world: World) -> None:
    round_ = world.round(rules=replace(RULES, assessors_per_application=1))
    make_complete(world, round_, title="Alleen")
    assess_all(world, round_)
    assert listed(world, round_) == {"Alleen": ["Er is maar één score."]}


@pytest.mark.parametrize("mode", list(Calibration))
def test_a_round_without_correction_gives_only_what_the_scores_say(world: World, mode: Calibration) -> None:
    round_ = world.round(rules=replace(RULES, calibration=mode.value), ceiling=5_500_000)
    plans = [make_complete(world, round_, title=f"Plan {place}") for place in range(3)]
    made = assign_all(world, round_)
    # One is three levels milder, which puts a lesser plan above the line.
    mild, quality = world.ids["assessor"], iter((5, 4))
    for plan in plans:
        readers = [a for a in made if a.application_id == plan.id]
        level = next(quality) if mild in {a.user_id for a in readers} else 6
        for assignment in readers:
            score(world, assignment, level + 3 * (assignment.user_id == mild))
    texts = " ".join(text for reasons in listed(world, round_).values() for text in reasons)
    assert ("correctie" in texts) == (mode != Calibration.OFF)
    shown = [row.adjusted is not None for row in queries.results(round_).rows]
    assert shown == [mode != Calibration.OFF] * 3
