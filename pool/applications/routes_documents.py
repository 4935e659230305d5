"""Documents: the section in which files are sent in and taken away, and the files themselves for who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.db import end_reading
from pool.core.downloads import give
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.rounds.inputs import DocumentRule, RoundRules

from . import queries, rules, service
from .blueprint import READERS, bp, crumbs, load, section_url, shelf
from .forms_documents import FileForm, file_form
from .models import Application, ApplicationFile
from .states import Section


@dataclass(frozen=True)
class Block:
    """One document on the page. files: each with what it is and where to download it, if anybody may.

    form: None when nothing can be added now; why: the reason, when there is one.
    """

    document: DocumentRule
    kinds: str
    accept: str
    files: list[tuple[ApplicationFile, str, str | None]]
    form: FileForm | None
    can_remove: bool
    why: str


@bp.route("/aanvragen/<int:ident>/onderdelen/documenten", methods=["GET", "POST"])
@door(Role.APPLICANT)
def documents(ident: int) -> Any:
    application, round_rules = _load_open(ident)
    if request.method == "GET":
        return _page(application, round_rules)
    document = _asked(round_rules, request.form.get("document", ""))
    require(rules.can_edit_document(application, document.code))
    form = file_form(document, _files(application, document))()
    status = 422
    if form.validate_on_submit():
        # Nobody waits while a file is inspected and written: the row comes in a transaction of its own.
        end_reading()
        with attempt(form) as done:
            entry = service.receive(document, form.upload.filename or "", form.upload.stream)
            application, round_rules = load(ident)
            service.add_file(current_actor(), application, entry, form.replaces)
        if done:
            flash(f"‘{entry.name}’ is toegevoegd.", "success")
            return redirect(section_url(application, Section.DOCUMENTS))
        status = done.error.status if done.error else status
        application, round_rules = load(ident)
    return _page(application, round_rules, form), status


@bp.post("/aanvragen/<int:ident>/documenten/<int:file_id>/verwijderen")
@door(Role.APPLICANT)
def remove_document(ident: int, file_id: int) -> Any:
    application, _rules = _load_open(ident)
    service.remove_file(current_actor(), application, file_id)
    flash("Het bestand is verwijderd.", "success")
    return redirect(section_url(application, Section.DOCUMENTS))


@bp.get("/aanvragen/<int:ident>/documenten/<int:file_id>")
@door(*READERS)
def document_file(ident: int, file_id: int) -> Any:
    application, _rules = load(ident)
    row = queries.file_of(current_actor(), application, file_id)
    require(rules.can_read_file(row.state))
    return give(row.sha256, row.name, row.media_type)


def _load_open(ident: int) -> tuple[Application, RoundRules]:
    """The application, when its documents can be changed now."""
    application, round_rules = load(ident)
    if not round_rules.documents:
        raise Missing
    require(rules.can_edit(current_actor(), application))
    require(rules.can_edit_section(application, Section.DOCUMENTS.value, round_rules))
    return application, round_rules


def _asked(round_rules: RoundRules, code: str) -> DocumentRule:
    document = rules.document_of(round_rules, code)
    if document is None:
        raise Missing
    return document


def _files(application: Application, document: DocumentRule) -> list[ApplicationFile]:
    entries = rules.files_of(queries.draft(application).documents, document.code)
    return queries.files_of(application, entries)


def _page(application: Application, round_rules: RoundRules, posted: FileForm | None = None) -> str:
    draft = queries.draft(application)
    on_shelf = shelf(application, draft)
    blocks = []
    for document in round_rules.documents:
        entries = rules.files_of(draft.documents, document.code)
        present = [on_shelf.rows[entry] for entry in entries]
        verdict = rules.can_edit_document(application, document.code)
        full = len(present) >= rules.MAX_FILES
        form: FileForm | None = None
        if posted is not None and posted.code == document.code:
            form = posted
        elif verdict and not full:
            form = file_form(document, present)(formdata=None, document=document.code)
        blocks.append(
            Block(
                document,
                rules.kinds_text(document),
                rules.accepted_suffixes(document),
                [
                    (row, queries.file_facts(entry), on_shelf.url(entry))
                    for row, entry in zip(present, entries, strict=True)
                ],
                form,
                bool(verdict),
                verdict.reason
                or (f"Er staan {rules.MAX_FILES} bestanden. Verwijder er eerst een." if full else ""),
            )
        )
    return render_template(
        "applications/section_documents.html",
        application=application,
        section=Section.DOCUMENTS,
        blocks=blocks,
        posted=posted,
        megabytes=rules.MAX_FILE_BYTES // 1_000_000,
        max_bytes=rules.MAX_FILE_BYTES,
        here=url_for("applications.documents", ident=application.id),
        page_errors=posted is not None,
        crumbs=crumbs(application, (Section.DOCUMENTS.label, None)),
    )
