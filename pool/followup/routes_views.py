"""Pages about how regions see the projects: giving a view, and which came and which are lacking."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.clock import local_date
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.regions import queries as regions

from . import queries, rules, service
from .blueprint import bp, crumbs, half_year_title, load
from .forms import ViewForm
from .inputs import ViewFilter
from .states import Due

STANDINGS = (("open", "nog te geven"), (Due.OVERDUE.value, "te laat"), ("given", "gegeven"))


@bp.get("/projecten/beelden")
@door(Role.PROGRAMME, Role.REGIONAL_LEAD)
def views() -> Any:
    """Per region: over which project and half-year a view was given, and which are lacking."""
    actor = current_actor()
    every = queries.view_lines(actor)
    wanted = ViewFilter(
        region=request.args.get("regio", "")[:200],
        period=request.args.get("halfjaar", "")[:200],
        standing=request.args.get("beeld", "")[:200],
    )
    lines = [line for line in every if queries.fits(line, wanted)]
    return render_template(
        "followup/views.html",
        wanted=wanted,
        any_lines=bool(every),
        lines=lines,
        grouped=[(region, list(of)) for region, of in groupby(lines, key=lambda line: line.region)],
        given=sum(line.due == Due.SUBMITTED for line in lines),
        asked=sum(line.due.asked for line in lines),
        late=sum(line.due == Due.OVERDUE for line in lines),
        regions=[(r.slug, r.name) for r in regions.all_regions()] if actor.has(Role.PROGRAMME) else [],
        periods=[(p.code, p.label) for p in sorted({line.period for line in every}, reverse=True)],
        standings=STANDINGS,
        may_give={
            (line.project.id, line.period.code, line.region.id)
            for line in lines
            if rules.can_give_view(actor, line.project, line.period, line.region.id)
        },
        Due=Due,
    )


@bp.route("/projecten/<int:ident>/rapportages/<code>/beeld/<slug>", methods=["GET", "POST"])
@door(Role.REGIONAL_LEAD)
def give_view(ident: int, code: str, slug: str) -> Any:
    actor, project = current_actor(), load(ident)
    period = queries.half_year(project, code, local_date(actor.at))
    region = next(
        (r for r in project.application.regions if r.slug == slug and r.id in actor.region_ids), None
    )
    if region is None:
        raise Missing
    require(rules.can_give_view(actor, project, period, region.id))
    before = queries.view_of(project, period, region.id)
    form = ViewForm(standing=before.standing.value if before else None, text=before.text if before else None)
    stale: service.StaleView | None = None
    if request.method == "GET":
        form.take_revision(before.version if before else 0)
    elif form.validate_on_submit():
        with attempt(form) as done:
            service.give_view(actor, project, period, region.id, form.to_input(), form.revision)
        if done:
            flash("Het beeld van uw regio is bewaard.", "success")
            return redirect(url_for("followup.report", ident=ident, code=code))
        if isinstance(done.error, service.StaleView):
            stale = done.error
            form.take_revision(stale.version)
    found = queries.handed_in(project, period)
    title = half_year_title(project, period)
    page = render_template(
        "followup/view.html",
        project=project,
        period=period,
        report=found,
        asked=period in project.periods,
        region=region,
        before=before,
        stale=stale,
        form=form,
        labels=rules.labels(found.covered) if found else {},
        limit=rules.LIMITS["view"],
        here=url_for("followup.give_view", ident=project.id, code=code, slug=slug),
        page_errors=bool(form.errors),
        crumbs=crumbs(
            project,
            (title, url_for("followup.report", ident=ident, code=code)),
            (f"Beeld van {region.name}", None),
        ),
    )
    return page, 409 if stale else 422 if form.errors else 200
