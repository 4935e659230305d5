"""Dossiers: which there are, and producing one."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for

from pool.core.access import Role, current_actor, door
from pool.core.errors import Invalid
from pool.rounds import queries as rounds

from . import queries, rules, rules_meeting, service
from .blueprint import bp
from .routes_meeting import LEADERS, staff_tabs

WHO = (*LEADERS, Role.PROGRAMME, Role.AUDITOR)
ROOT = "/beoordelen/<slug>/dossiers"
VARIANTS = {"shown": False, "coded": True}
FORMATS = {"pdf": "application/pdf", "json": "application/json"}


def _crumbs(title: str, slug: str, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    home: tuple[str, str | None] = ("Beoordelen", url_for("assessment.index"))
    own = url_for("assessment.dossiers", slug=slug)
    return [home, (f"Dossiers {title}", own if more else None), *more]


@bp.get(ROOT)
@door(*WHO)
def dossiers(slug: str) -> Any:
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    return render_template(
        "assessment/dossiers.html",
        round=round_,
        tabs=staff_tabs(round_, "assessment.dossiers"),
        files=queries.dossier_files(actor, round_),
        covered=rounds.rules_of(round_).bottlenecks
        and rules.can_see_coverage(actor, round_, queries.open_own(actor, round_.id)),
        minutes=[one for one in queries.meetings_of(round_.id) if one.state.value == "closed"],
        crumbs=_crumbs(round_.title, slug),
    )


@bp.get(f"{ROOT}/<int:application_id>")
@door(*WHO)
def dossier(slug: str, application_id: int) -> Any:
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    application = queries.dossier_file(actor, application_id)
    acting = queries.acting(actor, application)
    return render_template(
        "assessment/dossier.html",
        round=round_,
        application=application,
        shown=bool(rules_meeting.can_produce_dossier(acting, coded=False)),
        coded=bool(rules_meeting.can_produce_dossier(acting, coded=True)),
        crumbs=_crumbs(round_.title, slug, (application.reference, None)),
    )


@bp.post(f"{ROOT}/<int:application_id>/maken")
@door(*WHO)
def produce_dossier(slug: str, application_id: int) -> Any:
    """The file itself. A command and no link, because every production is recorded."""
    actor = current_actor()
    queries.round_in_hand(actor, slug)
    names, form = request.form.get("names", ""), request.form.get("format", "")
    if names not in VARIANTS or form not in FORMATS:
        raise Invalid("variant", "Kies een vorm van het dossier.")
    content = service.produce_dossier(actor, application_id, coded=VARIANTS[names], as_pdf=form == "pdf")
    reference = queries.dossier_file(actor, application_id).reference
    response = Response(content, content_type=FORMATS[form])
    filename = f"dossier-{reference}{'-gecodeerd' if VARIANTS[names] else ''}.{form}"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
