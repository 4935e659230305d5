"""Files with a view on an intended refusal: received and scanned as documents are, fixed when the view is given."""

from __future__ import annotations

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db
from pool.core.errors import Invalid, Missing

from .. import queries_documents, rules
from ..inputs import FileEntry
from ..lifecycle import LIFE
from ..models import Application, ApplicationFile, Hearing, HearingFile
from ..states import FileState
from .documents import gone, require_room, row_of
from .writing import hold


def add_hearing_file(
    actor: Actor, application: Application, entry: FileEntry, replaces: int | None = None
) -> ApplicationFile:
    """Keep a received file (`receive`) for the view that is not given yet; replaces: id of the file that gives way.

    The same file again gives the row that is there. Raises Invalid when it does not fit beside the others, and
    Conflict when the file to replace is there no more.
    """
    hearing = _open(actor, application)
    if entry.document != rules.hearing_document(hearing).code:
        # Received for an intention that is over meanwhile.
        raise Missing
    present = queries_documents.waiting_for_view(hearing)
    old = next((row for row in present if row.id == replaces), None)
    if replaces is not None and old is None:
        raise gone(entry)
    same = next((row for row in present if queries_documents.entry_of(row) == entry), None)
    if same is not None and old in (None, same):
        return same
    require_room(entry, [queries_documents.entry_of(row) for row in present if row is not old])
    row = row_of(actor, application, entry)
    if old is not None:
        db.session.delete(old)
    _note(actor, application, hearing, "add_file", row, replaced=old.sha256 if old else "")
    return row


def remove_hearing_file(actor: Actor, application: Application, ident: int) -> None:
    """Take a file away before the view is given; one that is away already is no problem."""
    hearing = _open(actor, application)
    row = next((row for row in queries_documents.waiting_for_view(hearing) if row.id == ident), None)
    if row is not None:
        _note(actor, application, hearing, "remove_file", row)
        db.session.delete(row)
        db.session.flush()


def to_send(hearing: Hearing, *, has_view: bool) -> list[ApplicationFile]:
    """The files that go with the view that is given now. Raises Invalid when they cannot."""
    rows = queries_documents.waiting_for_view(hearing)
    if rows and not has_view:
        raise Invalid(
            "files",
            "U voegde bijlagen toe. Kies dat u een zienswijze geeft, of verwijder de bijlagen.",
            "has_view",
        )
    infected = next((row for row in rows if row.state == FileState.INFECTED), None)
    if infected is not None:
        raise Invalid(
            "infected", f"In ‘{infected.name}’ is een virus gevonden. Verwijder of vervang deze bijlage."
        )
    return rows


def fix(hearing: Hearing, rows: list[ApplicationFile]) -> None:
    """List the files in the view that was given: from now on they and their rows stay."""
    for position, row in enumerate(rows, 1):
        entry = queries_documents.entry_of(row)
        listed = HearingFile(
            hearing_id=hearing.id,
            position=position,
            file_id=row.id,
            name=entry.name,
            media_type=entry.media_type,
            size=entry.size,
            sha256=entry.sha256,
        )
        db.session.add(listed)
    db.session.flush()


def drop_unsent(hearing: Hearing) -> None:
    """Let go of files with which no view was given, now that none can be given any more."""
    for row in queries_documents.waiting_for_view(hearing):
        db.session.delete(row)
    db.session.flush()


def _open(actor: Actor, application: Application) -> Hearing:
    hold(application)
    require(LIFE.may(actor, application, "be_heard"))
    hearing = application.open_hearing
    assert hearing is not None
    return hearing


def _note(
    actor: Actor,
    application: Application,
    hearing: Hearing,
    action: str,
    row: ApplicationFile,
    replaced: str = "",
) -> None:
    # Without the name: of a file that was taken away again nothing more than this should stay.
    facts = {"sha256": row.sha256, "size": row.size}
    before = {"sha256": replaced} if replaced else {}
    audit.record(actor, f"hearing.{action}", application.audit_chain, f"hearing:{hearing.id}", before, facts)
