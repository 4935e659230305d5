"""One's own messages: only one's own, what is new, and what an interest takes away."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from pool.assessment import queries as assessment
from pool.assessment import service as assessment_service
from pool.assessment.models import Assignment
from pool.assessment.states import InterestAnswer
from pool.core import mailbox, outbox
from pool.core.access import Role
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.mailbox import MailRead
from pool.core.outbox import Mail
from pool.people.models import RoleGrant
from tests.conftest import Client, Counted
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import assign_all
from tests.support.pages import heading, read, words
from tests.support.world import LONG_AGO, START, World

CANARY = "Kanarie"


def post(
    world: World,
    key: str = "applicant",
    number: int = 1,
    *,
    chain: str = "",
    kind: MailKind = MailKind.PROGRESS,
    subject: str = "Onderwerp",
    thing: str = "",
) -> Mail:
    outbox.post(
        world.actor("programme"),
        f"test:{key}:{number}",
        world.email(key),
        f"{subject} {number}",
        outbox.text("Eerste alinea.", "Tweede <b>alinea</b>."),
        world.ids[key],
        kind=kind,
        chain=chain,
        thing=thing,
    )
    db.session.commit()
    return db.session.scalars(select(Mail).where(Mail.key == f"test:{key}:{number}")).one()


def barred(world: World) -> tuple[str, int]:
    """Somebody in the committee with an interest, and the application concerned."""
    application = make_complete(world, world.round())
    assign_all(world, application.round)
    assignment = db.session.scalars(select(Assignment).order_by(Assignment.id)).first()
    assert assignment is not None
    key = next(k for k, ident in world.ids.items() if ident == assignment.user_id)
    return key, application.id


def declare(world: World, key: str, application_id: int) -> None:
    actor = world.later(key, days=21)
    assessment_service.declare_interest(actor, application_id, InterestAnswer.DECLARED, "Ik werkte er.")
    db.session.commit()


# --- whose they are ---------------------------------------------------------------------------------------


def test_messages_of_somebody_else_look_absent(client: Client, world: World) -> None:
    mail = post(world)
    for key in ("applicant_b", "programme", "auditor", "admin"):
        client.sign_in(world.email(key))
        foreign, absent = client.get(f"/berichten/{mail.id}"), client.get("/berichten/999999")
        assert foreign.status_code == absent.status_code == 404
        assert client.post(f"/berichten/{mail.id}/gelezen").status_code == 404
        assert "Onderwerp" not in words(read(client.get("/berichten")))
        assert client.post("/berichten/gelezen", data={"until": "999999"}).status_code == 302
        client.post("/uitloggen")
    assert db.session.scalars(select(MailRead)).all() == []


def test_a_visitor_signs_in_first(client: Client, world: World) -> None:
    assert client.get("/berichten").location.startswith("/inloggen")
    assert "Berichten" not in read(client.get("/")).header.get_text()


def test_the_list_and_a_message(client: Client, world: World) -> None:
    mail = post(world, thing="inbox")
    client.sign_in(world.email("applicant"))
    page = read(client.get("/berichten"))
    assert heading(page) == "Berichten"
    assert "Onderwerp 1 nieuw" in words(page)
    assert page.select_one(f"main a[href='/berichten/{mail.id}']")
    shown = read(client.get(f"/berichten/{mail.id}"))
    assert heading(shown) == "Onderwerp 1"
    for said in (
        "Eerste alinea.",
        "Tweede <b>alinea</b>.",
        "meteen, naar applicant@example.org",
        "Ga verder",
    ):
        assert said in words(shown)
    assert shown.select("main b") == []


# --- what is new ------------------------------------------------------------------------------------------


def test_looking_writes_nothing_and_the_button_does(client: Client, world: World) -> None:
    mail = post(world)
    client.sign_in(world.email("applicant"))
    for _ in range(2):
        page = read(client.get(f"/berichten/{mail.id}"))
    assert db.session.scalars(select(MailRead)).all() == []
    assert page.select_one(".pp-user__new").get_text(" ", strip=True) == "1 nieuw"
    form = page.select_one("form[data-read]")
    for _ in range(2):
        assert client.post(form["action"]).status_code == 302
    page = read(client.get(f"/berichten/{mail.id}"))
    assert page.select_one("form[data-read]") is None
    assert page.select_one(".pp-user__new") is None
    assert "U hebt alles gelezen" in words(read(client.get("/berichten?lijst=nieuw")))


def test_everything_read_leaves_what_came_in_meanwhile(client: Client, world: World) -> None:
    post(world, number=1)
    client.sign_in(world.email("applicant"))
    until = read(client.get("/berichten")).select_one("main input[name=until]")["value"]
    post(world, number=2)
    client.post("/berichten/gelezen", data={"until": until})
    actor = world.actor("applicant")
    assert [m.subject for m in db.session.scalars(mailbox.unread(actor))] == ["Onderwerp 2"]
    for strange in ("", "abc", "-5"):
        assert client.post("/berichten/gelezen", data={"until": strange}).status_code == 302
    assert mailbox.unread_count(actor) == 1


def test_the_count_stops_somewhere(world: World) -> None:
    for number in range(mailbox.MOST + 5):
        outbox.post(
            world.actor("programme"), f"k{number}", "x@example.org", "Onderwerp", "Tekst",
            world.ids["applicant"], kind=MailKind.PROGRESS, chain="", thing="",
        )  # fmt: skip
    assert mailbox.unread_count(world.actor("applicant")) == mailbox.MOST + 1


def test_the_count_in_the_header_is_one_query(
    client: Client,
    world: World,
    count_queries: Callable[[], contextlib.AbstractContextManager[Counted]],
) -> None:
    for key in ("applicant", "programme", "lead"):
        actor = world.actor(key)
        with count_queries() as counted:
            mailbox.unread_count(actor)
        assert counted.number == 1


@pytest.mark.parametrize("address", ["/berichten", "/berichten?lijst=nieuw", "/berichten/instellingen"])
def test_the_number_of_queries_does_not_grow(
    client: Client,
    world: World,
    app: Flask,
    count_queries: Callable[[], contextlib.AbstractContextManager[Counted]],
    address: str,
) -> None:
    client.sign_in(world.email("applicant"))
    numbers = []
    for number in range(3):
        post(world, number=number)
        with count_queries() as counted:
            assert client.get(address).status_code == 200
        numbers.append(counted.number)
    assert len(set(numbers)) == 1, numbers


def test_an_error_page_counts_nothing(
    client: Client,
    world: World,
    count_queries: Callable[[], contextlib.AbstractContextManager[Counted]],
) -> None:
    post(world)
    client.sign_in(world.email("applicant"))
    with count_queries() as counted:
        page = read(client.get("/bestaat-niet"), 404)
    assert page.select_one(".pp-user__mail")
    assert page.select_one(".pp-user__new") is None
    assert not any("FROM mail" in statement for statement in counted.statements)


# --- an interest ------------------------------------------------------------------------------------------


def test_an_interest_takes_the_messages_away_at_once(client: Client, world: World) -> None:
    key, application_id = barred(world)
    mail = post(world, key, chain=f"application:{application_id}", kind=MailKind.ASSESSMENT, subject=CANARY)
    client.sign_in(world.email(key))
    assert CANARY in words(read(client.get("/berichten")))
    assert client.get(f"/berichten/{mail.id}").status_code == 200
    declare(world, key, application_id)
    for address in ("/", "/berichten", "/berichten?lijst=nieuw"):
        assert CANARY not in client.get(address).get_data(as_text=True)
    assert client.get(f"/berichten/{mail.id}").status_code == 404
    assert client.post(f"/berichten/{mail.id}/gelezen").status_code == 404
    client.post("/berichten/gelezen", data={"until": str(mail.id)})
    assert db.session.get(MailRead, mail.id) is None
    mails = db.session.scalars(mailbox.unread(world.later(key, days=22)))
    assert CANARY not in "".join(m.subject for m in mails)


def test_without_the_control_it_would_still_be_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the message is gone because of the control, and of nothing else."""
    key, application_id = barred(world)
    post(world, key, chain=f"application:{application_id}", kind=MailKind.ASSESSMENT, subject=CANARY)
    declare(world, key, application_id)
    actor = world.later(key, days=22)
    subjects = lambda: [m.subject for m in db.session.scalars(mailbox.visible_to(actor))]  # noqa: E731
    assert f"{CANARY} 1" not in subjects()
    monkeypatch.setattr(mailbox, "concealers", [])
    assert f"{CANARY} 1" in subjects()


def test_what_the_chair_took_back_returns(world: World) -> None:
    key, application_id = barred(world)
    post(world, key, chain=f"application:{application_id}", kind=MailKind.ASSESSMENT, subject=CANARY)
    declare(world, key, application_id)
    chair = world.later("chair", days=23)
    assessment_service.declare_interest(
        chair, application_id, InterestAnswer.NONE, "Vergissing.", user_id=world.ids[key]
    )
    db.session.commit()
    actor = world.later(key, days=24)
    assert CANARY in " ".join(m.subject for m in db.session.scalars(mailbox.visible_to(actor)))


def test_the_control_and_the_rule_of_the_committee_say_the_same(world: World) -> None:
    """What `hidden_from` names, and nothing else, is hidden from a member of the committee."""
    key, application_id = barred(world)
    other = make_complete(world, world.round(slug="ronde-2"), "applicant_b", title="Anders")
    user = world.user(key)
    for number, ident in enumerate((application_id, other.id)):
        post(world, key, number, chain=f"application:{ident}", kind=MailKind.ASSESSMENT)
    for step in ("nothing", "declared", "employer"):
        if step == "declared":
            declare(world, key, application_id)
        if step == "employer":
            user.organisation_id = other.organisation_id
            db.session.commit()
            db.session.expire_all()
        actor = world.later(key, days=30)
        hidden = assessment.hidden_from(actor)
        shown = {m.chain for m in db.session.scalars(mailbox.visible_to(actor))}
        for ident in (application_id, other.id):
            assert (f"application:{ident}" in shown) == (ident not in hidden), step


def test_an_applicant_in_the_committee_keeps_the_own_receipt(world: World) -> None:
    application = make_complete(world, world.round())
    db.session.add(RoleGrant(user_id=world.ids["applicant"], role=Role.ASSESSOR, started_at=LONG_AGO))
    db.session.commit()
    db.session.expire_all()
    post(world, chain=application.audit_chain, kind=MailKind.ASSESSMENT, subject=CANARY)
    actor = world.later("applicant", days=20)
    kinds = {m.kind for m in db.session.scalars(mailbox.visible_to(actor))}
    assert MailKind.RECEIPT in kinds
    assert MailKind.ASSESSMENT not in kinds


def test_every_message_leads_to_a_page_that_is_there(app: Flask) -> None:
    for endpoint, argument in outbox.PLACES.values():
        assert endpoint in app.view_functions
        rules = [r for r in app.url_map.iter_rules() if r.endpoint == endpoint and "GET" in (r.methods or ())]
        assert any(r.arguments == ({argument} if argument else set()) for r in rules), endpoint


def test_a_mail_names_its_sender_and_leads_on(world: World) -> None:
    mail = post(world, chain="application:7", thing="application:7")
    message = outbox.compose(mail)
    whole = message.get_content()
    assert message["From"] == "Projectenpool <projectenpool@example.org>"
    assert "http://localhost/aanvragen/7\n" in whole
    assert "http://localhost/berichten/instellingen" in whole
    assert "het programmateam van de Projectenpool" in whole
    assert START.year == mail.written_at.year
