"""Mail that was not delivered: tried long enough, given up when it must be, and followed by the programme team."""

from __future__ import annotations

import contextlib
import datetime as dt
import smtplib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from pool.core import audit, jobs, outbox, undelivered
from pool.core.access import Role
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Conflict, Invalid, Missing, Refused
from pool.core.outbox import MAIL_ATTEMPTS, Mail
from pool.core.undelivered import Fallback, MailFallback
from pool.people import service_mail
from pool.people.models import RoleGrant
from pool.web.tasks import waiting_for
from tests.conftest import Client, Counted
from tests.support.pages import heading, read, words
from tests.support.world import LONG_AGO, START, World


class Server:
    """A mail server that answers every mail with the same error, or takes it."""

    def __init__(self, error: Exception | None) -> None:
        self.error, self.asked = error, 0

    def __call__(self, *_args: Any, **_more: Any) -> Server:
        return self

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_args: object) -> None:
        return None

    def send_message(self, _message: object) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error


def refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"x@example.org": (code, b"no such user")})


@pytest.fixture
def serve(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | None], Server]:
    def use(error: Exception | None) -> Server:
        server = Server(error)
        monkeypatch.setitem(app.config, "POOL_SMTP_URL", "smtp://mail.example.org")
        monkeypatch.setattr(smtplib, "SMTP", server)
        return server

    return use


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START, tick=False) as travel:
        yield travel


def post(world: World, number: int = 1, kind: MailKind = MailKind.DECISION) -> Mail:
    outbox.post(
        world.actor("programme"), f"test:{number}", "x@example.org", f"Onderwerp {number}", "De tekst",
        world.ids["applicant"], kind=kind, chain="application:1", thing="application:1",
    )  # fmt: skip
    db.session.commit()
    return db.session.scalars(select(Mail).where(Mail.key == f"test:{number}")).one()


def given_up(world: World, number: int = 1, kind: MailKind = MailKind.DECISION) -> Mail:
    mail = post(world, number, kind)
    job = jobs.by_key(mail.job_key)
    assert job is not None
    job.dead_at, job.attempts, job.error = START, 16, "550 no such user"
    db.session.commit()
    return mail


# --- trying -----------------------------------------------------------------------------------------------


def test_a_refusal_for_good_ends_it_at_once(
    world: World, serve: Callable[[Exception | None], Server]
) -> None:
    server = serve(refused(550))
    mail = post(world)
    for _ in range(3):
        jobs.work(until_idle=True)
    job = jobs.by_key(mail.job_key)
    assert job is not None
    assert (server.asked, job.attempts, job.dead_at) == (1, 1, START)
    assert "550 no such user" in job.error
    assert [m.id for m in db.session.scalars(undelivered.waiting())] == [mail.id]


@pytest.mark.parametrize(
    "error",
    [refused(451), OSError("no route to host"), smtplib.SMTPAuthenticationError(535, b"who are you")],
    ids=["greylisted", "no-network", "own-settings"],
)
def test_what_may_pass_is_tried_for_hours(
    world: World,
    serve: Callable[[Exception | None], Server],
    clock: time_machine.Coordinates,
    error: Exception,
) -> None:
    server = serve(error)
    mail = post(world)
    while (job := jobs.by_key(mail.job_key)) and job.is_open:
        assert undelivered.count() == 0
        clock.move_to(job.run_at)
        jobs.work(until_idle=True)
        db.session.expire_all()
    assert job is not None
    assert job.dead_at is not None
    assert server.asked == job.attempts == MAIL_ATTEMPTS
    assert dt.timedelta(hours=8) < job.dead_at - START < dt.timedelta(hours=10)
    assert undelivered.count() == 1


def test_what_was_delivered_is_not_in_the_list(
    world: World, serve: Callable[[Exception | None], Server]
) -> None:
    serve(None)
    mail = post(world)
    jobs.work(until_idle=True)
    assert undelivered.count() == 0
    with pytest.raises(Missing):
        undelivered.get(mail.id)


# --- who may ----------------------------------------------------------------------------------------------


def in_both(world: World) -> None:
    db.session.add(RoleGrant(user_id=world.ids["programme"], role=Role.ASSESSOR, started_at=LONG_AGO))
    db.session.commit()
    db.session.expire_all()


def test_only_the_programme_team_and_nobody_in_the_committee(client: Client, world: World) -> None:
    mail = given_up(world)
    in_both(world)
    for key in ("applicant", "assessor", "decider", "auditor", "admin", "programme"):
        with pytest.raises(Refused):
            service_mail.settle(world.actor(key), mail, Fallback.POST, "Verstuurd")
        with pytest.raises(Refused):
            service_mail.retry(world.actor(key), mail)
        client.sign_in(world.email(key))
        for address in ("/berichten/niet-bezorgd", f"/berichten/niet-bezorgd/{mail.id}"):
            assert client.get(address).status_code == 403
        assert client.post(f"/berichten/niet-bezorgd/{mail.id}/opnieuw").status_code == 403
        assert not any(t.endpoint == "people.undelivered_mail" for t in waiting_for(world.actor(key)))
        assert "Niet bezorgd" not in words(read(client.get("/berichten")))
        client.post("/uitloggen")


# --- doing something about it -----------------------------------------------------------------------------


def test_trying_again(world: World, serve: Callable[[Exception | None], Server]) -> None:
    serve(None)
    mail = given_up(world)
    programme = world.actor("programme")
    service_mail.retry(programme, mail)
    with pytest.raises(Conflict):
        service_mail.retry(world.actor("programme_b"), mail)
    db.session.commit()
    assert undelivered.count() == 0
    jobs.work(until_idle=True)
    job = jobs.by_key(mail.job_key)
    assert job is not None
    assert job.done_at is not None
    entry = audit.trail("application:1")[-1]
    assert (entry.action, entry.object, entry.reason) == ("mail.retry", f"mail:{mail.id}", "550 no such user")


def test_writing_down_what_was_done(world: World) -> None:
    mail = given_up(world)
    with pytest.raises(Invalid):
        service_mail.settle(world.actor("programme"), mail, Fallback.POST, "  ")
    row = service_mail.settle(world.actor("programme"), mail, Fallback.POST, "Aangetekend verstuurd")
    db.session.commit()
    assert undelivered.count() == 0
    assert [m.id for m in db.session.scalars(undelivered.settled())] == [mail.id]
    for again in (
        lambda: service_mail.settle(world.actor("programme_b"), mail, Fallback.PHONE, "Gebeld"),
        lambda: service_mail.retry(world.actor("programme_b"), mail),
    ):
        with pytest.raises(Conflict):
            again()
    assert audit.trail("application:1")[-1].action == "mail.fallback"
    row.note = "Anders"
    with pytest.raises(Refused):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(text("DELETE FROM mail_fallback"))


def test_the_pages(client: Client, world: World) -> None:
    mail = given_up(world)
    client.sign_in(world.email("programme"))
    assert "Mail die niet is bezorgd" in words(read(client.get("/")))
    page = read(client.get("/berichten/niet-bezorgd"))
    assert heading(page) == "Niet bezorgd"
    for said in ("Onderwerp 1", "er loopt een termijn", "x@example.org"):
        assert said in words(page)
    address = f"/berichten/niet-bezorgd/{mail.id}"
    shown = words(read(client.get(address)))
    for said in ("Ali Haarlem, Gemeente Haarlem", "550 no such user", "De tekst", "per post"):
        assert said in shown
    bad = read(client.post(address, data={"how": "post", "note": " "}), 422)
    assert bad.select_one("#note-fout")
    bad = read(client.post(address, data={"how": "duif", "note": "Mijn toelichting"}), 422)
    assert bad.select_one("#how-fout")
    assert bad.select_one("textarea[name=note]").get_text().strip() == "Mijn toelichting"
    assert db.session.scalars(select(MailFallback)).all() == []
    assert client.post(address, data={"how": "post", "note": "Verstuurd"}).status_code == 302
    assert "Alle mail is bezorgd" in words(read(client.get("/berichten/niet-bezorgd")))
    done = words(read(client.get("/berichten/niet-bezorgd?lijst=afgehandeld")))
    assert "per post gestuurd" in done
    assert "Vastgelegd door Petra Programma" in words(read(client.get(address)))
    assert client.post(address, data={"how": "post", "note": "Nog eens"}).status_code == 409
    assert client.post(f"{address}/opnieuw").status_code == 409
    assert client.get("/berichten/niet-bezorgd/999999").status_code == 404


def test_a_link_for_somebody_else_is_not_shown(client: Client, world: World) -> None:
    """The text is shown where it must go by post; an invitation holds a link that is for the receiver alone."""
    mail = given_up(world, kind=MailKind.PARTNER)
    client.sign_in(world.email("programme"))
    assert "De tekst" not in words(read(client.get(f"/berichten/niet-bezorgd/{mail.id}")))


def test_the_number_of_queries_does_not_grow(
    client: Client,
    world: World,
    count_queries: Callable[[], contextlib.AbstractContextManager[Counted]],
) -> None:
    client.sign_in(world.email("programme"))
    numbers: dict[str, list[int]] = {}
    for number in range(3):
        given_up(world, number)
        for address in ("/berichten/niet-bezorgd", "/"):
            with count_queries() as counted:
                assert client.get(address).status_code == 200
            numbers.setdefault(address, []).append(counted.number)
    assert all(len(set(found)) == 1 for found in numbers.values()), numbers
