"""Pages to take answers over from an earlier application of the own municipality."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.forms import attempt
from pool.core.text import join_words
from pool.rounds import queries as rounds

from . import queries, queries_reuse, rules, service
from .blueprint import bp, crumbs, load
from .forms_reuse import TakeOverForm
from .inputs import Content
from .models import Application


@bp.get("/aanvragen/<int:ident>/overnemen")
@door(Role.APPLICANT)
def reuse(ident: int) -> Any:
    actor = current_actor()
    application, _rules = load(ident)
    require(rules.can_edit(actor, application))
    return render_template(
        "applications/reuse.html",
        application=application,
        sources=queries_reuse.sources(actor, application),
        crumbs=crumbs(application, ("Antwoorden overnemen", None)),
    )


@bp.route("/aanvragen/<int:ident>/overnemen/<int:source_id>", methods=["GET", "POST"])
@door(Role.APPLICANT)
def take_over(ident: int, source_id: int) -> Any:
    actor = current_actor()
    application, _rules = load(ident)
    require(rules.can_edit(actor, application))
    source = queries_reuse.source(actor, application, source_id)
    form = TakeOverForm().offer(service.offers(application, source))
    status = 200
    if request.method == "GET":
        form.take_revision(application.revision)
    elif form.validate_on_submit():
        with attempt(form) as done:
            taken = service.take_over(actor, application, source_id, form.sections.data or [], form.revision)
        if done:
            names = join_words([f"‘{section.label}’" for section in taken])
            flash(f"Overgenomen uit {source.reference}: {names}. Lees de tekst goed na.", "success")
            return redirect(url_for("applications.show", ident=ident))
        status = done.error.status if done.error else 422
        form.take_revision(application.revision)
    else:
        status = 422
    return _page(application, source, form, status)


def _page(application: Application, source: Application, form: TakeOverForm, status: int) -> Any:
    round_rules, earlier = rounds.rules_of(application.round), rounds.rules_of(source.round)
    then = queries.content(source)
    lines = [
        {
            "section": offer.section,
            "notes": offer.fitted.notes,
            "written": offer.written,
            "then": queries.part(then, earlier, offer.section),
            "now": queries.part(
                Content().with_section(offer.section.value, offer.now), round_rules, offer.section
            ),
        }
        for offer in service.offers(application, source)
    ]
    page = render_template(
        "applications/take_over.html",
        application=application,
        source=source,
        lines=lines,
        chosen=form.sections.data or [],
        first=request.method == "GET",
        form=form,
        page_errors=status >= 400,
        crumbs=crumbs(
            application,
            ("Antwoorden overnemen", url_for(".reuse", ident=application.id)),
            (source.reference, None),
        ),
    )
    return page, status
