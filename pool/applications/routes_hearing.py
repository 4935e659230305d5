"""Pages about an intended refusal: the municipality gives its view, the programme team weighs it and decides."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.db import end_reading
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.rounds import queries as rounds

from . import queries, rules, service
from .blueprint import bp, crumbs, load
from .forms_documents import FileForm, file_form
from .forms_hearing import DropForm, RefuseForm, ViewOnIntentionForm
from .lifecycle import LIFE
from .models import Application, Hearing


def _hearing(application: Application) -> Hearing:
    hearing = application.open_hearing
    if hearing is None:
        raise Missing("missing", "Er loopt geen voornemen over deze aanvraag. Ga terug naar de aanvraag.")
    return hearing


@bp.route("/aanvragen/<int:ident>/voornemen", methods=["GET", "POST"])
@door(Role.APPLICANT)
def be_heard(ident: int) -> Any:
    application, hearing = _to_be_heard(ident)
    form = ViewOnIntentionForm()
    status = 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        with attempt(form) as done:
            service.be_heard(current_actor(), application, form.to_input())
        if done:
            flash("Wij hebben uw reactie ontvangen.", "success")
            return redirect(url_for("applications.show", ident=ident))
        status = done.error.status if done.error else 422
    page = render_template(
        "applications/hearing.html",
        application=application,
        hearing=hearing,
        files=queries.waiting_for_view(hearing),
        form=form,
        points={p.code: p.label for p in rules.check_points(rounds.rules_of(application.round))},
        page_errors=bool(form.errors),
        crumbs=crumbs(application, ("Zienswijze op ons voornemen", None)),
    )
    return page, status


@bp.route("/aanvragen/<int:ident>/voornemen/bijlagen", methods=["GET", "POST"])
@door(Role.APPLICANT)
def hearing_files(ident: int) -> Any:
    """Add files to the view, one at a time, before it is given."""
    application, hearing = _to_be_heard(ident)
    if request.method == "GET":
        return _files_page(application, hearing)
    document = rules.hearing_document(hearing)
    form = file_form(document, queries.waiting_for_view(hearing))()
    status = 422
    if form.validate_on_submit():
        # Nobody waits while a file is inspected and written: the row comes in a transaction of its own.
        end_reading()
        with attempt(form) as done:
            entry = service.receive(document, form.upload.filename or "", form.upload.stream)
            application, hearing = _to_be_heard(ident)
            service.add_hearing_file(current_actor(), application, entry, form.replaces)
        if done:
            flash(f"‘{entry.name}’ is toegevoegd.", "success")
            return redirect(url_for("applications.hearing_files", ident=ident))
        status = done.error.status if done.error else status
        application, hearing = _to_be_heard(ident)
    return _files_page(application, hearing, form), status


@bp.post("/aanvragen/<int:ident>/voornemen/bijlagen/<int:file_id>/verwijderen")
@door(Role.APPLICANT)
def remove_hearing_file(ident: int, file_id: int) -> Any:
    application, _open = _to_be_heard(ident)
    service.remove_hearing_file(current_actor(), application, file_id)
    flash("Het bestand is verwijderd.", "success")
    return redirect(url_for("applications.hearing_files", ident=ident))


def _to_be_heard(ident: int) -> tuple[Application, Hearing]:
    """An application of which the municipality can give its view now."""
    application, _rules = load(ident)
    hearing = _hearing(application)
    require(LIFE.may(current_actor(), application, "be_heard"))
    return application, hearing


def _files_page(application: Application, hearing: Hearing, posted: FileForm | None = None) -> str:
    files, document = queries.waiting_for_view(hearing), rules.hearing_document(hearing)
    form = posted
    if form is None and len(files) < rules.MAX_FILES:
        form = file_form(document, files)(formdata=None, document=document.code)
    return render_template(
        "applications/hearing_files.html",
        application=application,
        files=files,
        form=form,
        posted=posted,
        kinds=rules.kinds_text(document),
        accept=rules.accepted_suffixes(document),
        most=rules.MAX_FILES,
        max_bytes=rules.MAX_FILE_BYTES,
        page_errors=posted is not None,
        crumbs=crumbs(
            application,
            ("Zienswijze op ons voornemen", url_for("applications.be_heard", ident=application.id)),
            ("Bijlagen", None),
        ),
    )


@bp.route("/aanvragen/<int:ident>/voornemen/beslissen", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def conclude(ident: int) -> Any:
    application, _rules = load(ident)
    hearing = _hearing(application)
    if request.method == "GET":
        return _conclude_page(application)
    require(LIFE.may(current_actor(), application, "refuse"))
    form = RefuseForm(reason=hearing.check.reason)
    status = 422
    if form.validate_on_submit():
        with attempt(form) as done:
            service.refuse(current_actor(), application, form.reason.data, form.weighing.data or "")
        if done:
            flash("Vastgelegd: niet in behandeling. De gemeente krijgt bericht.", "success")
            return redirect(url_for("applications.show", ident=ident))
        status = done.error.status if done.error else 422
    return _conclude_page(application, refuse=form, status=status)


@bp.post("/aanvragen/<int:ident>/voornemen/intrekken")
@door(Role.PROGRAMME)
def drop_intention(ident: int) -> Any:
    application, _rules = load(ident)
    _hearing(application)
    require(LIFE.may(current_actor(), application, "drop_intention"))
    form = DropForm()
    status = 422
    if form.validate_on_submit():
        with attempt(form) as done:
            service.drop_intention(current_actor(), application, form.why.data)
        if done:
            flash("Het voornemen is ingetrokken. De gemeente krijgt bericht.", "success")
            return redirect(url_for("applications.check", ident=ident))
        status = done.error.status if done.error else 422
    return _conclude_page(application, drop=form, status=status)


def _conclude_page(
    application: Application,
    refuse: RefuseForm | None = None,
    drop: DropForm | None = None,
    status: int = 200,
) -> Any:
    """The intention beside the view, with what can be done now; the form that was refused keeps what was typed."""
    actor = current_actor()
    _application, round_rules = load(application.id)
    hearing = _hearing(application)
    page = render_template(
        "applications/conclude.html",
        application=application,
        hearing=hearing,
        points={p.code: p.label for p in rules.check_points(round_rules)},
        parts=queries.parts(queries.content(application), round_rules),
        term=rules.decision_term(application, round_rules),
        may_refuse=LIFE.may(actor, application, "refuse"),
        refuse=refuse or RefuseForm(formdata=None, reason=hearing.check.reason),
        drop=drop or DropForm(formdata=None),
        shown=refuse or drop,
        page_errors=status >= 400,
        crumbs=crumbs(application, ("Beslissen over het voornemen", None)),
    )
    return page, status
