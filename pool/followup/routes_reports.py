"""Pages about progress reports: writing one, reading one, and looking at one from the region."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.clock import local_date
from pool.core.errors import Conflict, Missing
from pool.core.forms import attempt
from pool.core.text import format_moment

from . import queries, rules, service
from .blueprint import READERS, bp, crumbs, load, period_of
from .forms import ReportForm, ViewForm
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
    earlier = [r for r in project.submitted_reports if r.period < period.code]
    page = render_template(
        "followup/write.html",
        project=project,
        period=period,
        form=form,
        stale=stale,
        late=local_date(current_actor().at) > period.due_on,
        earlier=earlier[-1] if earlier else None,
        labels=rules.LABELS,
        limit=rules.LIMITS["report"],
        here=url_for("followup.write", ident=project.id, code=period.code),
        page_errors=bool(form.errors),
        crumbs=crumbs(project, (f"Rapportage {period.label}", None)),
    )
    return page, 409 if stale else 422 if form.errors else 200


@bp.get("/projecten/<int:ident>/rapportages/<code>")
@door(*READERS)
def report(ident: int, code: str) -> Any:
    actor, project = current_actor(), load(ident)
    found = queries.submitted_report(project, code)
    views = {view.region_id: view for view in found.views}
    return render_template(
        "followup/report.html",
        project=project,
        report=found,
        labels=rules.LABELS,
        regions=[(link.region, views.get(link.region_id)) for link in project.application.region_links],
        may_view={
            link.region_id
            for link in project.application.region_links
            if rules.can_give_view(actor, found, link.region_id)
        },
        crumbs=crumbs(project, (f"Rapportage {found.half_year.label}", None)),
    )


@bp.route("/projecten/<int:ident>/rapportages/<code>/beeld/<slug>", methods=["GET", "POST"])
@door(Role.REGIONAL_LEAD)
def give_view(ident: int, code: str, slug: str) -> Any:
    actor, project = current_actor(), load(ident)
    found = queries.submitted_report(project, code)
    region = next(
        (r for r in project.application.regions if r.slug == slug and r.id in actor.region_ids), None
    )
    if region is None:
        raise Missing
    before = next((v for v in found.views if v.region_id == region.id), None)
    form = ViewForm(standing=before.standing.value if before else None, text=before.text if before else None)
    if form.validate_on_submit():
        with attempt(form) as done:
            service.give_view(actor, found, region.id, form.to_input())
        if done:
            flash("Het beeld van uw regio is bewaard.", "success")
            return redirect(url_for("followup.report", ident=ident, code=code))
    page = render_template(
        "followup/view.html",
        project=project,
        report=found,
        region=region,
        before=before,
        form=form,
        limit=rules.LIMITS["view"],
        page_errors=bool(form.errors),
        crumbs=crumbs(
            project,
            (
                f"Rapportage {found.half_year.label}",
                url_for("followup.report", ident=ident, code=code),
            ),
            (f"Beeld van {region.name}", None),
        ),
    )
    return page, 422 if form.errors else 200
