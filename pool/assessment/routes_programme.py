"""Pages about who reads what: the programme team assigns, chair and programme team follow the progress."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Actor, Role, current_actor, door, require
from pool.core.clock import local_date
from pool.core.errors import Missing
from pool.core.forms import Form, attempt
from pool.people import queries as people
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import RoundState

from . import queries, rules, service
from .blueprint import bp
from .forms import AddForm, ReasonForm

WHY_EXTRA = {
    "verschil": "De totalen liggen verder uit elkaar dan de regels van de ronde toestaan.",
    "onzeker": "De plaats van deze aanvraag rond de streep is onzeker.",
}
"""Reasons for one more assessor that the list of what needs attention proposes."""


def tabs(round_: Round, current: str) -> list[dict[str, Any]]:
    """The pages about a round that this actor may open."""
    actor = current_actor()
    found = [("assessment.progress", "Voortgang")]
    if actor.has(Role.PROGRAMME):
        found.append(("assessment.assign", "Toewijzen"))
    if actor.has(Role.CHAIR):
        found.append(("assessment.interests", "Belangen"))
    if round_.state in rules.ASSESSED_STATES:
        found.append(("assessment.meetings", "Vergaderingen"))
        found.append(("assessment.results", "Uitslag"))
        if rounds.rules_of(round_).bottlenecks:
            found.append(("assessment.coverage", "Knelpunten"))
        found.append(("assessment.dossiers", "Dossiers"))
        found.append(("assessment.attention", "Aandacht"))
        found.append(("assessment.figures", "Zekerheid"))
        if actor.has(Role.CHAIR):
            found.append(("assessment.adopt", "Vaststellen"))
    return [
        {"label": label, "url": url_for(endpoint, slug=round_.slug), "current": endpoint == current}
        for endpoint, label in found
    ]


def after_leading(actor: Actor, slug: str) -> str:
    """Where whoever did the chair's work goes on: a deputy has a page of his or her own."""
    staff = actor.has(Role.CHAIR, Role.PROGRAMME)
    return url_for("assessment.progress" if staff else "assessment.deputising", slug=slug)


def crumbs(round_: Round, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    home: tuple[str, str | None] = ("Beoordelen", url_for("assessment.index"))
    own = after_leading(current_actor(), round_.slug)
    return [home, (round_.title, own if more else None), *more]


@bp.get("/beoordelen/<slug>")
@door(Role.CHAIR, Role.PROGRAMME)
def progress(slug: str) -> Any:
    return progress_page(slug, Form())


def progress_page(slug: str, problem: Form) -> Any:
    """Who is how far. problem: a form that was sent from here, with what is wrong with it."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    hidden = queries.hidden_from(actor)
    readers = queries.readers_of_round(round_.id, hidden)
    done = [r for r in readers if r.assessment is not None and r.assessment.state in queries.COUNTING]
    by_application = Counter(r.application_id for r in readers)
    done_by_application = Counter(r.application_id for r in done)
    page = render_template(
        "assessment/progress.html",
        round=round_,
        tabs=tabs(round_, "assessment.progress"),
        files=queries.in_assessment(round_.id, hidden),
        readers=by_application,
        done=done_by_application,
        total=len(readers),
        handed_in=len(done),
        pending=queries.pending(round_.id),
        people=queries.progress(readers),
        open_readers=[r for r in readers if r not in done],
        needed=rounds.rules_of(round_).assessors_per_application,
        can_plan=bool(rules.can_plan(actor, round_)),
        can_end=round_.state == RoundState.IN_ASSESSMENT,
        can_remind=bool(rules.can_remind(actor, round_)),
        deadline=queries.reminders.deadline_of(round_.id),
        today=local_date(actor.at),
        reminded=queries.reminders.last_reminders(round_.id),
        # Each button a form of its own, so that each can be sent once.
        new_form=lambda: Form(formdata=None),
        problem=problem,
        page_errors=bool(problem.errors),
        crumbs=crumbs(round_),
    )
    return page, 422 if problem.errors else 200


@bp.route("/beoordelen/<slug>/toewijzen/<int:application_id>", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def assign_one(slug: str, application_id: int) -> Any:
    """The assessors of one application: add one, or begin to end one."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    application = queries.committee_file(actor, application_id)
    if application.round_id != round_.id:
        raise Missing
    form = AddForm(reason=WHY_EXTRA.get(request.args.get("waarom", "")))
    readers = [a for a in queries.readers_of_round(round_.id) if a.application_id == application_id]
    taken = {a.user_id for a in readers}
    form.offer([user for user in people.with_role(Role.ASSESSOR) if user.id not in taken])
    if form.validate_on_submit():
        with attempt(form) as done:
            service.add_assignment(actor, round_, application_id, form.user_id.data, form.reason.data)
        if done:
            flash("De beoordelaar is toegewezen.", "success")
            return redirect(url_for("assessment.assign_one", slug=slug, application_id=application_id))
        round_, application = (
            queries.round_in_hand(actor, slug),
            queries.committee_file(actor, application_id),
        )
        readers = [a for a in queries.readers_of_round(round_.id) if a.application_id == application_id]
    page = render_template(
        "assessment/assign_one.html",
        round=round_,
        application=application,
        readers=readers,
        verdict=rules.can_add(actor, round_),
        ends={a.id for a in readers if rules.can_unassign(actor, a)},
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(
            round_,
            ("Toewijzen", url_for("assessment.assign", slug=slug)),
            (application.reference, None),
        ),
    )
    return page, 422 if form.errors else 200


@bp.route("/beoordelen/<slug>/toewijzing/<int:assignment_id>/beeindigen", methods=["GET", "POST"])
@door(Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME)
def end_assignment(slug: str, assignment_id: int) -> Any:
    """Take an application from an assessor; the chair, or the deputy, uses it to do without an assessment."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    assignment = queries.assignment(actor, assignment_id)
    leads = queries.leads(actor, assignment.application)
    if assignment.application.round_id != round_.id or not (leads or actor.has(Role.PROGRAMME)):
        raise Missing
    require(rules.can_unassign(queries.acting(actor, assignment.application), assignment))
    back = after_leading(actor, slug)
    form = ReasonForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.end_assignment(actor, assignment, form.reason.data)
        if done:
            flash("De toewijzing is beëindigd.", "success")
            return redirect(back)
        assignment = queries.assignment(actor, assignment_id)
    page = render_template(
        "assessment/end_assignment.html",
        round=round_,
        assignment=assignment,
        back=back,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Toewijzing beëindigen", None)),
    )
    return page, 422 if form.errors else 200
