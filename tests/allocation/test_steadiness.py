"""How firm an outcome is: draws of the merits, counted, told, and made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select, update

from pool.allocation import queries, results, service, steadiness, studies, wording
from pool.allocation.engine import canonical_json, parse_problem, sha256
from pool.allocation.models import AllocationStudy, Scenario
from pool.allocation.states import AllocationRule, StudyKind
from pool.applications.models import Application
from pool.assessment import queries as assessment
from pool.assessment import service as assessing
from pool.assessment.queries import draws as merit_draws
from pool.core import jobs
from pool.core.access import system
from pool.core.db import db
from pool.core.text import sha256_hex
from pool.rounds.models import Round
from pool.rounds.states import RoundState
from tests.conftest import Client
from tests.support.allocation_factory import make_allocation, run_jobs
from tests.support.assessment_factory import ADOPTED, SCORED, adopt, assess_all, assign_all, score
from tests.support.world import World

DRAWS = 24
HERE = "/verdelen/ronde-1/scenario"
AGREED = 61_234


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "DRAWS", DRAWS)


@pytest.fixture
def doubted(world: World, round_: Round) -> Scenario:
    """Assessors who differ much; about the last application the committee agreed another score than the mean."""
    for place, assignment in enumerate(assign_all(world, round_)):
        score(world, assignment, (4, 8, 6, 7, 5)[place % 5])
    last = _last(round_)
    assessing.record_outcome(world.later("chair", days=SCORED + 1), round_, last.id, AGREED, "Besproken.")
    assessing.adopt_merits(world.later("chair", days=ADOPTED), round_)
    return make_allocation(world, round_)


def _last(round_: Round) -> Application:
    query = select(Application).where(Application.round_id == round_.id).order_by(Application.id.desc())
    return db.session.scalars(query.limit(1)).one()


def _work_out(scenario: Scenario) -> dict[str, Any]:
    """Let the worker make the draws now instead of in two minutes."""
    key = queries.study_key(scenario.id, StudyKind.STABILITY)
    db.session.execute(update(jobs.Job).where(jobs.Job.key == key).values(run_at=jobs.Job.created_at))
    run_jobs()
    found = queries.study(scenario, StudyKind.STABILITY)
    assert found is not None
    return found


def _page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    return " ".join(response.get_data(as_text=True).split())


# --- refusals and what is not there ---------------------------------------------------------------------------


def test_a_rule_of_practice_has_no_draws(client: Client, world: World, adopted: Round) -> None:
    plain = make_allocation(world, adopted, rule=AllocationRule.RANK_CUT)
    assert jobs.by_key(queries.study_key(plain.id, StudyKind.STABILITY)) is None
    client.sign_in(world.email("programme"))
    _page(client, f"{HERE}/{plain.id}/zekerheid", 404)
    text = _page(client, f"{HERE}/{plain.id}")
    assert "Hoe vast dit staat" not in text
    assert "Doorrekeningen" not in text


def test_while_it_waits_the_page_says_so(client: Client, world: World, allocated: Scenario) -> None:
    job = jobs.by_key(queries.study_key(allocated.id, StudyKind.STABILITY))
    assert job is not None
    assert job.run_at - job.created_at > service.PATIENCE * 0.99
    client.sign_in(world.email("programme"))
    text = _page(client, f"{HERE}/{allocated.id}/zekerheid")
    assert "Nog niet klaar: het doorrekenen met andere scores" in text
    assert "Doorrekeningen" not in _page(client, f"{HERE}/{allocated.id}")
    jobs.report(_claimed(job), 40, "160 van 400 doorrekeningen")
    assert "40%: 160 van 400 doorrekeningen." in _page(client, f"{HERE}/{allocated.id}/zekerheid")


def _claimed(job: jobs.Job) -> jobs.Job:
    job.lease_by = "iemand"
    db.session.commit()
    return job


def test_a_scenario_from_before_has_none_and_says_so(
    client: Client, world: World, allocated: Scenario
) -> None:
    job = jobs.by_key(queries.study_key(allocated.id, StudyKind.STABILITY))
    db.session.delete(job)
    db.session.commit()
    client.sign_in(world.email("programme"))
    text = _page(client, f"{HERE}/{allocated.id}/zekerheid")
    assert "Dit scenario is niet doorgerekend met andere scores." in text


def test_equal_scores_say_nothing(client: Client, world: World, round_: Round) -> None:
    assess_all(world, round_, dict.fromkeys((one.id for one in _all(round_)), 6))
    adopt(world, round_)
    scenario = make_allocation(world, round_)
    assert "silent" in _work_out(scenario)
    client.sign_in(world.email("programme"))
    text = _page(client, f"{HERE}/{scenario.id}/zekerheid")
    assert "te weinig, of ze zijn allemaal gelijk" in text
    assert "Doorrekeningen" not in _page(client, f"{HERE}/{scenario.id}")


def _all(round_: Round) -> list[Application]:
    return list(db.session.scalars(select(Application).where(Application.round_id == round_.id)))


def test_a_municipality_never_sees_it(client: Client, world: World, round_: Round, doubted: Scenario) -> None:
    _work_out(doubted)
    round_.state = RoundState.DECIDED
    db.session.commit()
    client.sign_in(world.email("applicant"))
    first = min(one.id for one in _all(round_))
    assert "doorrekening" not in _page(client, f"/aanvragen/{first}/uitleg")


# --- what is drawn --------------------------------------------------------------------------------------------


def test_the_draws_lie_around_the_adopted_merits_also_the_agreed_one(
    round_: Round, doubted: Scenario
) -> None:
    adoption = assessment.latest_adoption(round_.id)
    assert adoption is not None
    made = merit_draws.merit_draws(adoption.body, merit_draws.seed_of(adoption), 4000)
    assert made is not None
    assert made.agreed == 1
    assert {one["agreed"] for one in adoption.body["applications"]} == {None, AGREED}
    for one in adoption.body["applications"]:
        drawn = np.array([draw[one["id"]] for draw in made.draws])
        spread = made.spread[one["id"]]
        assert spread > 0
        assert abs(drawn.mean() - one["merit"]) < spread * 5 / np.sqrt(len(drawn))
    inside = [draw.values() for draw in made.draws if min(draw.values()) > 0 and max(draw.values()) < 100_000]
    sums = {sum(merits) for merits in inside}
    assert max(sums) - min(sums) <= len(made.spread)  # only differences: what one gains, others lose


def test_draws_follow_from_the_frozen_body_and_the_seed_alone(round_: Round, doubted: Scenario) -> None:
    adoption = assessment.latest_adoption(round_.id)
    assert adoption is not None
    seed = merit_draws.seed_of(adoption)
    first, second = (merit_draws.merit_draws(adoption.body, seed, 50) for _ in range(2))
    other = merit_draws.merit_draws(adoption.body, seed + 1, 50)
    assert first is not None
    assert other is not None
    assert first == second
    assert first.draws != other.draws
    shorter = merit_draws.merit_draws(adoption.body, seed, 10)
    assert shorter is not None
    assert shorter.draws == first.draws[:10]
    assert all(0 <= merit <= 100_000 for draw in first.draws for merit in draw.values())


def test_the_study_counts_what_the_engine_says_and_names_its_inputs(round_: Round, doubted: Scenario) -> None:
    from pool.allocation.engine import stability

    study = _work_out(doubted)
    adoption = assessment.latest_adoption(round_.id)
    assert adoption is not None
    material = queries.material(doubted)
    made = studies.draws_of(material)
    assert made is not None
    draws = made[1]
    whole = stability(parse_problem(doubted.snapshot.problem), draws).to_dict()
    assert [{k: one[k] for k in ("id", "awarded", "whole")} for one in study["applications"]] == [
        {k: one[k] for k in ("id", "awarded", "whole")} for one in whole["applications"]
    ]
    assert any(0 < one["awarded"] < DRAWS for one in study["applications"])
    assert study["problem_sha256"] == sha256(doubted.snapshot.problem)
    assert study["merits_sha256"] == adoption.sha256
    assert study["draws_sha256"] == sha256_hex(canonical_json(draws))
    assert (study["draws"], study["agreed"], study["infeasible"]) == (DRAWS, 1, 0)
    awards = set(material.awards)
    assert study["trades"]
    for trade in study["trades"]:
        assert trade["out"] in awards
        assert trade["into"] not in awards
        assert 0 < trade["draws"] <= DRAWS - _times(study, trade["out"])
        assert trade["draws"] <= _times(study, trade["into"])


def _times(study: dict[str, Any], ident: str) -> int:
    return next(one["awarded"] for one in study["applications"] if one["id"] == ident)


def test_a_very_large_round_stops_with_fewer_draws_that_can_be_made_again(
    app: Flask, doubted: Scenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(studies, "ENOUGH", -1.0)
    monkeypatch.setattr(studies, "FEWEST", 5)
    assert _work_out(doubted)["draws"] == 5
    out = tmp_path / "draws.csv"
    run = app.test_cli_runner().invoke(args=["allocation", "draws", str(doubted.id), "--out", str(out)])
    assert run.exit_code == 0, run.output
    assert len(out.read_text().splitlines()) == 6


def test_kept_once_and_without_an_open_transaction(
    doubted: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    own = studies.WORK[StudyKind.STABILITY]

    def watch(material: studies.Material, report: studies.Report) -> dict[str, Any]:
        seen.append(db.session().in_transaction())
        return own(material, report)

    monkeypatch.setitem(studies.WORK, StudyKind.STABILITY, watch)
    study = _work_out(doubted)
    assert seen == [False]
    service.keep_study(system(), doubted.id, StudyKind.STABILITY, {"draws": 0})
    db.session.commit()
    query = select(AllocationStudy).where(AllocationStudy.kind == StudyKind.STABILITY)
    assert len(db.session.scalars(query).all()) == 1
    assert queries.study(doubted, StudyKind.STABILITY) == study


# --- the command ----------------------------------------------------------------------------------------------


def test_the_command_makes_the_same_draws_again(app: Flask, doubted: Scenario) -> None:
    from pool.allocation.engine import read_draws, stability

    study = _work_out(doubted)
    run = app.test_cli_runner().invoke(args=["allocation", "draws", str(doubted.id)])
    assert run.exit_code == 0, run.output
    problem = parse_problem(doubted.snapshot.problem)
    shares = stability(problem, read_draws(run.output.splitlines(), problem))
    assert {one.id: one.awarded for one in shares.applications} == {
        one["id"]: one["awarded"] for one in study["applications"]
    }


def test_the_command_refuses_other_draws_and_a_scenario_without(
    app: Flask, doubted: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = app.test_cli_runner()
    assert "no draws" in runner.invoke(args=["allocation", "draws", str(doubted.id)]).output
    _work_out(doubted)
    monkeypatch.setattr(merit_draws, "seed_of", lambda _adoption: 1)
    run = runner.invoke(args=["allocation", "draws", str(doubted.id)])
    assert run.exit_code == 1
    assert "not the same as before" in run.output


# --- pages ----------------------------------------------------------------------------------------------------


def test_the_pages_tell_it_to_the_committee(client: Client, world: World, doubted: Scenario) -> None:
    study = _work_out(doubted)
    client.sign_in(world.email("chair"))
    text = _page(client, f"{HERE}/{doubted.id}/zekerheid")
    assert "Het is geen besluit en geen kans op toekenning." in text
    assert "Bij 1 aanvraag is dat de score die de commissie heeft afgesproken" in text
    assert "Wie van plaats wisselt" in text
    assert study["draws_sha256"] in text
    listed = _page(client, f"{HERE}/{doubted.id}")
    for one in study["applications"]:
        assert f"{one['awarded']} van {DRAWS}" in listed
        key = doubted.snapshot.names[one["id"]]
        told = _page(client, f"{HERE}/{doubted.id}/aanvraag/{key}")
        steady = steadiness.Steady(one["id"], one["awarded"], one["whole"], one["spread"], DRAWS)
        assert steady.sentence in told


def test_nearly_as_good_outcomes_are_counted(client: Client, world: World, allocated: Scenario) -> None:
    study = queries.study(allocated, StudyKind.EXPLANATIONS)
    assert study is not None
    outcome = queries.outcome(allocated)
    assert outcome is not None
    known = {name: db.session.get_one(Application, key) for name, key in allocated.snapshot.names.items()}
    found = steadiness.margins(results.Result(allocated.snapshot.problem, outcome, known), study)
    assert [one.within for one in found] == ["0,1%", "0,5%", "1%"]
    for one in found:
        assert len(one.always) + len(one.open) + len(one.never) == 3
    assert len(found[0].always) == 2
    assert steadiness.margins(results.Result(allocated.snapshot.problem, outcome, known), None) == []
    # Below the minimum score nothing is awarded, however good an outcome with it inside would be.
    open_to_all = {**study, "never": {margin: [] for margin in study["never"]}}
    low = max(allocated.snapshot.problem["applications"], key=lambda a: -a["merit"])
    raised = {**allocated.snapshot.problem, "min_merit": low["merit"] + 1}
    for one in steadiness.margins(results.Result(raised, outcome, known), open_to_all):
        assert low["id"] in {line.id for line in one.never}
        assert low["id"] not in {line.id for line in one.open}
    client.sign_in(world.email("programme"))
    text = _page(client, f"{HERE}/{allocated.id}/zekerheid")
    assert "In elke verdeling die ten hoogste 0,1% minder waard is (2)" in text


def test_words_of_one_application() -> None:
    def one(ident: str, awarded: int) -> dict[str, Any]:
        return {"id": ident, "awarded": awarded, "whole": awarded, "spread": 3_500}

    found = steadiness.Steadiness.of(
        {
            "draws": 100, "seed": 7, "unproven": 0, "infeasible": 0, "agreed": 0, "converged": True,
            "problem_sha256": "a", "merits_sha256": "b", "draws_sha256": "c",
            "applications": [one("A1", 83), one("A2", 0), one("A3", 100), one("A4", 17)],
            "trades": [{"out": "A1", "into": "A4", "draws": 17}],
        }
    )  # fmt: skip
    assert found is not None
    names = wording.Names({"A4": "‘Plan vier’"}, {}, {})
    assert [steady.sentence for steady in found.applications.values()] == [
        "In 83 van de 100 doorrekeningen toegekend.",
        "In geen van de 100 doorrekeningen toegekend.",
        "In alle 100 doorrekeningen toegekend.",
        "In 17 van de 100 doorrekeningen toegekend.",
    ]
    first = found.section("A1", names)
    assert first.sentences[-1] == "Als zij afviel, kwam dit er het vaakst bij:"
    assert first.points == ("‘Plan vier’, in 17 doorrekeningen",)
    last = found.section("A4", names)
    assert last.sentences[-1] == "Als zij erbij kwam, viel dit het vaakst af:"
    assert last.points == ("aanvraag A1, in 17 doorrekeningen",)
    assert found.section("A3", names).points == ()
    assert "meestal niet meer dan 3,5 punten" in " ".join(first.sentences)
