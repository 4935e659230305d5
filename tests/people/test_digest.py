"""What people choose to be mailed, and the overviews: on the Dutch clock, once, and of nothing that is hidden."""

from __future__ import annotations

import datetime as dt
import shutil
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from pool.core import audit, clock, delivery, jobs, mailbox, outbox
from pool.core.access import Role
from pool.core.db import db
from pool.core.delivery import Delivery, MailKind, MailPreference, next_digest
from pool.core.errors import Invalid
from pool.core.outbox import Mail
from pool.people import service_mail
from pool.people.models import RoleGrant
from tests.conftest import Client
from tests.support.applications_factory import make_application
from tests.support.pages import read, words
from tests.support.world import LONG_AGO, World

NOON = dt.datetime(2027, 1, 5, 11, 0, tzinfo=dt.UTC)
"""A Tuesday, noon in Amsterdam."""
MORNING = dt.datetime(2027, 1, 6, 6, 30, tzinfo=dt.UTC)
MONDAY = dt.datetime(2027, 1, 11, 6, 30, tzinfo=dt.UTC)


def choose(world: World, key: str, kind: MailKind, how: Delivery) -> None:
    service_mail.choose(world.actor(key, NOON - dt.timedelta(days=1)), {kind: how})
    db.session.commit()


def post(
    world: World,
    number: int = 1,
    *,
    key: str = "applicant",
    at: dt.datetime = NOON,
    kind: MailKind = MailKind.PROGRESS,
    chain: str = "",
) -> Mail:
    with time_machine.travel(at, tick=False):
        outbox.post(
            world.actor("programme", at), f"test:{number}", world.email(key), f"Bericht nummer {number}",
            "Tekst", world.ids[key], kind=kind, chain=chain, thing="",
        )  # fmt: skip
        db.session.commit()
    return db.session.scalars(select(Mail).where(Mail.key == f"test:{number}")).one()


def work(at: dt.datetime) -> None:
    with time_machine.travel(at, tick=False):
        jobs.work(until_idle=True)


def digests() -> list[Mail]:
    return list(db.session.scalars(select(Mail).where(Mail.kind == MailKind.DIGEST).order_by(Mail.id)))


@pytest.fixture
def spool(app: Flask) -> Path:
    """Where mail is handed over to, without what other tests left there."""
    folder = Path(app.config["POOL_DATA_DIR"], "spool")
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def handed_over(spool: Path) -> list[str]:
    files = sorted(spool.glob("*.eml"))
    return [str(message_from_bytes(f.read_bytes(), policy=policy.default)["Subject"]) for f in files]


# --- when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "how", "moment"),
    [
        ("2027-01-05 11:00", Delivery.DAILY, "2027-01-06 06:30"),
        ("2027-01-06 06:29:59.999999", Delivery.DAILY, "2027-01-06 06:30"),
        ("2027-01-06 06:30", Delivery.DAILY, "2027-01-07 06:30"),
        # Just after midnight in Amsterdam it is still the day before in UTC.
        ("2027-01-05 23:30", Delivery.DAILY, "2027-01-06 06:30"),
        # The nights in which summer time begins and ends.
        ("2027-03-27 12:00", Delivery.DAILY, "2027-03-28 05:30"),
        ("2027-03-28 00:59", Delivery.DAILY, "2027-03-28 05:30"),
        ("2027-10-30 12:00", Delivery.DAILY, "2027-10-31 06:30"),
        ("2027-10-31 00:30", Delivery.DAILY, "2027-10-31 06:30"),
        ("2027-01-05 11:00", Delivery.WEEKLY, "2027-01-11 06:30"),
        ("2027-01-11 06:29", Delivery.WEEKLY, "2027-01-11 06:30"),
        ("2027-01-11 06:30", Delivery.WEEKLY, "2027-01-18 06:30"),
        ("2027-03-28 12:00", Delivery.WEEKLY, "2027-03-29 05:30"),
    ],
)
def test_the_moment_of_an_overview(after: str, how: Delivery, moment: str) -> None:
    as_utc = lambda text: dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)  # noqa: E731
    assert next_digest(as_utc(after), how) == as_utc(moment)


@given(
    after=st.timedeltas(dt.timedelta(0), dt.timedelta(days=20 * 365)).map(lambda gap: LONG_AGO + gap),
    how=st.sampled_from([Delivery.DAILY, Delivery.WEEKLY]),
)
def test_an_overview_comes_at_half_past_seven_and_never_much_later(after: dt.datetime, how: Delivery) -> None:
    moment = next_digest(after, how)
    local = clock.to_local(moment)
    assert local.time() == dt.time(7, 30)
    assert (
        after
        < moment
        <= after + (dt.timedelta(days=7, hours=1) if how == Delivery.WEEKLY else dt.timedelta(hours=25))
    )
    assert how == Delivery.DAILY or local.weekday() == 0
    # No overview lies between: the one before is not later than the moment itself.
    assert next_digest(moment - dt.timedelta(microseconds=1), how) == moment


# --- what is chosen ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(delivery.NOT_CHOSEN))
def test_about_what_is_always_mailed_nobody_chooses(world: World, kind: MailKind) -> None:
    actor = world.actor("applicant", NOON)
    with pytest.raises(Invalid):
        service_mail.choose(actor, {kind: Delivery.PORTAL})
    # The twin: even with a row in the table it is mailed at once.
    db.session.add(MailPreference(user_id=actor.user_id, kind=kind, delivery=Delivery.PORTAL, chosen_at=NOON))
    db.session.flush()
    assert delivery.delivery_to(actor.user_id, kind) == Delivery.AT_ONCE


def test_receipts_are_mailed_at_once_whatever_somebody_chose(world: World) -> None:
    kinds = [k for k in service_mail.kinds_for(world.actor("applicant")) if k not in delivery.NOT_CHOSEN]
    service_mail.choose(world.actor("applicant"), dict.fromkeys(kinds, Delivery.PORTAL))
    make_application(world, world.round())
    receipt = db.session.scalars(select(Mail).where(Mail.user_id == world.ids["applicant"])).one()
    assert (receipt.kind, receipt.delivery) == (MailKind.RECEIPT, Delivery.AT_ONCE)
    assert jobs.by_key(receipt.job_key) is not None


def test_an_address_without_an_account_gets_mail_at_once(world: World) -> None:
    assert delivery.delivery_to(None, MailKind.PROJECT) == Delivery.AT_ONCE


def test_every_kind_says_who_gets_it() -> None:
    assert set(delivery.RECEIVERS) == set(MailKind) - {MailKind.DIGEST}
    assert not delivery.ALWAYS & set(delivery.DEFAULTS)


def test_the_page_of_choices(client: Client, world: World) -> None:
    client.sign_in(world.email("applicant"))
    page = read(client.get("/berichten/instellingen"))
    told = words(page)
    assert "Wij mailen naar applicant@example.org." in told
    for kind in delivery.ALWAYS:
        assert kind.label in told
        assert page.select(f"input[name={kind.value}]") == []
    assert "termijn van de wet" in told
    assert page.select_one("input[name=message][checked]")["value"] == "at_once"
    assert page.select_one("input[name=project][checked]")["value"] == "daily"
    data = {
        "message": "daily",
        "progress": "weekly",
        "project": "portal",
        "partner": "at_once",
        "signing": "at_once",
    }
    bad = read(client.post("/berichten/instellingen", data={**data, "message": "soms"}), 422)
    assert bad.select_one("#message-fout")
    assert db.session.scalars(select(MailPreference)).all() == []
    # A kind that is not offered is not kept, also when somebody sends it along.
    more = {**data, "receipt": "portal", "virus": "portal"}
    assert client.post("/berichten/instellingen", data=more).status_code == 302
    chosen = delivery.choices_of(world.ids["applicant"])
    assert chosen == {
        MailKind.MESSAGE: Delivery.DAILY,
        MailKind.PROGRESS: Delivery.WEEKLY,
        MailKind.PROJECT: Delivery.PORTAL,
    }
    assert delivery.choices_of(world.ids["applicant_b"]) == {}
    entry = audit.trail(f"user:{world.ids['applicant']}")[-1]
    assert (entry.action, entry.before["message"]) == ("user.choose_mail", "at_once")
    page = read(client.get("/berichten/instellingen"))
    assert page.select_one("input[name=progress][checked]")["value"] == "weekly"


@pytest.mark.parametrize("key", ["auditor", "admin", "decider"])
def test_who_gets_nothing_is_told_so(client: Client, world: World, key: str) -> None:
    client.sign_in(world.email(key))
    assert "geen berichten waarover u kunt kiezen" in words(read(client.get("/berichten/instellingen")))


# --- the overview -----------------------------------------------------------------------------------------


def test_nothing_goes_out_before_its_time_and_then_once(spool: Path, world: World) -> None:
    choose(world, "applicant", MailKind.PROGRESS, Delivery.DAILY)
    for number in (1, 2):
        mail = post(world, number)
        assert (mail.delivery, mail.digest_at) == (Delivery.DAILY, MORNING)
        assert jobs.by_key(mail.job_key) is None
    # In the portal it is there at once.
    assert mailbox.unread_count(world.actor("applicant", NOON)) == 2
    work(MORNING - dt.timedelta(seconds=1))
    assert digests() == []
    for later in (0, 1, 3600, 100_000):
        work(MORNING + dt.timedelta(seconds=later))
    [digest] = digests()
    assert digest.subject == "2 nieuwe berichten in de Projectenpool"
    for said in ("Bericht nummer 1", "Bericht nummer 2"):
        assert said in digest.body
    whole = outbox.compose(digest).get_content()
    assert "http://localhost/berichten\n" in whole
    assert handed_over(spool).count(digest.subject) == 1
    # It is no message of its own in the portal: all it names stands there already.
    subjects = [m.subject for m in db.session.scalars(mailbox.visible_to(world.actor("applicant", NOON)))]
    assert subjects == ["Bericht nummer 2", "Bericht nummer 1"]


def test_a_week_is_one_overview_on_monday(world: World) -> None:
    choose(world, "applicant", MailKind.PROGRESS, Delivery.WEEKLY)
    for number in range(3):
        post(world, number, at=NOON + dt.timedelta(days=number))
    work(MONDAY - dt.timedelta(seconds=1))
    assert digests() == []
    work(MONDAY)
    [digest] = digests()
    assert digest.subject.startswith("3 nieuwe berichten")


def test_a_worker_that_is_killed_leaves_one_overview(spool: Path, world: World) -> None:
    """Killed after writing it and before the commit: nothing of it is there, and the next worker does it whole."""
    choose(world, "applicant", MailKind.PROGRESS, Delivery.DAILY)
    post(world)
    with time_machine.travel(MORNING, tick=False):
        job = jobs.claim("killed")
        assert job is not None
        jobs._handlers["digest"](job)
        db.session.flush()
        assert len(digests()) == 1
        db.session.rollback()
        assert digests() == []
        jobs.work(until_idle=True)
        assert digests() == [], "the lease of the killed worker still runs"
    work(MORNING + jobs.LEASE + dt.timedelta(seconds=1))
    work(MORNING + jobs.LEASE * 2)
    assert len(digests()) == 1
    assert len([s for s in handed_over(spool) if s == digests()[0].subject]) == 1


def test_doing_it_again_writes_no_second_one(world: World) -> None:
    choose(world, "applicant", MailKind.PROGRESS, Delivery.DAILY)
    post(world)
    for _ in range(2):
        service_mail.send_digest(world.ids["applicant"], Delivery.DAILY, MORNING, MORNING)
    assert len(digests()) == 1


def test_what_comes_after_the_overview_was_made_waits_for_the_next(world: World) -> None:
    """A request that arrived before the moment and is committed after it: its overview has gone already."""
    choose(world, "applicant", MailKind.PROGRESS, Delivery.DAILY)
    post(world, 1)
    work(MORNING)
    late = post(world, 2, at=MORNING - dt.timedelta(milliseconds=1))
    assert late.digest_at == MORNING + dt.timedelta(days=1)
    work(MORNING + dt.timedelta(days=1))
    assert ["Bericht nummer 2" in d.body for d in digests()] == [False, True]


def test_what_was_read_is_left_out_and_nothing_new_is_no_mail(world: World) -> None:
    choose(world, "applicant", MailKind.PROGRESS, Delivery.DAILY)
    read_one, left = post(world, 1), post(world, 2)
    actor = world.actor("applicant", NOON)
    mailbox.mark_read(actor, ident=read_one.id)
    db.session.commit()
    work(MORNING)
    [digest] = digests()
    assert digest.subject.startswith("1 nieuw bericht ")
    assert read_one.subject not in digest.body
    assert left.subject in digest.body
    mailbox.mark_read(actor, ident=post(world, 3, at=MORNING + dt.timedelta(hours=1)).id)
    db.session.commit()
    work(MORNING + dt.timedelta(days=1))
    assert len(digests()) == 1


def test_who_left_gets_no_overview(world: World) -> None:
    choose(world, "applicant", MailKind.PROGRESS, Delivery.DAILY)
    post(world)
    world.user("applicant").is_active = False
    db.session.commit()
    work(MORNING)
    assert digests() == []


def test_another_choice_holds_for_what_comes_then(world: World) -> None:
    choose(world, "applicant", MailKind.PROGRESS, Delivery.DAILY)
    first = post(world, 1)
    choose(world, "applicant", MailKind.PROGRESS, Delivery.PORTAL)
    second = post(world, 2)
    assert (first.delivery, second.delivery, second.digest_at) == (Delivery.DAILY, Delivery.PORTAL, None)
    work(MORNING)
    assert [d.body.count("Bericht nummer") for d in digests()] == [1]


@pytest.mark.parametrize("control", [True, False], ids=["as-it-is", "twin"])
def test_an_overview_names_nothing_that_is_hidden(
    world: World, monkeypatch: pytest.MonkeyPatch, control: bool
) -> None:
    """An interest that came up between the message and the overview; without the control it would be named."""
    application = make_application(world, world.round())
    db.session.add(RoleGrant(user_id=world.ids["lead"], role=Role.ASSESSOR, started_at=LONG_AGO))
    choose(world, "lead", MailKind.PROJECT, Delivery.DAILY)
    post(world, 1, key="lead", kind=MailKind.PROJECT, chain=application.audit_chain)
    post(world, 2, key="lead", kind=MailKind.PROJECT)
    # From now on the regional lead works for the applicant.
    world.user("lead").organisation_id = application.organisation_id
    db.session.commit()
    db.session.expire_all()
    if not control:
        monkeypatch.setattr(mailbox, "concealers", [])
    work(MORNING)
    [digest] = digests()
    assert ("Bericht nummer 1" in digest.body) is not control
    assert "Bericht nummer 2" in digest.body
    assert digest.subject.startswith("1 nieuw bericht " if control else "2 nieuwe berichten ")
