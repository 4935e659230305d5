"""Pages that several roles share: the start, a round's decisions as page, PDF and CSV, one decision, its letter."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import render_template, url_for

from pool.allocation import queries as allocation
from pool.assessment import queries as assessment
from pool.core import audit
from pool.core.access import Role, current_actor, door
from pool.core.db import db
from pool.core.errors import Missing
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from . import listing, queries, routes_chair, routes_decider, routes_programme, wording
from .blueprint import bp, crumbs, download, open_round, tabs
from .letter import LetterFacts
from .states import AdviceState
from .trail import steps

blueprints = [bp]
__all__ = ["blueprints", "routes_chair", "routes_decider", "routes_programme"]

STAFF = (Role.PROGRAMME, Role.DECIDER, Role.AUDITOR)
"""Roles that see how a decision came about."""


@bp.get("/besluiten")
@door(*queries.READERS, Role.APPLICANT)
def index() -> Any:
    actor = current_actor()
    own = []
    if actor.has(Role.APPLICANT):
        own = [
            d
            for d in db.session.scalars(queries.visible_to(actor)).unique()
            if d.application.organisation_id == actor.organisation_id and d.letter is not None
        ]
    return render_template(
        "awards/index.html",
        own=own,
        is_applicant=actor.has(Role.APPLICANT),
        standings=queries.standings(actor) if actor.has(*queries.READERS) else None,
        actions=_actions,
        Role=Role,
    )


def _actions(standing: queries.Standing) -> list[tuple[str, str]]:
    """What this actor has to do in a round now, as (label, endpoint)."""
    actor, found = current_actor(), []
    if standing.barred or standing.is_published:
        return []
    advised = standing.advice == AdviceState.GIVEN
    if actor.has(Role.CHAIR) and not advised:
        found.append(("Advies opstellen", "awards.advice"))
    if actor.has(Role.PROGRAMME) and advised:
        if standing.complete > standing.decided + standing.prepared:
            found.append(("Besluiten voorbereiden", "awards.preparation"))
        elif standing.complete <= standing.decided:
            found.append(("Besluiten bekendmaken", "awards.publish"))
    if actor.has(Role.DECIDER) and standing.prepared:
        found.append(("Besluiten nemen", "awards.taking"))
    return found


def _facts(round_: Round) -> listing.ListFacts:
    actor = current_actor()
    rows = queries.decisions(round_.id)
    return listing.ListFacts(
        round_title=round_.title,
        invented=round_.invented,
        ceiling=round_.budget.ceiling,
        rows=rows,
        merits=assessment.merits(round_.id),
        at=max((row.decided_at for row in rows), default=actor.at),
        published=round_.state in DECIDED_STATES,
    )


@bp.get("/besluiten/<slug>")
@door(*queries.READERS)
def overview(slug: str) -> Any:
    round_ = open_round(slug)
    return render_template(
        "awards/overview.html",
        round=round_,
        facts=_facts(round_),
        undecided=len(queries.undecided(round_.id)),
        rules=rounds.rules_of(round_),
        tabs=tabs(round_, queries.current_advice(round_.id), "awards.overview"),
        crumbs=crumbs(round_),
    )


@bp.get("/besluiten/<slug>/lijst.csv")
@door(*queries.READERS)
def overview_csv(slug: str) -> Any:
    facts = _facts(open_round(slug))
    return download(listing.spreadsheet(facts), "text/csv; charset=utf-8", f"besluiten-{slug}.csv")


@bp.get("/besluiten/<slug>/lijst.pdf")
@door(*queries.READERS)
def overview_pdf(slug: str) -> Any:
    from pool.core.pdf import render

    facts = _facts(open_round(slug))
    return download(render(listing.document(facts)), "application/pdf", f"besluiten-{slug}.pdf")


@bp.get("/besluit/<int:ident>")
@door(*queries.READERS, Role.APPLICANT, Role.REGIONAL_LEAD)
def show(ident: int) -> Any:
    actor = current_actor()
    decision = queries.get(actor, ident)
    round_ = decision.application.round
    staff = actor.has(*STAFF)
    trail = audit.trail(decision.audit_chain) if staff else []
    facts = LetterFacts.from_json(decision.letter.facts) if decision.letter else None
    return render_template(
        "awards/decision.html",
        decision=decision,
        application=decision.application,
        round=round_,
        facts=facts,
        until=dt.date.fromisoformat(facts.objection_until) if facts else None,
        source=wording.article(decision.ground, round_.instrument, round_.legal_basis)
        if decision.ground
        else "",
        can_download=actor.has(*queries.READERS, Role.APPLICANT),
        line=queries.line_of(decision.application_id) if staff else None,
        merit=assessment.merits(round_.id).get(decision.application_id),
        # The municipality's own explanation, once the decisions are public.
        explained=actor.organisation_id == decision.application.organisation_id
        and actor.has(Role.APPLICANT)
        and round_.state in DECIDED_STATES
        and allocation.base_for(decision.application) is not None,
        steps=steps(trail),
        problems=audit.verify_chain(decision.audit_chain) if actor.has(Role.AUDITOR) else None,
        entries=trail if actor.has(Role.AUDITOR) else [],
        crumbs=[("Besluiten", _home()), (decision.application.reference, None)],
    )


def _home() -> str | None:
    return url_for("awards.index") if current_actor().has(*queries.READERS, Role.APPLICANT) else None


@bp.get("/besluit/<int:ident>/brief.pdf")
@door(*queries.READERS, Role.APPLICANT)
def letter(ident: int) -> Any:
    """The letter as it was sent, byte for byte."""
    decision = queries.get(current_actor(), ident)
    if decision.letter is None:
        raise Missing
    name = f"besluit-{decision.application.reference}.pdf"
    return download(decision.letter.pdf, "application/pdf", name)
