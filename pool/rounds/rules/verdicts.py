"""Who may do what with a round, and when."""

from __future__ import annotations

import datetime as dt

from pool.core.access import YES, Actor, Role, Verdict, no
from pool.core.text import format_moment

from ..models import Outage, Round
from ..states import DECIDED_STATES, RoundState

S = RoundState
ONLY_PROGRAMME = "Alleen het programmateam kan dit."
BEFORE_ASSESSMENT = frozenset({S.PUBLISHED, S.OPEN, S.CLOSED})


def can_configure(actor: Actor, _round: Round | None = None) -> Verdict:
    return YES if actor.has(Role.PROGRAMME) else no(ONLY_PROGRAMME)


def can_edit(actor: Actor, round_: Round) -> Verdict:
    """Whether what the round says can still be written: only while it is a draft."""
    if round_.state != S.DRAFT:
        return no(
            "Deze ronde is gepubliceerd. Wat gepubliceerd is, verandert alleen met een besluit dat iedereen "
            "kan zien.",
            "state",
        )
    return can_configure(actor, round_)


def accepts_applications(round_: Round, at: dt.datetime) -> Verdict:
    """Whether something that arrived at this moment is in time. Judged on the published moments alone."""
    if round_.state == S.DRAFT or at < round_.opens_at:
        return no("Deze ronde is nog niet open.", "early")
    if at > round_.closes_at:
        return no("De ronde is gesloten. U kunt niet meer indienen.", "late")
    return YES


def can_move(actor: Actor, round_: Round) -> Verdict:
    return can_configure(actor, round_)


def can_begin_assessment(actor: Actor, round_: Round) -> Verdict:
    if actor.at <= round_.closes_at:
        return no("De ronde is nog open voor aanvragen.", "early")
    return can_configure(actor, round_)


def can_reopen(actor: Actor, round_: Round) -> Verdict:
    """Only as a part of an extension: the closing moment must lie ahead again."""
    if actor.at > round_.closes_at:
        return no("De ronde is gesloten.", "late")
    return can_configure(actor, round_)


def can_amend(actor: Actor, round_: Round) -> Verdict:
    """Whether published rules can be changed by a visible amendment."""
    if round_.state == S.DRAFT:
        return no("Deze ronde is nog niet gepubliceerd. U kunt de regels gewoon aanpassen.", "state")
    if round_.state not in BEFORE_ASSESSMENT:
        return no("De beoordeling is begonnen. De regels veranderen niet meer.", "state")
    return can_configure(actor, round_)


def can_change_ceiling(actor: Actor, round_: Round, ceiling: int, from_budget: bool = False) -> Verdict:
    """Whether the ceiling can become this many cents, by articles 4:27 and 4:28 of the Awb.

    Raising is always possible. A lowering has no effect on applications that came in before it was published,
    and one ranking knows one ceiling; so after opening it is possible only under the recorded budget caveat.
    """
    if round_.state != S.DRAFT and ceiling < round_.budget.ceiling:
        if round_.state in DECIDED_STATES:
            return no("Er is besloten over deze ronde. Het plafond kan niet meer omlaag.", "state")
        if actor.at >= round_.opens_at and not round_.budget_caveat:
            return no(
                "De ronde is al geopend. Een lager plafond geldt niet voor aanvragen die al binnen zijn "
                "(artikel 4:27, tweede lid, Awb), en in deze ronde geldt één plafond voor alle aanvragen samen. "
                "Bij de publicatie is geen voorbehoud gemaakt voor de begroting. Daarom kan het plafond niet omlaag.",
                "lowering",
            )
        if actor.at >= round_.opens_at and not from_budget:
            return no(
                "Na de opening kan het plafond alleen omlaag als dat komt door de vaststelling of goedkeuring van "
                "de begroting (artikel 4:28 Awb). Geef aan dat dit zo is.",
                "lowering",
            )
    return can_configure(actor, round_)


def fell_in_outage(closes_at: dt.datetime, outage: Outage) -> bool:
    """Whether a closing moment fell in an outage; both ends count, and one that lasts has no end yet."""
    return outage.started_at <= closes_at and (outage.ended_at is None or closes_at <= outage.ended_at)


def can_extend(actor: Actor, round_: Round, outage: Outage | None = None) -> Verdict:
    """Whether the closing moment can be moved: before it, by decision; after it, only because of an outage."""
    if round_.state == S.DRAFT:
        return no("Deze ronde is nog niet gepubliceerd. U kunt de sluiting gewoon aanpassen.", "state")
    if round_.state not in BEFORE_ASSESSMENT:
        return no("De beoordeling is begonnen. De sluiting verandert niet meer.", "state")
    if outage is not None and not fell_in_outage(round_.closes_at, outage):
        return no(
            f"De sluiting op {format_moment(round_.closes_at)} viel niet in deze storing.", "outside_outage"
        )
    if actor.at > round_.closes_at and outage is None:
        return no(
            "De ronde is gesloten. Verlengen kan dan alleen als de sluiting in een storing viel die in het "
            "storingsregister staat.",
            "late",
        )
    return can_configure(actor, round_)
