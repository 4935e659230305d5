"""Pages that end a project: finish and stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.core.access import Actor, Role, current_actor, door, require
from pool.core.clock import local_date
from pool.core.forms import attempt

from . import accounting, queries, rules, service
from .blueprint import bp, crumbs, load
from .forms import EndForm, FinishForm, StopForm
from .inputs import EndInput
from .lifecycle import LIFE
from .models import Project


@bp.route("/projecten/<int:ident>/afronden", methods=["GET", "POST"])
@door(Role.APPLICANT, Role.PROGRAMME)
def finish(ident: int) -> Any:
    return _end(load(ident), "finish", FinishForm(), service.finish, "Het project is afgerond.")


@bp.route("/projecten/<int:ident>/stoppen", methods=["GET", "POST"])
@door(Role.APPLICANT, Role.PROGRAMME)
def stop(ident: int) -> Any:
    return _end(load(ident), "stop", StopForm(), service.stop, "Het project is gestopt.")


def _end(
    project: Project,
    name: str,
    form: EndForm,
    verb: Callable[[Actor, Project, EndInput], None],
    told: str,
) -> Any:
    actor = current_actor()
    require(LIFE.may(actor, project, name))
    if form.validate_on_submit():
        with attempt(form) as done:
            verb(actor, project, form.to_input())
        if done:
            flash(f"{told} De gemeente en de regio's krijgen bericht.", "success")
            return redirect(url_for("followup.show", ident=project.id))
    today = local_date(actor.at)
    page = render_template(
        "followup/end.html",
        project=project,
        name=name,
        title=LIFE.moves[name].label,
        form=form,
        limit=rules.LIMITS["end"],
        late=[project.covered_by(p) for p, due in queries.calendar(project, today) if due.asked],
        owed=accounting.owed(project) if name == "finish" else None,
        page_errors=bool(form.errors),
        crumbs=crumbs(project, (LIFE.moves[name].label, None)),
    )
    return page, 422 if form.errors else 200
