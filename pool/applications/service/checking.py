"""Check whether an application is complete, give more time to supplement it, and look at it from the region."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pool.core import audit, clock, terms
from pool.core.access import Actor, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Invalid, InvalidMany
from pool.core.text import clean
from pool.rounds import queries as rounds

from .. import mail, queries, rules
from ..inputs import CheckInput
from ..lifecycle import LIFE
from ..models import Application, CompletenessCheck, Hearing, RegionalView
from ..states import Completeness
from .telling import tell
from .writing import hold

_MOVES = {
    Completeness.COMPLETE: "complete",
    Completeness.SUPPLEMENT: "ask_supplement",
    Completeness.NOT_HANDLED: "leave",
    Completeness.INTENDED: "intend",
    Completeness.INADMISSIBLE: "refuse",
}
_KINDS = {
    Completeness.COMPLETE: MailKind.PROGRESS,
    Completeness.SUPPLEMENT: MailKind.SUPPLEMENT,
    Completeness.NOT_HANDLED: MailKind.DECISION,
    Completeness.INTENDED: MailKind.HEARING,
    Completeness.INADMISSIBLE: MailKind.DECISION,
}


def check(actor: Actor, application: Application, given: CheckInput) -> CompletenessCheck:
    """Record an outcome of the completeness check and tell the applicant.

    A refusal is only intended here; `refuse` carries it out after the municipality was heard.
    """
    hold(application)
    refused = given.outcome == Completeness.INADMISSIBLE
    require(LIFE.may(actor, application, _MOVES[Completeness.INTENDED if refused else given.outcome]))
    round_rules = rounds.rules_of(application.round)
    problems = rules.unfit_check(given, round_rules, actor.at)
    if problems:
        raise InvalidMany(problems)
    last_day, today = None, clock.local_date(actor.at)
    if given.outcome == Completeness.SUPPLEMENT:
        last_day = given.supplement_by or terms.supplement(today, days=round_rules.supplement_days).last_day
    elif given.outcome == Completeness.INTENDED:
        last_day = given.hearing_by or terms.hearing(today).last_day
    by_code = {point.code: point for point in given.points}
    points = [
        {"point": p.code, "ok": by_code[p.code].ok, "note": clean(by_code[p.code].note)}
        for p in rules.check_points(round_rules)
    ]
    return record_check(actor, application, given.outcome, points, clean(given.reason), last_day)


def record_check(
    actor: Actor,
    application: Application,
    outcome: Completeness,
    points: list[Any],
    reason: str,
    last_day: dt.date | None,
    move: str | None = None,
    weighing: str = "",
) -> CompletenessCheck:
    """Write the outcome, carry out its move and tell the applicant. last_day: to supplement, or for a view.

    weighing: how the view on an intended refusal was weighed.
    """
    asked = last_day if outcome == Completeness.SUPPLEMENT else None
    row = CompletenessCheck(
        application_id=application.id,
        outcome=outcome,
        points=points,
        reason=reason,
        supplement_by=asked.isoformat() if asked else None,
        checked_at=actor.at,
        checked_by=actor.user_id,
    )
    db.session.add(row)
    application.supplement_until = clock.end_of_day(asked) if asked else application.supplement_until
    facts = {"supplement_by" if asked else "hearing_by": last_day.isoformat()} if last_day else {}
    LIFE.move(actor, application, move or _MOVES[outcome], reason, facts)
    if asked is None:
        application.supplement_until = None
    db.session.flush()
    if outcome == Completeness.INTENDED and last_day is not None:
        until = clock.end_of_day(last_day)
        db.session.add(Hearing(application_id=application.id, check_id=row.id, until=until))
        db.session.flush()
    db.session.expire(application, ["checks", "hearings"])
    letter = _letter(actor, application, row, last_day, move == "extend_supplement", weighing)
    key = f"application:{application.id}:check:{row.id}"
    tell(actor, application, key, letter, kind=_KINDS[row.outcome])
    return row


def _letter(
    actor: Actor,
    application: Application,
    row: CompletenessCheck,
    last_day: dt.date | None,
    extended: bool,
    weighing: str,
) -> mail.Letter:
    """What the applicant is told about an outcome."""
    round_rules = rounds.rules_of(application.round)
    reference, title = application.reference, application.title
    labels = {p.code: p.label for p in rules.check_points(round_rules)}
    wrong = [(labels[p["point"]], p["note"]) for p in row.points if not p["ok"]]
    if row.outcome == Completeness.COMPLETE:
        return mail.complete(reference, title)
    if last_day is not None and row.outcome == Completeness.SUPPLEMENT:
        return mail.supplement(reference, title, wrong, last_day, extended)
    if last_day is not None:
        return mail.intended(reference, title, row.reason, wrong, last_day)
    until = terms.objection(clock.local_date(actor.at)).last_day
    return mail.inadmissible(
        reference,
        title,
        row.reason,
        round_rules.objection_address,
        until,
        weighing=weighing,
        unsupplied=row.outcome == Completeness.NOT_HANDLED,
    )


def extend_supplement(
    actor: Actor, application: Application, last_day: dt.date, reason: str
) -> CompletenessCheck:
    """Give longer to supplement, also after the first date has passed; recorded as a check of its own."""
    hold(application)
    require(LIFE.may(actor, application, "extend_supplement"))
    problems = []
    until = application.supplement_until
    if last_day <= clock.local_date(actor.at) or (until and last_day <= clock.local_date(until)):
        problems.append(Invalid("supplement_by", "Kies een latere datum dan de huidige.", "supplement_by"))
    if not clean(reason):
        problems.append(Invalid("reason", "Geef de reden van het uitstel.", "reason"))
    if problems:
        raise InvalidMany(problems)
    points = application.checks[-1].points
    return record_check(
        actor, application, Completeness.SUPPLEMENT, points, clean(reason), last_day, "extend_supplement"
    )


def reconsider(actor: Actor, application: Application, reason: str) -> None:
    """Take an outcome back that turned out wrong, so that the application is checked anew; the applicant is told."""
    hold(application)
    require(LIFE.may(actor, application, "reconsider"))
    reason = clean(reason)
    if not reason:
        raise Invalid("reason", "Geef de reden. De gemeente krijgt die te lezen.", "reason")
    LIFE.move(actor, application, "reconsider", reason)
    seq = audit.trail(application.audit_chain)[-1].seq
    letter = mail.reconsidered(application.reference, application.title, reason)
    key = f"application:{application.id}:reconsider:{seq}"
    tell(actor, application, key, letter, kind=MailKind.PROGRESS)


def give_view(actor: Actor, application: Application, region_id: int, text: str) -> RegionalView:
    """Give or replace what a region's project leader thinks of an application."""
    hold(application)
    require(rules.can_give_view(actor, application, region_id, rounds.rules_of(application.round)))
    text = clean(text)
    if not text:
        raise Invalid("text", "Schrijf uw zienswijze op.", "text")
    if len(text) > rules.LIMITS["view"]:
        raise Invalid("text", f"Gebruik niet meer dan {rules.LIMITS['view']} tekens.", "text")
    view = next((v for v in queries.views_of(application.id) if v.region_id == region_id), None)
    before = {"text": view.text} if view else {}
    if view is None:
        view = RegionalView(application_id=application.id, region_id=region_id)
        db.session.add(view)
    view.text, view.written_at, view.written_by = text, actor.at, actor.user_id
    db.session.flush()
    audit.record(
        actor,
        "application.give_view",
        application.audit_chain,
        f"regional_view:{view.id}",
        before,
        {"text": text, "region": region_id},
    )
    return view
