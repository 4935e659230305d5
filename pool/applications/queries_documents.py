"""Reads about the files of applications. Whoever may see a file is whoever may see a text that lists it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from pool.core.access import Actor
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.text import format_count
from pool.rounds.inputs import RoundRules

from . import rules
from .inputs import Content, FileEntry
from .models import Application, ApplicationFile, Hearing, HearingFile
from .states import READABLE, FileState

_NAMES = {
    "application/pdf": "PDF",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
}


@dataclass(frozen=True)
class FileLine:
    """A file as people read it. facts: kind and size."""

    name: str
    facts: str
    sha256: str
    entry: FileEntry


@dataclass(frozen=True)
class FileGroup:
    """The files that stand for one document that the round asks."""

    document: str
    lines: tuple[FileLine, ...]


@dataclass(frozen=True)
class Shelf:
    """Where the files of a text are found by whoever reads it; see `shelf`."""

    rows: dict[FileEntry, ApplicationFile]
    address: Callable[[ApplicationFile], str]

    def url(self, entry: FileEntry) -> str | None:
        """Where to download it; None while it is not given to anybody."""
        row = self.rows.get(entry)
        return self.address(row) if row is not None and row.state in READABLE else None

    def state(self, entry: FileEntry) -> FileState | None:
        row = self.rows.get(entry)
        return row.state if row is not None else None


def size_text(size: int) -> str:
    """'12 kB' or '3,4 MB', rounded up so that nothing is 0."""
    if size < 1_000_000:
        return f"{format_count(-(-size // 1000))} kB"
    tenths = -(-size // 100_000)
    return f"{format_count(tenths // 10)},{tenths % 10} MB"


def file_groups(content: Content, rules_: RoundRules) -> tuple[FileGroup, ...]:
    """The files of a text by document, in the order in which the round asks them; also documents without a file."""
    return tuple(
        FileGroup(d.name, tuple(_line(e) for e in rules.files_of(content.documents, d.code)))
        for d in rules_.documents
    )


def _line(entry: FileEntry) -> FileLine:
    return FileLine(entry.name, file_facts(entry), entry.sha256, entry)


def file_facts(entry: FileEntry) -> str:
    """'PDF, 12 kB'."""
    return f"{_NAMES.get(entry.media_type, entry.media_type)}, {size_text(entry.size)}"


def shelf(application: Application, content: Content, address: Callable[[ApplicationFile], str]) -> Shelf:
    """The files of a text with their state and address, in one query. address: where this reader downloads a file."""
    rows = files_of(application, content.documents)
    return Shelf({entry_of(row): row for row in rows}, address)


def notes(application: Application, content: Content) -> list[str]:
    """What is to know about the files of a text: a virus, or a scan that has not been."""
    found = []
    for row in files_of(application, content.documents):
        if row.state == FileState.INFECTED:
            found.append(f"In ‘{row.name}’ is een virus gevonden. Niemand kan dit bestand openen.")
        elif row.state == FileState.QUARANTINED:
            found.append(f"‘{row.name}’ wacht op de viruscontrole. Daarna kunt u het openen.")
    return found


_FILES = select(ApplicationFile).where(
    ApplicationFile.application_id == bindparam("application_id"),
    ApplicationFile.sha256.in_(bindparam("hashes", expanding=True)),
)


def files_of(application: Application, entries: Iterable[FileEntry]) -> list[ApplicationFile]:
    """The rows that these entries of a draft or version speak of, in the same order."""
    wanted = list(entries)
    if not wanted:
        return []
    asked = {"application_id": application.id, "hashes": sorted({entry.sha256 for entry in wanted})}
    found = {entry_of(row): row for row in db.session.scalars(_FILES, asked)}
    return [found[entry] for entry in wanted if entry in found]


def entry_of(row: ApplicationFile) -> FileEntry:
    """What a text says of this file."""
    return FileEntry(row.document, row.name, row.media_type, row.size, row.sha256)


def readable_entries(actor: Actor, application: Application) -> list[FileEntry]:
    """The files in every text of an application that this actor, who may see it, may read."""
    texts = [Content.from_json(version.content) for version in application.versions]
    if rules.is_own(actor, application):
        texts.append(Content.from_json(application.content))
    return [entry for text in texts for entry in text.documents]


def file_among(application: Application, ident: int, entries: Sequence[FileEntry]) -> ApplicationFile:
    """The file with this id when one of the entries speaks of it; Missing otherwise."""
    row = db.session.get(ApplicationFile, ident)
    if row is None or row.application_id != application.id or entry_of(row) not in entries:
        raise Missing
    return row


def waiting_for_view(hearing: Hearing) -> list[ApplicationFile]:
    """The files that were added for a view that is not given yet, in the order in which they came."""
    query = select(ApplicationFile).where(
        ApplicationFile.application_id == hearing.application_id,
        ApplicationFile.document == rules.hearing_document(hearing).code,
        ApplicationFile.id.not_in(select(HearingFile.file_id)),
    )
    return list(db.session.scalars(query.order_by(ApplicationFile.id)))


def _goes_with_a_view(actor: Actor, application: Application, ident: int) -> bool:
    """Whether a file is in a view that was given, or in the one that the own municipality is about to give."""
    given = [file.file_id for h in application.hearings if h.view is not None for file in h.view.files]
    open_ = application.open_hearing
    if open_ is not None and rules.is_own(actor, application):
        given += [row.id for row in waiting_for_view(open_)]
    return ident in given


def file_of(actor: Actor, application: Application, ident: int) -> ApplicationFile:
    """A file of an application that this actor may see; Missing when it is in no text that the actor may read."""
    if _goes_with_a_view(actor, application, ident):
        return db.session.get_one(ApplicationFile, ident)
    return file_among(application, ident, readable_entries(actor, application))


def infected(application: Application, content: Content) -> list[ApplicationFile]:
    """The files of a text in which a virus was found."""
    return [row for row in files_of(application, content.documents) if row.state == FileState.INFECTED]


def unscanned() -> list[int]:
    """Ids of files that came in while there was no scanner, oldest first."""
    query = select(ApplicationFile.id).where(ApplicationFile.state == FileState.UNSCANNED)
    return list(db.session.scalars(query.order_by(ApplicationFile.id)))


def known_hashes() -> dict[str, int]:
    """Every hash that a row speaks of, with the size of its bytes."""
    query = select(ApplicationFile.sha256, ApplicationFile.size).distinct()
    return {row[0]: row[1] for row in db.session.execute(query)}
