"""Messages about an application: who reads and writes, what never changes, what waits, and who is told."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from pool.applications import message_queries, queries, service
from pool.applications.messages import Message, ThreadRead
from pool.applications.models import Application
from pool.core import audit, jobs, mailbox, outbox
from pool.core.access import Role
from pool.core.db import db
from pool.core.delivery import Delivery, MailKind
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, PoolError, Refused
from pool.core.outbox import Mail
from pool.people.models import RoleGrant, User
from pool.rounds.models import Round
from pool.rounds.states import RoundState
from tests.support.applications_factory import make_application, make_draft
from tests.support.world import LONG_AGO, START, World

DUE = (START + dt.timedelta(days=10)).date()
SECRET = "Wat heel bijzonder is aan deze zin"


def refused(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(PoolError) as found:
        call()
    assert found.value.code == code
    db.session.rollback()


@pytest.fixture
def application(world: World) -> Application:
    return make_application(world, world.round())


def ask(world: World, application: Application, words: str = "Kunt u dit toelichten?") -> Message:
    message = service.send_message(world.later("programme", days=2), application, words, answer_by=DUE)
    db.session.commit()
    return message


def say(world: World, application: Application, words: str = "Hallo", key: str = "applicant") -> Message:
    message = service.send_message(world.later(key, days=3), application, words)
    db.session.commit()
    return message


def with_role(world: World, key: str, role: Role) -> None:
    db.session.add(RoleGrant(user_id=world.ids[key], role=role, started_at=LONG_AGO))
    db.session.commit()
    db.session.expire_all()


# --- who may not ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["applicant_b", "lead", "assessor", "chair", "decider", "auditor", "admin"])
def test_nobody_else_writes(world: World, application: Application, key: str) -> None:
    refused("refused", lambda: service.send_message(world.later(key, days=2), application, "Hallo"))
    with pytest.raises(Missing):
        service.mark_thread_read(world.later(key, days=2), application, 1)
    assert db.session.scalars(select(Message)).all() == []


@pytest.mark.parametrize("key", ["applicant_b", "lead", "assessor", "chair", "decider", "admin"])
def test_nobody_else_learns_that_there_are_messages(world: World, application: Application, key: str) -> None:
    ask(world, application)
    actor = world.later(key, days=2)
    assert not message_queries.reads(actor, application)
    assert message_queries.standings(actor, [application.id]) == {}
    assert message_queries.open_questions(actor, application.id) == []
    work = message_queries.work(actor, DUE)
    assert (work.unread, work.waiting, work.overdue, work.first) == (0, 0, 0, None)
    assert set(queries.work_counts(actor).values()) == {0}
    for name in (queries.QUESTION_OPEN, queries.MESSAGE_NEW):
        assert db.session.scalars(queries.found(actor, queries.Filter(state=name))).all() == []


def test_the_auditor_reads_and_has_nothing_to_do(world: World, application: Application) -> None:
    ask(world, application)
    auditor = world.later("auditor", days=2)
    assert message_queries.reads(auditor, application)
    assert message_queries.standings(auditor, [application.id])[application.id].count == 1
    assert message_queries.standings(auditor, [application.id])[application.id].unread == 0
    assert message_queries.work(auditor, DUE).unread == 0


def test_the_programme_team_in_the_committee_reads_nothing(world: World, application: Application) -> None:
    with_role(world, "programme_b", Role.ASSESSOR)
    say(world, application)
    both = world.later("programme_b", days=4)
    assert not message_queries.reads(both, application)
    assert message_queries.work(both, DUE).unread == 0
    refused("refused", lambda: service.send_message(both, application, "Hallo"))
    told = db.session.scalars(select(Mail.user_id).where(Mail.kind == MailKind.MESSAGE)).all()
    assert told == [world.ids["programme"]]


def test_not_before_it_is_submitted(world: World) -> None:
    draft = make_draft(world, world.round())
    refused("early", lambda: service.send_message(world.later("applicant", days=2), draft, "Hallo"))
    assert not message_queries.reads(world.later("programme", days=2), draft)


def test_a_withdrawn_application_stays_readable(world: World, application: Application) -> None:
    ask(world, application)
    service.withdraw(world.later("applicant", days=4), application, "Gaat niet door.")
    db.session.commit()
    for key in ("applicant", "programme"):
        actor = world.later(key, days=5)
        refused("state", lambda actor=actor: service.send_message(actor, application, "Hallo"))
        assert message_queries.reads(actor, application)
        assert message_queries.standings(actor, [application.id])[application.id].count == 1
        # Nobody waits for an answer any more.
        assert message_queries.work(actor, DUE).waiting == 0


def test_after_the_decisions_it_stays_readable(world: World, application: Application) -> None:
    ask(world, application)
    db.session.execute(
        Round.__table__.update().where(Round.id == application.round_id).values(state=RoundState.DECIDED)
    )
    db.session.commit()
    for key in ("applicant", "programme"):
        actor = world.later(key, days=80)
        refused("decided", lambda actor=actor: service.send_message(actor, application, "Hallo"))
        assert message_queries.reads(actor, application)
        assert message_queries.work(actor, DUE).waiting == 0


# --- what cannot be sent ----------------------------------------------------------------------------------


def test_what_does_not_fit_is_refused(world: World, application: Application) -> None:
    applicant, programme = world.later("applicant", days=2), world.later("programme", days=2)
    for words in ("", "  \n ", "x" * 5001):
        with pytest.raises(InvalidMany):
            service.send_message(applicant, application, words)
    with pytest.raises(InvalidMany, match="Alleen het programmateam"):
        service.send_message(applicant, application, "Hallo", answer_by=DUE)
    yesterday = programme.at.date() - dt.timedelta(days=1)
    for day in (yesterday, programme.at.date() + dt.timedelta(days=367)):
        with pytest.raises(InvalidMany, match="Kies een dag"):
            service.send_message(programme, application, "Hallo", answer_by=day)
    assert service.send_message(programme, application, "Hallo", answer_by=programme.at.date()).answer_by


def test_an_answer_belongs_to_a_question_of_the_same_application(
    world: World, application: Application
) -> None:
    other = make_application(world, world.round(slug="ronde-2"), "applicant_b", title="Anders")
    question = ask(world, other)
    plain = say(world, application)
    for ident in (question.id, plain.id, 999_999):
        with pytest.raises(Invalid, match="hoort niet"):
            service.send_message(world.later("applicant", days=4), application, "Ja", answers_id=ident)
        db.session.rollback()


def test_two_colleagues_answer_once(world: World, application: Application) -> None:
    question = ask(world, application)
    service.send_message(world.later("applicant", days=3), application, "Ja", answers_id=question.id)
    db.session.commit()
    with pytest.raises(Conflict) as found:
        service.send_message(world.later("applicant", days=3), application, "Nee", answers_id=question.id)
    assert found.value.field == "answers"


def test_the_database_keeps_one_answer_per_question(world: World, application: Application) -> None:
    """The twin of the check in the service: two that got past it still cannot both be stored."""
    question = ask(world, application)
    service.send_message(world.later("applicant", days=3), application, "Ja", answers_id=question.id)
    db.session.commit()
    second = {c.name: getattr(question, c.name) for c in Message.__table__.columns if c.name != "id"}
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(
            Message.__table__.insert().values({**second, "answer_by": None, "answers_id": question.id})
        )


def test_a_message_never_changes(world: World, application: Application) -> None:
    message = say(world, application)
    message.text = "Anders"
    with pytest.raises(Refused):
        db.session.flush()
    db.session.rollback()
    for change in ("UPDATE message SET text = 'Anders'", "DELETE FROM message"):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(change))
    assert db.session.scalars(select(Message.text)).all() == ["Hallo"]


# --- what happens -----------------------------------------------------------------------------------------


def test_a_message_is_kept_as_it_was_sent(world: World, application: Application) -> None:
    message = say(world, application, " Regel een\r\nregel twee\u202e \n")
    assert message.text == "Regel een\nregel twee"
    assert (message.written_by_name, message.by_organisation) == ("Ali Haarlem", "Gemeente Haarlem")
    entry = audit.trail(application.audit_chain)[-1]
    assert (entry.action, entry.object) == ("message.send", f"message:{message.id}")
    assert "regel" not in str(entry.after).lower()
    assert audit.verify_all() == []


def test_new_for_each_reader_apart(world: World, application: Application) -> None:
    first, second = say(world, application, "Een"), say(world, application, "Twee")
    a, b = world.later("programme", days=4), world.later("programme_b", days=4)
    count = lambda actor: message_queries.standings(actor, [application.id])[application.id].unread  # noqa: E731
    assert (count(a), count(b), count(world.later("applicant", days=4))) == (2, 2, 0)
    service.mark_thread_read(a, application, first.id)
    assert (count(a), count(b)) == (1, 2)
    service.mark_thread_read(a, application, second.id + 1000)
    service.mark_thread_read(a, application, first.id)
    assert (count(a), count(b)) == (0, 2)
    assert db.session.get_one(ThreadRead, (application.id, a.user_id)).last_id == second.id
    assert message_queries.work(a, DUE).unread == 0
    assert message_queries.work(b, DUE).unread == 1


def test_who_writes_has_read_what_was_on_the_page_and_no_more(world: World, application: Application) -> None:
    seen = say(world, application, "Gezien")
    say(world, application, "Net binnen")
    programme = world.later("programme", days=4)
    service.send_message(programme, application, "Antwoord", seen=seen.id)
    assert message_queries.standings(programme, [application.id])[application.id].unread == 1


def test_a_question_waits_until_it_is_answered(world: World, application: Application) -> None:
    question = ask(world, application)
    applicant, programme = world.later("applicant", days=3), world.later("programme", days=3)
    for actor in (applicant, programme):
        work = message_queries.work(actor, DUE)
        assert (work.waiting, work.overdue, work.first) == (1, 0, DUE)
        assert message_queries.work(actor, DUE + dt.timedelta(days=1)).overdue == 1
        assert message_queries.standings(actor, [application.id])[application.id].answer_by == DUE
    say(world, application, "Over iets anders")
    assert message_queries.work(programme, DUE).waiting == 1
    service.send_message(applicant, application, "Dit is het antwoord", answers_id=question.id)
    for actor in (applicant, programme):
        assert message_queries.work(actor, DUE).waiting == 0
        assert message_queries.open_questions(actor, application.id) == []


def test_the_programme_team_can_close_a_question(world: World, application: Application) -> None:
    question = ask(world, application)
    colleague = world.later("programme_b", days=3)
    service.send_message(colleague, application, "Telefonisch beantwoord", answers_id=question.id)
    assert message_queries.work(colleague, DUE).waiting == 0


# --- who is told ------------------------------------------------------------------------------------------


def mails() -> list[Mail]:
    query = select(Mail).where(Mail.kind == MailKind.MESSAGE).order_by(Mail.id)
    return list(db.session.scalars(query))


def test_the_mail_says_that_there_is_a_message_and_not_what(world: World, application: Application) -> None:
    service.send_message(world.later("programme", days=2), application, SECRET, answer_by=DUE)
    found = mails()
    assert [m.recipient for m in found] == [world.email("applicant"), "contact@example.org"]
    for mail in found:
        whole = outbox.compose(mail).get_content()
        assert SECRET not in mail.subject + whole
        assert "Vraag bij aanvraag VDND-2027-001" in mail.subject
        assert "uiterlijk op 14 januari 2027" in whole
        assert f"http://localhost/aanvragen/{application.id}/berichten" in whole
        assert mail.chain == f"application:{application.id}"
        assert mail.thing == f"thread:{application.id}"


def test_an_applicant_tells_the_whole_programme_team(world: World, application: Application) -> None:
    service.send_message(world.later("applicant", days=2), application, SECRET)
    assert {m.user_id for m in mails()} == {world.ids["programme"], world.ids["programme_b"]}
    assert all(SECRET not in m.subject + m.body for m in mails())


def test_colleagues_who_wrote_are_told_and_those_who_left_are_not(
    world: World, application: Application
) -> None:
    colleague = world.user("applicant_b")
    colleague.organisation_id = world.user("applicant").organisation_id
    db.session.commit()
    db.session.expire_all()
    say(world, application, "Ik doe mee", "applicant_b")
    ask(world, application)
    told = {m.recipient for m in mails() if m.subject.startswith("Vraag")}
    assert told == {world.email("applicant"), world.email("applicant_b"), "contact@example.org"}
    world.user("applicant").is_active = False
    db.session.commit()
    ask(world, application, "Nog een vraag")
    last = {m.recipient for m in mails() if m.subject.startswith("Vraag") and m.id > mails()[-3].id}
    assert world.email("applicant") not in last


def test_a_term_reaches_somebody_when_the_one_who_submitted_left(
    world: World, application: Application
) -> None:
    other = world.user("applicant_b")
    other.organisation_id = world.user("applicant").organisation_id
    world.user("applicant").is_active = False
    db.session.commit()
    db.session.expire_all()
    assert service.told(application, START) == {
        world.email("applicant_b"): world.ids["applicant_b"],
        "contact@example.org": None,
    }


def test_who_submitted_and_now_assesses_is_told_nothing(world: World, application: Application) -> None:
    """Still with the municipality, but in the committee and not writing for it: an interest reaches as far as mail."""
    colleague = world.user("applicant_b")
    colleague.organisation_id = application.organisation_id
    db.session.commit()
    at = START + dt.timedelta(days=3)
    # Who does both reads the own file as an applicant.
    with_role(world, "applicant", Role.ASSESSOR)
    assert service.told(application, at) == {
        world.email("applicant"): world.ids["applicant"],
        "contact@example.org": None,
    }
    grant = next(one for one in world.user("applicant").grants if one.role == Role.APPLICANT)
    grant.ended_at = START + dt.timedelta(days=2)
    db.session.commit()
    db.session.expire_all()
    assert service.told(application, at) == {
        world.email("applicant_b"): colleague.id,
        "contact@example.org": None,
    }


def test_a_contact_person_in_the_committee_is_told_nothing(world: World) -> None:
    draft = make_draft(world, world.round())
    contact = dataclasses.replace(queries.draft(draft).contact, email=world.email("assessor"))
    service.save_section(world.later("applicant", days=2), draft, "contact", contact, draft.revision)
    assert service.told(draft, START) == {world.email("applicant"): world.ids["applicant"]}


def test_a_contact_person_with_an_account_reads_it_in_the_portal_too(world: World) -> None:
    draft = make_draft(world, world.round())
    contact = queries.draft(draft).contact
    colleague = world.user("applicant_b")
    colleague.organisation_id = draft.organisation_id
    db.session.commit()
    address = {**contact.__dict__, "email": world.email("applicant_b")}
    service.save_section(
        world.later("applicant", days=2), draft, "contact", type(contact)(**address), draft.revision
    )
    assert service.told(draft, START)[world.email("applicant_b")] == colleague.id
    # Somebody from elsewhere gets the mail that was asked for, and no place in the portal.
    colleague.organisation_id = None
    db.session.commit()
    assert service.told(draft, START)[world.email("applicant_b")] is None


def test_reading_the_messages_reads_the_mail_about_them(world: World, application: Application) -> None:
    message = say(world, application)
    programme = world.later("programme", days=4)
    assert mailbox.unread_count(programme) == 1
    service.mark_thread_read(programme, application, message.id)
    assert mailbox.unread_count(programme) == 0
    assert mailbox.unread_count(world.later("programme_b", days=4)) == 1


def test_a_message_is_one_transaction(world: World, application: Application) -> None:
    service.send_message(world.later("applicant", days=2), application, "Hallo")
    db.session.rollback()
    assert mails() == []
    assert db.session.scalars(select(Message)).all() == []
    assert db.session.scalars(select(jobs.Job).where(jobs.Job.key.contains("message"))).all() == []


def test_who_chose_the_portal_gets_no_mail(world: World, application: Application) -> None:
    from pool.people import service_mail

    service_mail.choose(world.later("programme", days=1), {MailKind.MESSAGE: Delivery.PORTAL})
    say(world, application)
    by_user = {m.user_id: m for m in mails()}
    quiet, loud = by_user[world.ids["programme"]], by_user[world.ids["programme_b"]]
    assert jobs.by_key(quiet.job_key) is None
    assert jobs.by_key(loud.job_key) is not None
    assert db.session.get_one(User, quiet.user_id).id == world.ids["programme"]
