"""The committee's advice: begin it from a scenario, deviate with reasons, give it, and revise it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pool.allocation import queries as allocation
from pool.allocation import service as allocation_service
from pool.allocation.models import Scenario
from pool.allocation.states import ScenarioState
from pool.applications import queries as applications
from pool.applications.models import Application
from pool.applications.states import ApplicationState
from pool.assessment import queries as assessment
from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.money import format_euros
from pool.core.text import clean, fingerprint, join_words
from pool.rounds import queries as rounds
from pool.rounds.models import Budget, Round

from .. import queries, rules
from ..lifecycle import ADVICE
from ..models import Advice, AdviceLine, Proposal
from ..states import AdviceState, ProposalState
from .deciding import lapse_proposal


def begin_advice(actor: Actor, scenario: Scenario) -> Advice:
    """Begin the advice of a round: one line per application, with the amount that the scenario gives it.

    The scenario becomes the one that is explained and published. Raises Refused when it is not done, has no
    solution or lacks an application; Conflict when there is an advice already.
    """
    round_ = lock(Round, scenario.round_id)
    require(rules.can_advise(actor, round_, queries.is_barred(actor, round_.id)))
    earlier = queries.advices(round_.id)
    if any(a.state != AdviceState.WITHDRAWN for a in earlier):
        raise Conflict("advice", "Er is al een advies voor deze ronde.")
    body = allocation.outcome(scenario)
    if scenario.state != ScenarioState.DONE or body is None:
        raise Refused("scenario", "Deze verdeling is nog niet klaar.")
    if body["status"] == "infeasible":
        raise Refused("scenario", "Deze verdeling heeft geen uitkomst: de regels spreken elkaar tegen.")
    found = applications.complete_of_round(round_.id)
    known = set(scenario.snapshot.names.values())
    if any(a.id not in known for a in found):
        raise Refused("scenario", "Niet alle volledige aanvragen zitten in deze verdeling. Maak een nieuwe.")
    allocation_service.choose(actor, scenario)
    awards = allocation.awards_of(scenario)
    computed = {application.id: awards.get(application.id, 0) for application in found}
    lines = [AdviceLine(application_id=key, computed=cents, amount=cents) for key, cents in computed.items()]
    return _new(actor, round_.id, scenario.id, len(earlier) + 1, lines)


def _new(actor: Actor, round_id: int, scenario_id: int, number: int, lines: list[AdviceLine]) -> Advice:
    advice = Advice(
        round_id=round_id,
        number=number,
        scenario_id=scenario_id,
        created_at=actor.at,
        created_by=actor.user_id,
        lines=lines,
    )
    db.session.add(advice)
    db.session.flush()
    audit.record(
        actor,
        "advice.begin",
        advice.audit_chain,
        f"advice:{advice.id}",
        {},
        {"scenario": scenario_id, "number": number, "lines": len(lines)},
    )
    return advice


def _held(actor: Actor, advice: Advice) -> Advice:
    """The advice, locked, for an actor without an interest in its round."""
    if queries.is_barred(actor, advice.round_id):
        raise Refused("barred", rules.BARRED)
    return lock(Advice, advice.id)


def set_line(actor: Actor, advice: Advice, application_id: int, amount: int, reason: str) -> AdviceLine:
    """Advise an amount (cents, 0 is nothing) for an application. What differs from the scenario needs a reason.

    Raises Missing for an application that is not in the advice, InvalidMany beside the fields.
    """
    advice = _held(actor, advice)
    require(rules.can_change(actor, advice, barred=False))
    line = next((one for one in advice.lines if one.application_id == application_id), None)
    if line is None:
        raise Missing
    reason = clean(reason)
    merit = assessment.merits(advice.round_id).get(application_id)
    problems = []
    wrong = rules.line_problem(line.application, rounds.rules_of(advice.round), merit, line.computed, amount)
    if wrong:
        problems.append(Invalid("amount", wrong, "amount"))
    if amount != line.computed and not reason:
        text = f"De verdeling gaf {format_euros(line.computed)}. Schrijf waarom de commissie daarvan afwijkt."
        problems.append(Invalid("reason", text, "reason"))
    if len(reason) > rules.LIMITS["line_reason"]:
        problems.append(Invalid("reason", "De reden is te lang.", "reason"))
    if problems:
        raise InvalidMany(problems)
    before = {"amount": line.amount, "reason": line.reason}
    line.amount, line.reason = amount, reason if amount != line.computed else ""
    audit.record(
        actor,
        "advice.set_line",
        advice.audit_chain,
        f"application:{application_id}",
        before,
        {"amount": line.amount, "computed": line.computed, "advice": advice.id},
        line.reason,
    )
    return line


def give_problems(advice: Advice, ceiling: int) -> list[Invalid]:
    """What stands in the way of giving this advice, in Dutch. ceiling in cents."""
    problems = []
    gone = [
        line.application.reference
        for line in advice.lines
        if line.amount and line.application.state != ApplicationState.COMPLETE
    ]
    if gone:
        text = f"Ingetrokken, maar nog met een bedrag: {join_words(gone)}. Zet dat bedrag op nul."
        problems.append(Invalid("withdrawn", text))
    if advice.total > ceiling:
        text = (
            f"Het advies is samen {format_euros(advice.total)}. Dat is {format_euros(advice.total - ceiling)} meer dan "
            f"het plafond van {format_euros(ceiling)}."
        )
        problems.append(Invalid("over_ceiling", text))
    return problems


def give_advice(actor: Actor, advice: Advice, note: str = "") -> Advice:
    """Give the advice to the programme team and the decider; from then on its lines are fixed.

    note: what the committee wants to say about the whole. Raises InvalidMany over the ceiling or with money for
    an application that was withdrawn.
    """
    advice = _held(actor, advice)
    require(ADVICE.may(actor, advice, "give"))
    note = clean(note)
    problems = give_problems(advice, lock(Budget, advice.round_id).ceiling)
    if len(note) > rules.LIMITS["note"]:
        problems.append(Invalid("note", "De toelichting is te lang.", "note"))
    if problems:
        raise InvalidMany(problems)
    advice.note, advice.given_at, advice.given_by = note, actor.at, actor.user_id
    advice.given_by_name = actor.name
    advice.sha256 = fingerprint(_body(advice))
    for line in advice.lines:
        line.fixed = True
    facts = {
        "sha256": advice.sha256,
        "total": advice.total,
        "awards": sum(line.amount > 0 for line in advice.lines),
        "deviations": sum(line.deviates for line in advice.lines),
    }
    ADVICE.move(actor, advice, "give", facts=facts)
    return advice


def _body(advice: Advice) -> dict[str, Any]:
    """What an advice says, for its hash."""
    return {
        "round": advice.round.slug,
        "number": advice.number,
        "problem_sha256": advice.scenario.snapshot.sha256,
        "note": advice.note,
        "lines": [
            {
                "application": line.application.reference,
                "computed": line.computed,
                "amount": line.amount,
                "reason": line.reason,
            }
            for line in advice.lines
        ],
    }


def discard_advice(actor: Actor, advice: Advice, reason: str) -> None:
    """Put a draft aside, so that the committee can begin again, from another scenario if it likes."""
    advice = _held(actor, advice)
    _drop(actor, advice, "discard", reason)


def withdraw_advice(actor: Actor, advice: Advice, reason: str) -> Advice:
    """Take back an advice that was given, before anything is decided on it; the answer is a new draft with its lines.

    Decisions in preparation lapse. Raises Refused when a decision was taken.
    """
    advice = _held(actor, advice)
    require(ADVICE.may(actor, advice, "withdraw"))
    # Whoever is deciding right now holds a row of these; after waiting, what was decided is seen.
    waiting = (
        select(Proposal.id)
        .join(Application, Application.id == Proposal.application_id)
        .where(Application.round_id == advice.round_id)
        .order_by(Proposal.application_id)
        .with_for_update(of=Proposal)
    )
    db.session.scalars(waiting).all()
    if queries.is_decided(advice.round_id):
        raise Refused(
            "decided", "Er is al een besluit genomen op dit advies. Het kan niet meer worden herzien."
        )
    for proposal in queries.proposals(advice.round_id):
        if proposal.state == ProposalState.PREPARED:
            lapse_proposal(actor, proposal, "Het advies is herzien.")
    _drop(actor, advice, "withdraw", reason)
    complete = {a.id for a in applications.complete_of_round(advice.round_id)}
    lines = [
        AdviceLine(
            application_id=line.application_id, computed=line.computed, amount=line.amount, reason=line.reason
        )
        for line in advice.lines
        if line.application_id in complete
    ]
    return _new(actor, advice.round_id, advice.scenario_id, advice.number + 1, lines)


def _drop(actor: Actor, advice: Advice, move: str, reason: str) -> None:
    reason = clean(reason)
    if not reason:
        raise Invalid("reason", "Geef de reden.", "reason")
    if len(reason) > rules.LIMITS["reason"]:
        raise Invalid("reason", "De reden is te lang.", "reason")
    require(ADVICE.may(actor, advice, move))
    advice.withdrawn_at, advice.withdrawn_reason = actor.at, reason
    ADVICE.move(actor, advice, move, reason)
