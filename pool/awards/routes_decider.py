"""The page of the decider: what is prepared, what it costs, and taking one or many decisions."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door
from pool.core.forms import attempt
from pool.core.text import plural

from . import queries, service
from .blueprint import bp, crumbs, open_round, tabs
from .forms import DecideForm
from .lifecycle import PROPOSAL
from .states import ProposalState


@bp.route("/besluiten/<slug>/nemen", methods=["GET", "POST"])
@door(Role.DECIDER)
def taking(slug: str) -> Any:
    actor = current_actor()
    round_ = open_round(slug)
    form = DecideForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            taken = service.decide_several(actor, round_.id, form.to_choice())
        if done:
            words = plural(len(taken), "besluit", "besluiten")
            flash(f"{words} genomen. De brieven worden gemaakt en klaargezet.", "success")
            return redirect(url_for("awards.taking", slug=slug))
        round_ = open_round(slug)
    found = queries.proposals(round_.id)
    waiting = [p for p in found if p.state == ProposalState.PREPARED]
    verdicts = {p.id: PROPOSAL.may(actor, p, "decide") for p in waiting}
    committed = round_.budget.committed
    ticked = set(request.form.getlist("chosen")) if request.method == "POST" else None
    page = render_template(
        "awards/taking.html",
        round=round_,
        waiting=waiting,
        verdicts=verdicts,
        ticked=ticked,
        taken=len(found) - len(waiting),
        ceiling=round_.budget.ceiling,
        committed=committed,
        asked=sum(p.amount for p in waiting),
        form=form,
        page_errors=bool(form.errors),
        tabs=tabs(round_, queries.current_advice(round_.id), "awards.taking"),
        crumbs=crumbs(round_, ("Beslissen", None)),
    )
    return page, 422 if form.errors else 200
