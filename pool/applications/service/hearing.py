"""Hear a municipality about an intended refusal, and carry the intention out or drop it."""

from __future__ import annotations

from typing import Any

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Invalid, InvalidMany, Refused
from pool.core.text import clean

from .. import mail, rules
from ..inputs import HearingInput
from ..lifecycle import LIFE
from ..models import Application, CompletenessCheck, Hearing, HearingView
from ..states import Completeness, HearingOutcome
from . import hearing_files
from .checking import record_check
from .telling import tell
from .writing import hold


def be_heard(actor: Actor, application: Application, given: HearingInput) -> HearingView:
    """Give the municipality's view on the intention, or say that it has none; once, and in time.

    The files that were added before go with it.
    """
    hold(application)
    require(LIFE.may(actor, application, "be_heard"))
    text = clean(given.text)
    if given.has_view and not text:
        raise Invalid("text", "Schrijf uw zienswijze op.", "text")
    if text and not given.has_view:
        raise Invalid(
            "text", "U schreef een zienswijze. Kies dat u die geeft, of haal de tekst weg.", "has_view"
        )
    if len(text) > rules.LIMITS["view"]:
        raise Invalid("text", f"Gebruik niet meer dan {rules.LIMITS['view']} tekens.", "text")
    hearing = _open(application)
    sent = hearing_files.to_send(hearing, has_view=given.has_view)
    facts: dict[str, Any] = {"hearing": hearing.id, "has_view": bool(text)}
    if sent:
        facts["files"] = [row.sha256 for row in sent]
    LIFE.move(actor, application, "be_heard", facts=facts)
    hearing.answered_at = actor.at
    view = HearingView(hearing_id=hearing.id, text=text, given_by=actor.user_id, given_by_name=actor.name)
    db.session.add(view)
    db.session.flush()
    hearing_files.fix(hearing, sent)
    db.session.expire(hearing, ["view"])
    letter = mail.heard(application.reference, application.title, actor.at, text, [row.name for row in sent])
    key = f"application:{application.id}:heard:{hearing.id}"
    tell(actor, application, key, letter, kind=MailKind.RECEIPT)
    return view


def refuse(actor: Actor, application: Application, reason: str, weighing: str) -> CompletenessCheck:
    """Carry the intention out, with the reason and how the view was weighed; the applicant is told.

    Not before the municipality was heard or the date for it passed (`early`).
    """
    hold(application)
    require(LIFE.may(actor, application, "refuse"))
    hearing, reason, weighing = _open(application), clean(reason), clean(weighing)
    problems = _unfit(reason, "reason", "Geef de reden. De gemeente krijgt die te lezen.")
    if hearing.view is not None and hearing.view.text:
        problems += _unfit(weighing, "weighing", "Schrijf op hoe u de zienswijze hebt gewogen.")
    elif weighing:
        problems.append(Invalid("weighing", "Er is geen zienswijze om te wegen.", "weighing"))
    if problems:
        raise InvalidMany(problems)
    points = hearing.check.points
    row = record_check(actor, application, Completeness.INADMISSIBLE, points, reason, None, weighing=weighing)
    _conclude(actor, hearing, HearingOutcome.UPHELD, weighing)
    return row


def drop_intention(actor: Actor, application: Application, reason: str) -> None:
    """Take the intention back, with a reason that the applicant reads; the completeness check goes on."""
    hold(application)
    require(LIFE.may(actor, application, "drop_intention"))
    reason = clean(reason)
    problems = _unfit(reason, "why", "Geef de reden. De gemeente krijgt die te lezen.")
    if problems:
        raise InvalidMany(problems)
    hearing = _open(application)
    LIFE.move(actor, application, "drop_intention", reason)
    _conclude(actor, hearing, HearingOutcome.DROPPED, reason)
    letter = mail.intention_dropped(application.reference, application.title, reason)
    key = f"application:{application.id}:hearing_dropped:{hearing.id}"
    tell(actor, application, key, letter, kind=MailKind.PROGRESS)


def lapse(actor: Actor, application: Application) -> None:
    """The application was withdrawn or replaced: an intention about what was there is over."""
    hearing = application.open_hearing
    if hearing is not None:
        _conclude(actor, hearing, HearingOutcome.LAPSED, "")
        audit.record(
            actor,
            "hearing.lapse",
            application.audit_chain,
            f"hearing:{hearing.id}",
            {},
            {"outcome": "lapsed"},
        )


def _open(application: Application) -> Hearing:
    hearing = application.open_hearing
    if hearing is None:
        raise Refused("state", "Er loopt geen voornemen over deze aanvraag.")
    return hearing


def _unfit(text: str, field: str, missing: str) -> list[Invalid]:
    if not text:
        return [Invalid(field, missing, field)]
    if len(text) > rules.LIMITS["reason"]:
        return [Invalid(field, f"Gebruik niet meer dan {rules.LIMITS['reason']} tekens.", field)]
    return []


def _conclude(actor: Actor, hearing: Hearing, outcome: HearingOutcome, weighing: str) -> None:
    hearing.outcome, hearing.weighing = outcome, weighing
    hearing.concluded_at, hearing.concluded_by = actor.at, actor.user_id
    db.session.flush()
    hearing_files.drop_unsent(hearing)
