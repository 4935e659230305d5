"""Who may do what around a panel meeting.

A deputy is given the chair's role for one application before these are asked (`queries.acting`), so that they, and
all other rules of the committee, need not know about deputies.
"""

from __future__ import annotations

from pool.core.access import YES, Actor, Role, Verdict, no
from pool.rounds.models import Round
from pool.rounds.states import RoundState

from .models_meeting import Meeting, MeetingItem
from .rules import ASSESSED_STATES, FIXED, ONLY_CHAIR, ONLY_PROGRAMME
from .states import MeetingState

READERS = (Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME, Role.AUDITOR)
"""Who may open the pages of a meeting; each sees only what is not hidden from them."""


def _while_assessing(round_: Round) -> Verdict:
    if round_.state == RoundState.IN_ASSESSMENT:
        return YES
    if round_.state in ASSESSED_STATES:
        return no(FIXED, "state")
    return no("De beoordeling van deze ronde is nog niet begonnen.", "state")


def can_appoint_deputy(actor: Actor, round_: Round) -> Verdict:
    """Appoint or release a deputy of the chair, until the merits are adopted."""
    return _while_assessing(round_) if actor.has(Role.PROGRAMME) else no(ONLY_PROGRAMME)


def can_open_file(must_still: str) -> Verdict:
    """See what others said about an application as a deputy. must_still: see `queries.must_still`."""
    if must_still == "interest":
        return no("Zeg eerst of u een belang hebt bij deze aanvraag.", "interest")
    if must_still == "scores":
        return no("Dien eerst uw eigen scores voor deze aanvraag in.", "blind")
    return YES


def can_plan(actor: Actor, round_: Round) -> Verdict:
    """Plan a meeting of a round."""
    return _while_assessing(round_) if actor.has(Role.CHAIR) else no(ONLY_CHAIR)


def can_lead(actor: Actor, meeting: Meeting) -> Verdict:
    """Change the plan, begin, end."""
    return can_plan(actor, meeting.round)


def can_change(actor: Actor, meeting: Meeting) -> Verdict:
    """Change what is on the agenda, when and where."""
    if meeting.state not in (MeetingState.PLANNED, MeetingState.RUNNING):
        return no(f"Dit kan niet meer: de vergadering is {meeting.state.label}.", "state")
    return can_lead(actor, meeting)


def can_handle(actor: Actor, item: MeetingItem) -> Verdict:
    """Discuss an item, while its meeting is going on."""
    if item.meeting.state != MeetingState.RUNNING:
        return no("Dit kan alleen tijdens de vergadering.", "state")
    return can_lead(actor, item.meeting)


def can_approve(actor: Actor, meeting: Meeting) -> Verdict:
    """Approve the minutes, or the part of them that one may see. Also after the merits were adopted."""
    if meeting.state != MeetingState.CLOSED:
        return no("Het verslag kan pas na de vergadering worden goedgekeurd.", "state")
    if meeting.minutes is not None:
        return no("Het verslag is al goedgekeurd.", "state")
    return YES if actor.has(Role.CHAIR) else no(ONLY_CHAIR)


def dossier_rounds(actor: Actor) -> frozenset[RoundState]:
    """States of a round in which this person may have dossiers: an auditor once the merits are adopted."""
    if actor.has(Role.CHAIR, Role.PROGRAMME, Role.ASSESSOR):
        return ASSESSED_STATES
    return ASSESSED_STATES - {RoundState.IN_ASSESSMENT} if actor.has(Role.AUDITOR) else frozenset()


def can_produce_dossier(actor: Actor, *, coded: bool) -> Verdict:
    """Make a dossier: with names for whoever leads, supports or audits; coded, to hand out, by the programme team."""
    if coded:
        return YES if actor.has(Role.PROGRAMME) else no(ONLY_PROGRAMME)
    if actor.has(Role.CHAIR, Role.PROGRAMME, Role.AUDITOR):
        return YES
    return no("U mag dit dossier niet maken.")
