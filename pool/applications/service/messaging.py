"""Write a message about an application, and mark messages as read."""

from __future__ import annotations

import datetime as dt

from pool.core import audit, mailbox, outbox
from pool.core.access import Actor, Role, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing
from pool.core.text import clean, sha256_hex
from pool.people import queries as people

from .. import mail, message_queries, rules
from ..messages import Message, ThreadRead
from ..models import Application
from ..states import Side
from .telling import tell
from .writing import hold


def send_message(
    actor: Actor,
    application: Application,
    text: str,
    *,
    answer_by: dt.date | None = None,
    answers_id: int | None = None,
    seen: int = 0,
) -> Message:
    """Send a message for good, and tell the other side that there is one.

    answer_by: the last day to answer, from the programme team only. answers_id: the question that this answers
    or closes; Conflict when somebody did so meanwhile. seen: the newest message that the writer had before them;
    up to there everything counts as read.
    """
    # Held, so that messages of one application get their numbers in the order in which they are there to read.
    hold(application)
    require(rules.can_send(actor, application))
    side = rules.side_of(actor, application)
    if side is None or actor.user_id is None:
        raise Missing
    text = clean(text)
    _refuse_unfit(actor, side, text, answer_by, answers_id)
    if answers_id is not None:
        _require_open(actor, application, answers_id)
    message = Message(
        application_id=application.id,
        side=side,
        text=text,
        written_at=actor.at,
        written_by=actor.user_id,
        written_by_name=actor.name,
        by_organisation=actor.organisation_name,
        answer_by=answer_by,
        answers_id=answers_id,
    )
    db.session.add(message)
    db.session.flush()
    facts = {"side": side.value, "sha256": sha256_hex(text.encode())}
    facts |= {"answer_by": answer_by.isoformat()} if answer_by else {}
    facts |= {"answers": str(answers_id)} if answers_id else {}
    audit.record(actor, "message.send", application.audit_chain, f"message:{message.id}", {}, facts)
    if seen:
        mark_thread_read(actor, application, min(seen, message.id))
    _tell_other_side(actor, application, message)
    return message


def _refuse_unfit(
    actor: Actor, side: Side, text: str, answer_by: dt.date | None, answers_id: int | None
) -> None:
    problems = []
    if not text:
        problems.append(Invalid("text", "Schrijf uw bericht op.", "text"))
    if len(text) > rules.MESSAGE_LENGTH:
        problems.append(Invalid("text", f"Gebruik niet meer dan {rules.MESSAGE_LENGTH} tekens.", "text"))
    if answer_by is not None:
        if side != Side.PROGRAMME:
            problems.append(Invalid("answer_by", "Alleen het programmateam stelt een datum.", "answer_by"))
        elif wrong := rules.unfit_date(answer_by, actor.at):
            problems.append(Invalid("answer_by", wrong, "answer_by"))
        if answers_id is not None:
            message = "Sluit een vraag af, of stel een nieuwe: doe niet allebei in één bericht."
            problems.append(Invalid("answers", message, "answers"))
    if problems:
        raise InvalidMany(problems)


def _require_open(actor: Actor, application: Application, ident: int) -> None:
    if ident in {question.id for question in message_queries.open_questions(actor, application.id)}:
        return
    if any(m.id == ident and m.answer_by for m in message_queries.messages_of(application.id)):
        raise Conflict(
            "answered",
            "Iemand anders heeft deze vraag net beantwoord of afgesloten. Lees dat bericht eerst. "
            "Wat u schreef, staat hieronder nog.",
            "answers",
        )
    raise Invalid("answers", "Deze vraag hoort niet bij deze aanvraag.", "answers")


def _tell_other_side(actor: Actor, application: Application, message: Message) -> None:
    key, thing = f"message:{message.id}", f"thread:{application.id}"
    letter = mail.new_message(application.reference, message.side.label, message.answer_by)
    if message.side == Side.PROGRAMME:
        writers = message_queries.writers_of(application.id, Side.APPLICANT)
        tell(actor, application, key, letter, kind=MailKind.MESSAGE, thing=thing, more=writers)
        return
    in_committee = {user.id for role in (Role.ASSESSOR, Role.CHAIR) for user in people.with_role(role)}
    for user in people.with_role(Role.PROGRAMME):
        # A colleague who works for the municipality or sits in the committee does not read these messages.
        if user.id in in_committee or user.organisation_id == application.organisation_id:
            continue
        outbox.post(
            actor,
            f"{key}:{user.email}",
            user.email,
            *letter,
            user.id,
            kind=MailKind.MESSAGE,
            chain=application.audit_chain,
            thing=thing,
        )


def mark_thread_read(actor: Actor, application: Application, last_id: int) -> None:
    """Mark the messages up to this one as read by this actor, and the mails about them; never fewer than before."""
    if rules.side_of(actor, application) is None or actor.user_id is None:
        raise Missing
    hold(application)
    messages = message_queries.messages_of(application.id)
    last_id = max((m.id for m in messages if m.id <= last_id), default=0)
    if not last_id:
        return
    mark = db.session.get(ThreadRead, (application.id, actor.user_id), populate_existing=True)
    if mark is None:
        mark = ThreadRead(application_id=application.id, user_id=actor.user_id, last_id=0, read_at=actor.at)
        db.session.add(mark)
    if last_id > mark.last_id:
        mark.last_id, mark.read_at = last_id, actor.at
    db.session.flush()
    if last_id == messages[-1].id:
        mailbox.mark_read(actor, chain=application.audit_chain, kind=MailKind.MESSAGE)
