"""The minutes of a panel meeting as a tagged document, from plain facts. Equal facts give equal bytes.

The facts are whole; `part` leaves out what one person may not see, as if it had not been on the agenda.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from pool.core.pdf import Column, Document
from pool.core.text import fingerprint, format_moment, format_points, format_weekday, join_words, plural

from .states import ItemOutcome, ItemState, LeaveReason

SCHEMA = "pool-verslag/1"
NOBODY = "niemand"


def part(facts: dict[str, Any], hidden: Collection[int]) -> dict[str, Any]:
    """The minutes without these applications. What is left says nothing about them: also no number is skipped."""
    return {**facts, "items": [item for item in facts["items"] if item["application"] not in hidden]}


def part_sha256(facts: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a part: what somebody approved."""
    return fingerprint({key: value for key, value in facts.items() if key != "approved"})


def document(facts: dict[str, Any]) -> Document:
    """The document. Moments in the facts are ISO text in UTC, points are thousandths."""
    approved = facts["approved"]
    last = approved[-1]["at"] if approved else facts["closed_at"]
    title = f"Verslag van vergadering {facts['number']}"
    doc = Document(
        f"{title}, {facts['round']}",
        moment=_moment(last),
        subject="Verslag van de beoordelingscommissie",
        reference=f"{facts['slug']} / vergadering {facts['number']}",
    )
    doc.heading(1, title)
    if facts["invented"]:
        doc.note(facts["invented"])
    doc.facts(
        [
            ("Ronde", facts["round"]),
            ("Datum", format_weekday(_moment(facts["opened_at"]))),
            ("Plaats", facts["place"]),
            ("Begin", format_moment(_moment(facts["opened_at"]))),
            ("Einde", format_moment(_moment(facts["closed_at"]))),
            ("Voorzitter", facts["chair"]),
            ("Agendapunten", plural(len(facts["items"]), "aanvraag", "aanvragen")),
            ("Goedgekeurd", _approved(facts) or "nog niet"),
        ]
    )
    _presence(doc, facts)
    talked = [item for item in facts["items"] if not item["formality"]]
    passed = [item for item in facts["items"] if item["formality"]]
    if talked:
        doc.heading(2, "Besproken aanvragen")
        for item in talked:
            _item(doc, item)
    if passed:
        doc.heading(2, "Hamerstukken")
        doc.paragraph("Deze aanvragen zijn zonder bespreking afgedaan. De score blijft zoals zij was.")
        doc.table(
            "Hamerstukken, in punten van 0 tot 100",
            [Column("Kenmerk", 34), Column("Project en aanvrager"), Column("Score", 24, numeric=True)],
            [
                (
                    item["reference"],
                    f"{item['title']}{' (verzonnen)' if item['invented'] else ''}\n{item['applicant']}",
                    _points(item["counts"]),
                )
                for item in passed
            ],
        )
    if not facts["items"]:
        doc.paragraph("Er zijn geen aanvragen besproken.")
    return doc


def _presence(doc: Document, facts: dict[str, Any]) -> None:
    doc.heading(2, "Wie er waren")
    doc.table(
        "Leden van de commissie",
        [Column("Lid"), Column("Rol", 42), Column("Aanwezig", 62)],
        [
            (
                member["name"],
                member["role"],
                "\n".join(
                    f"{format_moment(_moment(start))} tot {format_moment(_moment(end)).split(' om ')[1]}"
                    for start, end in member["present"]
                )
                or "afwezig",
            )
            for member in facts["members"]
        ],
    )


def _item(doc: Document, item: dict[str, Any]) -> None:
    doc.heading(3, f"{item['reference']} – {item['title']}")
    left = [f"{one['name']} ({LeaveReason(one['reason']).label})" for one in item["left"]]
    doc.facts(
        [
            ("Aanvrager", item["applicant"] + (" (verzonnen)" if item["invented"] else "")),
            ("Verliet de kamer", join_words(left) or NOBODY),
            ("Leidde het gesprek", item["led_by"]),
            ("Gemiddelde vooraf", _points(item["before"])),
            ("Uitkomst", outcome(item)),
        ]
    )
    if item["why"]:
        doc.paragraph("Waarom dit op de agenda stond:")
        doc.list(item["why"])
    if item["reason"]:
        doc.paragraph("Reden:")
        doc.prose(item["reason"])
    if item.get("marks"):
        doc.table(
            "Afgesproken cijfers per knelpunt, van 0 tot en met 3",
            [
                Column("Knelpunt", 38),
                Column("Cijfers", 24),
                Column("Afgesproken", 28, numeric=True),
                Column("Reden"),
            ],
            mark_lines(item),
        )
    if item["notes"]:
        doc.paragraph("Uit de bespreking:")
        doc.prose(item["notes"])


def mark_lines(item: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """What was agreed per bottleneck in this meeting: its title, the marks of assessors, the agreed one, and why."""
    return [
        (one["title"], join_words([str(mark) for mark in one["before"]]), str(one["agreed"]), one["reason"])
        for one in item.get("marks", [])
    ]


def outcome(item: dict[str, Any]) -> str:
    """How an item ended, in one line."""
    if item["state"] == ItemState.POSTPONED.value:
        return "Uitgesteld"
    if item["outcome"] == ItemOutcome.AGREED.value:
        return f"Afgesproken: {_points(item['counts'])} punten"
    return f"De score blijft: {_points(item['counts'])} punten"


def _approved(facts: dict[str, Any]) -> str:
    return join_words([f"{one['name']}, {format_moment(_moment(one['at']))}" for one in facts["approved"]])


def _points(thousandths: int | None) -> str:
    return "–" if thousandths is None else format_points(thousandths, full=True)


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
