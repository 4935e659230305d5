"""The pages of a plan: nobody but the programme team meets it before it is final, and nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from pool.assessment import queries, service
from pool.assessment.inputs import PlanOptions
from pool.assessment.models import AssignmentPlan
from pool.assessment.plan import Pair, Pairs
from pool.assessment.queries import plans
from pool.assessment.states import InterestAnswer, PlanState
from pool.core.db import db
from pool.rounds import service as rounds_service
from pool.rounds.states import RoundState
from tests.assessment.conftest import Committee
from tests.conftest import Client
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import ASSIGNED, assign_all
from tests.support.world import RULES, START, World

ROUND = "/beoordelen/ronde-1"
ASSIGN = f"{ROUND}/toewijzen"


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    return lambda key: new_client().sign_in(world.email(key))


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.get_data(as_text=True)
    return str(response.get_data(as_text=True))


def post(client: Client, url: str, data: dict[str, Any]) -> tuple[int, str]:
    response = client.post(url, data=data)
    return response.status_code, response.get_data(as_text=True)


def plan_of(committee: Committee) -> AssignmentPlan:
    plan = plans.draft_plan(committee.world.later("programme", days=30), committee.round_)
    assert plan is not None
    db.session.refresh(plan)
    return plan


def made(committee: Committee, options: PlanOptions | None = None) -> AssignmentPlan:
    programme = committee.world.later("programme", days=ASSIGNED)
    plan = service.make_plan(programme, committee.round_, options)
    db.session.commit()
    return plan


def held(plan: AssignmentPlan) -> Pairs:
    return Pairs.of(plan.body)


def pairs_of(plan: AssignmentPlan, application_id: int) -> list[Pair]:
    return sorted(pair for pair in held(plan).pairs if pair[0] == application_id)


# --- hidden until final ---------------------------------------------------------------------------------------

OTHERS = ["assessor", "assessor_b", "assessor_c", "chair", "auditor", "decider", "applicant", "lead"]


def seen_by(client: Client) -> dict[str, tuple[int, str]]:
    """What somebody meets of the committee's work, without what differs each time."""
    urls = ["/", "/beoordelen", ROUND, f"{ROUND}/belangen", f"{ROUND}/vergaderingen", f"{ROUND}/uitslag.csv"]
    found = {}
    for url in (*urls, ASSIGN, "/berichten"):
        response = client.get(url)
        found[url] = response.status_code, re.sub(r"[0-9a-f]{32,}", "", response.get_data(as_text=True))
    return found


def test_nobody_else_meets_a_plan(committee: Committee, browser: Any) -> None:
    # What the clock does to a round is no news of a plan.
    rounds_service.follow_clock(committee.world.later("programme", days=ASSIGNED), committee.round_)
    db.session.commit()
    clients = {key: browser(key) for key in OTHERS}
    before = {key: seen_by(client) for key, client in clients.items()}
    plan = made(committee)
    for key, client in clients.items():
        assert seen_by(client) == before[key], key
        page(client, f"{ASSIGN}/plan/{committee.one.id}", 403)
        for url in (
            ASSIGN,
            f"{ASSIGN}/vaststellen",
            f"{ASSIGN}/weggooien",
            f"{ASSIGN}/plan/{committee.one.id}",
        ):
            status, _ = post(client, url, {"version": str(plan.version), "do": "forbid"})
            assert status == 403
    assert plan_of(committee).version == plan.version
    # The twin: final is what changes what they see.
    post(browser("programme"), f"{ASSIGN}/vaststellen", {"version": str(plan.version)})
    assert seen_by(clients["assessor"]) != before["assessor"]
    assert "0 van de 2 aanvragen" in page(clients["assessor"], "/beoordelen")


def test_without_a_plan_there_is_nothing_to_adjust(committee: Committee, browser: Any) -> None:
    programme = browser("programme")
    page(programme, f"{ASSIGN}/plan/{committee.one.id}", 404)
    for url in (f"{ASSIGN}/vaststellen", f"{ASSIGN}/weggooien"):
        assert post(programme, url, {"version": "1"})[0] == 422
    assert queries.assignments_of_round(committee.round_.id) == []


def test_an_application_of_another_round_is_not_found(
    committee: Committee, world: World, browser: Any
) -> None:
    made(committee)
    other = world.round(slug="ronde-2", title="Andere ronde")
    application = make_complete(world, other)
    page(browser("programme"), f"{ASSIGN}/plan/{application.id}", 404)


# --- refusals on the page -------------------------------------------------------------------------------------


def test_why_there_is_no_plan_and_the_form_as_typed(committee: Committee, browser: Any) -> None:
    chair = committee.world.later("chair", days=ASSIGNED)
    for key in ("assessor", "assessor_b"):
        service.declare_interest(
            chair, committee.one.id, InterestAnswer.DECLARED, "Familie.", user_id=committee.world.ids[key]
        )
    db.session.commit()
    typed = {"maximum": "7", "own_region": "y", "calibration": [str(committee.two.id)]}
    status, body = post(browser("programme"), ASSIGN, typed)
    assert status == 422
    assert "<title>Fout: " in body
    assert (
        f"Voor {committee.one.reference} is maar 1 beoordelaar vrij van belang, er zijn er 2 nodig." in body
    )
    assert re.search(r'name="maximum"[^>]*value="7"', body)
    assert re.search(r'<input [^>]*checked[^>]*name="own_region"', body)
    assert re.search(rf'name="calibration" value="{committee.two.id}" checked', body)


@pytest.mark.parametrize("typed", ["0", "501", "veel", "-3"])
def test_a_maximum_that_cannot_be(committee: Committee, browser: Any, typed: str) -> None:
    status, body = post(browser("programme"), ASSIGN, {"maximum": typed})
    assert status == 422
    assert re.search(rf'name="maximum"[^>]*value="{typed}"', body)
    assert 'href="#maximum"' in body
    assert plans.draft_plan(committee.world.later("programme", days=30), committee.round_) is None


def test_an_adjustment_that_cannot_be_says_why(committee: Committee, browser: Any) -> None:
    plan = made(committee)
    url = f"{ASSIGN}/plan/{committee.one.id}"
    inside = {user for _, user in pairs_of(plan, committee.one.id)}
    outside = next(
        committee.world.ids[k]
        for k in ("assessor", "assessor_b", "assessor_c")
        if committee.world.ids[k] not in inside
    )
    service.declare_interest(
        committee.world.later("chair", days=ASSIGNED),
        committee.one.id,
        InterestAnswer.DECLARED,
        "Familie.",
        user_id=outside,
    )
    db.session.commit()
    programme = browser("programme")
    status, body = post(
        programme, url, {"do": "pin_new", "user_id": str(outside), "version": str(plan.version)}
    )
    assert status == 422
    assert f"kan {committee.one.reference} niet lezen: heeft een belang" in body
    status, body = post(programme, url, {"do": "iets", "version": str(plan.version)})
    assert status == 404
    status, body = post(programme, url, {"do": "forbid", "user_id": "9" * 30, "version": str(plan.version)})
    assert status == 422
    assert "Kies een beoordelaar." in body


def test_two_people_at_once(committee: Committee, browser: Any) -> None:
    plan = made(committee)
    seen, url = str(plan.version), f"{ASSIGN}/plan/{committee.one.id}"
    one, two = (str(user) for _, user in pairs_of(plan, committee.one.id))
    assert post(browser("programme"), url, {"do": "pin", "user_id": one, "version": seen})[0] == 302
    status, body = post(browser("programme_b"), url, {"do": "forbid", "user_id": two, "version": seen})
    assert status == 422
    assert "Iemand anders heeft het plan net gewijzigd" in body
    assert f'name="version" value="{plan_of(committee).version}"' in body or re.search(
        rf'name="version"[^>]*value="{plan_of(committee).version}"', body
    )
    status, body = post(browser("programme_b"), f"{ASSIGN}/vaststellen", {"version": seen})
    assert status == 422
    assert committee.round_.state == RoundState.CLOSED


# --- the work -------------------------------------------------------------------------------------------------


def test_from_plan_to_final(committee: Committee, browser: Any) -> None:
    programme = browser("programme")
    body = page(programme, ASSIGN)
    assert "Er is nog geen plan" in body
    assert "Plan vaststellen" not in body
    assert post(programme, ASSIGN, {"maximum": "", "calibration": [str(committee.three.id)]})[0] == 302
    body = page(programme, ASSIGN)
    for part in (
        "Dit is een concept",
        "Koppeling",
        "iedereen leest",
        "3 van 3",
        "2 van 2",
        "Plan vaststellen",
    ):
        assert part in body
    plan = plan_of(committee)
    first = pairs_of(plan, committee.one.id)[0]
    url = f"{ASSIGN}/plan/{committee.one.id}"
    assert "Vastzetten" in page(programme, url)
    assert (
        post(programme, url, {"do": "forbid", "user_id": str(first[1]), "version": str(plan.version)})[0]
        == 302
    )
    body = page(programme, ASSIGN)
    assert "Wat de laatste stap veranderde" in body
    assert "Door u uitgesloten" in page(programme, url)
    plan = plan_of(committee)
    assert first not in held(plan).pairs
    assert post(programme, f"{ASSIGN}/vaststellen", {"version": str(plan.version)})[0] == 302
    db.session.refresh(plan)
    assert plan.state == PlanState.FINAL
    assert committee.round_.state == RoundState.IN_ASSESSMENT
    body = page(programme, ASSIGN)
    assert "Er is niets nieuws toe te wijzen" in body
    assert "Plan vaststellen" not in body


def test_swap_move_and_throw_away(committee: Committee, browser: Any) -> None:
    plan, programme = made(committee), browser("programme")
    pairs = held(plan).pairs
    one = next(p for p in pairs if p[0] == committee.one.id and (committee.two.id, p[1]) not in pairs)
    two = next(p for p in pairs if p[0] == committee.two.id and (committee.one.id, p[1]) not in pairs)
    url = f"{ASSIGN}/plan/{committee.one.id}"
    data = {"do": "swap", "user_id": str(one[1]), "other": f"{two[0]}-{two[1]}", "version": str(plan.version)}
    assert post(programme, url, data | {"other": "1-1"})[0] == 422
    assert post(programme, url, data)[0] == 302
    plan = plan_of(committee)
    assert held(plan).pinned == {(one[0], two[1]), (two[0], one[1])}
    reader = next(
        u for a, u in pairs_of(plan, committee.one.id) if (committee.three.id, u) not in held(plan).pairs
    )
    data = {"do": "move", "user_id": str(reader), "to_application_id": str(committee.three.id)}
    assert post(programme, url, data | {"version": str(plan.version)})[0] == 302
    plan = plan_of(committee)
    assert (committee.three.id, reader) in held(plan).pinned
    assert post(programme, f"{ASSIGN}/weggooien", {"version": str(plan.version)})[0] == 302
    assert "Er is nog geen plan" in page(programme, ASSIGN)


def test_a_plan_that_no_longer_fits_says_so(committee: Committee, browser: Any) -> None:
    plan = made(committee)
    lost = pairs_of(plan, committee.one.id)[0]
    service.declare_interest(
        committee.world.later("chair", days=21), lost[0], InterestAnswer.DECLARED, "Familie.", user_id=lost[1]
    )
    db.session.commit()
    programme = browser("programme")
    assert "Zo kunt u het plan niet vaststellen" in page(programme, ASSIGN)
    status, body = post(programme, f"{ASSIGN}/vaststellen", {"version": str(plan.version)})
    assert status == 422
    assert "mag" in body
    assert "niet meer lezen: heeft een belang" in body


def test_after_final_one_can_still_add_and_end(committee: Committee, browser: Any) -> None:
    programme = browser("programme")
    url = f"{ASSIGN}/{committee.one.id}"
    assert "Maak eerst een plan" in page(programme, url)
    assign_all(committee.world, committee.round_)
    assert "Een beoordelaar toevoegen" in page(programme, url)
    assert "Maak eerst een plan" not in page(programme, url)


def test_the_pages_cost_the_same_for_one_and_for_three(
    world: World, browser: Any, count_queries: Any
) -> None:
    round_ = world.round(rules=replace(RULES, assessors_per_application=2))
    one = make_complete(world, round_)
    programme = world.later("programme", days=ASSIGNED)
    service.make_plan(programme, round_)
    db.session.commit()
    client = browser("programme")
    urls = (ASSIGN, f"{ASSIGN}/plan/{one.id}")
    before = []
    for url in urls:
        page(client, url)
        with count_queries() as found:
            page(client, url)
        before.append(found.number)
    for place in range(2):
        make_complete(world, round_, "applicant_b", title=f"Plan {place}")
    service.make_plan(programme, round_)
    db.session.commit()
    for url, number in zip(urls, before, strict=True):
        db.session.expire_all()
        with count_queries() as found:
            page(client, url)
        assert found.number <= number, "\n".join(x[:150] + x[-150:] for x in found.statements)
