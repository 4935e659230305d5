"""Who may see and make allocations, and when."""

from __future__ import annotations

from pool.core.access import YES, Actor, Role, Verdict, no
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES, RoundState

from .models import Scenario
from .states import ScenarioState

READERS = (Role.CHAIR, Role.PROGRAMME, Role.DECIDER, Role.AUDITOR)
MAKERS = (Role.CHAIR, Role.PROGRAMME)
ALLOCATED_STATES = frozenset({RoundState.IN_DECISION}) | DECIDED_STATES
"""States of a round in which there are merits to allocate on."""

BARRED = (
    "U hebt een belang bij een aanvraag in deze ronde. In de verdeling hangt alles met elkaar samen. "
    "Daarom ziet u de verdeling van deze ronde niet."
)
TOO_EARLY = "Verdelen kan als de commissie de kwaliteitsscores van deze ronde heeft vastgesteld."


def can_see(actor: Actor, round_: Round, barred: bool) -> Verdict:
    """See the allocations of a round. barred: the actor has an interest in one of its applications."""
    if not actor.has(*READERS):
        return no("U heeft geen toegang tot deze pagina.")
    if barred:
        return no(BARRED, "barred")
    if round_.state not in ALLOCATED_STATES:
        return no(TOO_EARLY, "early")
    return YES


def can_make(actor: Actor, round_: Round, barred: bool) -> Verdict:
    """Make a scenario: from the adopted merits until the decisions are published."""
    if not actor.has(*MAKERS):
        return no("Alleen de voorzitter en het programmateam kunnen een verdeling laten maken.")
    if round_.state in DECIDED_STATES:
        return no("Over deze ronde is al besloten. Een nieuwe verdeling kan niet meer.", "state")
    return can_see(actor, round_, barred)


def can_choose(actor: Actor, scenario: Scenario) -> Verdict:
    """Take a scenario as the base of the advice."""
    if not actor.has(*MAKERS):
        return no("Alleen de voorzitter en het programmateam kunnen dit.")
    if scenario.state != ScenarioState.DONE:
        return no("Deze verdeling is nog niet klaar.", "state")
    return YES
