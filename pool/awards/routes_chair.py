"""Pages of the advice: the committee's chair writes it, others read it when it is given."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.allocation import queries as allocation
from pool.assessment import queries as assessment
from pool.core.access import Role, current_actor, door, require
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from . import queries, rules, service
from .blueprint import bp, crumbs, open_round, tabs
from .forms import BeginForm, GiveForm, LineForm, ReasonForm
from .lifecycle import ADVICE
from .models import Advice
from .states import AdviceState


def _load(slug: str) -> tuple[Round, Advice]:
    """The round with its running advice; Missing when there is none."""
    round_ = open_round(slug)
    advice = queries.current_advice(round_.id)
    if advice is None:
        raise Missing
    return round_, advice


def _page(round_: Round, advice: Advice | None, form: BeginForm) -> Any:
    actor = current_actor()
    merits = assessment.merits(round_.id)
    lines = sorted(
        advice.lines if advice else [], key=lambda one: (-merits.get(one.application_id, 0), one.id)
    )
    page = render_template(
        "awards/advice.html",
        round=round_,
        advice=advice,
        lines=lines,
        merits=merits,
        min_merit=rounds.rules_of(round_).min_merit,
        ceiling=round_.budget.ceiling,
        problems=service.give_problems(advice, round_.budget.ceiling)
        if advice and advice.state == AdviceState.DRAFT
        else [],
        can_begin=rules.can_advise(actor, round_, barred=False) if advice is None else None,
        can_change=bool(advice and rules.can_change(actor, advice, barred=False)),
        can_withdraw=bool(
            advice and ADVICE.may(actor, advice, "withdraw") and not queries.is_decided(round_.id)
        ),
        scenarios=allocation.scenarios(round_.id) if advice is None else [],
        earlier=[a for a in queries.advices(round_.id) if a.state == AdviceState.WITHDRAWN],
        form=form,
        page_errors=bool(form.errors),
        tabs=tabs(round_, advice, "awards.advice"),
        crumbs=crumbs(round_, ("Advies", None)),
    )
    return page, 422 if form.errors else 200


@bp.route("/besluiten/<slug>/advies", methods=["GET", "POST"])
@door(*rules.ADVICE_READERS)
def advice(slug: str) -> Any:
    """The advice with what was computed beside it; the chair begins it here from a scenario."""
    actor = current_actor()
    round_ = open_round(slug)
    found = queries.current_advice(round_.id)
    require(rules.can_see_advice(actor, round_, found, barred=False))
    usable = queries.usable_scenarios(round_.id) if found is None else []
    form = BeginForm().offer(usable, allocation.base_of(round_.id) if found is None else None)
    if form.validate_on_submit():
        with attempt(form) as done:
            scenario = next(s for s in usable if s.id == form.scenario_id.data)
            service.begin_advice(actor, scenario)
        if done:
            flash("Het advies is begonnen. Pas aan waar de commissie van de verdeling afwijkt.", "success")
            return redirect(url_for("awards.advice", slug=slug))
        round_ = open_round(slug)
        found = queries.current_advice(round_.id)
    return _page(round_, found, form)


@bp.route("/besluiten/<slug>/advies/<int:application_id>", methods=["GET", "POST"])
@door(Role.CHAIR)
def advice_line(slug: str, application_id: int) -> Any:
    actor = current_actor()
    round_, found = _load(slug)
    require(rules.can_change(actor, found, barred=False))
    line = next((one for one in found.lines if one.application_id == application_id), None)
    if line is None:
        raise Missing
    form = LineForm(amount=line.amount, reason=line.reason)
    if form.validate_on_submit():
        with attempt(form) as done:
            service.set_line(actor, found, application_id, form.amount.data or 0, form.reason.data or "")
        if done:
            flash(f"Het advies over {line.application.reference} is bewaard.", "success")
            return redirect(url_for("awards.advice", slug=slug, _anchor=f"aanvraag-{application_id}"))
        round_, found = _load(slug)
        line = next(one for one in found.lines if one.application_id == application_id)
    page = render_template(
        "awards/advice_line.html",
        round=round_,
        line=line,
        merit=assessment.merits(round_.id).get(application_id),
        rules=rounds.rules_of(round_),
        room=round_.budget.ceiling - found.total + line.amount,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(
            round_, ("Advies", url_for("awards.advice", slug=slug)), (line.application.reference, None)
        ),
    )
    return page, 422 if form.errors else 200


@bp.route("/besluiten/<slug>/advies/geven", methods=["GET", "POST"])
@door(Role.CHAIR)
def give_advice(slug: str) -> Any:
    actor = current_actor()
    round_, found = _load(slug)
    require(ADVICE.may(actor, found, "give"))
    form = GiveForm(note=found.note)
    if form.validate_on_submit():
        with attempt(form) as done:
            service.give_advice(actor, found, form.note.data or "")
        if done:
            flash("Het advies is gegeven. Het programmateam bereidt de besluiten voor.", "success")
            return redirect(url_for("awards.advice", slug=slug))
        round_, found = _load(slug)
    page = render_template(
        "awards/give.html",
        round=round_,
        advice=found,
        ceiling=round_.budget.ceiling,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Advies", url_for("awards.advice", slug=slug)), ("Geven", None)),
    )
    return page, 422 if form.errors else 200


@bp.route("/besluiten/<slug>/advies/terugnemen", methods=["GET", "POST"])
@door(Role.CHAIR)
def withdraw_advice(slug: str) -> Any:
    """Put a draft aside, or take back what was given so that it can be revised."""
    actor = current_actor()
    round_, found = _load(slug)
    given = found.state == AdviceState.GIVEN
    require(ADVICE.may(actor, found, "withdraw" if given else "discard"))
    form = ReasonForm()
    if form.validate_on_submit():
        verb = service.withdraw_advice if given else service.discard_advice
        with attempt(form) as done:
            verb(actor, found, form.reason.data)
        if done:
            text = "U kunt het advies nu herzien." if given else "U kunt opnieuw beginnen."
            flash(f"Het advies is teruggenomen. {text}", "success")
            return redirect(url_for("awards.advice", slug=slug))
        round_, found = _load(slug)
    page = render_template(
        "awards/withdraw.html",
        round=round_,
        given=given,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Advies", url_for("awards.advice", slug=slug)), ("Terugnemen", None)),
    )
    return page, 422 if form.errors else 200
