"""Who may do what while a committee assesses."""

from __future__ import annotations

from pool.core.access import YES, Actor, Role, Verdict, no
from pool.rounds.models import Round
from pool.rounds.states import RoundState

from .models import Assessment, Assignment, AssignmentPlan
from .states import AssessmentState

ASSESSED_STATES = frozenset(
    {
        RoundState.IN_ASSESSMENT,
        RoundState.IN_DECISION,
        RoundState.DECIDED,
        RoundState.IN_PROGRESS,
        RoundState.FINISHED,
    }
)
"""States of a round in which the committee has its files."""
COMMITTEE = (Role.ASSESSOR, Role.CHAIR)

ONLY_CHAIR = "Alleen de voorzitter kan dit."
ONLY_PROGRAMME = "Alleen het programmateam kan dit."
FIXED = "De kwaliteitsscores van deze ronde zijn vastgesteld. Er kan niets meer veranderen."


def is_closed(actor: Actor, round_: Round) -> bool:
    """Whether applying is over, by the state or by the published moment."""
    early = {RoundState.PUBLISHED, RoundState.OPEN}
    return round_.state == RoundState.CLOSED or (round_.state in early and actor.at > round_.closes_at)


def _while_assessing(round_: Round) -> Verdict:
    if round_.state == RoundState.IN_ASSESSMENT:
        return YES
    if round_.state in ASSESSED_STATES:
        return no(FIXED, "state")
    return no("De beoordeling van deze ronde is nog niet begonnen.", "state")


def can_know_plan(actor: Actor) -> Verdict:
    """Know of a plan that is not final: the programme team, but for who sits in the committee too."""
    if not actor.has(Role.PROGRAMME):
        return no(ONLY_PROGRAMME)
    if actor.has(*COMMITTEE):
        return no("U zit zelf in de commissie. Iemand anders van het programmateam maakt het plan.")
    return YES


def can_plan(actor: Actor, round_: Round) -> Verdict:
    """Plan who reads what: from the closing of the round until the merits are adopted."""
    known = can_know_plan(actor)
    if not known:
        return known
    if is_closed(actor, round_):
        return YES
    if round_.state in (RoundState.DRAFT, RoundState.PUBLISHED, RoundState.OPEN):
        return no("Toewijzen kan als de ronde gesloten is.", "early")
    return _while_assessing(round_)


def can_change_plan(actor: Actor, plan: AssignmentPlan) -> Verdict:
    """Adjust a plan, make it final or throw it away."""
    return can_plan(actor, plan.round)


def can_add(actor: Actor, round_: Round) -> Verdict:
    """Let one more assessor read an application at once: while the committee is at work."""
    if not actor.has(Role.PROGRAMME):
        return no(ONLY_PROGRAMME)
    if is_closed(actor, round_):
        return no("Maak eerst een plan en stel het vast. Daarna kunt u beoordelaars toevoegen.", "state")
    return _while_assessing(round_)


def can_remind(actor: Actor, round_: Round) -> Verdict:
    """Say until when assessors score, and remind who is not ready: while the committee is at work."""
    if not actor.has(Role.PROGRAMME):
        return no(ONLY_PROGRAMME)
    return _while_assessing(round_)


def can_unassign(actor: Actor, assignment: Assignment) -> Verdict:
    """End an assignment: programme team and chair, as long as the scores are not handed in."""
    if not actor.has(Role.PROGRAMME, Role.CHAIR):
        return no("Alleen het programmateam en de voorzitter kunnen dit.")
    round_ = assignment.application.round
    if round_.state in ASSESSED_STATES - {RoundState.IN_ASSESSMENT}:
        return no(FIXED, "state")
    if assignment.ended_at is not None:
        return no("Deze toewijzing is al beëindigd.", "state")
    assessment = assignment.assessment
    if assessment is not None and not assessment.quarantined and assessment.state != AssessmentState.DRAFT:
        return no("Deze beoordeling is al ingediend en telt mee.", "state")
    return YES


def can_abstain(actor: Actor, assignment: Assignment) -> Verdict:
    """Give an application back that one is to read, as long as the scores are not handed in."""
    if assignment.user_id != actor.user_id or not actor.has(Role.ASSESSOR):
        return no("Dit is niet uw beoordeling.")
    if assignment.ended_at is not None:
        return no("Deze toewijzing is al beëindigd.", "state")
    assessment = assignment.assessment
    if assessment is not None and assessment.state != AssessmentState.DRAFT:
        return no("U hebt deze beoordeling al ingediend. U kunt haar niet meer teruggeven.", "state")
    return _while_assessing(assignment.application.round)


def can_record_interest(actor: Actor) -> Verdict:
    """Record an interest for another member of the committee."""
    return YES if actor.has(Role.CHAIR) else no(ONLY_CHAIR)


def can_decide_measure(actor: Actor, user_id: int) -> Verdict:
    """Decide what an interest of a member means."""
    if not actor.has(Role.CHAIR):
        return no(ONLY_CHAIR)
    return no("Over een eigen belang beslist u niet zelf.") if actor.user_id == user_id else YES


def can_score(actor: Actor, assessment: Assessment) -> Verdict:
    """Change one's own scores."""
    assignment = assessment.assignment
    if assignment.user_id != actor.user_id or not actor.has(Role.ASSESSOR):
        return no("Dit is niet uw beoordeling.")
    if assessment.quarantined or assignment.ended_at is not None:
        return no("Deze beoordeling telt niet meer mee.", "state")
    if assessment.state != AssessmentState.DRAFT:
        return no(
            f"Uw beoordeling is al {assessment.state.label}. U kunt de scores niet meer wijzigen.", "state"
        )
    return _while_assessing(assignment.application.round)


def can_reopen(actor: Actor, assessment: Assessment) -> Verdict:
    """Give submitted scores back to their assessor, until the merits are adopted."""
    if not actor.has(Role.CHAIR):
        return no(ONLY_CHAIR)
    if assessment.quarantined:
        return no("Deze beoordeling telt niet meer mee.", "state")
    return _while_assessing(assessment.assignment.application.round)


def can_lock(actor: Actor, _assessment: Assessment) -> Verdict:
    return YES if actor.has(Role.CHAIR) else no(ONLY_CHAIR)


def can_see_progress(actor: Actor, _round: Round | None = None) -> Verdict:
    """See who still has to score, and which interests were declared."""
    return YES if actor.has(Role.CHAIR, Role.PROGRAMME) else no("U heeft geen toegang tot deze pagina.")


def can_see_results(actor: Actor, round_: Round, open_own: int) -> Verdict:
    """See scores of others as a list. open_own: assessments the actor still has to hand in for this round.

    Whoever leads or supports the committee sees them at once, unless the own scores are still to come; the other
    members see them when the merits are adopted.
    """
    if round_.state not in ASSESSED_STATES:
        return no("De beoordeling van deze ronde is nog niet begonnen.", "state")
    if round_.state != RoundState.IN_ASSESSMENT and actor.has(*COMMITTEE, Role.PROGRAMME):
        return YES
    if not actor.has(Role.CHAIR, Role.PROGRAMME):
        return no("U ziet de uitslag als de commissie haar heeft vastgesteld.", "blind")
    if open_own:
        return no("Dien eerst uw eigen beoordelingen in. Daarna ziet u de uitslag.", "blind")
    return YES


def can_see_coverage(actor: Actor, round_: Round, open_own: int) -> Verdict:
    """See which application tackles which bottleneck: as results, and once the merits are adopted decider and auditor."""
    if actor.has(Role.DECIDER, Role.AUDITOR) and round_.state in ASSESSED_STATES - {RoundState.IN_ASSESSMENT}:
        return YES
    return can_see_results(actor, round_, open_own)


def can_have_figures(actor: Actor, round_: Round, open_own: int) -> Verdict:
    """Have the statistics of a round worked out: whoever may see results, and a member with all own scores in."""
    if can_see_results(actor, round_, open_own):
        return YES
    return can_see_own_figures(actor, round_, open_own)


def can_see_own_figures(actor: Actor, round_: Round, open_own: int) -> Verdict:
    """See how the own scores compare with those of others."""
    if not actor.has(Role.ASSESSOR):
        return no("U heeft geen toegang tot deze pagina.")
    if round_.state not in ASSESSED_STATES:
        return no("De beoordeling van deze ronde is nog niet begonnen.", "state")
    if open_own:
        return no("Dien eerst al uw beoordelingen in. Daarna ziet u hoe uw scores zich verhouden.", "blind")
    return YES


def can_order_ties(actor: Actor, round_: Round) -> Verdict:
    """Put own equal totals in order, until the merits are adopted."""
    return _while_assessing(round_) if actor.has(Role.ASSESSOR) else no("Dit zijn niet uw scores.")


def can_record_outcome(actor: Actor, round_: Round) -> Verdict:
    """Record what the committee agreed about an application."""
    return _while_assessing(round_) if actor.has(Role.CHAIR) else no(ONLY_CHAIR)


def can_adopt(actor: Actor, round_: Round) -> Verdict:
    """Adopt the merits of a round."""
    return _while_assessing(round_) if actor.has(Role.CHAIR) else no(ONLY_CHAIR)
