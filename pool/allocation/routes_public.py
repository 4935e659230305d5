"""After the decision: the explanation for the municipality, and everything anybody needs to check a round."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, render_template, url_for

from pool.applications import queries as applications
from pool.core.access import Role, current_actor, door
from pool.core.errors import Missing, Refused
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from . import engine, queries, wording
from .blueprint import bp
from .models import Scenario
from .pages import json_file

VERIFIER = Path(engine.__file__).with_name("verify.py")


@bp.get("/aanvragen/<int:application_id>/uitleg")
@door(Role.APPLICANT)
def own_explanation(application_id: int) -> Any:
    """Why the own application was awarded or not, once the decisions are public."""
    actor = current_actor()
    application = applications.get(actor, application_id)
    if application.organisation_id != actor.organisation_id:
        raise Missing
    if application.round.state not in DECIDED_STATES:
        raise Refused("early", "De uitleg staat hier als de besluiten van deze ronde bekend zijn.")
    base = queries.base_for(application)
    if base is None:
        raise Missing
    scenario, ident = base
    item = next(a for a in scenario.snapshot.problem["applications"] if a["id"] == ident)
    return render_template(
        "allocation/own_explanation.html",
        application=application,
        round=application.round,
        ident=ident,
        item=item,
        amount=queries.awards_of(scenario).get(application.id, 0),
        outcome=queries.outcome(scenario),
        explained=queries.explanation_for(application.id),
        wording=wording,
        crumbs=[
            ("Aanvragen", url_for("applications.index")),
            (application.title, url_for("applications.show", ident=application.id)),
            ("Uitleg", None),
        ],
    )


@bp.get("/controleren")
@door(public=True)
def check() -> Any:
    """How to check a round oneself, with the files to do it."""
    decided = queries.decided_rounds()
    bases = queries.bases_of([round_.id for round_ in decided])
    found = [(one, bases[one.id], queries.outcome(bases[one.id])) for one in decided if one.id in bases]
    return render_template(
        "allocation/check.html",
        rounds=found,
        crumbs=[("Overzicht", url_for("web.home")), ("Zelf narekenen", None)],
    )


@bp.get("/controleren/verify.py")
@door(public=True)
def verifier() -> Any:
    """The checker, as one file that needs nothing but Python."""
    response = Response(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="verify.py")
    return response


def _decided(slug: str) -> tuple[Round, Scenario]:
    for round_ in queries.decided_rounds():
        if round_.slug == slug and (scenario := queries.base_of(round_.id)) is not None:
            return round_, scenario
    raise Missing


@bp.get("/controleren/<slug>/vraag.json")
@door(public=True)
def public_problem(slug: str) -> Any:
    round_, scenario = _decided(slug)
    content = engine.canonical_json(scenario.snapshot.problem)
    return json_file(content, f"verdeling-{round_.slug}-vraag.json")


@bp.get("/controleren/<slug>/uitkomst.json")
@door(public=True)
def public_outcome(slug: str) -> Any:
    round_, scenario = _decided(slug)
    if scenario.allocation is None:
        raise Missing
    return json_file(scenario.allocation.document.encode(), f"verdeling-{round_.slug}-uitkomst.json")
