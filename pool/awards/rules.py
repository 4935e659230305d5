"""Who may advise, prepare, decide and publish, and which amounts an advice may hold."""

from __future__ import annotations

from pool.applications.models import Application
from pool.applications.states import ApplicationState
from pool.core.access import YES, Actor, Role, Verdict, no
from pool.core.money import format_euros
from pool.core.text import format_points
from pool.rounds.inputs import RoundRules
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES, RoundState

from .models import Advice, Proposal
from .states import AdviceState, ProposalState

ADVISED_STATES = frozenset({RoundState.IN_DECISION}) | DECIDED_STATES
"""States of a round in which there is something to advise on or to decide."""
ADVICE_READERS = (Role.CHAIR, Role.PROGRAMME, Role.DECIDER, Role.AUDITOR)
DRAFT_READERS = (Role.CHAIR, Role.PROGRAMME)
"""Who sees an advice before it is given."""

BARRED = (
    "U hebt een belang bij een aanvraag in deze ronde. Een advies weegt alle aanvragen tegen elkaar af. "
    "Daarom ziet en doet u niets bij het advies en de besluiten van deze ronde."
)
LIMITS = {"note": 4000, "reason": 4000, "line_reason": 2000}
"""Longest texts, in characters."""


def _in_decision(round_: Round) -> Verdict:
    if round_.state == RoundState.IN_DECISION:
        return YES
    if round_.state in DECIDED_STATES:
        return no("De besluiten van deze ronde zijn al bekendgemaakt.", "state")
    return no("De commissie heeft de kwaliteitsscores van deze ronde nog niet vastgesteld.", "early")


def _as(actor: Actor, role: Role, round_: Round, barred: bool) -> Verdict:
    if not actor.has(role):
        return no(f"Alleen iemand met de rol {role.label} kan dit.")
    return no(BARRED, "barred") if barred else _in_decision(round_)


# --- the advice -------------------------------------------------------------------------------------------


def can_see_advice(actor: Actor, round_: Round, advice: Advice | None, barred: bool) -> Verdict:
    """See the advice of a round: the committee and those who help it at once, others when it is given."""
    if not actor.has(*ADVICE_READERS):
        return no("U heeft geen toegang tot deze pagina.")
    if barred:
        return no(BARRED, "barred")
    if round_.state not in ADVISED_STATES:
        return _in_decision(round_)
    if actor.has(*DRAFT_READERS) or (advice is not None and advice.state == AdviceState.GIVEN):
        return YES
    return no("De commissie heeft haar advies nog niet gegeven.", "early")


def can_advise(actor: Actor, round_: Round, barred: bool) -> Verdict:
    """Begin the advice of a round. barred: the actor has an interest in one of its applications."""
    return _as(actor, Role.CHAIR, round_, barred)


def can_change(actor: Actor, advice: Advice, barred: bool) -> Verdict:
    """Change the lines of an advice."""
    if advice.state != AdviceState.DRAFT:
        return no("Het advies is gegeven en verandert niet meer.", "state")
    return _as(actor, Role.CHAIR, advice.round, barred)


def can_move_advice(actor: Actor, advice: Advice) -> Verdict:
    return _as(actor, Role.CHAIR, advice.round, barred=False)


def line_problem(
    application: Application, rules: RoundRules, merit: int | None, computed: int, amount: int
) -> str:
    """Why this amount (cents) cannot be advised for an application, in Dutch; empty when it can."""
    if amount in (0, computed):
        return ""
    if application.state != ApplicationState.COMPLETE:
        return "Deze aanvraag is ingetrokken. Alleen een bedrag van nul kan nog."
    if computed == 0 and merit is not None and merit < rules.min_merit:
        return (
            f"De kwaliteitsscore is {format_points(merit)} punten. Onder {format_points(rules.min_merit)} punten wordt "
            "volgens de gepubliceerde regels niets toegekend."
        )
    if amount == application.requested:
        return ""
    if not rules.partial_awards:
        return f"In deze ronde kan alleen het hele bedrag ({format_euros(application.requested)}) of niets."
    if not application.minimum <= amount <= application.requested:
        return (
            f"Kies nul, of een bedrag van {format_euros(application.minimum)} (minimaal benodigd) tot en met "
            f"{format_euros(application.requested)} (gevraagd)."
        )
    if amount % rules.amount_step:
        return f"Kies een veelvoud van {format_euros(rules.amount_step)}."
    return ""


# --- the decisions ----------------------------------------------------------------------------------------


def can_prepare(actor: Actor, round_: Round, barred: bool) -> Verdict:
    return _as(actor, Role.PROGRAMME, round_, barred)


def can_revise(actor: Actor, proposal: Proposal) -> Verdict:
    """Change the text of a decision that is being prepared."""
    if proposal.state != ProposalState.PREPARED:
        return no("Over deze aanvraag is al besloten.", "decided")
    return _as(actor, Role.PROGRAMME, proposal.application.round, barred=False)


def can_decide(actor: Actor, proposal: Proposal) -> Verdict:
    """Take a prepared decision: a decider who had no hand in it."""
    allowed = _as(actor, Role.DECIDER, proposal.application.round, barred=False)
    if not allowed:
        return allowed
    if actor.user_id in proposal.preparers:
        return no("U heeft dit besluit zelf voorbereid. Iemand anders moet het nemen.", "own_preparation")
    if actor.organisation_id is not None and actor.organisation_id == proposal.application.organisation_id:
        return no("U werkt voor de aanvrager. Iemand anders moet dit besluit nemen.", "barred")
    if proposal.application.state != ApplicationState.COMPLETE:
        return no("Deze aanvraag is ingetrokken. Er is niets meer om over te besluiten.", "withdrawn")
    return YES


def can_publish(actor: Actor, round_: Round, barred: bool) -> Verdict:
    return _as(actor, Role.PROGRAMME, round_, barred)
