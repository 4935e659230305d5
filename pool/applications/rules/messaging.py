"""Who may write in the messages about an application, and ask a question with a date in them."""

from __future__ import annotations

import datetime as dt

from pool.core import clock
from pool.core.access import YES, Actor, Role, Verdict, no
from pool.core.text import format_date
from pool.rounds.states import DECIDED_STATES

from ..models import Application
from ..states import ApplicationState, Side
from .verdicts import is_own

MESSAGE_LENGTH = 5000
"""Characters in one message."""
LONGEST_WAIT = dt.timedelta(days=366)
"""How far away the day may be on which an answer is due."""


def side_of(actor: Actor, application: Application) -> Side | None:
    """For whom this actor speaks: the municipality that applies, or the programme team; None for everyone else.

    A member of the committee does not speak for the programme team: what is written here is not for the committee.
    """
    if is_own(actor, application):
        return Side.APPLICANT
    if actor.has(Role.PROGRAMME) and not actor.has(Role.ASSESSOR, Role.CHAIR):
        return Side.PROGRAMME
    return None


def can_send(actor: Actor, application: Application) -> Verdict:
    """Whether a message can be written now; what was written can be read for ever."""
    if side_of(actor, application) is None:
        return no("Alleen de gemeente die aanvraagt en het programmateam schrijven hier.")
    if application.submitted_at is None:
        return no("Berichten sturen kan als de aanvraag is ingediend.", "early")
    if application.state == ApplicationState.WITHDRAWN:
        return no("Deze aanvraag is ingetrokken. U kunt geen berichten meer sturen.", "state")
    if application.round.state in DECIDED_STATES:
        return no("Over deze ronde is besloten. U kunt geen berichten meer sturen.", "decided")
    return YES


def unfit_date(answer_by: dt.date, at: dt.datetime) -> str:
    """What is wrong with the last day to answer, in Dutch; empty when it is right."""
    today = clock.local_date(at)
    if answer_by < today:
        return "Kies een dag die nog niet voorbij is."
    if answer_by > today + LONGEST_WAIT:
        return f"Kies een dag die niet later is dan {format_date(today + LONGEST_WAIT)}."
    return ""
