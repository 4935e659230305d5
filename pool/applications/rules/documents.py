"""Rules about the files of an application: what fits where, when it may change, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable

from pool.core.access import YES, Actor, Verdict, no
from pool.core.text import join_words
from pool.rounds.inputs import DocumentRule, RoundRules
from pool.rounds.states import DocumentKind

from ..inputs import Content, FileEntry
from ..models import Application
from ..states import ApplicationState, FileState

MAX_FILES = 10
"""Files for one document that a round asks: a letter of support of each partner is several."""
MAX_FILE_BYTES = 25_000_000
"""The largest file; the same bound as the inspection has."""

_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES: dict[str, str] = {
    "application/pdf": DocumentKind.PDF,
    "application/vnd.oasis.opendocument.text": DocumentKind.ODT,
    "application/vnd.oasis.opendocument.spreadsheet": DocumentKind.ODS,
    f"{_OFFICE}wordprocessingml.document": DocumentKind.DOCX,
    f"{_OFFICE}spreadsheetml.sheet": DocumentKind.XLSX,
    "image/png": DocumentKind.IMAGE,
    "image/jpeg": DocumentKind.IMAGE,
}
"""What a round may ask for, by the media type that the inspection found."""
SUFFIXES = {
    DocumentKind.PDF: (".pdf",),
    DocumentKind.ODT: (".odt",),
    DocumentKind.ODS: (".ods",),
    DocumentKind.DOCX: (".docx",),
    DocumentKind.XLSX: (".xlsx",),
    DocumentKind.IMAGE: (".png", ".jpg", ".jpeg"),
}


def document_point(code: str) -> str:
    """The code of the point of the completeness check that is about this document."""
    return f"document_{code}"


def document_of(rules: RoundRules, code: str) -> DocumentRule | None:
    return next((document for document in rules.documents if document.code == code), None)


def kinds_text(document: DocumentRule) -> str:
    """'PDF of ODT (tekst)': what a document may be."""
    return join_words([DocumentKind(kind).label for kind in document.kinds], last="of")


def accepted_suffixes(document: DocumentRule) -> str:
    """What a browser offers to choose from: '.pdf,.odt'."""
    return ",".join(suffix for kind in document.kinds for suffix in SUFFIXES[DocumentKind(kind)])


def fits_kind(document: DocumentRule, media_type: str) -> bool:
    """Whether a file of this type may stand for this document."""
    return MEDIA_TYPES.get(media_type) in document.kinds


def files_of(entries: Iterable[FileEntry], code: str) -> list[FileEntry]:
    return [entry for entry in entries if entry.document == code]


def supplement_documents(application: Application) -> frozenset[str]:
    """The documents that the last request to supplement is about."""
    if not application.checks:
        return frozenset()
    wrong = {point["point"] for point in application.checks[-1].points if not point["ok"]}
    stem = document_point("")
    return frozenset(code.removeprefix(stem) for code in wrong if code.startswith(stem))


def can_edit_document(application: Application, code: str) -> Verdict:
    """Whether the files of this document may change: always in a draft, under supplement when it was asked for."""
    asked = application.state == ApplicationState.SUPPLEMENT_REQUESTED
    if asked and code not in supplement_documents(application):
        return no("Over dit document is geen aanvulling gevraagd.", "not_asked")
    return YES


def is_scanner(actor: Actor, _file: object) -> Verdict:
    """The outcome of a scan is written by the system itself."""
    return YES if actor.user_id is None else no("Dit doet het systeem zelf.")


def can_read_file(state: FileState) -> Verdict:
    """Whether a file in this state is given to somebody who may see it."""
    if state == FileState.INFECTED:
        return no("In dit bestand is een virus gevonden. Niemand kan het openen.", "infected")
    if state == FileState.QUARANTINED:
        return no(
            "Dit bestand wacht op de viruscontrole. Probeer het over een paar minuten opnieuw.", "quarantined"
        )
    return YES


def merged(submitted: Content, draft: Content, asked: Iterable[str]) -> tuple[FileEntry, ...]:
    """The files of a supplement: of the documents that are asked what is in the draft, of the others what was sent."""
    codes = set(asked)
    kept = [entry for entry in submitted.documents if entry.document not in codes]
    return (*kept, *(entry for entry in draft.documents if entry.document in codes))
