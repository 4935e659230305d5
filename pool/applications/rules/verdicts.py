"""Who may do what with an application."""

from __future__ import annotations

from pool.core.access import YES, Actor, Role, Verdict, no
from pool.core.text import format_moment
from pool.rounds import rules as round_rules
from pool.rounds.inputs import RoundRules
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES, RoundState

from ..models import Application
from ..states import RECEIVED, ApplicationState
from .check import supplement_sections

S = ApplicationState


def is_own(actor: Actor, application: Application) -> bool:
    return actor.has(Role.APPLICANT) and actor.organisation_id == application.organisation_id


def _only_own(actor: Actor, application: Application) -> Verdict:
    return YES if is_own(actor, application) else no("Alleen de gemeente die aanvraagt kan dit.")


def can_start(actor: Actor, round_: Round) -> Verdict:
    if not actor.has(Role.APPLICANT) or actor.organisation_id is None:
        return no("Alleen een gemeente kan aanvragen.")
    return round_rules.accepts_applications(round_, actor.at)


def can_submit(actor: Actor, application: Application) -> Verdict:
    return _only_own(actor, application) and round_rules.accepts_applications(application.round, actor.at)


def can_supplement(actor: Actor, application: Application) -> Verdict:
    if not is_own(actor, application):
        return _only_own(actor, application)
    until = application.supplement_until
    if application.state != S.SUPPLEMENT_REQUESTED or until is None:
        return no("Er is niet om een aanvulling gevraagd.", "state")
    if actor.at > until:
        return no(f"U kon aanvullen tot en met {format_moment(until)}. Dat is voorbij.", "late")
    return YES


def can_edit_section(application: Application, section: str, rules: RoundRules) -> Verdict:
    """Whether this section is one that may change: all of them, or under supplement those that are asked for."""
    asked = application.state == S.SUPPLEMENT_REQUESTED
    if asked and section not in supplement_sections(application, rules):
        return no("Over dit onderdeel is geen aanvulling gevraagd.", "not_asked")
    return YES


def can_edit(actor: Actor, application: Application) -> Verdict:
    """Whether the text can change now."""
    if application.state == S.WITHDRAWN:
        return no("Deze aanvraag is ingetrokken.", "state")
    if application.state == S.SUPPLEMENT_REQUESTED:
        return can_supplement(actor, application)
    verdict = can_submit(actor, application)
    if not verdict and verdict.code == "late" and application.state in RECEIVED:
        return no("De ronde is gesloten. Na sluiting verandert u alleen waar wij om vragen.", "late")
    return verdict


def can_withdraw(actor: Actor, application: Application) -> Verdict:
    if application.round.state in DECIDED_STATES:
        return no("Over deze ronde is besloten. U kunt uw aanvraag niet meer intrekken.", "decided")
    return _only_own(actor, application)


def can_check(actor: Actor, application: Application) -> Verdict:
    if not actor.has(Role.PROGRAMME):
        return no("Alleen het programmateam kan dit.")
    until = application.supplement_until
    if application.state == S.SUPPLEMENT_REQUESTED and until is not None and actor.at <= until:
        return no(f"De gemeente kan nog aanvullen tot en met {format_moment(until)}.", "early")
    return YES


def can_extend(actor: Actor, _application: Application) -> Verdict:
    return YES if actor.has(Role.PROGRAMME) else no("Alleen het programmateam kan dit.")


BEFORE_ASSESSMENT = frozenset({RoundState.PUBLISHED, RoundState.OPEN, RoundState.CLOSED})


def can_reconsider(actor: Actor, application: Application) -> Verdict:
    if not actor.has(Role.PROGRAMME):
        return no("Alleen het programmateam kan dit.")
    if application.round.state not in BEFORE_ASSESSMENT:
        return no("De beoordeling is begonnen. De uitkomst van de toets verandert niet meer.", "late")
    return YES


VIEW_CLOSED = frozenset({RoundState.IN_DECISION}) | DECIDED_STATES


def can_give_view(actor: Actor, application: Application, region_id: int, rules: RoundRules) -> Verdict:
    if not actor.has(Role.REGIONAL_LEAD) or region_id not in actor.region_ids:
        return no("Alleen de regionaal projectleider van deze regio kan dit.")
    if not rules.regional_views:
        return no("In deze ronde vragen we geen regionale zienswijze.")
    if region_id not in {link.region_id for link in application.region_links}:
        return no("Deze aanvraag is niet voor uw regio.")
    if application.state not in RECEIVED:
        return no("Deze aanvraag is niet (meer) ingediend.", "state")
    if application.round.state in VIEW_CLOSED:
        return no("De ronde is in besluitvorming. U kunt geen zienswijze meer geven.", "late")
    return YES
