"""Pages of the programme team and of the regions: the completeness check, more time, and the regional view."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core import terms
from pool.core.access import Role, current_actor, door, require
from pool.core.clock import local_date
from pool.core.errors import Missing
from pool.core.forms import attempt

from . import queries, rules, service
from .blueprint import bp, crumbs, load, overlaps, shelf
from .forms_programme import ExtendForm, ReconsiderForm, ViewForm, check_form
from .lifecycle import LIFE
from .states import CHECK_OUTCOMES, Completeness


@bp.route("/aanvragen/<int:ident>/volledigheid", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def check(ident: int) -> Any:
    application, round_rules = load(ident)
    actor = current_actor()
    require(LIFE.may(actor, application, "complete"))
    term = terms.supplement(local_date(actor.at), days=round_rules.supplement_days)
    hearing_term = terms.hearing(local_date(actor.at))
    may_leave = LIFE.may(actor, application, "leave")
    form = check_form(round_rules)(supplement_by=term.last_day, hearing_by=hearing_term.last_day)
    form.offer(outcome for outcome in CHECK_OUTCOMES if may_leave or outcome != Completeness.NOT_HANDLED)
    if form.validate_on_submit():
        with attempt(form) as done:
            row = service.check(actor, application, form.to_input())
        if done:
            flash(f"Vastgelegd: {row.outcome.label}. De gemeente krijgt bericht.", "success")
            return redirect(url_for("applications.show", ident=ident))
    content = queries.content(application)
    page = render_template(
        "applications/check.html",
        application=application,
        form=form,
        points=list(zip(rules.check_points(round_rules), form.points, strict=True)),
        parts=queries.parts(content, round_rules),
        partners=queries.partners(application, content, actor.at),
        shelf=shelf(application, content),
        found=[
            *(lack.message for lack in rules.missing(content, round_rules)),
            *queries.notes(application, content),
        ],
        imbalance=rules.imbalance(content.budget),
        term=term,
        may_leave=may_leave,
        leave_by=rules.not_handled_term(application),
        hearing_term=hearing_term,
        **overlaps(actor, application),
        page_errors=bool(form.errors),
        crumbs=crumbs(application, ("Volledigheid toetsen", None)),
    )
    return page, 422 if form.errors else 200


@bp.route("/aanvragen/<int:ident>/uitstel", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def extend(ident: int) -> Any:
    application, _rules = load(ident)
    require(LIFE.may(current_actor(), application, "extend_supplement"))
    form = ExtendForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.extend_supplement(current_actor(), application, form.supplement_by.data, form.reason.data)
        if done:
            flash("De gemeente heeft langer de tijd en krijgt bericht.", "success")
            return redirect(url_for("applications.show", ident=ident))
    page = render_template(
        "applications/extend.html",
        application=application,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(application, ("Langer de tijd geven", None)),
    )
    return page, 422 if form.errors else 200


@bp.route("/aanvragen/<int:ident>/opnieuw-toetsen", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def reconsider(ident: int) -> Any:
    application, _rules = load(ident)
    require(LIFE.may(current_actor(), application, "reconsider"))
    form = ReconsiderForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.reconsider(current_actor(), application, form.reason.data)
        if done:
            flash(
                "De aanvraag staat weer bij de te toetsen aanvragen. De gemeente krijgt bericht.", "success"
            )
            return redirect(url_for("applications.show", ident=ident))
    page = render_template(
        "applications/reconsider.html",
        application=application,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(application, ("Opnieuw toetsen", None)),
    )
    return page, 422 if form.errors else 200


@bp.route("/aanvragen/<int:ident>/zienswijze/<slug>", methods=["GET", "POST"])
@door(Role.REGIONAL_LEAD)
def give_view(ident: int, slug: str) -> Any:
    application, round_rules = load(ident)
    actor = current_actor()
    region = next((r for r in application.regions if r.slug == slug and r.id in actor.region_ids), None)
    if region is None:
        raise Missing
    require(rules.can_give_view(actor, application, region.id, round_rules))
    earlier = next((v for v in queries.views_of(application.id) if v.region_id == region.id), None)
    form = ViewForm(text=earlier.text if earlier and request.method == "GET" else None)
    if form.validate_on_submit():
        with attempt(form) as done:
            service.give_view(actor, application, region.id, form.text.data)
        if done:
            flash("Uw zienswijze is bewaard.", "success")
            return redirect(url_for("applications.show", ident=ident))
    page = render_template(
        "applications/view.html",
        application=application,
        region=region,
        form=form,
        earlier=earlier,
        page_errors=bool(form.errors),
        crumbs=crumbs(application, (f"Zienswijze van {region.name}", None)),
    )
    return page, 422 if form.errors else 200
