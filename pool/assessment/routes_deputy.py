"""Pages of a deputy of the chair, and the question about an interest for who was not assigned to an application."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.applications import queries as applications
from pool.applications.models import Application
from pool.core.access import Actor, Role, current_actor, door, require
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from . import queries, rules, rules_meeting, service
from .blueprint import bp
from .forms import InterestForm, MemberInterestForm, OutcomeForm
from .lifecycle import LIFE
from .routes_chair import weighed_by
from .routes_documents import shelf
from .routes_meeting import ROOT, crumbs
from .states import InterestAnswer


def _asked(actor: Actor, round_: Round, application_id: int) -> Application:
    """An application about which this member may say to have an interest; Missing otherwise."""
    found = queries.committee_file(actor, application_id)
    if found.round_id != round_.id or not queries.may_speak_about(actor, application_id):
        raise Missing
    return found


@bp.route("/beoordelen/<slug>/belang/<int:application_id>", methods=["GET", "POST"])
@door(Role.ASSESSOR)
def member_interest(slug: str, application_id: int) -> Any:
    """About an application on an agenda, or one that a deputy is to lead. Shows its title and applicant only."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    application = _asked(actor, round_, application_id)
    deputy = application_id in queries.deputised(actor, round_.id)
    form = InterestForm()
    if form.validate_on_submit():
        answer = form.to_answer()
        if answer is None:
            form.answer.errors = [*form.answer.errors, "Kies of u een belang hebt."]
        else:
            with attempt(form) as done:
                service.declare_interest(actor, application_id, answer, form.reason.data or "")
            if done and answer == InterestAnswer.DECLARED:
                flash("Uw belang is vastgelegd. U ziet deze aanvraag niet meer.", "success")
                return redirect(url_for("assessment.meetings", slug=slug))
            if done:
                endpoint = "assessment.deputising" if deputy else "assessment.meetings"
                return redirect(url_for(endpoint, slug=slug))
            application = _asked(actor, round_, application_id)
    page = render_template(
        "assessment/meeting_interest.html",
        round=round_,
        application=application,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Belang", None)),
    )
    return page, 422 if form.errors else 200


@bp.get(f"{ROOT}/plaatsvervangen")
@door(Role.ASSESSOR)
def deputising(slug: str) -> Any:
    """What a deputy leads now."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    if not queries.is_deputy(actor, round_.id):
        raise Missing
    led = queries.deputised(actor, round_.id)
    files = [a for a in queries.in_assessment(round_.id) if a.id in led]
    return render_template(
        "assessment/deputising.html",
        round=round_,
        files=[(a, queries.must_still(actor, a)) for a in files],
        confirmed=queries.confirmations({a.id for a in files}),
        weighed=weighed_by(actor, round_),
        crumbs=crumbs(round_, ("Plaatsvervangen", None)),
    )


@bp.route(f"{ROOT}/plaatsvervangen/<int:application_id>", methods=["GET", "POST"])
@door(Role.ASSESSOR)
def deputy_file(slug: str, application_id: int) -> Any:
    """The chair's page of one application, for the deputy: scores, outcome, interests, and the word for its merit."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    application = _led(actor, round_, application_id)
    must = queries.must_still(actor, application)
    if must == "interest":
        return redirect(url_for("assessment.member_interest", slug=slug, application_id=application_id))
    require(rules_meeting.can_open_file(must))
    do = request.form.get("do", "")
    outcome = queries.outcomes([application_id]).get(application_id)
    mean = queries.mean_of(round_, application_id)
    form = OutcomeForm(
        formdata=request.form if do == "outcome" else None,
        agreed=outcome.agreed if outcome else queries.proposed_of(round_, application_id),
        reason=outcome.reason if outcome else "",
    )
    interest = MemberInterestForm(formdata=request.form if do == "interest" else None)
    interest.offer([application], queries.committee_members())
    current = {"outcome": form, "interest": interest}.get(do, form)
    if request.method == "POST" and (do == "confirm" or current.validate()):
        with attempt(current) as done:
            if do == "confirm":
                service.confirm_merit(actor, round_, application_id)
                flash("U hebt de kwaliteitsscore bevestigd.", "success")
            elif do == "outcome":
                service.record_outcome(actor, round_, application_id, form.agreed.data or 0, form.reason.data)
                flash("De afgesproken score is vastgelegd.", "success")
            elif do == "interest":
                answer = InterestAnswer(interest.answer.data)
                who, why = interest.user_id.data, interest.reason.data
                service.declare_interest(actor, application_id, answer, why, user_id=who)
                flash("Het belang is vastgelegd.", "success")
        if done:
            return redirect(url_for("assessment.deputising", slug=slug))
        application = _led(actor, round_, application_id)
        outcome = queries.outcomes([application_id]).get(application_id)
    round_rules = rounds.rules_of(round_)
    acting = queries.acting(actor, application)
    given = queries.counting([application_id])
    content = applications.content(application)
    page = render_template(
        "assessment/deputy_file.html",
        round=round_,
        application=application,
        rules=round_rules,
        parts=queries.parts(content, round_rules),
        shelf=shelf(application, content),
        views=applications.views_of(application_id),
        codings_of=queries.codings_of,
        given=[
            (one, {score.criterion: score for score in one.scores}, round_rules.points(queries.levels(one)))
            for one in given
        ],
        reopen={one.id for one in given if LIFE.may(acting, one, "reopen")},
        waiting=[
            one
            for one in queries.readers_of_round(round_.id)
            if one.application_id == application_id and rules.can_unassign(acting, one)
        ],
        mean=mean,
        outcome=outcome,
        confirmed=queries.confirmations({application_id}).get(application_id),
        can_record=bool(rules.can_record_outcome(acting, round_)) and mean is not None,
        form=form,
        interest=interest,
        problem=current,
        page_errors=bool(current.errors),
        crumbs=crumbs(
            round_,
            ("Plaatsvervangen", url_for("assessment.deputising", slug=slug)),
            (application.reference, None),
        ),
    )
    return page, 422 if current.errors else 200


def _led(actor: Actor, round_: Round, application_id: int) -> Application:
    if application_id not in queries.deputised(actor, round_.id):
        raise Missing
    return queries.committee_file(actor, application_id)
