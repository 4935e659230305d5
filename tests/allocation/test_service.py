"""Making scenarios: who may not, and what is frozen, calculated and kept."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from pool.allocation import cli, queries, service
from pool.allocation.engine import sha256, verify
from pool.allocation.inputs import Changes, Forced
from pool.allocation.models import AllocationSnapshot, Scenario
from pool.allocation.states import AllocationRule, Decision, ScenarioState, StudyKind
from pool.applications.models import Application
from pool.assessment import service as assessment
from pool.assessment.states import InterestAnswer
from pool.core import audit, jobs
from pool.core.db import db
from pool.core.errors import InvalidMany, Missing, PoolError, Refused
from pool.rounds.models import Round
from pool.rounds.states import RoundState
from tests.support.allocation_factory import ALLOCATED, make_allocation, run_jobs
from tests.support.world import World

OUT = Decision.OUT


def _ids(round_: Round) -> list[int]:
    query = select(Application.id).where(Application.round_id == round_.id).order_by(Application.id)
    return list(db.session.scalars(query))


def _make(
    world: World, round_: Round, name: str = "Een", key: str = "programme", **given: object
) -> Scenario:
    actor = world.later(key, days=ALLOCATED)
    return service.create_scenario(actor, round_, name, **given)  # type: ignore[arg-type]


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["applicant", "lead", "assessor", "decider", "auditor", "admin"])
def test_only_chair_and_programme_make_a_scenario(world: World, adopted: Round, key: str) -> None:
    with pytest.raises(Refused):
        _make(world, adopted, key=key)
    assert _count(Scenario) == _count(AllocationSnapshot) == 0


def test_not_before_the_merits_are_adopted(world: World, round_: Round) -> None:
    with pytest.raises(Refused) as caught:
        _make(world, round_)
    assert caught.value.code == "early"


def test_not_for_a_chair_with_an_interest(world: World, adopted: Round) -> None:
    chair = world.later("chair", days=ALLOCATED)
    assessment.declare_interest(chair, _ids(adopted)[0], InterestAnswer.DECLARED, "Mijn broer werkt er.")
    with pytest.raises(Refused) as caught:
        _make(world, adopted, key="chair")
    assert caught.value.code == "barred"
    assert list(db.session.scalars(queries.visible_to(chair))) == []


def test_not_after_the_decision(world: World, adopted: Round) -> None:
    adopted.state = RoundState.DECIDED
    with pytest.raises(Refused) as caught:
        _make(world, adopted)
    assert caught.value.code == "state"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "EEN"])
def test_a_name_is_needed_and_used_once(world: World, adopted: Round, name: str) -> None:
    _make(world, adopted, "Een")
    with pytest.raises(InvalidMany) as caught:
        _make(world, adopted, name)
    assert [problem.field for problem in caught.value.problems] == ["name"]


def test_changes_that_make_no_sense_are_refused_together(world: World, adopted: Round) -> None:
    first = _ids(adopted)[0]
    wrong = Changes(
        ceiling=0,
        spread_percent=1001,
        forced=(Forced(first, OUT, " "), Forced(first, OUT, "x"), Forced(999_999, OUT, "x")),
    )
    with pytest.raises(InvalidMany) as caught:
        _make(world, adopted, changes=wrong)
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["ceiling", "spread_percent", "forced", "forced", "forced"]


def test_a_scenario_of_another_round_is_missing(world: World, adopted: Round) -> None:
    scenario = _make(world, adopted)
    other = world.round(slug="ronde-2")
    programme = world.later("programme", days=ALLOCATED)
    assert queries.get(programme, adopted.id, scenario.id) is scenario
    for key, round_id in (("programme", other.id), ("applicant", adopted.id), ("assessor", adopted.id)):
        with pytest.raises(Missing):
            queries.get(world.later(key, days=ALLOCATED), round_id, scenario.id)


def test_an_unfinished_scenario_is_no_base_for_advice(world: World, adopted: Round) -> None:
    scenario = _make(world, adopted)
    with pytest.raises(Refused):
        service.choose(world.later("chair", days=46), scenario)


def test_what_is_frozen_stays_as_it_is(world: World, adopted: Round) -> None:
    scenario = _make(world, adopted)
    scenario.snapshot.sha256 = "0" * 64
    with pytest.raises(PoolError):
        db.session.flush()


# --- what comes out -----------------------------------------------------------------------------------------


def test_the_frozen_problem_holds_the_published_rules_and_nobodys_name(world: World, adopted: Round) -> None:
    snapshot = _make(world, adopted).snapshot
    problem = snapshot.problem
    assert snapshot.sha256 == sha256(problem)
    assert problem["ceiling"] == 12_500_000
    assert problem["min_merit"] == 55_000
    assert problem["spread"] == {"steps": [35_000, 17_500, 8_750, 3_500], "joint": "every"}
    assert len(problem["regions"]) == 28
    assert [a["id"] for a in problem["applications"]] == ["A001", "A002", "A003"]
    assert sorted(snapshot.names.values()) == _ids(adopted)
    assert "VDND" not in str(problem)
    assert {a["merit"] for a in problem["applications"]} == {87_500, 75_000, 62_500}


def test_the_outcome_is_proven_kept_and_holds_when_recounted(world: World, adopted: Round) -> None:
    scenario = make_allocation(world, adopted)
    outcome = queries.outcome(scenario)
    assert outcome is not None
    assert verify(scenario.snapshot.problem, outcome) == []
    assert cli.problems_of(scenario) == []
    assert outcome["status"] == "optimal"
    first, second, _third = _ids(adopted)
    assert queries.awards_of(scenario) == {first: 6_000_000, second: 6_000_000}
    actions = [entry.action for entry in audit.trail(adopted.audit_chain)]
    assert actions[-2:] == ["scenario.create", "scenario.finish"]
    assert audit.verify_chain(adopted.audit_chain) == []


def test_the_studies_follow_by_themselves(world: World, adopted: Round) -> None:
    scenario = make_allocation(world, adopted)
    rankings = queries.study(scenario, StudyKind.RANKINGS)
    explained = queries.study(scenario, StudyKind.EXPLANATIONS)
    assert rankings is not None
    assert explained is not None
    frontier = queries.study(scenario, StudyKind.FRONTIER)
    assert frontier is not None
    assert [corner["published"] for corner in frontier["corners"]].count(True) >= 1
    assert set(rankings) == {"rank_cut", "rank_skip", "ratio"}
    assert all(verify(scenario.snapshot.problem, body) == [] for body in rankings.values())
    assert [one["id"] for one in explained["applications"]] == ["A001", "A002", "A003"]


def test_changes_are_in_the_problem_and_in_the_trail(world: World, adopted: Round) -> None:
    first, _, third = _ids(adopted)
    forced = (Forced(first, OUT, "Wordt elders betaald."), Forced(third, Decision.IN, "Afspraak."))
    changes = Changes(ceiling=13_000_000, spread_percent=50, forced=forced)
    scenario = make_allocation(world, adopted, name="Wat als", changes=changes)
    problem = scenario.snapshot.problem
    assert problem["ceiling"] == 13_000_000
    assert problem["spread"]["steps"] == [17_500, 8_750, 4_375, 1_750]
    awards = queries.awards_of(scenario)
    assert first not in awards
    assert third in awards
    assert Changes.from_json(scenario.snapshot.changes) == changes
    created = [e for e in audit.trail(adopted.audit_chain) if e.action == "scenario.create"][-1]
    assert created.after["changes"]["forced"][0]["reason"] == "Wordt elders betaald."
    assert not scenario.is_published_rule


def test_rules_that_clash_are_an_outcome_in_words(world: World, adopted: Round) -> None:
    forced = tuple(Forced(ident, Decision.IN, "Afspraak.") for ident in _ids(adopted))
    scenario = make_allocation(world, adopted, changes=Changes(ceiling=10_000_000, forced=forced))
    outcome = queries.outcome(scenario)
    assert outcome is not None
    assert outcome["status"] == "infeasible"
    assert outcome["clash"]
    assert queries.awards_of(scenario) == {}
    assert queries.study(scenario, StudyKind.RANKINGS) is None


def test_the_same_round_gives_the_same_names_and_problem(world: World, adopted: Round) -> None:
    one = make_allocation(world, adopted, name="Een")
    two = make_allocation(world, adopted, name="Twee", key="chair", rule=AllocationRule.RANK_CUT)
    assert one.snapshot.sha256 == two.snapshot.sha256
    assert one.snapshot.names == two.snapshot.names


def test_the_base_is_what_was_chosen_else_the_published_rules(world: World, adopted: Round) -> None:
    assert queries.base_of(adopted.id) is None
    published = make_allocation(world, adopted, name="Een")
    changed = make_allocation(world, adopted, name="Twee", changes=Changes(spread_percent=0))
    assert queries.base_of(adopted.id) is published
    service.choose(world.later("chair", days=46), changed)
    assert queries.base_of(adopted.id) is changed
    service.choose(world.later("chair", days=47), published)
    assert queries.base_of(adopted.id) is published


# --- failing and trying again ---------------------------------------------------------------------------------


def test_an_outcome_that_does_not_hold_is_not_kept(
    world: World, adopted: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pool.allocation.jobs.verify", lambda _problem, _outcome: ["wrong"])
    scenario = _make(world, adopted)
    run_jobs()
    assert scenario.state == ScenarioState.FAILED
    assert "nagerekend" in scenario.failure
    assert scenario.allocation is None
    monkeypatch.undo()
    service.retry(world.later("programme", days=46), adopted, scenario)
    run_jobs()
    assert (scenario.state, scenario.failure) == (ScenarioState.DONE, "")
    with pytest.raises(Refused):
        service.retry(world.later("programme", days=46), adopted, scenario)


def test_a_job_that_keeps_killing_its_worker_ends_as_failed(world: World, adopted: Round) -> None:
    scenario = _make(world, adopted)
    job = queries.jobs_of([scenario])[scenario.id]
    job.attempts = jobs.MAX_ATTEMPTS
    run_jobs()
    assert scenario.state == ScenarioState.FAILED
    assert job.done_at is not None


def test_finishing_twice_changes_nothing(world: World, adopted: Round) -> None:
    scenario = make_allocation(world, adopted)
    document = scenario.allocation.document  # type: ignore[union-attr]
    service.finish(world.later("programme", days=46), scenario.id, {"status": "optimal", "awards": []})
    service.fail(world.later("programme", days=46), scenario.id, "Te laat.")
    db.session.expire_all()
    assert scenario.state == ScenarioState.DONE
    assert scenario.allocation is not None
    assert scenario.allocation.document == document
