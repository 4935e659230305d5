"""The decisions of a round as a document and as a file for spreadsheets, from plain facts."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pool.core.money import format_euros, format_plain
from pool.core.pdf import Column, Document
from pool.core.text import csv_safe, format_date, format_points, join_words, plural

from .models import Decision
from .states import Outcome


@dataclass(frozen=True)
class ListFacts:
    """The decisions of a round at a moment. Money in cents; merits in thousandths by application."""

    round_title: str
    invented: str
    ceiling: int
    rows: Sequence[Decision]
    merits: Mapping[int, int]
    at: dt.datetime
    published: bool

    @property
    def awarded(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def awards(self) -> int:
        return sum(row.outcome != Outcome.REFUSED for row in self.rows)

    @property
    def status(self) -> str:
        return "Bekendgemaakt." if self.published else "Nog niet bekendgemaakt: alleen voor intern gebruik."


def document(facts: ListFacts) -> Document:
    """The list as a tagged document."""
    doc = Document(
        f"Besluiten {facts.round_title}",
        moment=facts.at,
        subject="Besluiten op de aanvragen van een ronde",
        reference=f"Besluiten {facts.round_title}, stand van {format_date(facts.at)}",
        landscape=True,
    )
    doc.heading(1, f"Besluiten {facts.round_title}")
    if facts.invented:
        doc.note(f"VERZONNEN / DEMONSTRATIE. {facts.invented}")
    doc.paragraph(facts.status)
    doc.facts(
        [
            ("Besluiten", plural(len(facts.rows), "besluit", "besluiten")),
            ("Toekenningen", plural(facts.awards, "toekenning", "toekenningen")),
            ("Toegekend", format_euros(facts.awarded)),
            ("Plafond", format_euros(facts.ceiling)),
        ]
    )
    doc.table(
        "Besluiten op volgorde van kenmerk",
        [
            Column("Kenmerk", 31),
            Column("Project en aanvrager"),
            Column("Regio"),
            Column("Score", 16, numeric=True),
            Column("Gevraagd", 29, numeric=True),
            Column("Besluit", 32),
            Column("Toegekend", 29, numeric=True),
            Column("Datum", 32),
        ],
        [
            (
                row.application.reference,
                _name(row),
                join_words([region.name for region in row.application.regions]),
                _points(facts.merits.get(row.application_id)),
                format_euros(row.application.requested),
                row.outcome.label,
                format_euros(row.amount),
                format_date(row.decided_at),
            )
            for row in facts.rows
        ],
        total=(
            "Totaal",
            "",
            "",
            "",
            format_euros(sum(row.application.requested for row in facts.rows)),
            "",
            format_euros(facts.awarded),
            "",
        ),
    )
    return doc


def _name(row: Decision) -> str:
    mark = " (verzonnen)" if row.application.invented else ""
    return f"{row.application.title}{mark}\n{row.application.organisation.name}"


def _points(value: int | None) -> str:
    return "–" if value is None else format_points(value)


def spreadsheet(facts: ListFacts) -> bytes:
    """The list as CSV for spreadsheets: semicolons, UTF-8 with a mark, points with three decimals."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(
        [
            "kenmerk",
            "project",
            "aanvrager",
            "regio's",
            "thema",
            "kwaliteitsscore (punten)",
            "gevraagd (euro)",
            "minimaal nodig (euro)",
            "besluit",
            "grond",
            "toegekend (euro)",
            "besloten op",
            "status",
            "verzonnen",
        ]
    )
    for row in facts.rows:
        application = row.application
        merit = facts.merits.get(row.application_id)
        made_up = facts.invented or ("deze aanvraag is verzonnen" if application.invented else "")
        writer.writerow(
            [
                csv_safe(application.reference),
                csv_safe(application.title),
                csv_safe(application.organisation.name),
                csv_safe(", ".join(region.name for region in application.regions)),
                csv_safe(application.theme.name if application.theme else ""),
                "" if merit is None else f"{merit // 1000}.{merit % 1000:03d}",
                format_plain(application.requested),
                format_plain(application.minimum),
                row.outcome.label,
                row.ground.label if row.ground else "",
                format_plain(row.amount),
                format_date(row.decided_at),
                facts.status,
                csv_safe(made_up),
            ]
        )
    return out.getvalue().encode("utf-8-sig")
