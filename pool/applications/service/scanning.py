"""Write down what the virus scanner says of a file, and tell who has to know."""

from __future__ import annotations

from pool.core.access import Actor
from pool.core.db import db
from pool.core.delivery import MailKind

from .. import mail, rules
from ..lifecycle import FILE_LIFE
from ..models import Application, ApplicationFile
from ..scanning import ScanState, Verdict
from ..states import FileState
from .telling import tell


def record_scan(actor: Actor, row: ApplicationFile, verdict: Verdict) -> None:
    """Record an outcome for a file that had none. Without an outcome it stays where it is, with the reason.

    actor: the system. The applicant is mailed when a virus was found, whatever was chosen about mail.
    """
    if row.state not in (FileState.QUARANTINED, FileState.UNSCANNED):
        return
    row.finding = verdict.detail[:200]
    if verdict.state == ScanState.UNAVAILABLE:
        db.session.flush()
        return
    row.scanned_at = actor.at
    facts = {"sha256": row.sha256, "finding": row.finding}
    if verdict.state == ScanState.CLEAN:
        FILE_LIFE.move(actor, row, "clear", facts=facts)
        return
    FILE_LIFE.move(actor, row, "condemn", facts=facts)
    application = db.session.get_one(Application, row.application_id)
    with_view = rules.is_hearing_document(row.document)
    letter = mail.infected(
        application.reference, application.title, row.name, row.finding, with_view=with_view
    )
    key = f"application:{application.id}:infected:{row.id}"
    tell(actor, application, key, letter, kind=MailKind.VIRUS)


def await_scan(actor: Actor, row: ApplicationFile) -> None:
    """Put a file that was never scanned in quarantine, now that there is a scanner."""
    if row.state == FileState.UNSCANNED:
        FILE_LIFE.move(actor, row, "quarantine")


def let_go(actor: Actor, row: ApplicationFile) -> None:
    """Let a file out of quarantine because there is no scanner any more; it is marked as not scanned."""
    if row.state == FileState.QUARANTINED:
        FILE_LIFE.move(actor, row, "let_go")
