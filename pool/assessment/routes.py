"""Pages of an assessor: the own work, the question about an interest, and scoring."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.applications import queries as applications
from pool.core.access import Role, current_actor, door, require
from pool.core.clock import local_date
from pool.core.db import db
from pool.core.forms import attempt
from pool.rounds import queries as rounds
from pool.rounds.inputs import RoundRules

from . import queries, routes_documents, service
from .blueprint import bp
from .forms import AbstainForm, InterestForm, scores_form
from .models import Assessment, Assignment, Score
from .rules import ASSESSED_STATES, can_abstain, can_plan, can_score, can_see_results
from .states import Abstention, InterestAnswer

blueprints = [bp]

HOME = ("Beoordelen", "/beoordelen")


@bp.get("/beoordelen")
@door(Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME, Role.AUDITOR)
def index() -> Any:
    actor = current_actor()
    own = list(db.session.scalars(queries.visible_to(actor)).unique()) if actor.has(Role.ASSESSOR) else []
    work = [(round_, list(files)) for round_, files in groupby(own, lambda one: one.application.round)]
    in_hand = queries.rounds_in_hand(actor)
    totals = {
        one.id: rounds.rules_of(one.application.round).points(queries.levels(one.assessment))
        for one in own
        if one.assessment is not None and one.assessment.state in queries.COUNTING
    }
    return render_template(
        "assessment/index.html",
        work=work,
        deadlines=queries.reminders.deadlines_of({round_.id for round_, _ in work}),
        today=local_date(actor.at),
        totals=totals,
        rounds=in_hand if actor.has(Role.CHAIR, Role.PROGRAMME, Role.AUDITOR) else [],
        assignable={r.id for r in in_hand if can_plan(actor, r)},
        results={r.id for r in in_hand if can_see_results(actor, r, 0)},
        assessed=ASSESSED_STATES,
    )


def _open(assignment: Assignment) -> Assessment | None:
    """The assessment when the assessor may read the file; until then it stays shut."""
    return assignment.assessment if queries.may_open(assignment) else None


def _crumbs(assignment: Assignment, last: str) -> list[tuple[str, str | None]]:
    return [HOME, (assignment.application.title, None if not last else _file(assignment))] + (
        [(last, None)] if last else []
    )


def _file(assignment: Assignment) -> str:
    return url_for("assessment.file", application_id=assignment.application_id)


@bp.route("/beoordelen/aanvraag/<int:application_id>/belang", methods=["GET", "POST"])
@door(Role.ASSESSOR)
def interest(application_id: int) -> Any:
    """Before the file opens, and afterwards when an interest comes to mind."""
    actor = current_actor()
    assignment = queries.own_assignment(actor, application_id)
    opened = _open(assignment)
    form = InterestForm(answer=InterestAnswer.DECLARED.value if opened else None)
    if form.validate_on_submit():
        answer = form.to_answer()
        if answer is None:
            form.answer.errors = [*form.answer.errors, "Kies of u een belang hebt."]
        else:
            with attempt(form) as done:
                service.declare_interest(actor, application_id, answer, form.reason.data or "")
            if (
                done
                and answer == InterestAnswer.NONE
                and _open(queries.own_assignment(actor, application_id))
            ):
                return redirect(url_for("assessment.file", application_id=application_id))
            if done and answer == InterestAnswer.NONE:
                flash("De voorzitter beslist of u deze aanvraag mag beoordelen.", "success")
                return redirect(url_for("assessment.interest", application_id=application_id))
            if done:
                flash("Uw belang is vastgelegd. U ziet deze aanvraag niet meer.", "success")
                return redirect(url_for("assessment.index"))
            assignment = queries.own_assignment(actor, application_id)
    round_ = assignment.application.round
    said = queries.statement_of(assignment.user_id, application_id)
    page = render_template(
        "assessment/interest.html",
        assignment=assignment,
        opened=opened is not None,
        ties=queries.ties.ties(round_, application_id, assignment.user_id),
        waits=said is not None and queries.waits(round_, application_id, assignment.user_id),
        may_give_back=bool(can_abstain(actor, assignment)),
        form=form,
        page_errors=bool(form.errors),
        crumbs=_crumbs(assignment, "Belang") if opened else [HOME, (assignment.application.title, None)],
    )
    return page, 422 if form.errors else 200


@bp.route("/beoordelen/aanvraag/<int:application_id>/teruggeven", methods=["GET", "POST"])
@door(Role.ASSESSOR)
def give_back(application_id: int) -> Any:
    """Give an application back, with a reason that is no interest."""
    actor = current_actor()
    assignment = queries.own_assignment(actor, application_id)
    require(can_abstain(actor, assignment))
    form = AbstainForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.abstain(actor, assignment, Abstention(form.why.data), form.note.data or "")
        if done:
            flash(
                "U hebt de aanvraag teruggegeven. Het programmateam zoekt een andere beoordelaar.", "success"
            )
            return redirect(url_for("assessment.index"))
        assignment = queries.own_assignment(actor, application_id)
    page = render_template(
        "assessment/give_back.html",
        assignment=assignment,
        form=form,
        page_errors=bool(form.errors),
        crumbs=[HOME, (assignment.application.title, None)],
    )
    return page, 422 if form.errors else 200


@bp.route("/beoordelen/aanvraag/<int:application_id>", methods=["GET", "POST"])
@door(Role.ASSESSOR)
def file(application_id: int) -> Any:
    """The application and the own assessment beside it."""
    actor = current_actor()
    assignment = queries.own_assignment(actor, application_id)
    assessment = _open(assignment)
    if assessment is None:
        return redirect(url_for("assessment.interest", application_id=application_id))
    rules = rounds.rules_of(assignment.application.round)
    form = scores_form(rules, assessment)
    if form.validate_on_submit():
        hand_in = request.form.get("do") == "submit"
        verb = service.submit_assessment if hand_in else service.save_scores
        with attempt(form) as done:
            verb(actor, assessment, form.to_input())
        if done:
            flash("Uw beoordeling is ingediend." if hand_in else "Uw beoordeling is opgeslagen.", "success")
            return redirect(url_for("assessment.file", application_id=application_id))
        assignment = queries.own_assignment(actor, application_id)
        assessment = assignment.assessment or assessment
    content = applications.content_of(assessment.judged)
    page = render_template(
        "assessment/file.html",
        assignment=assignment,
        assessment=assessment,
        rules=rules,
        partners=applications.partners(assignment.application, content, actor.at),
        parts=queries.parts(content, rules),
        shelf=routes_documents.shelf(assignment.application, content),
        views=applications.views_of(application_id),
        editable=bool(can_score(actor, assessment)),
        own=_given(assessment),
        own_codings=queries.codings_of(assessment),
        earlier=queries.earlier_levels(actor, assessment),
        total=_total(assessment, rules),
        others=[
            (_given(one), queries.codings_of(one), _total(one, rules))
            for one in queries.others_scores(assessment)
        ],
        form=form,
        page_errors=bool(form.errors),
        crumbs=_crumbs(assignment, ""),
    )
    return page, 422 if form.errors else 200


def _given(assessment: Assessment) -> dict[str, Score]:
    return {score.criterion: score for score in assessment.scores}


def _total(assessment: Assessment, rules: RoundRules) -> int | None:
    """The total in thousandths; None while a level is missing."""
    levels = queries.levels(assessment)
    return rules.points(levels) if len(levels) == len(rules.criteria) else None


from . import (  # noqa: E402, F401  they add to the blueprint
    routes_chair,
    routes_coverage,
    routes_deputy,
    routes_dossier,
    routes_figures,
    routes_item,
    routes_meeting,
    routes_minutes,
    routes_own,
    routes_plan,
    routes_programme,
    routes_reminders,
    routes_results,
)
