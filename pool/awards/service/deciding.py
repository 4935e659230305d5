"""From advice to decision: prepare, write, decide under the ceiling, publish."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from pool.allocation import queries as allocation
from pool.applications import queries as applications
from pool.applications.models import Application
from pool.applications.states import ApplicationState
from pool.assessment import queries as assessment
from pool.core import audit, jobs, signals
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, PoolError, Refused
from pool.core.text import clean, plural
from pool.rounds import queries as rounds
from pool.rounds import service as rounds_service
from pool.rounds.models import Budget, Round

from .. import queries, rules, wording
from ..inputs import ProposalInput
from ..lifecycle import PROPOSAL
from ..models import Advice, AdviceLine, Decision, Proposal
from ..states import AdviceState, Ground, Outcome

# --- prepare ----------------------------------------------------------------------------------------------


def prepare(actor: Actor, round_: Round) -> list[Proposal]:
    """Prepare a decision per application from the advice that was given, with reasons from the facts.

    What was prepared before stays as it was written. Raises Refused before the advice is given.
    """
    require(rules.can_prepare(actor, round_, queries.is_barred(actor, round_.id)))
    advice = queries.given_advice(round_.id)
    if advice is None or lock(Advice, advice.id).state != AdviceState.GIVEN:
        raise Refused("early", "De commissie heeft haar advies nog niet gegeven.")
    there = {proposal.application_id for proposal in queries.proposals(round_.id)}
    todo = [
        line
        for line in advice.lines
        if line.application_id not in there and line.application.state == ApplicationState.COMPLETE
    ]
    facts = _reason_facts(round_, advice, todo)
    assert actor.user_id is not None
    made = []
    for line in todo:
        amount, application, f = line.amount, line.application, facts[line.application_id]
        proposal = Proposal(
            application_id=application.id,
            advice_id=advice.id,
            outcome=Outcome.of(amount, application.requested),
            amount=amount,
            ground=wording.suggested_ground(f),
            reason=wording.reason(f),
            prepared_at=actor.at,
            prepared_by=actor.user_id,
            prepared_by_name=actor.name,
            preparers=[actor.user_id],
        )
        db.session.add(proposal)
        db.session.flush()
        audit.record(
            actor,
            "proposal.prepare",
            proposal.audit_chain,
            f"proposal:{proposal.id}",
            {},
            {"outcome": proposal.outcome.value, "amount": amount, "advice": advice.id},
        )
        made.append(proposal)
    return made


def _reason_facts(round_: Round, advice: Advice, lines: list[AdviceLine]) -> dict[int, wording.ReasonFacts]:
    published = rounds.rules_of(round_)
    merits = assessment.merits(round_.id)
    asked = applications.complete_of_round(round_.id)
    ceiling = db.session.get_one(Budget, round_.id).ceiling
    problem = advice.scenario.snapshot.problem
    return {
        line.application_id: wording.ReasonFacts(
            requested=line.application.requested,
            minimum=line.application.minimum,
            amount=line.amount,
            computed=line.computed,
            merit=merits.get(line.application_id),
            min_merit=published.min_merit,
            ceiling=ceiling,
            asked=sum(a.requested for a in asked),
            count=len(asked),
            spread=any(problem["spread"]["steps"]),
            rule=advice.scenario.rule,
            deviation=line.reason,
            explanation=_explanation(advice, line, merits.get(line.application_id, 0) < published.min_merit),
        )
        for line in lines
    }


def _explanation(advice: Advice, line: AdviceLine, too_low: bool) -> str:
    """What the allocation says about an application that does not get all it asked, and what it would have taken.

    Others go by their names in the public file. Empty while the explanations are not there.
    """
    if line.deviates or line.amount == line.application.requested:
        return ""
    idents = {key: ident for ident, key in advice.scenario.snapshot.names.items()}
    found = allocation.explain(advice.scenario, idents[line.application_id], allocation.names([]))
    if found is None:
        return ""
    # First why, then what would have done; the score that was too low is said already.
    sections = found.sections[1 if too_low else 0 : 1 if line.amount else 2]
    return "\n\n".join(" ".join([*one.sentences, *one.points]) for one in sections)


def revise(actor: Actor, proposal: Proposal, given: ProposalInput) -> None:
    """Write the reason and the ground of a decision in preparation. The amount follows from the advice.

    Raises Conflict `stale` when somebody else wrote since the person began.
    """
    proposal = _hold(proposal.id)
    if queries.is_barred(actor, proposal.application.round_id):
        raise Refused("barred", rules.BARRED)
    require(rules.can_revise(actor, proposal))
    if given.version is not None and given.version != proposal.version:
        raise Conflict(
            "stale",
            f"{proposal.prepared_by_name} heeft dit besluit gewijzigd terwijl u bezig was. Bekijk eerst de nieuwe tekst.",
        )
    reason = clean(given.reason)
    problems = []
    if not reason:
        problems.append(Invalid("reason", "Schrijf waarom dit het besluit is.", "reason"))
    elif len(reason) > rules.LIMITS["reason"]:
        problems.append(Invalid("reason", "De tekst is te lang.", "reason"))
    ground = given.ground if proposal.outcome != Outcome.AWARDED else None
    if proposal.outcome != Outcome.AWARDED and ground is None:
        problems.append(Invalid("ground", "Kies de grond voor de afwijzing.", "ground"))
    if problems:
        raise InvalidMany(problems)
    assert actor.user_id is not None
    before = {"ground": _value(proposal.ground), "reason": proposal.reason}
    proposal.reason, proposal.ground = reason, ground
    proposal.prepared_at, proposal.prepared_by, proposal.prepared_by_name = (
        actor.at,
        actor.user_id,
        actor.name,
    )
    if actor.user_id not in proposal.preparers:
        proposal.preparers = [*proposal.preparers, actor.user_id]
    audit.record(
        actor,
        "proposal.revise",
        proposal.audit_chain,
        f"proposal:{proposal.id}",
        before,
        {"ground": _value(ground), "reason": reason},
    )


def _value(ground: Ground | None) -> str | None:
    return ground.value if ground else None


def _hold(ident: int) -> Proposal:
    """The proposal, locked; Conflict when it lapsed in the meantime."""
    try:
        return lock(Proposal, ident)
    except Missing as error:
        text = "Dit besluit is niet meer in voorbereiding. Laad de pagina opnieuw."
        raise Conflict("lapsed", text) from error


def lapse_proposal(actor: Actor, proposal: Proposal, reason: str) -> None:
    """Take a decision in preparation away: its advice was revised, or its application withdrawn."""
    audit.record(
        actor,
        "proposal.lapse",
        proposal.audit_chain,
        f"proposal:{proposal.id}",
        {"outcome": proposal.outcome.value, "amount": proposal.amount},
        {},
        reason,
    )
    db.session.delete(proposal)
    db.session.flush()


def let_go(actor: Actor, application: Application) -> None:
    """An application is being withdrawn: refuse when it was decided on, else drop what was prepared.

    The caller holds the application's row, as `decide` does.
    """
    if queries.decision_of(application.id) is not None:
        raise Refused("decided", "Over deze aanvraag is al besloten. U kunt haar niet meer intrekken.")
    prepared = db.session.scalar(
        select(Proposal).where(Proposal.application_id == application.id).with_for_update()
    )
    if prepared is not None:
        lapse_proposal(actor, prepared, "De aanvraag is ingetrokken.")


# --- decide -----------------------------------------------------------------------------------------------


def decide(actor: Actor, proposal: Proposal, version: int | None = None) -> Decision:
    """Take a prepared decision. Money leaves the round's budget in the same transaction, or nothing happens.

    version: of the proposal as the decider saw it. Raises Refused for who may not and for a second decision,
    Conflict `over_ceiling` when it does not fit, `stale` when it was rewritten, `lapsed` when it is gone.
    """
    # The application first: withdrawing it locks in the same order.
    application = lock(Application, proposal.application_id)
    proposal = _hold(proposal.id)
    require(PROPOSAL.may(actor, proposal, "decide"))
    if application.id in assessment.barred_applications(actor.user_id or 0):
        raise Refused("barred", "U hebt een belang bij deze aanvraag. Iemand anders moet dit besluit nemen.")
    if version is not None and version != proposal.version:
        raise Conflict(
            "stale", f"Het besluit over {application.reference} is net gewijzigd. Bekijk het eerst opnieuw."
        )
    if proposal.amount:
        rounds_service.commit_money(application.round_id, proposal.amount)
    assert actor.user_id is not None
    decision = Decision(
        application_id=application.id,
        round_id=application.round_id,
        number=1,
        outcome=proposal.outcome,
        amount=proposal.amount,
        ground=proposal.ground,
        reason=proposal.reason,
        prepared_by=proposal.prepared_by,
        prepared_at=proposal.prepared_at,
        decided_by=actor.user_id,
        decided_by_name=actor.name,
        decided_at=actor.at,
    )
    db.session.add(decision)
    db.session.flush()
    facts = {"decision": decision.id, "outcome": decision.outcome.value, "amount": decision.amount}
    PROPOSAL.move(actor, proposal, "decide", facts=facts)
    signals.decision_taken.send("awards", actor=actor, decision=decision)
    jobs.enqueue("letter", f"letter:{decision.id}", {"decision_id": decision.id})
    # The chain of the round comes last: everybody who decides in it waits here, and not for long.
    audit.record(
        actor,
        "decision.take",
        f"round:{decision.round_id}",
        f"decision:{decision.id}",
        {},
        {"application": application.reference, **facts},
    )
    return decision


def decide_several(actor: Actor, round_id: int, chosen: Mapping[int, int]) -> list[Decision]:
    """Take several prepared decisions of a round at once: all of them, or none when one is refused.

    chosen: key of a proposal to its version as the decider saw it. The refusal says which application it is about.
    """
    if not chosen:
        raise Invalid("chosen", "Kies over welke aanvragen u nu besluit.", "chosen")
    found = [p for p in queries.proposals(round_id) if p.id in chosen]
    if len(found) < len(chosen):
        raise Conflict(
            "lapsed", "Een van deze besluiten is niet meer in voorbereiding. Laad de pagina opnieuw."
        )
    # In one order for everybody, so that two deciders never wait for each other.
    taken = []
    for proposal in found:
        try:
            taken.append(decide(actor, proposal, chosen[proposal.id]))
        except PoolError as error:
            name = proposal.application.reference
            text = f"{name}: {error.message} Er is nu niets besloten."
            raise type(error)(error.code, text, "chosen") from error
    return taken


# --- publish ----------------------------------------------------------------------------------------------


def publish_decisions(actor: Actor, round_: Round) -> None:
    """Publish the decisions of a round when all are taken: the register shows the awards, the projects begin."""
    round_ = lock(Round, round_.id)
    require(rules.can_publish(actor, round_, queries.is_barred(actor, round_.id)))
    still = len(queries.undecided(round_.id))
    if still:
        text = f"Over {plural(still, 'aanvraag', 'aanvragen')} is nog geen besluit genomen."
        raise Refused("undecided", text)
    rounds_service.move(actor, round_, "decide")
    rounds_service.move(actor, round_, "start_progress")
