"""The ranking as a document and as a file for spreadsheets, from plain facts."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

from pool.core.money import format_euros, format_plain
from pool.core.pdf import Column, Document
from pool.core.text import csv_safe, format_moment, format_points, plural
from pool.rounds.inputs import Criterion

from .ranking import Row


@dataclass(frozen=True)
class RankingFacts:
    """A ranking at a moment. adopted: its moment and hash when the merits were adopted. Money in cents.

    corrected: whether the mean corrected for strict and lenient assessors counts; about_correction: why or why not,
    empty when nothing is corrected.
    """

    round_title: str
    invented: str
    ceiling: int
    min_merit: int
    criteria: tuple[Criterion, ...]
    rows: Sequence[Row]
    at: dt.datetime
    adopted_at: dt.datetime | None = None
    sha256: str = ""
    corrected: bool = False
    about_correction: str = ""

    @property
    def status(self) -> str:
        if self.adopted_at is None:
            return "Voorlopig: de commissie heeft de kwaliteitsscores nog niet vastgesteld."
        return f"Vastgesteld door de commissie op {format_moment(self.adopted_at)}."


LINE = (
    "De streep volgt alleen de kwaliteit: van boven af, zolang het gevraagde bedrag binnen het plafond past. "
    "Spreiding over regio's telt hier nog niet mee."
)
CORRECTED = "Gecorrigeerd is het gemiddelde als strenge en soepele beoordelaars gelijk meetellen."
UNSCORED = "–"


def document(facts: RankingFacts) -> Document:
    """The ranking as a tagged document."""
    doc = Document(
        f"Rangschikking {facts.round_title}",
        moment=facts.adopted_at or facts.at,
        subject="Kwaliteitsscores van de commissie",
        reference=facts.sha256[:16],
        landscape=True,
    )
    doc.heading(1, f"Rangschikking {facts.round_title}")
    if facts.invented:
        doc.note(facts.invented)
    doc.paragraph(facts.status)
    doc.facts(
        [
            ("Aanvragen", plural(len(facts.rows), "aanvraag", "aanvragen")),
            ("Plafond", format_euros(facts.ceiling)),
            ("Ondergrens voor de score", f"{format_points(facts.min_merit)} punten"),
            *([("Controlegetal", facts.sha256)] if facts.sha256 else []),
        ]
    )
    doc.paragraph(LINE)
    doc.table(
        "Aanvragen van hoogste naar laagste score, in punten van 0 tot 100",
        [
            Column("Kenmerk", 31),
            Column("Plaats", 14, numeric=True),
            Column("Project en aanvrager"),
            Column("Gevraagd", 29, numeric=True),
            Column("Scores", 16, numeric=True),
            Column("Gemiddeld", 21, numeric=True),
            *([Column("Gecorrigeerd", 25, numeric=True)] if facts.about_correction else []),
            Column("Verschil", 19, numeric=True),
            Column("Afgesproken", 24, numeric=True),
            Column("Streep", 37),
        ],
        [
            (
                row.application.reference,
                UNSCORED if row.rank is None else str(row.rank),
                _name(row),
                format_euros(row.application.requested),
                str(len(row.totals)),
                _points(row.mean),
                *([_points(row.adjusted)] if facts.about_correction else []),
                _points(row.spread),
                _points(row.agreed),
                row.standing.label,
            )
            for row in facts.rows
        ],
    )
    doc.paragraph(
        "Gemiddeld is de som van de totalen, gedeeld door hun aantal en naar beneden afgerond op een duizendste "
        "punt. Verschil is het hoogste min het laagste totaal. Afgesproken staat er alleen als de commissie na "
        "overleg van het gemiddelde afweek; dan telt die score."
    )
    if facts.about_correction:
        doc.paragraph(f"{CORRECTED} {facts.about_correction}")
    return doc


def _name(row: Row) -> str:
    mark = " (verzonnen)" if row.application.invented else ""
    return f"{row.application.title}{mark}\n{row.application.organisation.name}"


def _points(value: int | None) -> str:
    return UNSCORED if value is None else format_points(value)


def spreadsheet(facts: RankingFacts) -> bytes:
    """The ranking as CSV for spreadsheets: semicolons, UTF-8 with a mark, points with three decimals."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(
        [
            "plaats",
            "kenmerk",
            "project",
            "aanvrager",
            "regio's",
            "gevraagd (euro)",
            "aantal scores",
            "gemiddelde (punten)",
            "verschil (punten)",
            "afgesproken (punten)",
            "telt (punten)",
            "gecorrigeerd (punten)",
            "gecorrigeerde score telt",
            *(csv_safe(f"{criterion.name} (gemiddeld niveau)") for criterion in facts.criteria),
            "opgeteld gevraagd (euro)",
            "streep",
            "status",
            "verzonnen",
        ]
    )
    for row in facts.rows:
        writer.writerow(
            [
                csv_safe(row.rank),
                csv_safe(row.application.reference),
                csv_safe(row.application.title),
                csv_safe(row.application.organisation.name),
                csv_safe(", ".join(region.name for region in row.application.regions)),
                format_plain(row.application.requested),
                len(row.totals),
                _plain(row.mean),
                _plain(row.spread),
                _plain(row.agreed),
                _plain(row.value),
                _plain(row.adjusted),
                "" if row.adjusted is None else "ja" if facts.corrected else "nee",
                *(_plain(row.criteria.get(criterion.code)) for criterion in facts.criteria),
                "" if row.cumulative is None else format_plain(row.cumulative),
                row.standing.label,
                facts.status,
                csv_safe(
                    facts.invented or ("deze aanvraag is verzonnen" if row.application.invented else "")
                ),
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def _plain(thousandths: int | None) -> str:
    """'71.250': for programs."""
    return "" if thousandths is None else f"{thousandths // 1000}.{thousandths % 1000:03d}"
