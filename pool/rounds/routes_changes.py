"""Pages of the programme team for changing what was published, and the register of disturbances."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.errors import Conflict
from pool.core.forms import attempt

from . import queries, rules, service
from .blueprint import bp, load, team_crumbs
from .forms import AmendForm, CeilingForm, EndOutageForm, ExtendForm, OutageForm, moment
from .inputs import RoundRules
from .routes_programme import manage_page


@bp.post("/rondes/<slug>/plafond")
@door(Role.PROGRAMME)
def change_ceiling(slug: str) -> Any:
    round_ = load(slug)
    form = CeilingForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.change_ceiling(
                current_actor(),
                round_,
                form.ceiling.data or 0,
                form.reason.data or "",
                form.reference.data or "",
                bool(form.from_budget.data),
            )
        if done:
            flash("Het plafond is gewijzigd. Iedereen kan de reden lezen.", "success")
            return redirect(url_for("rounds.manage", slug=slug))
    return manage_page(load(slug), form, 422)


@bp.route("/rondes/<slug>/wijzigen", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def amend(slug: str) -> Any:
    round_ = load(slug)
    require(rules.can_amend(current_actor(), round_))
    current = queries.rule_set(round_)
    published = RoundRules.from_json(current.body)
    form: Any = AmendForm(**AmendForm.values(published, current.number))
    stale = False
    if form.validate_on_submit():
        seen = form.number.data or ""
        with attempt(form) as done:
            number = int(seen) if seen.isascii() and seen.isdigit() else 0
            service.amend(current_actor(), round_, form.to_input(published), number)
        if done:
            flash("De regels zijn gewijzigd. De wijziging staat op de openbare pagina.", "success")
            return redirect(url_for("rounds.manage", slug=slug))
        if isinstance(done.error, Conflict):
            stale, round_ = True, load(slug)
            current = queries.rule_set(round_)
            form.number.data = str(current.number)
    page = render_template(
        "rounds/amend.html",
        round=round_,
        form=form,
        amendable=rules.AMENDABLE,
        questions={q.code: q.label for q in published.questions},
        documents={d.code: d.name for d in published.documents},
        page_errors=bool(form.errors),
        crumbs=team_crumbs(round_, ("Regels wijzigen", None)),
    )
    return page, 409 if stale else 422 if form.errors else 200


@bp.route("/rondes/<slug>/verlengen", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def extend(slug: str) -> Any:
    round_ = load(slug)
    outages = [o for o in queries.outages() if rules.fell_in_outage(round_.closes_at, o)]
    form: Any = ExtendForm().offer(outages)
    if form.validate_on_submit():
        with attempt(form) as done:
            service.extend(current_actor(), round_, form.to_input())
        if done:
            flash("De ronde sluit later. De reden staat op de openbare pagina.", "success")
            return redirect(url_for("rounds.manage", slug=slug))
    round_ = load(slug)
    page = render_template(
        "rounds/extend.html",
        round=round_,
        form=form,
        outages=outages,
        is_closed=current_actor().at > round_.closes_at,
        page_errors=bool(form.errors),
        crumbs=team_crumbs(round_, ("Sluiting verlengen", None)),
    )
    return page, 422 if form.errors else 200


# --- the register of disturbances -------------------------------------------------------------------------


@bp.route("/rondes/storingen", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def outages() -> Any:
    form: Any = OutageForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.record_outage(current_actor(), form.to_input())
        if done:
            flash("De storing staat in het register.", "success")
            return redirect(url_for("rounds.outages"))
    page = render_template(
        "rounds/outages.html",
        outages=queries.outages(),
        form=form,
        page_errors=bool(form.errors),
        crumbs=[("Rondes", url_for("rounds.index")), ("Storingsregister", None)],
    )
    return page, 422 if form.errors else 200


@bp.route("/rondes/storingen/<int:ident>/einde", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def end_outage(ident: int) -> Any:
    outage = queries.outage(ident)
    form = EndOutageForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.end_outage(current_actor(), ident, moment(form, "ended"))
        if done:
            flash("Het einde van de storing is vastgelegd.", "success")
            return redirect(url_for("rounds.outages"))
    page = render_template(
        "rounds/end_outage.html",
        outage=outage,
        form=form,
        page_errors=bool(form.errors),
        crumbs=[
            ("Rondes", url_for("rounds.index")),
            ("Storingsregister", url_for("rounds.outages")),
            ("Einde vastleggen", None),
        ],
    )
    return page, 422 if form.errors else 200
