"""Pages about progress reports: writing one, and reading what was told over a half-year."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.clock import local_date
from pool.core.errors import Conflict
from pool.core.forms import attempt
from pool.core.text import format_moment

from . import queries, rules, service
from .blueprint import READERS, bp, crumbs, half_year_title, load, period_of
from .forms import ReportForm
from .inputs import ReportInput
from .models import Project
from .periods import Period
from .states import ReportState


@bp.route("/projecten/<int:ident>/rapportages/<code>/schrijven", methods=["GET", "POST"])
@door(Role.APPLICANT)
def write(ident: int, code: str) -> Any:
    actor, project, period = current_actor(), load(ident), period_of(code)
    report = queries.report_of(project, period)
    if report is not None and report.state == ReportState.SUBMITTED:
        raise Conflict("state", "Deze rapportage is al ingediend en verandert niet meer.")
    require(rules.can_report(actor, project, period))
    form = ReportForm(**ReportForm.values(report.content if report else ReportInput()))
    form.ask_about(project.covered_by(period))
    if request.method == "GET":
        return _write_page(project, period, form.take_revision(report.version if report else 0))
    in_background = request.accept_mimetypes.best == "application/json"
    handing_in = "submit" in request.form and not in_background
    stale: service.StaleReport | None = None
    if form.validate_on_submit():
        with attempt(form) as done:
            saved = service.save_report(actor, project, code, form.to_input(), form.revision)
            if handing_in:
                service.submit_report(actor, saved)
        if done:
            if in_background:
                saved_at = format_moment(actor.at).rpartition(" om ")[2]
                return jsonify(version=saved.version, saved_at=saved_at)
            if handing_in:
                flash("Uw rapportage is ingediend. De regionaal projectleiders krijgen bericht.", "success")
                return redirect(url_for("followup.report", ident=ident, code=code))
            flash("Uw rapportage is bewaard. Indienen kan later.", "success")
            return redirect(url_for("followup.show", ident=ident))
        if isinstance(done.error, service.StaleReport):
            stale = done.error
            form.take_revision(stale.version)
    if in_background:
        found = stale.message if stale else "Nog niet bewaard: er klopt iets niet in wat u invulde."
        return jsonify(detail=found), 409 if stale else 422
    return _write_page(project, period, form, stale)


def _write_page(
    project: Project, period: Period, form: ReportForm, stale: service.StaleReport | None = None
) -> Any:
    covered = project.covered_by(period)
    earlier = [r for r in project.submitted_reports if r.period < period.code]
    page = render_template(
        "followup/write.html",
        project=project,
        period=period,
        covered=covered,
        form=form,
        stale=stale,
        late=local_date(current_actor().at) > period.due_on,
        earlier=earlier[-1] if earlier else None,
        labels=rules.labels(covered),
        limit=rules.LIMITS["report"],
        here=url_for("followup.write", ident=project.id, code=period.code),
        page_errors=bool(form.errors),
        crumbs=crumbs(project, (f"Rapportage {covered.label}", None)),
    )
    return page, 409 if stale else 422 if form.errors else 200


@bp.get("/projecten/<int:ident>/rapportages/<code>")
@door(*READERS)
def report(ident: int, code: str) -> Any:
    """What was told over a half-year: the report of the municipality, if there is one, and how the regions see it."""
    actor, project = current_actor(), load(ident)
    today = local_date(actor.at)
    period = queries.half_year(project, code, today)
    found = queries.handed_in(project, period)
    regions = project.application.region_links
    return render_template(
        "followup/report.html",
        project=project,
        period=period,
        report=found,
        asked=period in project.periods,
        labels=rules.labels(found.covered) if found else {},
        regions=[(link.region, queries.view_of(project, period, link.region_id)) for link in regions],
        may_view={
            link.region_id for link in regions if rules.can_give_view(actor, project, period, link.region_id)
        },
        title=half_year_title(project, period),
        crumbs=crumbs(project, (half_year_title(project, period), None)),
    )
