"""The pages of an allocation for programme team, chair, decider and auditor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from pool.allocation import queries, results, wording
from pool.allocation.inputs import Changes, Forced
from pool.allocation.models import Scenario
from pool.allocation.rules import BARRED
from pool.allocation.states import AllocationRule, Decision, ScenarioState
from pool.applications.models import Application
from pool.assessment import service as assessment
from pool.assessment.states import InterestAnswer
from pool.core.db import db
from pool.rounds.models import Round
from pool.rounds.states import RoundState
from tests.conftest import Client
from tests.support.allocation_factory import make_allocation, run_jobs
from tests.support.world import World

NEW = {
    "name": "Wat als",
    "rule": "optimal",
    "ceiling": "",
    "spread_percent": "100",
    "forced-0-application_id": "",
    "forced-0-decision": "in",
    "forced-0-reason": "",
}


def _page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    return " ".join(response.get_data(as_text=True).split())


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Scenario)) or 0


def _applications(round_: Round) -> list[Application]:
    query = select(Application).where(Application.round_id == round_.id).order_by(Application.id)
    return list(db.session.scalars(query))


def _views(scenario: Scenario) -> list[str]:
    home = f"/verdelen/ronde-1/scenario/{scenario.id}"
    first = min(scenario.snapshot.names.values())
    parts = (
        "",
        "/spreiding",
        "/rangorde",
        "/afweging",
        "/zekerheid",
        "/vraag.json",
        "/uitkomst.json",
        f"/aanvraag/{first}",
    )
    return ["/verdelen/ronde-1", *(home + part for part in parts), "/verdelen/ronde-1/vergelijken"]


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["assessor", "applicant", "lead", "admin"])
def test_nobody_else_sees_an_allocation(client: Client, world: World, allocated: Scenario, key: str) -> None:
    client.sign_in(world.email(key))
    for path in ["/verdelen", *_views(allocated)]:
        assert client.get(path).status_code == 403


def test_a_chair_with_an_interest_sees_that_there_is_a_round_and_nothing_of_it(
    client: Client, world: World, adopted: Round, allocated: Scenario
) -> None:
    chair = world.later("chair", days=46)
    first = _applications(adopted)[0]
    assessment.declare_interest(chair, first.id, InterestAnswer.DECLARED, "Familie.")
    client.sign_in(world.email("chair"))
    text = _page(client, "/verdelen")
    assert "U hebt een belang bij een aanvraag in deze ronde" in text
    assert "/verdelen/ronde-1" not in text
    for path in _views(allocated):
        assert BARRED in _page(client, path, 403)
    assert client.post("/verdelen/ronde-1/nieuw", data=NEW).status_code == 403
    assert client.post(f"/verdelen/ronde-1/scenario/{allocated.id}/opnieuw").status_code == 403
    assert _count() == 1


def test_a_round_that_is_not_ready_says_when_it_will_be(client: Client, world: World, round_: Round) -> None:
    client.sign_in(world.email("programme"))
    assert "Er is nog geen ronde om te verdelen" in _page(client, "/verdelen")
    assert "heeft vastgesteld" in _page(client, "/verdelen/ronde-1", 403)
    assert client.post("/verdelen/ronde-1/nieuw", data=NEW).status_code == 403


def test_what_is_not_there_is_missing(
    client: Client, world: World, adopted: Round, allocated: Scenario
) -> None:
    other = world.round(slug="ronde-2")
    other.state = RoundState.IN_DECISION
    db.session.commit()
    client.sign_in(world.email("programme"))
    here = f"scenario/{allocated.id}"
    for path in (
        f"/verdelen/ronde-2/{here}",
        f"/verdelen/ronde-2/{here}/uitkomst.json",
        "/verdelen/ronde-1/scenario/999999",
        f"/verdelen/ronde-1/{here}/aanvraag/999999",
        "/verdelen/bestaat-niet",
    ):
        _page(client, path, 404)
    assert "Kies twee scenario’s" in _page(client, f"/verdelen/ronde-2/vergelijken?een={allocated.id}&twee=x")


@pytest.mark.parametrize("key", ["decider", "auditor"])
def test_readers_read_and_make_nothing(
    client: Client, world: World, adopted: Round, allocated: Scenario, key: str
) -> None:
    client.sign_in(world.email(key))
    for path in ["/verdelen", *_views(allocated)]:
        _page(client, path)
    assert "Nieuw scenario" not in _page(client, "/verdelen/ronde-1")
    assert client.get("/verdelen/ronde-1/nieuw").status_code == 403
    assert client.post("/verdelen/ronde-1/nieuw", data=NEW).status_code == 403
    assert _count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Geef het scenario een naam."),
        ({"rule": "gok"}, "geldige"),
        ({"ceiling": "veel"}, "Vul een bedrag in euro"),
        ({"ceiling": "0"}, "hoger is dan nul"),
        ({"spread_percent": "1001"}, "van 0 tot en met 1000"),
        ({"forced-0-application_id": "999999", "forced-0-reason": "x"}, "hoort niet bij de verdeling"),
        ({"forced-0-application_id": "x", "forced-0-reason": "x"}, "hoort niet bij de verdeling"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(
    client: Client, world: World, adopted: Round, wrong: dict[str, str], said: str
) -> None:
    client.sign_in(world.email("programme"))
    response = client.post("/verdelen/ronde-1/nieuw", data={**NEW, "forced-0-reason": "Mijn reden", **wrong})
    text = response.get_data(as_text=True)
    assert response.status_code == 422
    assert said in text
    assert "<title>Fout: " in text
    if "forced-0-reason" not in wrong:
        assert "Mijn reden" in text
    assert _count() == 0


def test_a_fixed_application_needs_a_reason(client: Client, world: World, adopted: Round) -> None:
    first = _applications(adopted)[0]
    client.sign_in(world.email("programme"))
    response = client.post("/verdelen/ronde-1/nieuw", data={**NEW, "forced-0-application_id": str(first.id)})
    text = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Schrijf waarom u deze aanvraag vooraf vastlegt." in text
    assert f'selected value="{first.id}"' in text


def test_a_row_more_or_less_keeps_nothing_and_loses_nothing(
    client: Client, world: World, adopted: Round
) -> None:
    client.sign_in(world.email("programme"))
    more = client.post("/verdelen/ronde-1/nieuw", data={**NEW, "forced-0-reason": "Vanwege", "add_row": "1"})
    text = more.get_data(as_text=True)
    assert "Vanwege" in text
    assert "forced-1-reason" in text
    assert "Er is 1 fout" not in text
    less = client.post(
        "/verdelen/ronde-1/nieuw", data={**NEW, "forced-0-reason": "Vanwege", "remove_row": "0"}
    )
    assert "Vanwege" not in less.get_data(as_text=True)
    assert _count() == 0


def test_sent_twice_is_one_scenario(client: Client, world: World, adopted: Round) -> None:
    client.sign_in(world.email("chair"))
    first = client.post("/verdelen/ronde-1/nieuw", data={**NEW, "once": "een-sleutel"})
    second = client.post("/verdelen/ronde-1/nieuw", data={**NEW, "once": "een-sleutel"})
    assert first.location == second.location
    assert _count() == 1


# --- from asking to reading ---------------------------------------------------------------------------------


def test_from_a_new_scenario_to_its_result(client: Client, world: World, adopted: Round) -> None:
    third = _applications(adopted)[2]
    client.sign_in(world.email("programme"))
    assert "Volgens de gepubliceerde regels" in _page(client, "/verdelen/ronde-1/nieuw")
    given = {
        **NEW,
        "ceiling": "130.000",
        "spread_percent": "50",
        "forced-0-application_id": str(third.id),
        "forced-0-decision": "out",
        "forced-0-reason": "Wordt <b>elders</b> betaald.",
    }
    made = client.post("/verdelen/ronde-1/nieuw", data=given)
    assert made.status_code == 302
    waiting = _page(client, made.location)
    assert "Nog niet klaar: de verdeling" in waiting
    assert "Kijk of het klaar is" in waiting
    assert "refresh" not in waiting
    run_jobs()
    text = _page(client, made.location)
    assert "Dit is bewezen de beste verdeling" in text
    assert "Het gewicht van de spreiding is 50% van het gepubliceerde gewicht." in text
    assert "wordt niet toegekend. Reden: Wordt &lt;b&gt;elders&lt;/b&gt; betaald." in text
    assert "vooraf vastgelegd" in text


def test_the_result_shows_the_stored_figures(client: Client, world: World, allocated: Scenario) -> None:
    outcome = queries.outcome(allocated)
    assert outcome is not None
    client.sign_in(world.email("chair"))
    text = _page(client, f"/verdelen/ronde-1/scenario/{allocated.id}")
    line = f"Toegekend: {wording.whole(outcome['spent'])}. Over: {wording.whole(outcome['left'])}."
    assert " ".join(line.split()) in text
    assert wording.value(outcome["objective"]) in text
    assert "van 3 aanvragen" in text
    assert allocated.snapshot.sha256 in text
    assert (
        text.index("Eerste plan")
        < text.index("Tweede plan")
        < text.index("Over: ")
        < text.index("Derde plan")
    )


def test_regions_themes_and_money(client: Client, world: World, allocated: Scenario) -> None:
    client.sign_in(world.email("chair"))
    text = _page(client, f"/verdelen/ronde-1/scenario/{allocated.id}/spreiding")
    assert "In 3 van de 28 regio’s is dit meer dan nul." in text
    assert "Twente: 1" in text
    assert text.count("30.000,00") == 2  # a joint award counts in equal shares


def test_the_ranking_beside_it_marks_what_differs(client: Client, world: World, adopted: Round) -> None:
    third = _applications(adopted)[2]
    changes = Changes(forced=(Forced(third.id, Decision.IN, "Afspraak."),))
    scenario = make_allocation(world, adopted, name="Vast", changes=changes)
    client.sign_in(world.email("chair"))
    text = _page(client, f"/verdelen/ronde-1/scenario/{scenario.id}/rangorde")
    assert "De streep van de rangorde" in text
    for rule in AllocationRule:
        assert rule.label in text
    plain = make_allocation(world, adopted, name="Rangorde", rule=AllocationRule.RANK_CUT)
    text = _page(client, f"/verdelen/ronde-1/scenario/{plain.id}")
    assert "Deze verdeling volgt een eenvoudige regel" in text
    assert "/afweging" not in text
    first = _applications(adopted)[0]
    _page(client, f"/verdelen/ronde-1/scenario/{plain.id}/aanvraag/{first.id}", 404)


def test_each_application_has_its_explanation(
    client: Client, world: World, adopted: Round, allocated: Scenario
) -> None:
    first, _, third = _applications(adopted)
    client.sign_in(world.email("chair"))
    awarded = _page(client, f"/verdelen/ronde-1/scenario/{allocated.id}/aanvraag/{first.id}")
    assert "het hele gevraagde bedrag" in awarded
    assert "Als zij niet was toegekend" in awarded
    assert f"‘Derde plan’ ({third.reference}) komt erbij" in awarded
    refused = _page(client, f"/verdelen/ronde-1/scenario/{allocated.id}/aanvraag/{third.id}")
    assert "Er is meer gevraagd dan er te verdelen is." in refused
    assert "als al het andere gelijk was gebleven" in refused


def test_the_frontier_marks_the_published_weights(client: Client, world: World, allocated: Scenario) -> None:
    client.sign_in(world.email("chair"))
    text = _page(client, f"/verdelen/ronde-1/scenario/{allocated.id}/afweging")
    assert ">gepubliceerd</text>" in text
    assert "dit scenario" in text
    assert "Kwaliteit tegenover spreiding" in text


def test_two_scenarios_compared(client: Client, world: World, adopted: Round, allocated: Scenario) -> None:
    second = _applications(adopted)[1]
    changes = Changes(forced=(Forced(second.id, Decision.OUT, "Proef."),))
    other = make_allocation(world, adopted, name="Zonder Zwolle", changes=changes)
    client.sign_in(world.email("chair"))
    path = f"/verdelen/ronde-1/vergelijken?een={allocated.id}&twee={other.id}"
    text = _page(client, path)
    assert text.index("Alleen in ‘Volgens") < text.index("Tweede plan") < text.index("Alleen in ‘Zonder")
    assert text.rindex("Derde plan") > text.index("Alleen in ‘Zonder Zwolle’")
    one, two = (
        results.Result(
            s.snapshot.problem,
            queries.outcome(s) or {},
            {name: db.session.get_one(Application, key) for name, key in s.snapshot.names.items()},
        )
        for s in (allocated, other)
    )
    cost = results.compare(one, two).cost
    assert cost is not None
    assert cost > 0
    assert f"{wording.value(cost)} minder waard" in text
    same = _page(client, f"/verdelen/ronde-1/vergelijken?een={allocated.id}&twee={allocated.id}")
    assert "Beide scenario’s geven dezelfde toekenningen." in same


def test_rules_that_clash_are_shown_in_words(client: Client, world: World, adopted: Round) -> None:
    forced = tuple(Forced(one.id, Decision.IN, "Proef.") for one in _applications(adopted))
    scenario = make_allocation(world, adopted, changes=Changes(ceiling=10_000_000, forced=forced))
    client.sign_in(world.email("chair"))
    text = _page(client, f"/verdelen/ronde-1/scenario/{scenario.id}")
    assert "Er is geen verdeling mogelijk" in text
    assert "Alle toekenningen samen kosten ten hoogste" in text
    for part in ("spreiding", "rangorde", "afweging"):
        _page(client, f"/verdelen/ronde-1/scenario/{scenario.id}/{part}", 404)
    assert "geen verdeling mogelijk" in _page(client, "/verdelen/ronde-1")


def test_a_failure_is_shown_and_can_be_tried_again(
    client: Client, world: World, adopted: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pool.allocation.jobs.verify", lambda _problem, _outcome: ["wrong"])
    client.sign_in(world.email("programme"))
    where = client.post("/verdelen/ronde-1/nieuw", data=NEW).location
    run_jobs()
    text = _page(client, where)
    assert "De berekening is mislukt" in text
    assert "nagerekend en klopte niet" in text
    monkeypatch.undo()
    assert client.post(f"{where}/opnieuw").status_code == 302
    run_jobs()
    assert "Dit is bewezen de beste verdeling" in _page(client, where)
    assert client.post(f"{where}/opnieuw").status_code == 403


def test_an_error_on_the_way_is_told_while_the_job_still_tries(
    client: Client, world: World, adopted: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any) -> None:
        raise MemoryError("no memory left")

    monkeypatch.setattr("pool.allocation.jobs._solve", broken)
    client.sign_in(world.email("programme"))
    where = client.post("/verdelen/ronde-1/nieuw", data=NEW).location
    run_jobs()
    text = _page(client, where)
    assert "Het systeem probeert het vanzelf opnieuw" in text
    assert "no memory left" not in text


def test_the_files_are_what_is_stored(client: Client, world: World, allocated: Scenario) -> None:
    client.sign_in(world.email("auditor"))
    problem = client.get(f"/verdelen/ronde-1/scenario/{allocated.id}/vraag.json").data
    outcome = client.get(f"/verdelen/ronde-1/scenario/{allocated.id}/uitkomst.json").data
    assert allocated.allocation is not None
    assert hashlib.sha256(problem).hexdigest() == allocated.snapshot.sha256
    assert hashlib.sha256(outcome).hexdigest() == allocated.allocation.sha256


def test_what_is_invented_is_said_on_every_page(client: Client, world: World, adopted: Round) -> None:
    for one in _applications(adopted):
        one.invented = True
    scenario = make_allocation(world, adopted)
    client.sign_in(world.email("chair"))
    home = f"/verdelen/ronde-1/scenario/{scenario.id}"
    first = _applications(adopted)[0]
    for path in (home, f"{home}/rangorde", f"{home}/aanvraag/{first.id}"):
        assert "verzonnen" in _page(client, path)


# --- how much work a page is --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_the_same_queries_for_one_and_for_three(
    client: Client, world: World, adopted: Round, count_queries: Callable[[], Any], number: int
) -> None:
    for place in range(number):
        make_allocation(world, adopted, name=f"Scenario {place}")
    client.sign_in(world.email("programme"))
    for place in range(number):
        client.post("/verdelen/ronde-1/nieuw", data={**NEW, "name": f"Wacht {place}"})
        other = world.round(slug=f"andere-{place}")
        other.state = RoundState.IN_DECISION
    db.session.commit()
    ident = queries.scenarios(adopted.id)[0].id
    for path, most in (
        ("/verdelen", 7),
        ("/verdelen/ronde-1", 10),
        (f"/verdelen/ronde-1/scenario/{ident}", 16),
        (f"/verdelen/ronde-1/vergelijken?een={ident}&twee={ident}", 13),
    ):
        with count_queries() as counted:
            assert client.get(path).status_code == 200
        assert counted.number <= most, (path, counted.number, counted.statements)


def test_states_have_a_word_and_a_colour() -> None:
    assert {state.tone for state in ScenarioState} == {"info", "success", "error"}
