"""Receive a file, keep it with an application, take it away again, and fix it in a version."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import IO

import structlog
from flask import current_app

from pool.core import audit, blobs, jobs
from pool.core.access import Actor, require
from pool.core.db import db
from pool.core.downloads import Unavailable
from pool.core.errors import Conflict, Invalid, Missing
from pool.core.text import clean_line
from pool.rounds import queries as rounds
from pool.rounds.inputs import DocumentRule

from .. import queries, queries_documents, rules
from ..inputs import Content, FileEntry
from ..models import Application, ApplicationFile, ApplicationVersion
from ..states import FileState, Section
from .writing import hold, note_save

log = structlog.get_logger()


def receive(document: DocumentRule, name: str, stream: IO[bytes]) -> FileEntry:
    """Inspect what came in and keep its bytes; what to add to the application then.

    Touches no row: a hostile file may take seconds to inspect, and nobody has to wait for that. Bytes that no
    row comes to speak of are swept. Raises Invalid with the reason of a refusal, Unavailable on a full disk.
    """
    # The inspection loads parsers, which only whoever receives a file needs.
    from ..inspection import Limits, Refusal, inspect

    field, shown = rules.file_field(document.code), _shown(name)
    try:
        accepted = inspect(name, stream, Limits(size=rules.MAX_FILE_BYTES))
        if not rules.fits_kind(document, accepted.media_type):
            kinds = rules.kinds_text(document)
            raise Invalid("kind", f"‘{shown}’ is niet toegevoegd. Lever dit document aan als {kinds}.", field)
        stream.seek(0)
        kept = blobs.put(stream)
    except Refusal as refusal:
        log.info("file.refused", reason=refusal.code)
        raise Invalid(refusal.code, f"‘{shown}’ is niet toegevoegd. {refusal.message}", field) from refusal
    except OSError as error:
        log.error("file.not_kept", error=repr(error))
        raise Unavailable(
            "storage",
            f"We kunnen ‘{shown}’ nu niet bewaren. Probeer het over een paar minuten opnieuw. "
            "Wat u eerder hebt opgeslagen, is er nog.",
            field,
        ) from error
    if kept != (accepted.sha256, accepted.size):
        raise RuntimeError("a file changed between its inspection and its storage")
    return FileEntry(document.code, accepted.safe_name, accepted.media_type, accepted.size, accepted.sha256)


def _shown(name: str) -> str:
    text = clean_line(name).replace("\\", "/").rpartition("/")[2] or "Dit bestand"
    return text if len(text) <= 60 else text[:59] + "…"


def add_file(
    actor: Actor, application: Application, entry: FileEntry, replaces: int | None = None
) -> ApplicationFile:
    """Add a received file to the draft; replaces: id of the file whose place it takes.

    The same file again gives the row that is there. Raises Invalid when it does not fit beside the others, and
    Conflict when the file to replace is there no more.
    """
    hold(application)
    _require_open(actor, application, entry.document)
    draft = queries.draft(application)
    old = _to_replace(application, draft, entry, replaces)
    if entry in draft.documents and old in (None, entry):
        return queries_documents.files_of(application, [entry])[0]
    others = [e for e in rules.files_of(draft.documents, entry.document) if e != old]
    require_room(entry, others)
    row = row_of(actor, application, entry)
    documents = tuple(entry if e == old else e for e in draft.documents)
    _keep(
        actor, application, draft, documents if old else (*documents, entry), "add_file", entry, replaced=old
    )
    return row


def remove_file(actor: Actor, application: Application, ident: int) -> None:
    """Take a file out of the draft; one that is out already is no problem. What was submitted keeps it."""
    hold(application)
    row = db.session.get(ApplicationFile, ident)
    if row is None or row.application_id != application.id:
        return
    _require_open(actor, application, row.document)
    draft, entry = queries.draft(application), queries_documents.entry_of(row)
    if entry in draft.documents:
        documents = tuple(e for e in draft.documents if e != entry)
        _keep(actor, application, draft, documents, "remove_file", entry)


def bind(application: Application, version: ApplicationVersion, content: Content) -> None:
    """Fix the files of a version: from now on their rows stay. The version has its id."""
    rows = queries_documents.files_of(application, content.documents)
    if len(rows) != len(content.documents):
        raise RuntimeError(f"application {application.id} lists a file that has no row")
    for row in rows:
        if row.version_id is None:
            row.version_id = version.id
    db.session.flush()


def infected_lacks(application: Application, content: Content) -> list[rules.Lack]:
    """Files with a virus that have to go before submitting, as far as they may go now."""
    return [
        rules.Lack(
            "documents",
            rules.file_field(row.document),
            f"In ‘{row.name}’ is een virus gevonden. Verwijder of vervang dit bestand.",
        )
        for row in queries_documents.infected(application, content)
        if rules.can_edit_document(application, row.document)
    ]


def _require_open(actor: Actor, application: Application, code: str) -> None:
    round_rules = rounds.rules_of(application.round)
    if rules.document_of(round_rules, code) is None:
        raise Missing
    require(rules.can_edit(actor, application))
    require(rules.can_edit_section(application, Section.DOCUMENTS.value, round_rules))
    require(rules.can_edit_document(application, code))


def _to_replace(
    application: Application, draft: Content, entry: FileEntry, ident: int | None
) -> FileEntry | None:
    if ident is None:
        return None
    row = db.session.get(ApplicationFile, ident)
    old = queries_documents.entry_of(row) if row and row.application_id == application.id else None
    if old is None or old.document != entry.document or old not in draft.documents:
        raise gone(entry)
    return old


def gone(entry: FileEntry) -> Conflict:
    """The refusal for who wants to replace a file that is there no more."""
    return Conflict(
        "gone",
        f"‘{entry.name}’ is niet toegevoegd: het bestand dat u wilde vervangen, is intussen verwijderd of "
        "vervangen. Kijk wat er nu staat en kies opnieuw.",
        rules.file_field(entry.document),
    )


def require_room(entry: FileEntry, others: list[FileEntry]) -> None:
    """Raise Invalid when a file does not fit beside the others of its document."""
    field = rules.file_field(entry.document)
    if same := next((e for e in others if e.sha256 == entry.sha256), None):
        raise Invalid("same", f"Dit bestand staat er al, met de naam ‘{same.name}’.", field)
    if any(e.name.casefold() == entry.name.casefold() for e in others):
        raise Invalid(
            "name",
            f"Er staat al een bestand met de naam ‘{entry.name}’. Geef aan dat u dat bestand vervangt, of geef uw "
            "bestand een andere naam.",
            field,
        )
    if len(others) >= rules.MAX_FILES:
        raise Invalid("too_many", f"U kunt hier niet meer dan {rules.MAX_FILES} bestanden toevoegen.", field)


def row_of(actor: Actor, application: Application, entry: FileEntry) -> ApplicationFile:
    """The row of a file: the one that is there from an earlier version, or a new one that is to be scanned."""
    for row in queries_documents.files_of(application, [entry]):
        if row.state == FileState.INFECTED:
            field = rules.file_field(entry.document)
            raise Invalid(
                "infected", f"In ‘{entry.name}’ is een virus gevonden. Kies een ander bestand.", field
            )
        return row
    scanner = current_app.config["POOL_CLAMD"]
    row = ApplicationFile(
        application_id=application.id,
        **dataclasses.asdict(entry),
        state=FileState.QUARANTINED if scanner else FileState.UNSCANNED,
        received_at=actor.at,
        received_by=actor.user_id,
        received_by_name=actor.name,
    )
    db.session.add(row)
    db.session.flush()
    if scanner:
        ask_scan(row)
    return row


def ask_scan(row: ApplicationFile, attempt: int = 1, at: dt.datetime | None = None) -> None:
    """Have a file scanned after the commit, or at a later moment. attempt: counts offers without an outcome."""
    jobs.enqueue("scan", f"scan:{uuid.uuid4().hex}", {"file_id": row.id, "attempt": attempt}, at)


def _keep(
    actor: Actor,
    application: Application,
    draft: Content,
    documents: tuple[FileEntry, ...],
    action: str,
    entry: FileEntry,
    *,
    replaced: FileEntry | None = None,
) -> None:
    """Write the new list of files into the draft; a file that no text lists any more goes, with its row."""
    application.content = draft.with_section("documents", documents).to_json()
    db.session.flush()
    gone = [e for e in draft.documents if e not in documents]
    for row in queries_documents.files_of(application, gone):
        if row.version_id is None:
            db.session.delete(row)
    section = Section.DOCUMENTS.value
    note_save(actor, application, section, queries.save_of(application, section))
    # Without the name: of a file that was taken away again nothing more than this should stay.
    facts = {"document": entry.document, "sha256": entry.sha256, "size": entry.size}
    before = {"sha256": replaced.sha256} if replaced else {}
    audit.record(
        actor,
        f"application.{action}",
        application.audit_chain,
        f"application:{application.id}",
        before,
        facts,
    )
