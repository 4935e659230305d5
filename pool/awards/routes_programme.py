"""Pages of the programme team: prepare the decisions, write their reasons, publish them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.assessment import queries as assessment
from pool.core.access import Role, current_actor, door, require
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.core.text import plural
from pool.rounds import queries as rounds

from . import queries, rules, service, wording
from .blueprint import bp, crumbs, open_round, tabs
from .forms import ConfirmForm, DecideForm, ProposalForm
from .lifecycle import PROPOSAL
from .states import Ground, Outcome, ProposalState


@bp.route("/besluiten/<slug>/voorbereiding", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def preparation(slug: str) -> Any:
    """The decisions in preparation; the button makes those that are not there yet."""
    actor = current_actor()
    round_ = open_round(slug)
    form = ConfirmForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            made = service.prepare(actor, round_)
        if done:
            flash(
                f"{plural(len(made), 'besluit', 'besluiten')} voorbereid. Lees de motivering na.", "success"
            )
            return redirect(url_for("awards.preparation", slug=slug))
        round_ = open_round(slug)
    advice = queries.current_advice(round_.id)
    found = queries.proposals(round_.id)
    there = {proposal.application_id for proposal in found}
    page = render_template(
        "awards/preparation.html",
        round=round_,
        proposals=found,
        given=queries.given_advice(round_.id) is not None,
        missing=sum(a.id not in there for a in queries.undecided(round_.id)),
        can_prepare=bool(rules.can_prepare(actor, round_, barred=False)),
        undecided=len(queries.undecided(round_.id)),
        ceiling=round_.budget.ceiling,
        state=ProposalState,
        form=form,
        page_errors=bool(form.errors),
        tabs=tabs(round_, advice, "awards.preparation"),
        crumbs=crumbs(round_, ("Voorbereiden", None)),
    )
    return page, 422 if form.errors else 200


@bp.route("/besluiten/<slug>/voorbereiding/<int:ident>", methods=["GET", "POST"])
@door(Role.PROGRAMME, Role.DECIDER)
def proposal(slug: str, ident: int) -> Any:
    """One decision in preparation: the programme team writes, the decider reads and decides."""
    actor = current_actor()
    round_ = open_round(slug)
    found = queries.proposal(actor, ident)
    if found.application.round_id != round_.id:
        raise Missing
    form = ProposalForm(**ProposalForm.values(found))
    if form.validate_on_submit():
        with attempt(form) as done:
            service.revise(actor, found, form.to_input())
        if done:
            flash(f"De motivering bij {found.application.reference} is bewaard.", "success")
            return redirect(url_for("awards.preparation", slug=slug))
        found = queries.proposal(actor, ident)
        # The text that was typed stays; saving once more then replaces what somebody else wrote.
        form.version.data = found.version
    may_decide = PROPOSAL.may(actor, found, "decide")
    merit = assessment.merits(round_.id).get(found.application_id)
    decide_form = DecideForm(formdata=None)
    page = render_template(
        "awards/proposal.html",
        round=round_,
        proposal=found,
        application=found.application,
        line=queries.line_of(found.application_id),
        merit=merit,
        min_merit=rounds.rules_of(round_).min_merit,
        sources={g.value: wording.article(g, round_.instrument, round_.legal_basis) for g in Ground},
        needs_ground=found.outcome != Outcome.AWARDED,
        can_revise=bool(rules.can_revise(actor, found)),
        may_decide=may_decide if actor.has(Role.DECIDER) else None,
        decide_form=decide_form,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, *_way_back(slug), (found.application.reference, None)),
    )
    return page, 422 if form.errors else 200


def _way_back(slug: str) -> list[tuple[str, str | None]]:
    if current_actor().has(Role.PROGRAMME):
        return [("Voorbereiden", url_for("awards.preparation", slug=slug))]
    return [("Beslissen", url_for("awards.taking", slug=slug))]


@bp.route("/besluiten/<slug>/bekendmaken", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def publish(slug: str) -> Any:
    actor = current_actor()
    round_ = open_round(slug)
    require(rules.can_publish(actor, round_, barred=False))
    form = ConfirmForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.publish_decisions(actor, round_)
        if done:
            flash("De besluiten zijn bekendgemaakt. Ze staan in het openbare register.", "success")
            return redirect(url_for("awards.overview", slug=slug))
        round_ = open_round(slug)
    found = queries.decisions(round_.id)
    page = render_template(
        "awards/publish.html",
        round=round_,
        decisions=found,
        awards=sum(d.outcome != Outcome.REFUSED for d in found),
        awarded=sum(d.amount for d in found),
        letters=sum(d.letter is not None for d in found),
        undecided=queries.undecided(round_.id),
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Bekendmaken", None)),
    )
    return page, 422 if form.errors else 200
