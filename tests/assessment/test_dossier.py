"""Dossiers: who gets one, in which form, what is in it, and that every production leaves a row."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from pool.applications.states import ApplicationState
from pool.assessment import queries, service
from pool.assessment.dossier import SCHEMA
from pool.assessment.naming import letter
from pool.assessment.states import InterestAnswer
from pool.core import audit
from pool.core.access import Actor
from pool.core.db import db
from pool.core.errors import Missing, Refused
from tests.assessment.conftest import Committee
from tests.assessment.test_deputy import outsider
from tests.conftest import Client
from tests.support.assessment_factory import adopt, assess_all, member, scores_input
from tests.support.meeting_factory import bar, discuss, item_of, opened
from tests.support.pages import read, words
from tests.support.pdftext import read as read_pdf
from tests.support.verapdf import assert_accessible
from tests.support.world import START, World

ROOT = "/beoordelen/ronde-1/dossiers"


@pytest.fixture(autouse=True)
def _after_the_adoption() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=45), tick=False):
        yield


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    return lambda key: new_client().sign_in(world.email(key))


@pytest.fixture
def told(committee: Committee) -> Committee:
    """The first plan has gone through everything: reopened, an interest, a meeting, an agreed score, adopted."""
    world, round_ = committee.world, committee.round_
    assess_all(world, round_)
    first = queries.counting([committee.one.id])[0]
    name = first.assignment.user.name
    service.reopen(world.later("chair", days=27), first, f"{name} vergat een criterium.")
    given = scores_input(round_, 6, "Nu wel bekeken.")
    service.submit_assessment(member(world, first.assignment, 28), first, given)
    third = outsider(world, committee.one.id)
    meeting = opened(world, round_)
    bar(world, third, committee.one.id, "Mijn zus werkt daar.")
    notes = f"{name} licht toe wat sterk is."
    discuss(world, item_of(meeting, committee.one.id), 82_500, "Sterker dan gedacht.", notes)
    service.pass_formalities(world.later("chair", days=33.1), meeting)
    service.close_meeting(world.later("chair", days=33.2), meeting, "De tijd is om.")
    db.session.commit()
    if not service.adoption_problems(world.later("chair", days=40), round_):
        adopt(world, round_)
    return committee


def data(actor: Actor, committee: Committee, *, coded: bool = False) -> dict[str, Any]:
    content = service.produce_dossier(actor, committee.one.id, coded=coded, as_pdf=False)
    found: dict[str, Any] = json.loads(content)
    return found


@pytest.mark.parametrize("key", ["decider", "admin", "applicant", "lead"])
def test_others_get_none(told: Committee, browser: Any, key: str) -> None:
    world = told.world
    with pytest.raises(Missing):
        data(world.later(key, days=45), told)
    client = browser(key)
    assert client.get(ROOT).status_code == 403
    answer = client.post(f"{ROOT}/{told.one.id}/maken", data={"names": "shown", "format": "json"})
    assert answer.status_code == 403


def test_a_member_finds_no_dossiers(told: Committee, browser: Any) -> None:
    client = browser("assessor")
    assert "geen dossiers die u mag zien" in words(read(client.get(ROOT)))
    assert client.get(f"{ROOT}/{told.one.id}").status_code == 404


def test_who_has_an_interest_gets_nothing(told: Committee, browser: Any) -> None:
    world = told.world
    service.declare_interest(world.later("chair", days=44), told.one.id, InterestAnswer.DECLARED, "Neef.")
    db.session.commit()
    with pytest.raises(Missing):
        data(world.later("chair", days=45), told)
    client = browser("chair")
    assert told.one.reference not in read(client.get(ROOT)).get_text()
    assert client.get(f"{ROOT}/{told.one.id}").status_code == 404
    answer = client.post(f"{ROOT}/{told.one.id}/maken", data={"names": "shown", "format": "json"})
    assert answer.status_code == 404


def test_only_the_programme_team_hands_out_codes(told: Committee) -> None:
    for key in ("chair", "auditor"):
        with pytest.raises(Refused):
            data(told.world.later(key, days=45), told, coded=True)
    assert data(told.world.later("programme", days=45), told, coded=True)["names"] == "coded"


def test_an_auditor_waits_until_the_merits_are_adopted(committee: Committee) -> None:
    assess_all(committee.world, committee.round_)
    with pytest.raises(Missing):
        data(committee.world.later("auditor", days=30), committee)
    adopt(committee.world, committee.round_)
    assert data(committee.world.later("auditor", days=45), committee)["merit"]["merit"] == 87_500


def test_everything_is_in_it(told: Committee) -> None:
    facts = data(told.world.later("programme", days=45), told)
    assert facts["schema"] == SCHEMA
    version = told.one.current_version
    assert version is not None
    assert [one["sha256"] for one in facts["versions"]] == [version.sha256]
    assert len(facts["assignments"]) == 2
    assert {one["answer"] for one in facts["interests"]} == {"none", "declared"}
    assert "Mijn zus werkt daar." in {one["reason"] for one in facts["interests"]}
    assert [one["version_sha256"] for one in facts["assessments"]] == [version.sha256] * 2
    assert {score["reason"] for score in facts["assessments"][0]["scores"]} <= {"Goed.", "Nu wel bekeken."}
    assert "vergat een criterium" in facts["reopened"][0]["reason"]
    assert len(facts["reopened"][0]["scores"]) == 3
    assert facts["meetings"][0]["counts"] == facts["outcome"]["agreed"] == 82_500
    assert facts["meetings"][0]["left"][0]["reason"] == "interest"
    actions = [row["action"] for row in facts["trail"]]
    for action in ("assessment.submit", "assessment.reopen", "panel.outcome", "meeting_item.left"):
        assert action in actions
    assert not [action for action in actions if action.startswith("application.")]


def test_codes_hide_every_name_also_in_running_text(told: Committee, browser: Any) -> None:
    world = told.world
    names = [world.user(key).name for key in ("assessor", "assessor_b", "assessor_c", "chair", "programme")]
    shown = json.dumps(data(world.later("programme", days=45), told), ensure_ascii=False)
    assert all(name in shown for name in names)
    coded = json.dumps(data(world.later("programme", days=45), told, coded=True), ensure_ascii=False)
    assert not [name for name in names if name in coded]
    assert "Mijn zus" not in coded
    assert re.search(r"Beoordelaar [ABC] licht toe wat sterk is", coded)
    assert "de voorzitter" in coded
    client = browser("programme")
    answer = client.post(f"{ROOT}/{told.one.id}/maken", data={"names": "coded", "format": "pdf"})
    assert answer.headers["Content-Disposition"].endswith("-gecodeerd.pdf")
    assert_accessible(answer.get_data())
    text = read_pdf(answer.get_data())[0].text
    assert not [name for name in names if name in text]


def test_the_pdf_is_accessible_and_carries_its_data(told: Committee, browser: Any) -> None:
    client, url = browser("programme"), f"{ROOT}/{told.one.id}"
    page = words(read(client.get(url)))
    assert "Met namen" in page
    assert "Met codes" in page
    assert "Met codes" not in words(read(browser("chair").get(url)))
    answer = client.post(f"{url}/maken", data={"names": "shown", "format": "pdf"})
    assert answer.content_type == "application/pdf"
    assert_accessible(answer.get_data())
    text = read_pdf(answer.get_data())[0].text
    for part in (
        "Eerste plan",
        "82,500",
        "Mijn zus werkt daar.",
        "Verliet de kamer",
        "meeting_item.conclude",
    ):
        assert part in text, part
    assert client.post(f"{url}/maken", data={"names": "shown", "format": "doc"}).status_code == 422


def test_each_production_leaves_a_row(told: Committee) -> None:
    actor = told.world.later("programme", days=45)
    for coded in (False, True):
        data(actor, told, coded=coded)
    rows = [row for row in audit.trail(told.one.audit_chain) if row.action == "dossier.produce"]
    assert [row.after["names"] for row in rows] == ["shown", "coded"]
    assert all(len(row.after["sha256"]) == 64 and row.actor_id == actor.user_id for row in rows)


def test_withdrawn_ones_have_a_dossier_too(told: Committee, browser: Any) -> None:
    told.three.state = ApplicationState.WITHDRAWN
    db.session.commit()
    assert told.three.reference in words(read(browser("programme").get(ROOT)))
    content = service.produce_dossier(
        told.world.later("programme", days=45), told.three.id, coded=False, as_pdf=True
    )
    assert_accessible(content)
    assert "ingetrokken" in read_pdf(content)[0].text


def test_letters_never_run_out() -> None:
    wanted = ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert [letter(place) for place in (0, 25, 26, 51, 52, 701, 702)] == wanted
