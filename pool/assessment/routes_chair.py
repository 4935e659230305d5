"""Pages of the chair: interests, giving an assessment back, and adopting the merits."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.core.access import Actor, Role, current_actor, door, require
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.rounds.models import Round

from . import queries, rules, rules_meeting, service
from .blueprint import bp
from .forms import AdoptForm, MeasureForm, MemberInterestForm, ReasonForm
from .lifecycle import LIFE
from .routes_programme import after_leading, crumbs, tabs
from .states import InterestAnswer, Measure, MeetingState


@bp.route("/beoordelen/<slug>/belangen", methods=["GET", "POST"])
@door(Role.CHAIR)
def interests(slug: str) -> Any:
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    form = MemberInterestForm()
    members = queries.committee_members()
    form.offer(queries.in_assessment(round_.id, queries.hidden_from(actor)), members)
    if form.validate_on_submit():
        with attempt(form) as done:
            service.declare_interest(
                actor,
                form.application_id.data,
                InterestAnswer(form.answer.data),
                form.reason.data,
                user_id=form.user_id.data,
            )
        if done:
            flash("Het belang is vastgelegd.", "success")
            return redirect(url_for("assessment.interests", slug=slug))
        round_ = queries.round_in_hand(actor, slug)
    said = queries.statements_of_round(round_.id, queries.hidden_from(actor))
    page = render_template(
        "assessment/interests.html",
        round=round_,
        tabs=tabs(round_, "assessment.interests"),
        weighed=weighed_by(actor, round_),
        confirmed=sum(one.statement.answer == InterestAnswer.NONE for one in said),
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Belangen", None)),
    )
    return page, 422 if form.errors else 200


@bp.route("/beoordelen/<slug>/belangen/<int:application_id>/<int:user_id>", methods=["GET", "POST"])
@door(Role.ASSESSOR, Role.CHAIR)
def weigh_interest(slug: str, application_id: int, user_id: int) -> Any:
    """What an interest of a member means: decided by the chair or the deputy, with a reason."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    one = _weighed(round_, application_id, user_id)
    require(rules.can_decide_measure(queries.acting(actor, one.application), user_id))
    back = url_for("assessment.interests" if actor.has(Role.CHAIR) else "assessment.deputising", slug=slug)
    form = MeasureForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.decide_measure(
                actor, application_id, user_id, Measure(form.measure.data), form.reason.data
            )
        if done:
            flash("Uw beslissing is vastgelegd.", "success")
            return redirect(back)
        round_ = queries.round_in_hand(actor, slug)
        one = _weighed(round_, application_id, user_id)
    page = render_template(
        "assessment/weigh_interest.html",
        round=round_,
        one=one,
        back=back,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Belangen", back), (one.user.name, None)),
    )
    return page, 422 if form.errors else 200


def _weighed(round_: Round, application_id: int, user_id: int) -> queries.Weighed:
    """What there is to weigh on what the actor leads; Missing when there is nothing, or when it bars by itself."""
    actor = current_actor()
    for one in weighed_by(actor, round_):
        if (one.application.id, one.user.id) == (application_id, user_id) and not one.hard:
            return one
    raise Missing


def weighed_by(actor: Actor, round_: Round) -> list[queries.Weighed]:
    """What this chair has to weigh or has weighed; of a deputy, on the applications that he or she leads.

    A deputy first says to have no interest in an application.
    """
    hidden = queries.hidden_from(actor)
    readers = {(a.application_id, a.user_id) for a in queries.assignments_of_round(round_.id, hidden)}
    found = queries.weighed_of_round(round_.id, readers, hidden)
    if actor.has(Role.CHAIR):
        return found
    led = queries.deputised(actor, round_.id)
    files = {one.application.id: one.application for one in found if one.application.id in led}
    ready = {ident for ident, file in files.items() if queries.must_still(actor, file) != "interest"}
    return [one for one in found if one.application.id in ready]


@bp.route("/beoordelen/<slug>/beoordeling/<int:assessment_id>/heropenen", methods=["GET", "POST"])
@door(Role.ASSESSOR, Role.CHAIR)
def reopen(slug: str, assessment_id: int) -> Any:
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    assessment = queries.assessment(actor, assessment_id)
    application = assessment.assignment.application
    if application.round_id != round_.id or not queries.leads(actor, application):
        raise Missing
    require(rules_meeting.can_open_file(queries.must_still(actor, application)))
    require(LIFE.may(queries.acting(actor, application), assessment, "reopen"))
    page_of = "assessment.result_of" if actor.has(Role.CHAIR) else "assessment.deputy_file"
    back = url_for(page_of, slug=slug, application_id=application.id)
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.reopen(actor, assessment, form.reason.data)
        if done:
            flash("De beoordeling is heropend. De beoordelaar krijgt een e-mail.", "success")
            return redirect(after_leading(actor, slug))
        assessment = queries.assessment(actor, assessment_id)
    page = render_template(
        "assessment/reopen.html",
        round=round_,
        assessment=assessment,
        back=back,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Beoordeling van een lid", back), ("Heropenen", None)),
    )
    return page, 422 if form.errors else 200


@bp.route("/beoordelen/<slug>/vaststellen", methods=["GET", "POST"])
@door(Role.CHAIR)
def adopt(slug: str) -> Any:
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    require(rules.can_see_results(actor, round_, queries.open_own(actor, round_.id)))
    form = AdoptForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.adopt_merits(actor, round_)
        if done:
            flash("De kwaliteitsscores zijn vastgesteld. De ronde gaat verder met de besluiten.", "success")
            return redirect(url_for("assessment.results", slug=slug))
        round_ = queries.round_in_hand(actor, slug)
    adoption = queries.latest_adoption(round_.id)
    hidden = queries.hidden_from(actor)
    found = queries.results(round_, hidden)
    page = render_template(
        "assessment/adopt.html",
        round=round_,
        tabs=tabs(round_, "assessment.adopt"),
        adoption=adoption,
        met=[one for one in queries.meetings_of(round_.id) if one.state == MeetingState.CLOSED],
        problems=[] if adoption else service.adoption_problems(actor, round_),
        rows=found.rows,
        correction=found.correction,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Vaststellen", None)),
    )
    return page, 422 if form.errors else 200
