"""Until when assessors score, and reminding who is not ready. Nobody hears how far somebody else is."""

from __future__ import annotations

import datetime as dt

from pool.core import audit, jobs, outbox
from pool.core.access import Actor, require
from pool.core.clock import at_local, local_date
from pool.core.db import db, lock
from pool.core.delivery import MailKind
from pool.core.errors import Invalid, InvalidMany, Missing, Refused
from pool.core.text import format_weekday
from pool.people.models import User
from pool.rounds.models import Round
from pool.rounds.states import RoundState

from .. import mail, queries, rules
from ..inputs import DeadlineInput
from ..models import ScoringDeadline

AT = dt.time(7, 30)
"""On the Dutch clock: when reminders leave by themselves, before the working day begins."""
MOST_DAYS = 30
PAUSE = dt.timedelta(days=1)
"""Between two reminders to one person, of which the second is by hand."""


def set_deadline(actor: Actor, round_: Round, given: DeadlineInput) -> ScoringDeadline:
    """Agree on the last day for scores, and plan the reminders. A later one takes the place of this one.

    Raises InvalidMany beside the fields: a day that has passed, or a reminder that would have had to leave already.
    """
    lock(Round, round_.id)
    require(rules.can_remind(actor, round_))
    today, problems = local_date(actor.at), []
    if given.last_day <= today:
        problems.append(Invalid("past", "Kies een dag na vandaag.", "last_day"))
    if not 0 <= given.remind_days <= MOST_DAYS:
        problems.append(
            Invalid("days", f"Vul een aantal dagen in van 0 tot en met {MOST_DAYS}.", "remind_days")
        )
    elif not problems and given.remind_days and _before(given) <= actor.at:
        problems.append(
            Invalid("days", "Die herinnering had al weg moeten zijn. Vul minder dagen in.", "remind_days")
        )
    if problems:
        raise InvalidMany(problems)
    found = ScoringDeadline(
        round_id=round_.id,
        last_day=given.last_day,
        remind_days=given.remind_days,
        set_at=actor.at,
        set_by=actor.user_id,
    )
    earlier = queries.reminders.deadline_of(round_.id)
    db.session.add(found)
    db.session.flush()
    audit.record(
        actor,
        "scoring_deadline.set",
        round_.audit_chain,
        f"scoring_deadline:{found.id}",
        {"last_day": earlier.last_day.isoformat()} if earlier else {},
        {"last_day": given.last_day.isoformat(), "remind_days": given.remind_days},
    )
    moments = {"over": at_local(given.last_day + dt.timedelta(days=1), AT)}
    if given.remind_days:
        moments["before"] = _before(given)
    for when, moment in moments.items():
        payload = {"deadline_id": found.id, "when": when}
        jobs.enqueue("assessment.remind", f"assessment.remind:{found.id}:{when}", payload, at=moment)
    return found


def _before(given: DeadlineInput) -> dt.datetime:
    return at_local(given.last_day - dt.timedelta(days=given.remind_days), AT)


def remind_all(actor: Actor, deadline_id: int, *, over: bool) -> None:
    """Remind everybody who is not ready of a last day that comes, or has passed; once each.

    Nothing happens when another day was agreed since, or when the committee is done.
    """
    deadline = db.session.get_one(ScoringDeadline, deadline_id)
    round_ = db.session.get_one(Round, deadline.round_id)
    newest = queries.reminders.deadline_of(round_.id)
    if round_.state != RoundState.IN_ASSESSMENT or newest is None or newest.id != deadline.id:
        return
    for user in queries.reminders.unfinished(round_.id):
        _post(actor, round_, user, f"{'over' if over else 'before'}:{deadline.id}", deadline)


def remind(actor: Actor, round_: Round, user_id: int) -> None:
    """Remind one assessor by hand. Raises Missing for who is ready, Refused within a day of the one before."""
    lock(Round, round_.id)
    require(rules.can_remind(actor, round_))
    open_ = queries.reminders.unfinished(round_.id, queries.hidden_from(actor))
    user = next((one for one in open_ if one.id == user_id), None)
    if user is None:
        raise Missing
    last = queries.reminders.last_reminders(round_.id).get(user_id)
    if last is not None and actor.at - last < PAUSE:
        raise Refused("soon", f"{user.name} kreeg minder dan een dag geleden al een herinnering.")
    _post(actor, round_, user, actor.at.isoformat(), queries.reminders.deadline_of(round_.id))
    audit.record(actor, "assessment.remind", round_.audit_chain, f"user:{user_id}", {}, {"user": user_id})


def _post(actor: Actor, round_: Round, user: User, which: str, deadline: ScoringDeadline | None) -> None:
    """One mail, that names no application and says not how many: an interest in one may still come up."""
    day = deadline.last_day if deadline else None
    subject, body = mail.reminder(
        user.name,
        round_.title,
        format_weekday(day) if day else "",
        over=day is not None and day < local_date(actor.at),
    )
    outbox.post(
        actor,
        f"{queries.reminders.reminder_prefix(round_.id)}{user.id}:{which}",
        user.email,
        subject,
        body,
        user.id,
        kind=MailKind.ASSESSMENT,
        chain=round_.audit_chain,
        thing="assessing",
    )
