"""The letter of a decision: made once from its facts, kept, and announced by mail."""

from __future__ import annotations

import datetime as dt

from pool.applications import queries as applications
from pool.applications import service as application_service
from pool.applications.models import Application
from pool.assessment import queries as assessment
from pool.core import audit, clock, terms
from pool.core.access import Actor
from pool.core.db import db, lock
from pool.core.delivery import MailKind
from pool.core.text import sha256_hex
from pool.people.models import User
from pool.rounds import queries as rounds
from pool.rounds import rules as round_rules
from pool.rounds.states import Progress

from .. import mail, queries
from ..letter import LetterFacts, document
from ..models import Decision, Letter
from ..states import Outcome

INVENTED = "Deze aanvraag is verzonnen voor de demonstratie."


def make_letter(actor: Actor, decision: Decision) -> Letter:
    """Make the letter of a decision and tell the municipality; a second time gives the letter that is there.

    The objection term runs from the actor's moment: that is when the letter becomes available.
    """
    from pool.core.pdf import render

    decision = lock(Decision, decision.id)
    if decision.letter is not None:
        return decision.letter
    facts = _facts(actor, decision)
    pdf = render(document(facts))
    letter = Letter(
        decision_id=decision.id, facts=facts.to_json(), pdf=pdf, sha256=sha256_hex(pdf), made_at=actor.at
    )
    db.session.add(letter)
    db.session.flush()
    db.session.expire(decision, ["letter"])
    audit.record(
        actor,
        "letter.make",
        decision.audit_chain,
        f"letter:{letter.id}",
        {},
        {"decision": decision.id, "sha256": letter.sha256},
    )
    _tell(actor, decision, facts)
    return letter


def _facts(actor: Actor, decision: Decision) -> LetterFacts:
    application = decision.application
    round_, version = application.round, application.current_version
    assert version is not None
    content = applications.content_of(version)
    rules = rounds.rules_of(round_)
    announced = clock.local_date(actor.at)
    objection = terms.objection(announced)
    advice = _advice_of(decision)
    decider = db.session.get_one(User, decision.decided_by)
    account = reporting = until = None
    if decision.outcome != Outcome.REFUSED:
        reporting = round_rules.reporting_of(round_.instrument, rules)
        account = round_rules.account_for(reporting, decision.amount)
        until = round_rules.determination_by(
            round_.instrument, account, dt.date.fromisoformat(content.plan.ends_on)
        )
    return LetterFacts(
        reference=application.reference,
        number=decision.number,
        title=content.project.title,
        applicant=application.organisation.name,
        contact_name=content.contact.name,
        contact_function=content.contact.function,
        scheme=round_.scheme.name,
        round_title=round_.title,
        instrument=round_.instrument.value,
        legal_basis=round_.legal_basis,
        publication_reference=round_.publication_reference,
        articles=tuple(round_.articles),
        rules_sha256=rounds.rule_set(round_).sha256,
        submitted_on=clock.local_date(version.submitted_at).isoformat(),
        version_sha256=version.sha256,
        outcome=decision.outcome.value,
        requested=application.requested,
        minimum=application.minimum,
        amount=decision.amount,
        ground=decision.ground.value if decision.ground else "",
        reason=decision.reason,
        summary=content.project.summary,
        theme=application.theme.name if application.theme else "",
        regions=tuple(region.name for region in application.regions),
        partners=tuple(partner.name for partner in content.reach.partners if partner.name),
        starts_on=content.plan.starts_on,
        ends_on=content.plan.ends_on,
        merit=assessment.merits(round_.id).get(application.id),
        min_merit=rules.min_merit,
        advice_on=clock.local_date(advice).isoformat() if advice else "",
        decided_on=clock.local_date(decision.decided_at).isoformat(),
        decided_by=decision.decided_by_name,
        decided_for=decider.organisation.name if decider.organisation else "",
        announced_at=actor.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        objection_until=objection.last_day.isoformat(),
        objection_shift=objection.reason,
        objection_by_post=terms.objection_by_post(announced).last_day.isoformat(),
        objection_address=rules.objection_address,
        account=account.value if account else "",
        sisa_code=reporting.sisa_code if reporting else "",
        determination_by=until.isoformat() if until else "",
        invented=invented(application),
        progress=(round_rules.progress_for(account) if account else Progress.NONE).value,
    )


def invented(application: Application) -> tuple[str, ...]:
    """Sentences that say what is made up about an application."""
    own = (INVENTED,) if application.invented else ()
    return (*own, *((application.round.invented,) if application.round.invented else ()))


def _advice_of(decision: Decision) -> dt.datetime | None:
    """When the advice was given that this decision follows."""
    line = queries.line_of(decision.application_id)
    return line.advice.given_at if line else None


def _tell(actor: Actor, decision: Decision, facts: LetterFacts) -> None:
    until = dt.date.fromisoformat(facts.objection_until)
    letter = mail.decided(facts.reference, facts.applicant, until, bool(facts.invented))
    key, thing = f"decision:{decision.id}", f"decision:{decision.id}"
    application_service.tell(actor, decision.application, key, letter, kind=MailKind.DECISION, thing=thing)
