"""Pages: the call of a round for everybody, and the rounds of the programme team."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from pool.core.access import Role, current_actor, door
from pool.core.db import db
from pool.core.forms import attempt
from pool.regions import queries as regions

from . import queries, rules, service, wording
from .forms import CeilingForm, MoveForm
from .lifecycle import LIFE
from .models import Round

bp = Blueprint("rounds", __name__)
blueprints = [bp]

# Moves that belong to this page; the others happen by the clock or with the work of the committee.
MOVES_HERE = ("publish", "start_progress", "finish")


@bp.get("/rondes")
@door(Role.PROGRAMME)
def index() -> Any:
    rounds = db.session.scalars(queries.visible_to(current_actor())).unique().all()
    return render_template("rounds/index.html", rounds=rounds)


@bp.get("/rondes/<slug>")
@door(public=True)
def call(slug: str) -> Any:
    actor = current_actor()
    round_ = queries.get(actor, slug)
    published = queries.rules_of(round_)
    themes = {theme.slug: theme for theme in regions.all_themes()}
    return render_template(
        "rounds/call.html",
        round=round_,
        rules=published,
        themes=[themes[slug] for slug in published.themes],
        choice=wording.choice_sentences(published),
        accepts=rules.accepts_applications(round_, actor.at),
        may_apply=actor.has(Role.APPLICANT),
        history=queries.ceiling_history(round_.id),
    )


def _manage(round_: Round, ceiling_form: CeilingForm, status: int = 200) -> Any:
    actor = current_actor()
    lacks = rules.missing_for_publishing(round_, round_.budget.ceiling) if not round_.rule_sets else []
    moves = [m for m in LIFE.open_moves(actor, round_) if m.name in MOVES_HERE]
    page = render_template(
        "rounds/manage.html",
        round=round_,
        lacks=lacks,
        moves=moves,
        ceiling_form=ceiling_form,
        history=queries.ceiling_history(round_.id),
        page_errors=bool(ceiling_form.errors),
    )
    return page, status


@bp.get("/rondes/<slug>/beheer")
@door(Role.PROGRAMME)
def manage(slug: str) -> Any:
    return _manage(queries.get(current_actor(), slug), CeilingForm(formdata=None))


@bp.post("/rondes/<slug>/plafond")
@door(Role.PROGRAMME)
def change_ceiling(slug: str) -> Any:
    round_ = queries.get(current_actor(), slug)
    form = CeilingForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.change_ceiling(current_actor(), round_, form.ceiling.data or 0, form.reason.data or "")
        if done:
            flash("Het plafond is gewijzigd. Iedereen kan de reden lezen.", "success")
            return redirect(url_for("rounds.manage", slug=slug))
    return _manage(queries.get(current_actor(), slug), form, 422)


@bp.post("/rondes/<slug>/stap/<name>")
@door(Role.PROGRAMME)
def move(slug: str, name: str) -> Any:
    round_ = queries.get(current_actor(), slug)
    form = MoveForm()
    with attempt(form) as done:
        if name == "publish":
            service.publish(current_actor(), round_)
        elif name in MOVES_HERE:
            service.move(current_actor(), round_, name)
        else:
            return redirect(url_for("rounds.manage", slug=slug))
    if done:
        flash("Gelukt. De ronde is een stap verder.", "success")
    else:
        for message in form.form_errors:
            flash(message, "error")
    return redirect(url_for("rounds.manage", slug=slug))
