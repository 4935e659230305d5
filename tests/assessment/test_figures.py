"""The statistics in the application: when the correction counts, who sees what, and what is worked out when."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from pool.assessment import figures, queries, service
from pool.assessment.adjusted import Total
from pool.assessment.models import Assignment, Study
from pool.assessment.queries.results import COUNTS, IS_ADVICE, NOT_COUPLED, NOT_YET
from pool.assessment.states import InterestAnswer, StudyKind
from pool.core import jobs
from pool.core.db import db
from pool.core.errors import Refused
from pool.rounds.models import Round
from pool.rounds.states import Calibration
from tests.assessment.conftest import Committee
from tests.conftest import Client
from tests.support.allocation_factory import run_jobs
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import adopt, assign_all, open_file, score
from tests.support.pages import read, words
from tests.support.world import RULES, START, World

ROUND = "/beoordelen/ronde-1"
PAGES = [f"{ROUND}/zekerheid", f"{ROUND}/aandacht", f"{ROUND}/invloed"]


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    return lambda key: new_client().sign_in(world.email(key))


def strict_and_mild(world: World, mode: Calibration, *, but_one: bool = False) -> Round:
    """Three plans, each read by two of three people, of whom one gives three levels more than the others.

    By the given scores the mild one lifts a lesser plan over the line. but_one: one score is still to come.
    """
    round_ = world.round(rules=replace(RULES, calibration=mode.value), ceiling=5_500_000)
    plans = [make_complete(world, round_, title=f"Plan {place}") for place in range(3)]
    made = assign_all(world, round_)
    mild, quality = world.ids["assessor"], iter((5, 4))
    for plan in plans:
        readers = [a for a in made if a.application_id == plan.id]
        level = next(quality) if mild in {a.user_id for a in readers} else 6
        for assignment in readers:
            if but_one and assignment is made[-1]:
                open_file(world, assignment)
            else:
                score(world, assignment, level + 3 * (assignment.user_id == mild))
    return round_


def move(world: World, round_: Round, application_id: int, user_key: str, to_key: str) -> None:
    """Let another assessor read an application."""
    programme = world.later("programme", days=21)
    old = next(
        a
        for a in queries.readers_of_round(round_.id)
        if a.application_id == application_id and a.user_id == world.ids[user_key]
    )
    service.end_assignment(programme, old, "Anders verdeeld.")
    service.add_assignment(programme, round_, application_id, world.ids[to_key], "Anders verdeeld.")


def weakly_coupled(world: World) -> Round:
    """Two people read nearly everything; the third hangs by one application."""
    round_ = world.round(rules=replace(RULES, calibration=Calibration.USE.value))
    plans = [make_complete(world, round_, title=f"Plan {place}") for place in range(5)]
    assign_all(world, round_)
    pair = {world.ids[key]: key for key in ("assessor", "assessor_b", "assessor_c")}
    for place, plan in enumerate(plans):
        wanted = {"assessor", "assessor_c" if place == 4 else "assessor_b"}
        readers = {
            pair[a.user_id] for a in queries.readers_of_round(round_.id) if a.application_id == plan.id
        }
        for old, new in zip(sorted(readers - wanted), sorted(wanted - readers), strict=True):
            move(world, round_, plan.id, old, new)
    for assignment in queries.readers_of_round(round_.id):
        score(world, assignment, 4 + (assignment.application_id + assignment.user_id) % 4)
    return round_


# --- when the correction counts -----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Calibration.OFF, Calibration.ADVICE])
def test_the_correction_never_counts_unless_the_published_rules_said_so(
    world: World, mode: Calibration
) -> None:
    round_ = strict_and_mild(world, mode)
    found = queries.results(round_)
    assert not found.correction.counts
    assert all(row.value == row.mean for row in found.rows)
    adoption = adopt(world, round_)
    assert adoption.body["correction"]["counts"] is False
    assert all(one["merit"] == one["mean"] for one in adoption.body["applications"])
    assert len(adoption.body["correction"]["means"]) == (3 if mode == Calibration.ADVICE else 0)
    assert all(one["adjusted"] is None for one in adoption.body["applications"])


def test_where_the_rules_say_so_the_corrected_score_is_the_proposed_merit(world: World) -> None:
    round_ = strict_and_mild(world, Calibration.USE)
    found = queries.results(round_)
    assert (found.correction.counts, found.correction.why) == (True, COUNTS)
    assert all(row.value == row.adjusted for row in found.rows)
    assert any(row.adjusted != row.mean for row in found.rows)
    assert found.correction.crosses
    adoption = adopt(world, round_)
    said = adoption.body["correction"]
    assert said["rule"] == "use"
    assert (said["counts"], said["why"]) == (True, COUNTS)
    assert said["coupling"] >= 500
    assert len(said["totals_sha256"]) == 64
    for one in adoption.body["applications"]:
        assert one["merit"] == one["adjusted"]
        assert isinstance(one["merit"], int)
        assert one["mean"] == sum(s["total"] for s in one["scores"]) // 2
    assert queries.merits(round_.id) == {one["id"]: one["merit"] for one in adoption.body["applications"]}
    later = queries.results(round_)
    assert {row.application.id: row.value for row in later.rows} == queries.merits(round_.id)
    first = later.rows[0].application.id
    barred = queries.results(round_, {first})
    for row in barred.rows:
        assert row.value == row.adjusted == queries.merits(round_.id)[row.application.id]


def test_an_agreed_score_goes_before_a_corrected_one(world: World) -> None:
    round_ = strict_and_mild(world, Calibration.USE)
    target = queries.results(round_).rows[0]
    service.record_outcome(
        world.later("chair", days=30), round_, target.application.id, 61_000, "Na gesprek."
    )
    row = next(r for r in queries.results(round_).rows if r.application.id == target.application.id)
    assert (row.value, row.adjusted, row.mean) == (61_000, target.adjusted, target.mean)


def test_while_a_score_is_missing_the_given_mean_counts(world: World) -> None:
    round_ = strict_and_mild(world, Calibration.USE, but_one=True)
    found = queries.results(round_)
    assert (found.correction.counts, found.correction.why) == (False, NOT_YET)
    assert all(row.value == row.mean for row in found.rows)


def test_a_weakly_coupled_committee_is_not_corrected_whatever_the_rules_say(
    world: World, browser: Any
) -> None:
    round_ = weakly_coupled(world)
    found = queries.results(round_)
    assert found.correction.adjusted is not None
    assert found.correction.adjusted.gate == "advice"
    assert (found.correction.counts, found.correction.why) == (False, NOT_COUPLED)
    assert NOT_COUPLED in words(read(browser("chair").get(f"{ROUND}/uitslag")))
    adoption = adopt(world, round_)
    assert adoption.body["correction"]["why"] == NOT_COUPLED
    assert all(one["merit"] == one["mean"] for one in adoption.body["applications"])


def test_the_gate_is_what_stops_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: with a gate that lets everything through the same committee is corrected."""
    round_ = weakly_coupled(world)
    monkeypatch.setitem(queries.results.__globals__, "USE", "advice")
    assert queries.results(round_).correction.counts


def test_the_results_page_shows_both_scores_and_what_crosses_the_line(world: World, browser: Any) -> None:
    strict_and_mild(world, Calibration.ADVICE)
    page = read(browser("chair").get(f"{ROUND}/uitslag"))
    text = words(page)
    assert "Gecorrigeerd*" in text
    assert "door de correctie erboven" in text
    assert "door de correctie eronder" in text
    assert IS_ADVICE in text
    assert "Alleen plaats 1 past onder het plafond." in text
    assert "koppeling 1" in text
    csv = browser("programme").get(f"{ROUND}/uitslag.csv").get_data().decode("utf-8-sig")
    assert "gecorrigeerde score telt" in csv.splitlines()[0]
    assert ";nee;" in csv


def test_a_round_that_does_not_correct_shows_nothing_of_it(world: World, browser: Any) -> None:
    round_ = strict_and_mild(world, Calibration.OFF)
    run_jobs()
    assert queries.places(queries.results(round_).totals) is not None
    for url in (f"{ROUND}/uitslag", *PAGES):
        text = words(read(browser("chair").get(url)))
        for word in ("ecorrigeerd*", "koppeling", "streng", "Verwachte plaats", "onzeker"):
            assert word not in text, (url, word)
    assert "eens" in words(read(browser("chair").get(f"{ROUND}/zekerheid")))


# --- what is worked out, when, and for whom -----------------------------------------------------------------


def studies() -> int:
    return db.session.scalar(select(func.count()).select_from(Study)) or 0


def open_jobs() -> list[jobs.Job]:
    query = select(jobs.Job).where(jobs.Job.kind == "assessment.study").order_by(jobs.Job.id)
    return list(db.session.scalars(query))


def test_the_last_score_has_the_places_worked_out(world: World) -> None:
    round_ = strict_and_mild(world, Calibration.ADVICE, but_one=True)
    assert open_jobs() == []
    score(world, next(a for a in queries.readers_of_round(round_.id) if a.assessment.submitted_at is None), 4)  # type: ignore[union-attr]
    assert len(open_jobs()) == 1
    run_jobs()
    sure = queries.places(queries.results(round_).totals)
    assert sure is not None
    row = queries.results(round_).rows[0]
    low, high = sure.interval(row.application.id)
    assert 1 <= low <= high <= 3
    assert low * 1000 <= sure.expected(row.application.id) <= high * 1000
    assert [sure.chance(row.application.id, k) for k in (0, 3)] == [0, 10_000]


def test_who_is_barred_gets_figures_made_without_the_application(committee: Committee, browser: Any) -> None:
    world, round_ = committee.world, committee.round_
    service.declare_interest(
        world.later("chair", days=10 + 5), committee.two.id, InterestAnswer.DECLARED, "Oud-collega."
    )
    db.session.commit()
    levels = {committee.one.id: 8, committee.two.id: 2, committee.three.id: 5}
    for place, assignment in enumerate(assign_all(world, round_)):
        score(world, assignment, levels[assignment.application_id] + place % 2)
    assert len(open_jobs()) == 2, "one for who sees everything, one for the chair"
    run_jobs()
    bodies = [json.dumps(study.body) for study in db.session.scalars(select(Study).order_by(Study.id))]
    assert sorted(f'"{committee.two.id}": {{"expected"' in body for body in bodies) == [False, True]
    chair, programme = browser("chair"), browser("programme")
    for url in PAGES:
        if url.endswith("invloed"):
            assert chair.post(url).status_code == 302
            assert programme.post(url).status_code == 302
            run_jobs()
        mine, all_ = words(read(chair.get(url))), words(read(programme.get(url)))
        assert "Tweede plan" not in mine
        assert committee.two.reference not in mine
        assert "waarbij u een belang hebt" in mine
        assert "waarbij u een belang hebt" not in all_
    assert "Tweede plan" in words(read(programme.get(PAGES[0])))


def test_asking_twice_works_out_once(world: World, browser: Any) -> None:
    round_ = strict_and_mild(world, Calibration.ADVICE, but_one=True)
    programme = world.later("programme", days=30)
    assert service.request_studies(programme, round_, [StudyKind.PLACES]) == 1
    service.request_studies(programme, round_, [StudyKind.PLACES])
    assert len(open_jobs()) == 1
    db.session.commit()
    assert "De berekening loopt" in words(read(browser("programme").get(PAGES[0])))
    run_jobs()
    assert studies() == 1
    assert service.request_studies(programme, round_, [StudyKind.PLACES]) == 0
    text = words(read(browser("programme").get(PAGES[0])))
    assert "Verwachte plaats" in text
    db.session.scalars(select(Study)).one().body = {}
    with pytest.raises(Refused):
        db.session.flush()
    db.session.rollback()


def test_a_change_of_score_makes_old_figures_disappear(world: World, browser: Any) -> None:
    round_ = strict_and_mild(world, Calibration.ADVICE)
    run_jobs()
    assert "Verwachte plaats" in words(read(browser("chair").get(PAGES[0])))
    mine = queries.counting([queries.results(round_).rows[0].application.id])[0]
    service.reopen(world.later("chair", days=30), mine, "Nog eens kijken.")
    db.session.commit()
    text = words(read(browser("chair").get(PAGES[0])))
    assert "Verwachte plaats" not in text
    assert "nog niet berekend met de scores van nu" in text


def test_nothing_to_compare_is_said_and_nothing_is_asked_for(committee: Committee, browser: Any) -> None:
    assign_all(committee.world, committee.round_)
    chair = browser("chair")
    for url in PAGES[::2]:
        assert "Er is nog niets te vergelijken" in words(read(chair.get(url)))
        assert chair.post(url).status_code == 302
    assert open_jobs() == []
    assert "Geen aanvraag valt op" in words(read(chair.get(PAGES[1])))


# --- who may come -------------------------------------------------------------------------------------------


def test_members_see_how_sure_the_order_is_only_after_adoption(world: World, browser: Any) -> None:
    round_ = strict_and_mild(world, Calibration.ADVICE)
    run_jobs()
    member = browser("assessor")
    for url in PAGES:
        assert member.get(url).status_code == 403
    assert member.post(PAGES[0]).status_code == 403
    adopt(world, round_)
    text = words(read(member.get(PAGES[0])))
    assert "eens" in text
    assert "Speelt er iets anders mee" not in text
    for url in PAGES[1:]:
        assert member.get(url).status_code == 403
    assert member.post(PAGES[2]).status_code == 403


def test_a_chair_who_scores_too_sees_no_figures_before_the_own_scores(
    committee: Committee, browser: Any
) -> None:
    from pool.core.access import Role
    from pool.people.models import RoleGrant

    world = committee.world
    db.session.add(RoleGrant(user_id=world.ids["chair"], role=Role.ASSESSOR, started_at=START))
    for key in ("assessor", "assessor_b"):
        world.user(key).is_active = False
    db.session.flush()
    for assignment in assign_all(world, committee.round_):
        if assignment.user_id != world.ids["chair"]:
            score(world, assignment, 5)
    chair = browser("chair")
    for url in PAGES:
        assert chair.get(url).status_code == 403
    for url in PAGES[::2]:
        assert chair.post(url).status_code == 403
    with pytest.raises(Refused):
        service.request_studies(world.later("chair", days=30), committee.round_, [StudyKind.PLACES])


# --- one more assessor --------------------------------------------------------------------------------------


def with_a_gap(world: World, gap: int | None) -> tuple[Round, list[Assignment]]:
    round_ = world.round(rules=replace(RULES, extra_assessor_gap=gap))
    for place in range(3):
        make_complete(world, round_, title=f"Plan {place}")
    made = assign_all(world, round_)
    first = min(a.application_id for a in made)
    for place, assignment in enumerate(made):
        far = assignment.application_id == first and place % 2 == 0
        score(world, assignment, 9 if far else 5)
    return round_, made


def test_no_extra_assessor_where_the_rules_know_none(world: World, browser: Any) -> None:
    round_, _ = with_a_gap(world, None)
    found = queries.given(round_)
    assert queries.extra_wanted(round_, found, None) == []
    assert "Nog een beoordelaar" not in words(read(browser("programme").get(PAGES[1])))


def test_totals_far_apart_are_offered_for_one_more_assessor_who_reads_blind(
    world: World, browser: Any
) -> None:
    round_, made = with_a_gap(world, 49_999)
    programme, chair = browser("programme"), browser("chair")
    page = read(programme.get(PAGES[1]))
    assert "De totalen liggen 50,0 punten uit elkaar." in words(page)
    link = page.find("a", href=lambda url: url and "waarom=verschil" in url)
    assert link is not None
    assert read(chair.get(PAGES[1])).find("a", href=lambda url: url and "waarom=" in url) is None
    form = read(programme.get(link["href"]))
    reason = form.find("textarea").get_text().strip()  # type: ignore[union-attr]
    assert reason.startswith("De totalen liggen verder uit elkaar")
    first = min(a.application_id for a in made)
    taken = {a.user_id for a in made if a.application_id == first}
    third = next(key for key in ("assessor", "assessor_b", "assessor_c") if world.ids[key] not in taken)
    answer = programme.post(
        f"{ROUND}/toewijzen/{first}", data={"user_id": world.ids[third], "reason": reason}
    )
    assert answer.status_code == 302
    member = browser(third)
    member.post(f"/beoordelen/aanvraag/{first}/belang", data={"answer": "none"})
    assert "Een andere beoordelaar" not in words(read(member.get(f"/beoordelen/aanvraag/{first}")))
    assert queries.extra_wanted(round_, queries.given(round_), None) == [], "it had its turn"


def test_a_gap_just_as_wide_as_allowed_is_not_offered(world: World) -> None:
    round_, _ = with_a_gap(world, 50_000)
    assert queries.extra_wanted(round_, queries.given(round_), None) == []


def test_the_most_uncertain_ones_are_proposed_as_well(world: World) -> None:
    round_ = world.round(rules=replace(RULES, extra_assessor_gap=90_000), ceiling=11_000_000)
    plans = [make_complete(world, round_, title=f"Plan {place}") for place in range(4)]
    made = assign_all(world, round_)
    quality = {plan.id: level for plan, level in zip(plans, (9, 6, 5, 1), strict=True)}
    for place, assignment in enumerate(made):
        score(
            world,
            assignment,
            max(1, min(9, quality[assignment.application_id] + (place % 2) - (place % 3 == 0))),
        )
    run_jobs()
    found = queries.given(round_)
    sure = queries.places(found.totals)
    assert sure is not None
    extra = queries.extra_wanted(round_, found, sure)
    assert not any(one.by_rule for one in extra)
    chances = [one.uncertain for one in extra]
    assert all(chance is not None and 2000 <= chance <= 8000 for chance in chances)
    assert {one.application.title for one in extra} <= {"Plan 1", "Plan 2"}
    assert extra


# --- the bridge ---------------------------------------------------------------------------------------------

TOTALS: tuple[Total, ...] = tuple(
    (str(a), str(u), 30_000 + 9_000 * a + 4_000 * u + 1_500 * (a * u % 3))
    for a in range(6)
    for u in range(4)
    if (a + u) % 4
)


def test_places_say_what_the_fit_says() -> None:
    from pool.assessment.calibration.model import fit_additive
    from pool.assessment.calibration.ranks import Ranks
    from pool.assessment.calibration.scores import Score, ScoreTable

    body = json.loads(json.dumps(figures.work_out(figures.PlacesInput(TOTALS))))
    sure = queries.Places(body)
    table = ScoreTable.of(Score(a, u, total / 1000) for a, u, total in TOTALS)
    fit = fit_additive(table, 3)
    ranks = Ranks.of(fit.draws)
    for place, one in enumerate(fit.proposals):
        key = int(one.proposal)
        assert sure.expected(key) == round(one.expected_rank * 1000)
        assert sure.interval(key) == one.rank_90
        assert sure.interval(key, 50) == one.rank_50
        for k in range(1, 7):
            assert sure.chance(key, k) == pytest.approx(10_000 * ranks.top(k)[place], abs=1)
    assert body == figures.work_out(figures.PlacesInput(TOTALS[::-1])), (
        "the order of the input leaves no trace"
    )


def test_inputs_that_differ_have_different_hashes() -> None:
    given = figures.PlacesInput(TOTALS)
    assert given.sha256 == figures.PlacesInput(TOTALS[::-1]).sha256
    assert given.sha256 != figures.PlacesInput(TOTALS[1:]).sha256
    base = figures.InfluenceInput(TOTALS, (), (), {}, {}, {}, {}, {}, corrected=True)
    other = replace(base, order=(("1", "2", 1),))
    assert len({base.sha256, other.sha256, replace(base, corrected=False).sha256}) == 3


def test_favouring_the_own_part_of_the_country_is_told() -> None:
    parts = ("Noord", "Zuid")
    totals = tuple(
        (str(a), str(u), 40_000 + 500 * a + 700 * u + 20_000 * (a % 2 == u % 2) + 300 * (a * u % 5))
        for a in range(12)
        for u in range(4)
    )
    given = figures.InfluenceInput(
        totals,
        levels=tuple((a, u, "kwaliteit", 5) for a, u, _ in totals),
        order=tuple((a, u, (5 * int(a) + 3 * int(u)) % 12 + 1) for a, u, _ in totals),
        application_regions={},
        person_regions={},
        application_parts={str(a): (parts[a % 2],) for a in range(12)},
        person_parts={str(u): (parts[u % 2],) for u in range(4)},
        groups={"thema": {str(a): "mda" for a in range(12)}},
        corrected=True,
    )
    body = json.loads(json.dumps(figures.work_out(given)))
    told = queries.Influence(body)
    by_name = {one["name"]: one for one in body["effects"]}
    assert by_name[figures.OWN_PART]["points"] == pytest.approx(20_000, abs=500)
    assert "verschil te zien van ongeveer 20" in told.remark(by_name[figures.OWN_PART]).text
    assert "te weinig gegevens" in told.remark(by_name[figures.OWN_REGION]).text
    assert "geen verschil te zien" in told.remark(by_name[figures.ORDER]).text
    count, points = told.cell("Noord", "Noord") or (0, 0)
    assert count == 12
    assert points > 4_000
    assert told.cell("Noord", "West") is None
    assert body["criteria"]["kwaliteit"]["code"] == "agreement_unknown"


# --- weight -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [*PAGES, f"{ROUND}/uitslag"])
def test_a_page_costs_the_same_for_one_and_for_three(
    world: World, browser: Any, count_queries: Any, url: str
) -> None:
    round_ = world.round(
        rules=replace(RULES, assessors_per_application=3, extra_assessor_gap=10_000), ceiling=5_500_000
    )
    make_complete(world, round_)
    for place, assignment in enumerate(assign_all(world, round_)):
        score(world, assignment, 3 + 2 * place)
    client = browser("programme")
    with count_queries() as one:
        read(client.get(url))
    for place in range(2):
        make_complete(world, round_, "applicant_b", title=f"Plan {place}")
    for place, assignment in enumerate(assign_all(world, round_)):
        score(world, assignment, 3 + place)
    run_jobs()
    service.request_studies(world.later("programme", days=29), round_, list(StudyKind))
    run_jobs()
    db.session.commit()
    db.session.expire_all()
    read(client.get(url))
    with count_queries() as three:
        read(client.get(url))
    assert three.number <= one.number + 1, "\n".join(x[:150] + x[-150:] for x in three.statements)
