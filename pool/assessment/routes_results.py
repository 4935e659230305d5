"""The result of the committee: the ranking as page, PDF and file for spreadsheets, and one application in it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for

from pool.applications import queries as applications
from pool.core import pdf
from pool.core.access import Role, current_actor, door, require
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from . import letter, queries, rules, service
from .blueprint import bp
from .forms import OutcomeForm
from .ranking import Standing
from .routes_documents import shelf
from .routes_figures import percent
from .routes_programme import crumbs, tabs
from .states import AssessmentState


def _facts(slug: str) -> tuple[Round, letter.RankingFacts, queries.Results]:
    """The round, its ranking as this actor may see it, and what is behind it."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    require(rules.can_see_results(actor, round_, queries.open_own(actor, round_.id)))
    found = queries.results(round_, queries.hidden_from(actor))
    adoption = queries.latest_adoption(round_.id)
    round_rules = rounds.rules_of(round_)
    facts = letter.RankingFacts(
        round_title=round_.title,
        invented=round_.invented,
        ceiling=round_.budget.ceiling,
        min_merit=round_rules.min_merit,
        criteria=round_rules.criteria,
        rows=found.rows,
        at=actor.at,
        adopted_at=adoption.adopted_at if adoption else None,
        sha256=adoption.sha256 if adoption else "",
        corrected=found.correction.counts,
        about_correction=found.correction.why if found.correction.shown else "",
    )
    return round_, facts, found


@bp.get("/beoordelen/<slug>/uitslag")
@door(Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME)
def results(slug: str) -> Any:
    actor = current_actor()
    round_, facts, found = _facts(slug)
    staff = bool(rules.can_see_progress(actor))
    within = [row for row in facts.rows if row.standing == Standing.WITHIN]
    return render_template(
        "assessment/results.html",
        round=round_,
        facts=facts,
        correction=found.correction,
        sure=queries.places(found.totals),
        some_hidden=queries.hides_some(actor, round_.id),
        bottlenecks=rounds.rules_of(round_).bottlenecks,
        standings=Standing,
        first_outside=next(
            (
                i
                for i, row in enumerate(facts.rows)
                if row.standing not in (Standing.WITHIN, Standing.TOO_LOW)
            ),
            None,
        ),
        first_too_low=next((i for i, row in enumerate(facts.rows) if row.standing == Standing.TOO_LOW), None),
        spent=within[-1].cumulative if within else 0,
        asked=sum(row.application.requested for row in facts.rows),
        scored=sum(row.value is not None for row in facts.rows),
        any_agreed=any(row.agreed is not None for row in facts.rows),
        staff=staff,
        tabs=tabs(round_, "assessment.results") if staff else [],
        crumbs=crumbs(round_, ("Uitslag", None))
        if staff
        else [("Beoordelen", url_for("assessment.index")), (f"Uitslag {round_.title}", None)],
    )


@bp.get("/beoordelen/<slug>/uitslag.csv")
@door(Role.CHAIR, Role.PROGRAMME)
def results_csv(slug: str) -> Any:
    _, facts, _ = _facts(slug)
    return _download(letter.spreadsheet(facts), "text/csv; charset=utf-8", f"rangschikking-{slug}.csv")


@bp.get("/beoordelen/<slug>/uitslag.pdf")
@door(Role.CHAIR, Role.PROGRAMME)
def results_pdf(slug: str) -> Any:
    _, facts, _ = _facts(slug)
    return _download(pdf.render(letter.document(facts)), "application/pdf", f"rangschikking-{slug}.pdf")


def _download(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@bp.route("/beoordelen/<slug>/uitslag/<int:application_id>", methods=["GET", "POST"])
@door(Role.CHAIR, Role.PROGRAMME)
def result_of(slug: str, application_id: int) -> Any:
    """Everything the committee said about one application; the chair records what was agreed."""
    actor = current_actor()
    round_, facts, found = _facts(slug)
    row = next((r for r in facts.rows if r.application.id == application_id), None)
    if row is None:
        raise Missing
    form = OutcomeForm(agreed=row.agreed if row.agreed is not None else row.before, reason=row.agreed_reason)
    can_record = rules.can_record_outcome(actor, round_)
    if form.validate_on_submit():
        with attempt(form) as done:
            service.record_outcome(actor, round_, application_id, form.agreed.data or 0, form.reason.data)
        if done:
            flash("De afgesproken score is vastgelegd.", "success")
            return redirect(url_for("assessment.result_of", slug=slug, application_id=application_id))
        round_, facts, found = _facts(slug)
        row = next(r for r in facts.rows if r.application.id == application_id)
    round_rules = rounds.rules_of(round_)
    given = queries.counting([application_id])
    content = applications.content(row.application)
    page = render_template(
        "assessment/result_of.html",
        round=round_,
        row=row,
        rules=round_rules,
        partners=applications.partners(row.application, content, current_actor().at),
        parts=queries.parts(content, round_rules),
        shelf=shelf(row.application, content),
        views=applications.views_of(application_id),
        codings_of=queries.codings_of,
        given=[
            (
                one,
                {score.criterion: score for score in one.scores},
                round_rules.points(queries.levels(one)),
            )
            for one in given
        ],
        reopen={
            one.id for one in given if one.state == AssessmentState.SUBMITTED and rules.can_reopen(actor, one)
        },
        hints=queries.tie_hints(round_, application_id, given, queries.hidden_from(actor)),
        sure=queries.places(found.totals) if found.correction.shown else None,
        correction=found.correction,
        percent=percent,
        can_record=bool(can_record) and row.mean is not None,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(
            round_,
            ("Uitslag", url_for("assessment.results", slug=slug)),
            (row.application.reference, None),
        ),
    )
    return page, 422 if form.errors else 200
