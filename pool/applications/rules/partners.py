"""Who may ask a partner to confirm, and who may answer."""

from __future__ import annotations

from pool.core.access import YES, Actor, Role, Verdict, no
from pool.rounds import rules as round_rules

from ..models import Application
from ..models_together import PartnerRequest
from ..states import ApplicationState
from .verdicts import BEFORE_ASSESSMENT, is_own

INVITATION_DAYS = 21
"""How long the link of an invitation opens."""
MAX_SENT = 10
"""How often one request can be sent, so that nobody is flooded with mail."""

_OVER = frozenset({ApplicationState.WITHDRAWN, ApplicationState.INADMISSIBLE})


def partners_can_answer(application: Application, actor: Actor) -> Verdict:
    """Whether a confirmation still counts now: until the assessment begins, so that all assessors read the same."""
    if application.state in _OVER:
        return no("Deze aanvraag loopt niet meer.", "state")
    if application.round.state not in BEFORE_ASSESSMENT:
        return no("De beoordeling is begonnen. Bevestigen kan niet meer.", "late")
    if application.state == ApplicationState.DRAFT:
        return round_rules.accepts_applications(application.round, actor.at)
    return YES


def can_ask_partners(actor: Actor, application: Application) -> Verdict:
    if not is_own(actor, application):
        return no("Alleen de gemeente die aanvraagt kan dit.")
    return partners_can_answer(application, actor)


def can_change_request(actor: Actor, request: PartnerRequest) -> Verdict:
    """Send again or take back."""
    return can_ask_partners(actor, request.application)


def can_answer(actor: Actor, request: PartnerRequest) -> Verdict:
    """Somebody of the organisation or region that was asked; for an invitation, whoever holds its link.

    The edge lets only the holder of the link near an invitation.
    """
    if request.email:
        mine = actor.organisation_id is None or actor.organisation_id != request.application.organisation_id
    elif request.region_id is not None:
        mine = actor.has(Role.REGIONAL_LEAD) and request.region_id in actor.region_ids
    else:
        mine = actor.has(Role.APPLICANT) and request.organisation_id == actor.organisation_id
    if not mine or actor.has(Role.ASSESSOR, Role.CHAIR):
        return no("Dit verzoek is niet aan u gericht.")
    if request.expires_at is not None and actor.at > request.expires_at:
        return no("De link in uw mail is verlopen. Vraag de gemeente om een nieuwe.", "late")
    return partners_can_answer(request.application, actor)
