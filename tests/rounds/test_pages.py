"""Pages of a round: who sees what, and what publishing refuses."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from bs4 import BeautifulSoup

from pool.core.db import db
from pool.core.errors import InvalidMany, Refused
from pool.core.text import canonical_json, sha256_hex
from pool.rounds import queries, rules, service
from pool.rounds.inputs import RoundInput, RoundRules
from pool.rounds.models import Round
from pool.rounds.states import Instrument, RoundState
from tests.conftest import Client
from tests.support.world import RULES, START, World


def _draft(world: World, round_rules: RoundRules, slug: str = "concept") -> Round:
    actor = world.actor("programme")
    if queries.scheme_by_slug("pool") is None:
        service.create_scheme(actor, "pool", "Projectenpool", "Een impuls.", "VDND")
    given = RoundInput(
        scheme_slug="pool",
        slug=slug,
        title="Geheime conceptronde",
        year=2027,
        instrument=Instrument.SUBSIDY,
        legal_basis="Regeling",
        publication_reference="Staatscourant (voorbeeld)",
        publication_date=START.date(),
        opens_at=START + dt.timedelta(days=1),
        closes_at=START + dt.timedelta(days=2),
        ceiling=1_000_000,
        rules=round_rules,
    )
    round_ = service.create(actor, given)
    db.session.commit()
    return round_


def test_a_draft_looks_like_nothing_to_everybody_else(client: Client, world: World) -> None:
    _draft(world, RULES)
    absent = client.get("/rondes/bestaat-niet")
    draft = client.get("/rondes/concept")
    assert draft.status_code == absent.status_code == 404
    # The page names the address that was asked for, and nothing else differs.
    assert draft.data.replace(b"concept", b"bestaat-niet") == absent.data


@pytest.mark.parametrize(
    ("spoiled", "complaint"),
    [
        (replace(RULES, criteria=()), "geen criteria"),
        (replace(RULES, criteria=RULES.criteria[:2]), "niet 100%"),
        (
            replace(RULES, criteria=(replace(RULES.criteria[0], weight=100, anchors={}),)),
            "uitleg van niveaus",
        ),
        (replace(RULES, themes=()), "thema"),
        (replace(RULES, spread_steps=(1, 2)), "gelijk blijven of dalen"),
        (replace(RULES, tie_seed=""), "loting"),
        (replace(RULES, objection_address=""), "bezwaar"),
    ],
)
def test_publishing_says_what_is_missing(world: World, spoiled: RoundRules, complaint: str) -> None:
    round_ = _draft(world, spoiled)
    with pytest.raises(InvalidMany) as refusal:
        service.publish(world.actor("programme"), round_)
    assert any(complaint in problem.message for problem in refusal.value.problems)
    assert round_.state == RoundState.DRAFT


def test_only_the_programme_team_publishes(world: World) -> None:
    round_ = _draft(world, RULES)
    with pytest.raises(Refused):
        service.publish(world.actor("decider"), round_)


def test_published_rules_are_hashed_and_read_back_the_same(world: World) -> None:
    round_ = world.round()
    frozen = queries.rule_set(round_)
    assert frozen.sha256 == sha256_hex(canonical_json(frozen.document))
    assert queries.rules_of(round_) == RULES


@pytest.mark.parametrize(
    ("microseconds", "code"),
    [(-1, "early"), (0, ""), (14 * 86_400_000_000, ""), (14 * 86_400_000_000 + 1, "late")],
)
def test_the_round_is_open_to_the_microsecond(world: World, microseconds: int, code: str) -> None:
    verdict = rules.accepts_applications(world.round(), START + dt.timedelta(microseconds=microseconds))
    assert (bool(verdict), verdict.code if not verdict else "") == (code == "", code)


def test_points_are_exact_at_both_ends() -> None:
    assert RULES.points(dict.fromkeys(("kwaliteit", "impuls", "leren"), 1)) == 0
    assert RULES.points(dict.fromkeys(("kwaliteit", "impuls", "leren"), 9)) == 100_000
    assert RULES.points({"kwaliteit": 5, "impuls": 7, "leren": 3}) == 40 * 500 + 35 * 750 + 25 * 250


def test_the_public_page_explains_the_rules(client: Client, world: World) -> None:
    world.round()
    with time_machine.travel(START + dt.timedelta(days=1), tick=False):
        page = BeautifulSoup(client.get("/rondes/ronde-1").data, "html5lib")
    text = page.get_text(" ", strip=True)
    assert page.h1.get_text() == "Voorbeeldronde 2027"
    assert "35 punten voor de eerste toekenning" in text
    assert "Onder 55 punten wordt niets toegekend" in text
    assert "telt voor 40%" in text


def test_an_applicant_can_begin_only_while_the_round_is_open(client: Client, world: World) -> None:
    world.round()
    for moment, offered in ((START + dt.timedelta(days=1), True), (START + dt.timedelta(days=15), False)):
        with time_machine.travel(moment, tick=False):
            client.sign_in(world.email("applicant"))
            page = BeautifulSoup(client.get("/rondes/ronde-1").data, "html5lib")
        forms = [form["action"] for form in page.find_all("form")]
        assert ("/rondes/ronde-1/aanvragen" in forms) is offered


def test_what_was_typed_survives_a_refusal(client: Client, world: World) -> None:
    world.round()
    client.sign_in(world.email("programme"))
    response = client.post("/rondes/ronde-1/plafond", data={"ceiling": "veel", "reason": "Er kwam geld bij."})
    page = BeautifulSoup(response.data, "html5lib")
    assert response.status_code == 422
    assert page.find("input", {"name": "ceiling"})["value"] == "veel"
    assert page.find("textarea", {"name": "reason"}).get_text().strip() == "Er kwam geld bij."
    assert page.title.get_text().startswith("Fout: ")


def test_a_changed_ceiling_is_public_with_its_reason(client: Client, world: World) -> None:
    world.round()
    client.sign_in(world.email("programme"))
    answer = client.post(
        "/rondes/ronde-1/plafond", data={"ceiling": "300.000", "reason": "Er kwam geld bij."}
    )
    assert answer.status_code == 302
    text = client.get("/rondes/ronde-1").get_data(as_text=True)
    assert "Er kwam geld bij." in text
    assert "300.000" in text


def test_a_form_sent_twice_is_carried_out_once(client: Client, world: World) -> None:
    round_ = world.round()
    client.sign_in(world.email("programme"))
    data = {"ceiling": "300.000", "reason": "Er kwam geld bij.", "once": "abc123"}
    answers = [client.post("/rondes/ronde-1/plafond", data=data) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert len(queries.ceiling_history(round_.id)) == 2


@pytest.mark.parametrize("rounds", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_for_three(
    client: Client, world: World, count_queries, rounds: int
) -> None:
    for number in range(rounds):
        world.round(slug=f"ronde-{number}")
    client.sign_in(world.email("programme"))
    with count_queries() as counted:
        assert client.get("/rondes").status_code == 200
    assert counted.number <= 6, counted.statements
