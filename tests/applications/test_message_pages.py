"""Pages of the messages: who finds them, nothing typed is lost, sending twice is once, and reading never writes."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from pool.applications import message_queries, service
from pool.applications.messages import Message, ThreadRead
from pool.applications.models import Application
from pool.core.db import db
from tests.conftest import Client, Counted
from tests.support.applications_factory import make_application
from tests.support.pages import read, words
from tests.support.world import START, World

DUE = dt.date(2027, 1, 14)
HOSTILE = "<script>alert(1)</script> {{ 7*7 }} & <b>vet</b>\n\nЀ 漢字 🦊"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=3), tick=False):
        yield


@pytest.fixture
def application(world: World) -> Application:
    return make_application(world, world.round())


def path(application: Application, tail: str = "") -> str:
    return f"/aanvragen/{application.id}/berichten{tail}"


def ask(world: World, application: Application, text: str = "Kunt u dit toelichten?") -> Message:
    message = service.send_message(world.later("programme", days=2), application, text, answer_by=DUE)
    db.session.commit()
    return message


def stored() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


# --- who does not come in ---------------------------------------------------------------------------------


def test_another_municipality_finds_nothing(client: Client, world: World, application: Application) -> None:
    client.sign_in(world.email("applicant_b"))
    assert client.get(path(application)).status_code == 404
    assert client.post(path(application), data={"text": "Hallo"}).status_code == 404
    assert client.post(path(application, "/gelezen"), data={"until": "1"}).status_code == 404
    assert stored() == []


@pytest.mark.parametrize("key", ["lead", "decider"])
def test_who_may_see_the_application_sees_no_trace_of_messages(
    client: Client, world: World, application: Application, key: str
) -> None:
    client.sign_in(world.email(key))
    before = [
        client.get(p).get_data(as_text=True) for p in ("/", f"/aanvragen/{application.id}", "/aanvragen")
    ]
    ask(world, application, "Geheim")
    after = [
        client.get(p).get_data(as_text=True) for p in ("/", f"/aanvragen/{application.id}", "/aanvragen")
    ]
    assert before == after
    assert client.get(path(application)).status_code == 403
    for name in ("question_open", "message_new"):
        assert "Geen aanvragen gevonden" in words(read(client.get(f"/aanvragen?status={name}")))


def test_the_auditor_reads_and_cannot_write(client: Client, world: World, application: Application) -> None:
    ask(world, application)
    client.sign_in(world.email("auditor"))
    page = read(client.get(path(application)))
    assert "Kunt u dit toelichten?" in words(page)
    assert page.select("main form") == []
    assert client.post(path(application), data={"text": "Hallo"}).status_code == 403
    assert "Berichten lezen" in words(read(client.get(f"/aanvragen/{application.id}")))


# --- writing ----------------------------------------------------------------------------------------------


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(
    client: Client, world: World, application: Application
) -> None:
    client.sign_in(world.email("programme"))
    page = read(client.post(path(application), data={"text": "Mijn vraag", "answer_by": "2027-01-01"}), 422)
    assert page.select_one("#answer_by-fout")
    assert page.select_one("textarea[name=text]").get_text().strip() == "Mijn vraag"
    assert page.select_one("[data-error-summary] a[href='#answer_by']")
    page = read(client.post(path(application), data={"text": "  ", "answer_by": "morgen"}), 422)
    assert page.select_one("#text-fout")
    assert page.select_one("#answer_by-fout")
    assert stored() == []


def test_hostile_text_is_text(client: Client, world: World, application: Application) -> None:
    client.sign_in(world.email("applicant"))
    assert client.post(path(application), data={"text": HOSTILE}).status_code == 302
    page = read(client.get(path(application)))
    assert [s for s in page.find_all("script") if not s.get("src")] == []
    assert page.select(".pp-thread b") == []
    assert "<script>alert(1)</script> {{ 7*7 }}" in words(page)


def test_sending_twice_is_sending_once(client: Client, world: World, application: Application) -> None:
    client.sign_in(world.email("applicant"))
    data = {"text": "Hallo", "once": "een-sleutel"}
    first, second = (client.post(path(application), data=data) for _ in range(2))
    assert first.location == second.location
    assert len(stored()) == 1


def test_a_question_and_its_answer(
    client: Client, world: World, new_client: Callable[[], Client], application: Application
) -> None:
    client.sign_in(world.email("programme"))
    client.post(path(application), data={"text": "Wat kost dit?", "answer_by": "2027-01-14"})
    question = stored()[0]
    assert question.answer_by == DUE
    other = new_client().sign_in(world.email("applicant"))
    home = words(read(other.get("/")))
    assert "Vragen van het programmateam die u moet beantwoorden" in home
    assert "De eerste uiterlijk op 14 januari 2027." in home
    own = words(read(other.get(f"/aanvragen/{application.id}")))
    assert "Antwoord nodig uiterlijk op 14 januari 2027." in own
    assert "1 nieuw" in own
    page = read(other.get(path(application)))
    chosen = page.select_one("input[name=answers][checked]")
    assert chosen["value"] == str(question.id)
    other.post(path(application), data={"text": "Niets", "answers": str(question.id)})
    assert stored()[1].answers_id == question.id
    assert "Beantwoord op" in words(read(client.get(path(application))))
    assert "moet beantwoorden" not in words(read(other.get("/")))


def test_the_second_answer_is_a_conflict_that_keeps_the_text(
    client: Client, world: World, application: Application
) -> None:
    question = ask(world, application)
    client.sign_in(world.email("applicant"))
    service.send_message(world.later("applicant", days=3), application, "Eerst", answers_id=question.id)
    db.session.commit()
    late = {"text": "Mijn antwoord", "answers": str(question.id)}
    page = read(client.post(path(application), data=late), 409)
    assert [m.text for m in stored()] == ["Kunt u dit toelichten?", "Eerst"]
    assert page.select_one("textarea[name=text]").get_text().strip() == "Mijn antwoord"
    assert "Iemand anders heeft deze vraag net beantwoord" in words(page)


def test_after_withdrawal_it_can_be_read_and_says_why_not_written(
    client: Client, world: World, application: Application
) -> None:
    ask(world, application)
    service.withdraw(world.later("applicant", days=3), application, "Gaat niet door.")
    db.session.commit()
    client.sign_in(world.email("applicant"))
    page = read(client.get(path(application)))
    assert "Kunt u dit toelichten?" in words(page)
    assert "ingetrokken" in words(page)
    assert page.select("textarea") == []
    assert client.post(path(application), data={"text": "Toch nog"}).status_code == 403
    assert len(stored()) == 1


# --- reading ----------------------------------------------------------------------------------------------


def test_looking_writes_nothing_and_the_button_does(
    client: Client, world: World, application: Application
) -> None:
    message = ask(world, application)
    client.sign_in(world.email("applicant"))
    for _ in range(2):
        page = read(client.get(path(application)))
        assert "nieuw" in words(page)
    assert db.session.scalars(select(ThreadRead)).all() == []
    form = page.select_one("form[data-read]")
    until = form.select_one("input[name=until]")["value"]
    assert until == str(message.id)
    assert client.post(form["action"], data={"until": until}).status_code == 302
    page = read(client.get(path(application)))
    assert page.select_one("form[data-read]") is None
    assert page.select(".pp-thread .pp-badge--info") == []


@pytest.mark.parametrize("until", ["", "-1", "abc", "9" * 30])
def test_a_strange_mark_does_no_harm(
    client: Client, world: World, application: Application, until: str
) -> None:
    ask(world, application)
    client.sign_in(world.email("applicant"))
    assert client.post(path(application, "/gelezen"), data={"until": until}).status_code == 302


def test_the_work_lists_of_the_programme_team(client: Client, world: World, application: Application) -> None:
    make_application(world, world.round(slug="ronde-2"), "applicant_b", title="Zonder bericht")
    ask(world, application)
    service.send_message(world.later("applicant", days=2), application, "Hallo")
    db.session.commit()
    client.sign_in(world.email("programme"))
    for name in ("question_open", "message_new"):
        page = words(read(client.get(f"/aanvragen?status={name}")))
        assert application.reference in page
        assert "Zonder bericht" not in page
    everything = words(read(client.get("/aanvragen")))
    assert "Wacht op antwoord 1" in everything
    assert "Nieuwe berichten 1" in everything
    assert "antwoord nodig uiterlijk op 14 januari 2027" in everything
    home = words(read(client.get("/")))
    assert "Aanvragen met nieuwe berichten van gemeenten" in home
    assert "Vragen aan gemeenten die op antwoord wachten" in home


@pytest.mark.parametrize("key", ["applicant", "programme"])
def test_the_number_of_queries_does_not_grow(
    client: Client,
    world: World,
    application: Application,
    key: str,
    count_queries: Callable[[], contextlib.AbstractContextManager[Counted]],
    app: Flask,
) -> None:
    client.sign_in(world.email(key))
    numbers: dict[str, list[int]] = {}
    for _ in range(3):
        ask(world, application)
        for address in (path(application), f"/aanvragen/{application.id}", "/aanvragen", "/"):
            with count_queries() as counted:
                assert client.get(address).status_code == 200
            numbers.setdefault(address, []).append(counted.number)
    assert all(len(set(found)) == 1 for found in numbers.values()), numbers


def test_the_standings_of_a_list_take_two_queries(
    world: World,
    application: Application,
    count_queries: Callable[[], contextlib.AbstractContextManager[Counted]],
) -> None:
    ask(world, application)
    actor, ident = world.later("programme", days=3), application.id
    with count_queries() as counted:
        message_queries.standings(actor, [ident, ident + 1, ident + 2])
    assert counted.number == 2
