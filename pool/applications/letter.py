"""Documents about an application: the receipt of a submitted version, and a print of the draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pool.core.pdf import Attachment, Column, Document
from pool.core.text import canonical_json, format_date, format_moment

from .queries import Part

_EMPTY = "niet ingevuld"


@dataclass(frozen=True)
class Facts:
    """What is at the head of a document about an application."""

    reference: str
    title: str
    applicant: str
    round_title: str
    scheme: str
    invented: tuple[str, ...] = ()


def receipt(
    facts: Facts,
    content: dict[str, Any],
    parts: Sequence[Part],
    *,
    number: int,
    submitted_at: dt.datetime,
    submitted_by: str,
    sha256: str,
) -> Document:
    """The receipt: when, what and by whom, with the full content, and the same content as data inside the file.

    content: as it was stored, because that is what the SHA-256 is of; read and written again it could differ.
    """
    data = Attachment(
        name="aanvraag.json",
        media_type="application/json",
        content=canonical_json(content),
        description="De inhoud van de aanvraag; de SHA-256 hiervan staat op de ontvangstbevestiging.",
    )
    document = Document(
        title=f"Ontvangstbevestiging {facts.reference}",
        moment=submitted_at,
        subject=facts.title,
        reference=f"{facts.reference}, versie {number}",
        attachments=(data,),
    )
    document.heading(1, "Ontvangstbevestiging")
    _invented(document, facts)
    document.paragraph(
        f"Wij hebben deze aanvraag ontvangen op {format_moment(submitted_at, seconds=True)}. "
        "Hieronder staat de hele inhoud zoals die is ingediend. Deze versie verandert niet meer."
    )
    document.facts(
        [
            *_head(facts),
            ("Versie", str(number)),
            ("Ontvangen op", format_moment(submitted_at, seconds=True)),
            ("Ingediend door", submitted_by),
            ("SHA-256", sha256),
        ]
    )
    document.note(
        "De SHA-256 is een code die bij precies deze inhoud hoort. De inhoud zit als bestand aanvraag.json in deze "
        "PDF. Wie daar de SHA-256 van berekent, krijgt dezelfde code. Van elk meegestuurd bestand staat de eigen "
        "SHA-256 in die inhoud."
    )
    _content(document, parts)
    return document


def draft(facts: Facts, parts: Sequence[Part], at: dt.datetime) -> Document:
    """A print of the draft, as it was at a moment."""
    document = Document(
        title=f"Concept {facts.reference}",
        moment=at,
        subject=facts.title,
        reference=f"{facts.reference}, concept van {format_date(at)}",
    )
    document.heading(1, f"Concept van aanvraag {facts.reference}")
    _invented(document, facts)
    document.note("Dit is een concept. Het is nog niet ingediend en telt niet als aanvraag.")
    document.facts([*_head(facts), ("Afgedrukt op", format_moment(at))])
    _content(document, parts)
    return document


def _head(facts: Facts) -> list[tuple[str, str]]:
    return [
        ("Kenmerk", facts.reference),
        ("Titel", facts.title or _EMPTY),
        ("Aanvrager", facts.applicant),
        ("Ronde", facts.round_title),
        ("Regeling", facts.scheme),
    ]


def _invented(document: Document, facts: Facts) -> None:
    for sentence in facts.invented:
        document.note(sentence)


def _content(document: Document, parts: Sequence[Part]) -> None:
    for part in parts:
        document.heading(2, part.section.label)
        if part.facts:
            document.facts([(label, value or _EMPTY) for label, value in part.facts])
        for label, text in part.texts:
            document.heading(3, label)
            document.prose(text or _EMPTY)
        for table in part.tables:
            columns = [
                Column(name, numeric=place in table.numeric) for place, name in enumerate(table.columns)
            ]
            document.table(table.caption, columns, table.rows, total=table.total or None)
        for group in part.files:
            document.heading(3, group.document)
            if group.lines:
                document.facts([(line.name, f"{line.facts}. SHA-256: {line.sha256}") for line in group.lines])
            else:
                document.prose(_EMPTY)
