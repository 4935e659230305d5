"""Bottlenecks of a round: the table of all applications, and one application with what its assessors quoted."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.applications.models import Application
from pool.core.access import Actor, Role, current_actor, door, require
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from . import queries, rules, rules_meeting, service
from .blueprint import bp
from .forms import AgreeForm
from .queries import coverage as coverage_queries
from .routes_item import named
from .routes_programme import crumbs, tabs

ORDERS = {"meest": True, "minst": False}
"""Sorting by what is covered together: whether the highest comes first."""


def _round(actor: Actor, slug: str) -> Round:
    """A round that has bottlenecks; Missing otherwise."""
    round_ = queries.round_in_hand(actor, slug)
    if not rounds.rules_of(round_).bottlenecks:
        raise Missing
    return round_


@bp.get("/beoordelen/<slug>/knelpunten")
@door(Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME, Role.DECIDER, Role.AUDITOR)
def coverage(slug: str) -> Any:
    actor = current_actor()
    round_ = _round(actor, slug)
    require(rules.can_see_coverage(actor, round_, queries.open_own(actor, round_.id)))
    found = coverage_queries.coverage(round_, queries.hidden_from(actor))
    awards = coverage_queries.awarded(round_)
    order = request.args.get("volgorde", "")
    lines = found.by_total(highest_first=ORDERS[order]) if order in ORDERS else found.lines
    staff = bool(rules.can_see_progress(actor))
    return render_template(
        "assessment/coverage.html",
        round=round_,
        found=found,
        lines=lines,
        order=order,
        awards=awards,
        sentence=coverage_queries.sentence(found, awards),
        agreement=coverage_queries.agreement(found) if staff else None,
        some_hidden=queries.hides_some(actor, round_.id),
        staff=staff,
        tabs=tabs(round_, "assessment.coverage") if staff else [],
        crumbs=_crumbs(actor, round_, staff),
    )


def _crumbs(actor: Actor, round_: Round, staff: bool) -> list[tuple[str, str | None]]:
    if staff:
        return crumbs(round_, ("Knelpunten", None))
    here: tuple[str, str | None] = (f"Knelpunten {round_.title}", None)
    if actor.has(Role.ASSESSOR, Role.AUDITOR):
        return [("Beoordelen", url_for("assessment.index")), here]
    return [here]


def _subject(actor: Actor, round_: Round, application_id: int) -> Application:
    """An application of this round, for chair and programme team, or for the deputy who leads it; Missing otherwise."""
    application = queries.committee_file(actor, application_id)
    if application.round_id != round_.id:
        raise Missing
    if application_id in queries.deputised(actor, round_.id):
        require(rules_meeting.can_open_file(queries.must_still(actor, application)))
        return application
    if not rules.can_see_progress(actor):
        raise Missing
    require(rules.can_see_results(actor, round_, queries.open_own(actor, round_.id)))
    return application


@bp.route("/beoordelen/<slug>/knelpunten/<int:application_id>", methods=["GET", "POST"])
@door(Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME)
def bottlenecks_of(slug: str, application_id: int) -> Any:
    """What assessors marked and quoted, side by side; who leads records what was agreed. Letters for names, because
    this page comes on the screen of a meeting."""
    actor = current_actor()
    round_ = _round(actor, slug)
    application = _subject(actor, round_, application_id)
    here = url_for("assessment.bottlenecks_of", slug=slug, application_id=application_id)
    found = coverage_queries.coverage(round_, among=[application])
    form = AgreeForm(bottleneck=request.args.get("knelpunt", ""))
    (line,) = found.lines
    marked = list(zip(found.bottlenecks, line.cells, strict=True))
    form.offer([(one.code, one.title) for one, cell in marked if cell.marks])
    if form.validate_on_submit():
        with attempt(form) as done:
            service.agree_mark(
                actor, round_, application_id, form.bottleneck.data, form.to_mark(), form.reason.data
            )
        if done:
            flash("Het afgesproken cijfer is vastgelegd.", "success")
            return redirect(here)
        application = _subject(actor, round_, application_id)
    acting = queries.acting(actor, application)
    given = named(queries.counting([application_id]), show=False)
    page = render_template(
        "assessment/bottlenecks_of.html",
        round=round_,
        application=application,
        marked=marked,
        given=[(name, queries.codings_of(one)) for one, name in given],
        can_record=bool(rules.can_record_outcome(acting, round_)) and line.total is not None,
        form=form,
        here=here,
        page_errors=bool(form.errors),
        crumbs=crumbs(
            round_,
            *(
                [("Knelpunten", url_for("assessment.coverage", slug=slug))]
                if rules.can_see_progress(actor)
                else []
            ),
            (application.reference, None),
        ),
    )
    return page, 422 if form.errors else 200
