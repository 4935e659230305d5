"""A plan of who reads what: refusals with readable reasons, adjustments by hand, and making it final."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from pool.applications.states import ApplicationState
from pool.assessment import planning, queries, service
from pool.assessment.inputs import PlanOptions
from pool.assessment.models import AssignmentPlan
from pool.assessment.plan import Pair, Pairs
from pool.assessment.queries import plans
from pool.assessment.states import Abstention, InterestAnswer, PlanState
from pool.core import audit
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.outbox import Mail
from pool.people.models import Organisation, RoleGrant
from pool.people.states import OrganisationKind
from pool.regions import queries as regions
from pool.rounds.states import OwnRegion, RoundState
from tests.assessment.conftest import Committee
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import ASSIGNED, assign_all, member, open_file
from tests.support.world import RULES, START, World


@pytest.fixture
def programme(committee: Committee) -> Actor:
    return committee.world.later("programme", days=ASSIGNED)


@pytest.fixture
def plan(committee: Committee, programme: Actor) -> AssignmentPlan:
    """Three applications with two readers each; each of the three assessors reads two."""
    return service.make_plan(programme, committee.round_)


def held(plan: AssignmentPlan) -> Pairs:
    return Pairs.of(plan.body)


def some(plan: AssignmentPlan, application_id: int) -> Pair:
    """A pair of the plan about this application."""
    return min(pair for pair in held(plan).pairs if pair[0] == application_id)


def outsider(committee: Committee, plan: AssignmentPlan, application_id: int) -> int:
    """The assessor who does not read this application in the plan."""
    reads = {user for application, user in held(plan).pairs if application == application_id}
    return next(iter({committee.world.ids[k] for k in ("assessor", "assessor_b", "assessor_c")} - reads))


def sound(plan: AssignmentPlan) -> bool:
    found = plans.situation(plan.round)
    return planning.problems(found, service.options_of(plan), held(plan)) == ()


def declare(committee: Committee, pair: Pair, days: float = ASSIGNED) -> None:
    """The chair records that somebody has an interest."""
    chair = committee.world.later("chair", days=days)
    service.declare_interest(chair, pair[0], InterestAnswer.DECLARED, "Familie.", user_id=pair[1])


# --- who, and when --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["assessor", "chair", "applicant", "decider", "auditor", "admin", "lead"])
def test_only_the_programme_team_plans(committee: Committee, plan: AssignmentPlan, key: str) -> None:
    actor = committee.world.later(key, days=ASSIGNED)
    one = some(plan, committee.one.id)
    before = plan.body
    for step in (
        lambda: service.make_plan(actor, committee.round_),
        lambda: service.pin(actor, plan, *one),
        lambda: service.unpin(actor, plan, *one),
        lambda: service.forbid(actor, plan, *one),
        lambda: service.allow(actor, plan, *one),
        lambda: service.move(actor, plan, *one, committee.two.id),
        lambda: service.swap(actor, plan, *one, some(plan, committee.two.id)),
        lambda: service.drop_plan(actor, plan),
        lambda: service.finalise_plan(actor, plan),
    ):
        with pytest.raises(Refused):
            step()
    assert plans.draft_plan(actor, committee.round_) is None
    assert (plan.body, plan.state) == (before, PlanState.DRAFT)


def test_not_by_who_sits_in_the_committee_too(committee: Committee, plan: AssignmentPlan) -> None:
    world = committee.world
    db.session.add(RoleGrant(user_id=world.ids["programme"], role=Role.ASSESSOR, started_at=START))
    db.session.flush()
    both = world.later("programme", days=ASSIGNED)
    assert plans.draft_plan(both, committee.round_) is None
    with pytest.raises(Refused, match="zelf in de commissie"):
        service.finalise_plan(both, plan)


def test_not_while_the_round_is_open(world: World) -> None:
    round_ = world.round()
    with pytest.raises(Refused) as found:
        service.make_plan(world.later("programme", days=3), round_)
    assert found.value.code == "early"


def test_not_without_applications(world: World) -> None:
    with pytest.raises(Refused) as found:
        service.make_plan(world.later("programme", days=ASSIGNED), world.round())
    assert found.value.code == "empty"


# --- nothing that fits: which rules clash ---------------------------------------------------------------------


def reasons(error: pytest.ExceptionInfo[InvalidMany]) -> list[str]:
    return [one.message for one in error.value.problems]


def test_too_few_are_free_of_interest(committee: Committee, programme: Actor) -> None:
    world = committee.world
    for key in ("assessor", "assessor_b"):
        declare(committee, (committee.one.id, world.ids[key]))
    with pytest.raises(InvalidMany) as found:
        service.make_plan(programme, committee.round_)
    assert reasons(found) == [
        f"Voor {committee.one.reference} is maar 1 beoordelaar vrij van belang, er zijn er 2 nodig. Niet beschikbaar: "
        "Ada Beoordelaar (heeft een belang), Bob Beoordelaar (heeft een belang)."
    ]
    assert plans.draft_plan(programme, committee.round_) is None
    assert committee.round_.state != RoundState.IN_ASSESSMENT


def test_a_committee_that_is_too_small(world: World) -> None:
    round_ = world.round(rules=replace(RULES, assessors_per_application=4))
    application = make_complete(world, round_)
    with pytest.raises(InvalidMany) as found:
        service.make_plan(world.later("programme", days=ASSIGNED), round_)
    assert reasons(found) == [
        f"Voor {application.reference} zijn maar 3 beoordelaars beschikbaar, er zijn er 4 nodig."
    ]


def test_a_maximum_that_is_too_low(committee: Committee, programme: Actor) -> None:
    with pytest.raises(InvalidMany) as found:
        service.make_plan(programme, committee.round_, PlanOptions(maximum=1))
    assert reasons(found) == [
        "Er zijn 6 beoordelingen nodig, maar alle beoordelaars samen mogen er hoogstens 3 doen. Verhoog het maximum of "
        "voeg beoordelaars toe."
    ]
    everyone = PlanOptions(maximum=2, calibration=frozenset({committee.one.id}))
    with pytest.raises(InvalidMany) as found:
        service.make_plan(programme, committee.round_, everyone)
    assert reasons(found)[0].endswith("Of kies minder aanvragen die iedereen leest.")


def test_rules_that_clash_only_together(committee: Committee, programme: Actor) -> None:
    world = committee.world
    for application in (committee.one, committee.two, committee.three):
        if application is not committee.three:
            declare(committee, (application.id, world.ids["assessor"]))
    with pytest.raises(InvalidMany) as found:
        service.make_plan(programme, committee.round_, PlanOptions(maximum=2))
    assert len(reasons(found)) == 1
    assert re.search(r"meer leest dan het maximum|zit aan het maximum", reasons(found)[0])


def neighbour_of_haarlem(world: World, key: str) -> None:
    """This assessor works in the region of Haarlem, for a municipality that does not apply."""
    place = regions.municipality_by_name("Bloemendaal")
    assert place is not None
    found = Organisation(
        kind=OrganisationKind.MUNICIPALITY, name="Gemeente Bloemendaal", municipality_id=place.id
    )
    db.session.add(found)
    db.session.flush()
    world.user(key).organisation_id = found.id
    db.session.flush()


def test_the_own_region_is_avoided_unless_allowed(committee: Committee, programme: Actor) -> None:
    world = committee.world
    neighbour_of_haarlem(world, "assessor")
    strict = service.make_plan(programme, committee.round_)
    assert {a for a, u in held(strict).pairs if u == world.ids["assessor"]} <= {committee.two.id}
    with pytest.raises(Invalid, match="eigen regio leest"):
        service.pin(programme, strict, committee.one.id, world.ids["assessor"])
    world.user("assessor_b").is_active = False
    db.session.flush()
    with pytest.raises(InvalidMany) as found:
        service.make_plan(programme, committee.round_)
    assert "Ada Beoordelaar (werkt in de regio van de aanvraag)" in reasons(found)[0]
    assert "U kunt toestaan" in reasons(found)[0]
    service.make_plan(programme, committee.round_, PlanOptions(own_region=True))
    assert committee.one.id in {a for a, u in held(strict).pairs if u == world.ids["assessor"]}


def test_a_hard_own_region_of_the_rules_is_not_for_the_team_to_allow(world: World) -> None:
    round_ = world.round(rules=replace(RULES, own_region=OwnRegion.HARD.value))
    application = make_complete(world, round_)
    neighbour_of_haarlem(world, "assessor")
    programme = world.later("programme", days=ASSIGNED)
    plan = service.make_plan(programme, round_, PlanOptions(own_region=True))
    assert world.ids["assessor"] not in {user for _, user in held(plan).pairs}
    with pytest.raises(Invalid) as found:
        service.pin(programme, plan, application.id, world.ids["assessor"])
    assert found.value.code == "interest"


# --- a plan ---------------------------------------------------------------------------------------------------


def test_a_plan_spreads_the_work_and_changes_nothing_else(committee: Committee, plan: AssignmentPlan) -> None:
    pairs = held(plan).pairs
    assert set(Counter(a for a, _ in pairs).values()) == {2}
    assert sorted(Counter(u for _, u in pairs).values()) == [2, 2, 2]
    assert queries.assignments_of_round(committee.round_.id) == []
    assert committee.round_.state == RoundState.CLOSED
    assert db.session.scalar(select(Mail).where(Mail.key.startswith("assigned:"))) is None
    for key in ("assessor", "assessor_b", "assessor_c"):
        assert list(db.session.scalars(queries.visible_to(committee.world.later(key, days=21)))) == []
    assert (held(plan).added, held(plan).dropped) == (frozenset(), frozenset())


def test_the_same_facts_give_the_same_plan(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    first = held(plan).pairs
    service.make_plan(programme, committee.round_)
    assert held(plan).pairs == first
    service.drop_plan(programme, plan)
    again = service.make_plan(programme, committee.round_)
    assert again.id != plan.id
    assert held(again).pairs == first


def test_one_plan_at_a_time(committee: Committee, programme: Actor, plan: AssignmentPlan) -> None:
    twin = AssignmentPlan(round=committee.round_, body=plan.body, made_at=START, changed_at=START)
    db.session.add(twin)
    with pytest.raises(IntegrityError):
        db.session.flush()


# --- adjusting ------------------------------------------------------------------------------------------------


def test_a_pin_stays_at_a_rerun_and_brings_somebody_in(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    new = (committee.one.id, outsider(committee, plan, committee.one.id))
    before = held(plan).pairs
    service.pin(programme, plan, *new)
    now = held(plan)
    assert new in now.pairs
    assert new in now.pinned
    assert sound(plan)
    # One goes for the one who comes, and nothing else has to move.
    assert (len(now.added), len(now.dropped)) == (1, 1)
    assert now.pairs == before - now.dropped | now.added
    service.make_plan(programme, committee.round_)
    assert held(plan).pairs == now.pairs
    service.unpin(programme, plan, *new)
    assert (held(plan).pinned, held(plan).pairs) == (frozenset(), now.pairs)


def test_more_pins_than_places_are_refused(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    for user in {user for application, user in held(plan).pairs if application == committee.one.id}:
        service.pin(programme, plan, committee.one.id, user)
    before = plan.body
    with pytest.raises(InvalidMany) as found:
        service.pin(programme, plan, committee.one.id, outsider(committee, plan, committee.one.id))
    assert reasons(found) == [
        f"Bij {committee.one.reference} staan 3 beoordelaars vast, maar er zijn er 2 nodig. Maak er eerst één los."
    ]
    assert plan.body == before


def test_pins_that_new_options_do_not_allow(committee: Committee, programme: Actor) -> None:
    world, round_ = committee.world, committee.round_
    neighbour_of_haarlem(world, "assessor")
    plan = service.make_plan(programme, round_, PlanOptions(own_region=True))
    for application in (committee.one, committee.three):
        service.pin(programme, plan, application.id, world.ids["assessor"])
    before = plan.body
    with pytest.raises(InvalidMany) as found:
        service.make_plan(programme, round_, PlanOptions(own_region=False))
    assert (
        f"Ada Beoordelaar staat vast bij {committee.one.reference}, maar mag die aanvraag niet lezen: werkt in de regio "
        "van de aanvraag."
    ) in reasons(found)
    with pytest.raises(InvalidMany) as found:
        service.make_plan(programme, round_, PlanOptions(own_region=True, maximum=1))
    assert any("Ada Beoordelaar staat vast bij 2 aanvragen" in reason for reason in reasons(found))
    assert plan.body == before


def test_nobody_with_an_interest_comes_into_a_plan(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    user = outsider(committee, plan, committee.one.id)
    declare(committee, (committee.one.id, user))
    two = next(pair for pair in held(plan).pairs if pair[1] == user)
    other = next(
        p for p in held(plan).pairs if p[0] == committee.one.id and (two[0], p[1]) not in held(plan).pairs
    )
    before = plan.body
    with pytest.raises(Invalid, match="heeft een belang") as found:
        service.pin(programme, plan, committee.one.id, user)
    assert (found.value.code, found.value.field) == ("interest", "user_id")
    with pytest.raises(Invalid, match="heeft een belang"):
        service.move(programme, plan, *two, committee.one.id)
    with pytest.raises(Invalid, match="heeft een belang"):
        service.swap(programme, plan, *other, two)
    assert plan.body == before


def test_who_is_taken_away_does_not_come_back(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    gone = some(plan, committee.one.id)
    service.forbid(programme, plan, *gone)
    now = held(plan)
    assert gone in now.dropped
    assert gone in now.forbidden
    assert sound(plan)
    service.make_plan(programme, committee.round_)
    assert gone not in held(plan).pairs
    service.allow(programme, plan, *gone)
    assert held(plan).forbidden == frozenset()
    service.pin(programme, plan, *gone)
    assert gone in held(plan).pairs


def test_taking_away_who_cannot_be_missed_says_why(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    service.forbid(programme, plan, *some(plan, committee.one.id))
    before = plan.body
    with pytest.raises(InvalidMany) as found:
        service.forbid(programme, plan, *some(plan, committee.one.id))
    assert "is maar 1 beoordelaar beschikbaar, er zijn er 2 nodig" in reasons(found)[0]
    assert "door het programmateam uitgesloten" in reasons(found)[0]
    assert plan.body == before


def test_moving(committee: Committee, programme: Actor, plan: AssignmentPlan) -> None:
    user = outsider(committee, plan, committee.two.id)
    old = next(pair for pair in held(plan).pairs if pair[1] == user)
    with pytest.raises(Invalid, match=r"leest .* al in dit plan"):
        service.move(programme, plan, *old, next(a for a, u in held(plan).pairs if u == user and a != old[0]))
    with pytest.raises(Invalid, match="die in dit plan bij de aanvraag staat"):
        service.move(programme, plan, committee.two.id, user, old[0])
    with pytest.raises(Missing):
        service.move(programme, plan, *old, 999_999)
    service.move(programme, plan, *old, committee.two.id)
    now = held(plan)
    assert (committee.two.id, user) in now.pinned
    assert old in now.forbidden
    assert old not in now.pairs
    assert sound(plan)


def test_swapping_changes_two_places_and_nothing_else(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    before = held(plan).pairs
    one = next(p for p in before if p[0] == committee.one.id and (committee.two.id, p[1]) not in before)
    two = next(p for p in before if p[0] == committee.two.id and (committee.one.id, p[1]) not in before)
    with pytest.raises(Invalid, match="andere beoordelaar bij een andere aanvraag"):
        service.swap(programme, plan, *one, next(p for p in before if p[0] == one[0] and p != one))
    service.swap(programme, plan, *one, two)
    now = held(plan)
    crossed = {(one[0], two[1]), (two[0], one[1])}
    assert now.added == now.pinned == crossed
    assert now.dropped == {one, two}
    assert now.pairs == before - {one, two} | crossed
    assert sound(plan)
    service.make_plan(programme, committee.round_)
    assert held(plan).pairs == now.pairs
    entry = audit.trail(f"round:{committee.round_.id}")[-2]
    assert entry.action == "assignment_plan.swap"
    assert entry.after["pinned"] == [list(pair) for pair in sorted(crossed)]


def test_a_rerun_changes_as_little_as_possible(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    lost = some(plan, committee.one.id)
    service.pin(programme, plan, *lost)
    declare(committee, lost)
    assert not sound(plan)
    with pytest.raises(InvalidMany, match=r"mag .* niet meer lezen: heeft een belang"):
        service.finalise_plan(programme, plan)
    service.make_plan(programme, committee.round_)
    now = held(plan)
    assert (now.dropped, len(now.added)) == ({lost}, 1)
    assert sound(plan)


def test_who_looked_at_an_older_plan_is_told_so(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    seen, one = plan.version, some(plan, committee.one.id)
    service.pin(committee.world.later("programme_b", days=ASSIGNED), plan, *one, version=seen)
    for step in (
        lambda: service.pin(programme, plan, *one, version=seen),
        lambda: service.forbid(programme, plan, *one, version=seen),
        lambda: service.make_plan(programme, committee.round_, version=seen),
        lambda: service.drop_plan(programme, plan, seen),
        lambda: service.finalise_plan(programme, plan, seen),
    ):
        with pytest.raises(Conflict) as found:
            step()
        assert found.value.code == "stale"
    assert held(plan).pinned == {one}


# --- making it final ------------------------------------------------------------------------------------------


def test_final_opens_the_work_and_mails_once(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    made = service.finalise_plan(programme, plan)
    assert {(one.application_id, one.user_id) for one in made} == held(plan).pairs
    assert committee.round_.state == RoundState.IN_ASSESSMENT
    assert (plan.state, plan.final_by) == (PlanState.FINAL, programme.user_id)
    mails = db.session.scalars(select(Mail).where(Mail.key.startswith("assigned:"))).all()
    assert len(mails) == 3
    for mail in mails:
        # Nor how many there are: an interest in one of them may still have to be declared.
        assert not re.search(r"\d+ aanvra", mail.subject + mail.body)
        assert not any(x.title in mail.body for x in (committee.one, committee.two, committee.three))
    with pytest.raises(Conflict):
        service.finalise_plan(programme, plan)
    with pytest.raises(Conflict):
        service.forbid(programme, plan, *some(plan, committee.one.id))
    assert len(db.session.scalars(select(Mail).where(Mail.key.startswith("assigned:"))).all()) == 3


def test_a_final_plan_never_changes(programme: Actor, plan: AssignmentPlan) -> None:
    service.finalise_plan(programme, plan)
    db.session.commit()
    with pytest.raises(DBAPIError, match="immutable"):
        db.session.execute(update(AssignmentPlan).values(body={}))
    db.session.rollback()


def test_what_no_longer_takes_part_keeps_a_plan_from_being_final(
    committee: Committee, programme: Actor, plan: AssignmentPlan
) -> None:
    committee.three.state = ApplicationState.WITHDRAWN
    db.session.flush()
    with pytest.raises(InvalidMany, match="2 plekken in dit plan gaan over"):
        service.finalise_plan(programme, plan)
    assert queries.assignments_of_round(committee.round_.id) == []
    service.make_plan(programme, committee.round_)
    assert {a for a, _ in held(plan).pairs} == {committee.one.id, committee.two.id}
    assert len(service.finalise_plan(programme, plan)) == 4


def test_a_plan_while_assessing_fills_and_moves_nobody(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    lost, kept = made[0], made[1]
    before = {(a.application_id, a.user_id) for a in made}
    later = world.later("programme", days=22)
    with pytest.raises(Refused) as refused:
        service.make_plan(later, round_)
    assert refused.value.code == "nothing"
    service.declare_interest(
        member(world, lost, 21), lost.application_id, InterestAnswer.DECLARED, "Familie."
    )
    plan = service.make_plan(later, round_)
    assert {a for a, _ in held(plan).pairs} == {lost.application_id}
    with pytest.raises(Invalid, match=r"leest .* al"):
        service.forbid(later, plan, kept.application_id, kept.user_id)
    with pytest.raises(Invalid, match="heeft een belang"):
        service.pin(later, plan, lost.application_id, lost.user_id)
    extra = service.finalise_plan(later, plan)
    assert [a.application_id for a in extra] == [lost.application_id]
    assert (lost.application_id, extra[0].user_id) not in before


def test_who_gave_an_application_back_is_not_asked_again(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    back = assign_all(world, round_)[0]
    open_file(world, back)
    service.abstain(member(world, back), back, Abstention.TOO_MANY)
    later = world.later("programme", days=26)
    plan = service.make_plan(later, round_)
    with pytest.raises(Invalid, match="gaf de aanvraag terug"):
        service.pin(later, plan, back.application_id, back.user_id)


def test_somebody_was_added_by_hand_meanwhile(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    lost = assign_all(world, round_)[0]
    later = world.later("programme", days=22)
    service.end_assignment(later, lost, "Ziek.")
    service.forbid(later, service.make_plan(later, round_), lost.application_id, lost.user_id)
    plan = service.make_plan(later, round_)
    [(application, user)] = held(plan).pairs
    service.add_assignment(later, round_, application, user, "Vast begonnen.")
    with pytest.raises(InvalidMany, match=r"leest .* intussen al"):
        service.finalise_plan(later, plan)


# --- applications that everyone reads -------------------------------------------------------------------------


def test_everyone_without_an_interest_reads_a_calibration_application(
    committee: Committee, programme: Actor
) -> None:
    world = committee.world
    declare(committee, (committee.two.id, world.ids["assessor_c"]))
    options = PlanOptions(calibration=frozenset({committee.one.id, committee.two.id}))
    plan = service.make_plan(programme, committee.round_, options)
    readers = Counter(a for a, _ in held(plan).pairs)
    assert readers == {committee.one.id: 3, committee.two.id: 2, committee.three.id: 2}
    assert sound(plan)
    found = plans.situation(committee.round_)
    without = planning.overview(found, PlanOptions(), replace(held(plan), calibration=frozenset()))
    overview = planning.overview(found, options, held(plan))
    # Seven scores for three assessors: an even load of three, and two more.
    assert (overview.maximum, without.maximum) == (5, 4)
    assert overview.problems == ()
    assert without.problems
    with pytest.raises(InvalidMany):
        service.make_plan(programme, committee.round_, replace(options, maximum=2))


def test_calibration_raises_the_coupling(world: World) -> None:
    round_ = world.round(rules=replace(RULES, assessors_per_application=1))
    made = [make_complete(world, round_, title=f"Plan {place}") for place in range(3)]
    programme = world.later("programme", days=ASSIGNED)
    plan = service.make_plan(programme, round_)
    alone = planning.overview(plans.situation(round_), service.options_of(plan), held(plan))
    assert (alone.index, alone.coupling.groups) == ("0", 3)
    assert "niet goed te vergelijken" in alone.words
    service.make_plan(programme, round_, PlanOptions(calibration=frozenset({made[0].id})))
    together = planning.overview(plans.situation(round_), service.options_of(plan), held(plan))
    assert together.coupling.groups == 1
    assert together.coupling.index >= 0.5


def test_a_new_plan_keeps_what_everyone_reads(committee: Committee, programme: Actor) -> None:
    world, round_ = committee.world, committee.round_
    assign_all(world, round_, PlanOptions(calibration=frozenset({committee.one.id})))
    late = make_complete(world, round_, title="Vierde plan")
    plan = service.make_plan(world.later("programme", days=22), round_)
    assert held(plan).calibration == {committee.one.id}
    assert {a for a, _ in held(plan).pairs} == {late.id}
    assert sound(plan)


def test_only_a_few_and_only_of_this_round(committee: Committee, programme: Actor) -> None:
    with pytest.raises(Invalid, match="doet niet meer mee"):
        service.make_plan(programme, committee.round_, PlanOptions(calibration=frozenset({999_999})))
    with pytest.raises(Invalid, match="hoogstens 5"):
        service.make_plan(programme, committee.round_, PlanOptions(calibration=frozenset(range(6))))
