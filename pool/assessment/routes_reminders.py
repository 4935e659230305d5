"""Until when assessors score, and reminding who is not ready: the programme team."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.forms import Form, attempt

from . import queries, rules, service
from .blueprint import bp
from .forms_plan import DeadlineForm
from .routes_programme import crumbs, progress_page


@bp.route("/beoordelen/<slug>/laatste-dag", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def set_deadline(slug: str) -> Any:
    """The last day for scores of a round, and how long before it assessors are reminded."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    require(rules.can_remind(actor, round_))
    deadline = queries.reminders.deadline_of(round_.id)
    form = DeadlineForm(
        last_day=deadline.last_day if deadline else None,
        remind_days=deadline.remind_days if deadline else 7,
    )
    if form.validate_on_submit():
        with attempt(form) as done:
            service.set_deadline(actor, round_, form.to_input())
        if done:
            flash("De laatste dag is vastgelegd. De beoordelaars zien hem bij hun aanvragen.", "success")
            return redirect(url_for("assessment.progress", slug=slug))
        round_ = queries.round_in_hand(actor, slug)
    page = render_template(
        "assessment/deadline.html",
        round=round_,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Laatste dag voor scores", None)),
    )
    return page, 422 if form.errors else 200


@bp.post("/beoordelen/<slug>/herinneren")
@door(Role.PROGRAMME)
def remind(slug: str) -> Any:
    """Remind one assessor who is not ready."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.remind(actor, round_, request.form.get("user_id", 0, type=int))
        if done:
            flash("De herinnering is verstuurd.", "success")
            return redirect(url_for("assessment.progress", slug=slug))
    return progress_page(slug, form)
