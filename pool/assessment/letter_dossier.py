"""The dossier of one application's assessment as a tagged document, from plain facts; the same facts go along as data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pool.core.money import format_euros
from pool.core.pdf import Attachment, Column, Document
from pool.core.text import canonical_json, format_moment, format_points, join_words

from .states import ItemKind, ItemOutcome, ItemState, LeaveReason

NONE = "geen"
STEPS = {
    "assignment.add": "toegewezen",
    "assignment.end": "toewijzing beëindigd",
    "interest.none": "geen belang gezegd",
    "interest.declared": "belang vastgelegd",
    "assessment.submit": "scores ingediend",
    "assessment.reopen": "scores heropend",
    "assessment.lock": "scores vastgezet",
    "assessment.quarantine": "scores tellen niet mee",
    "assessment.release": "scores tellen weer mee",
    "panel.outcome": "score afgesproken",
    "panel.mark": "cijfer afgesproken",
    "meeting_item.add": "op de agenda gezet",
    "meeting_item.remove": "van de agenda gehaald",
    "meeting_item.kind": "soort agendapunt gewijzigd",
    "meeting_item.left": "leden verlieten de kamer",
    "meeting_item.conclude": "bespreking afgerond",
    "meeting_item.postpone": "bespreking uitgesteld",
    "meeting_item.resume": "opnieuw besproken",
    "merit.confirm": "kwaliteitsscore bevestigd",
    "dossier.produce": "dossier gemaakt",
}
"""The steps of the trail in words; one that is not here is shown by its code."""


def data(facts: dict[str, Any]) -> bytes:
    """The dossier as JSON: canonical, so that equal facts have equal bytes."""
    return canonical_json(facts)


def document(facts: dict[str, Any]) -> Document:
    """The document, with the JSON inside."""
    application = facts["application"]
    coded = facts["names"] == "coded"
    doc = Document(
        f"Beoordelingsdossier {application['reference']}",
        moment=_moment(facts["produced_at"]),
        subject="Alles over de beoordeling van één aanvraag",
        reference=application["reference"],
        attachments=[
            Attachment(
                "dossier.json", "application/json", data(facts), "Dezelfde gegevens, om mee te rekenen"
            )
        ],
    )
    doc.heading(1, f"Beoordelingsdossier {application['reference']}")
    if facts["round"]["invented"] or application["invented"]:
        doc.note(facts["round"]["invented"] or "Deze aanvraag is verzonnen.")
    if coded:
        doc.paragraph(
            "In dit dossier staan codes in plaats van de namen van beoordelaars. Redenen van een belang zijn weggelaten."
        )
    doc.facts(
        [
            ("Project", application["title"]),
            ("Aanvrager", application["applicant"]),
            ("Ronde", facts["round"]["title"]),
            ("Status", application["state_label"]),
            ("Gevraagd", format_euros(application["requested"])),
            ("Gemaakt", format_moment(_moment(facts["produced_at"]))),
            ("Controlegetal regels", facts["round"]["rules_sha256"]),
        ]
    )
    _versions(doc, facts)
    _interests(doc, facts)
    _assessments(doc, facts)
    _meetings(doc, facts)
    _merit(doc, facts)
    _trail(doc, facts)
    return doc


def _versions(doc: Document, facts: dict[str, Any]) -> None:
    doc.heading(2, "De aanvraag")
    doc.table(
        "Ingediende versies",
        [Column("Versie", 18), Column("Ingediend", 52), Column("Controlegetal (SHA-256)")],
        [
            (str(one["number"]), format_moment(_moment(one["submitted_at"])), one["sha256"])
            for one in facts["versions"]
        ],
    )


def _interests(doc: Document, facts: dict[str, Any]) -> None:
    doc.heading(2, "Toewijzing en belangen")
    if facts["assignments"]:
        doc.table(
            "Toewijzingen",
            [Column("Beoordelaar"), Column("Toegewezen", 50), Column("Beëindigd", 70)],
            [
                (
                    one["assessor"],
                    format_moment(_moment(one["assigned_at"])),
                    f"{format_moment(_moment(one['ended_at']))}\n{one['ended_reason']}"
                    if one["ended_at"]
                    else "nee",
                )
                for one in facts["assignments"]
            ],
        )
    else:
        doc.paragraph("Niemand kreeg deze aanvraag te beoordelen.")
    if facts["interests"]:
        doc.table(
            "Wat leden over een belang zeiden",
            [Column("Lid"), Column("Antwoord", 32), Column("Reden"), Column("Wanneer en door wie", 55)],
            [
                (
                    one["member"],
                    one["answer_label"],
                    one["reason"] or NONE,
                    f"{format_moment(_moment(one['stated_at']))}\n{one['stated_by']}",
                )
                for one in facts["interests"]
            ],
        )


def _assessments(doc: Document, facts: dict[str, Any]) -> None:
    doc.heading(2, "Beoordelingen")
    names = {one["code"]: f"{one['name']} ({one['weight']}%)" for one in facts["criteria"]}
    titles = _titles(facts)
    if not facts["assessments"]:
        doc.paragraph("Er is geen beoordeling begonnen.")
    for one in facts["assessments"]:
        doc.heading(3, one["assessor"])
        doc.facts(
            [
                ("Stand", one["state_label"] + ("" if one["counts"] else ", telt niet mee")),
                ("Beoordeelde versie", f"{one['version']} ({one['version_sha256']})"),
                ("Ingediend", format_moment(_moment(one["submitted_at"])) if one["submitted_at"] else "niet"),
                ("Totaal", _points(one["total"])),
            ]
        )
        if one["scores"]:
            doc.table(
                f"Scores van {one['assessor']}",
                [Column("Criterium", 48), Column("Niveau", 18, numeric=True), Column("Reden")],
                [
                    (
                        names.get(score["criterion"], score["criterion"]),
                        "–" if score["level"] is None else str(score["level"]),
                        score["reason"] or NONE,
                    )
                    for score in one["scores"]
                ],
            )
        if one.get("marks"):
            doc.table(
                f"Cijfers per knelpunt van {one['assessor']}",
                [Column("Knelpunt", 48), Column("Cijfer", 18, numeric=True), Column("Citaat")],
                [
                    (
                        titles.get(mark["bottleneck"], mark["bottleneck"]),
                        "–" if mark["mark"] is None else str(mark["mark"]),
                        mark["quotation"] or NONE,
                    )
                    for mark in one["marks"]
                ],
            )
    if facts["reopened"]:
        doc.heading(3, "Heropend")
        for one in facts["reopened"]:
            doc.paragraph(f"{format_moment(_moment(one['at']))}, door {one['by']}: {one['reason']}")
            doc.list(
                f"{names.get(score['criterion'], score['criterion'])}: niveau {score['level']} – {score['reason']}"
                for score in one["scores"]
            )
            if one.get("marks"):
                doc.list(
                    f"{titles.get(mark['bottleneck'], mark['bottleneck'])}: cijfer {mark['mark']} – {mark['quotation'] or NONE}"
                    for mark in one["marks"]
                )


def _meetings(doc: Document, facts: dict[str, Any]) -> None:
    doc.heading(2, "Overleg van de commissie")
    if not facts["meetings"] and facts["outcome"] is None and not facts.get("agreed_marks"):
        doc.paragraph("De commissie heeft niets over deze aanvraag vastgelegd.")
    for one in facts["meetings"]:
        doc.heading(3, f"Vergadering {one['meeting']}")
        left = [f"{who['member']} ({LeaveReason(who['reason']).label})" for who in one["left"]]
        doc.facts(
            [
                ("Datum", format_moment(_moment(one["opened_at"]))),
                ("Soort", ItemKind(one["kind"]).label),
                ("Verliet de kamer", join_words(left) or "niemand"),
                ("Leidde het gesprek", one["led_by"]),
                ("Gemiddelde vooraf", _points(one["before"])),
                ("Uitkomst", _ended(one)),
            ]
        )
        if one["why"]:
            doc.list(one["why"])
        for label, text in (("Reden", one["reason"]), ("Notities", one["notes"])):
            if text:
                doc.paragraph(f"{label}:")
                doc.prose(text)
    _agreed_marks(doc, facts)
    outcome = facts["outcome"]
    if outcome is not None:
        doc.heading(3, "Afgesproken score")
        doc.facts(
            [
                ("Gemiddelde vooraf", _points(outcome["before"])),
                ("Afgesproken", _points(outcome["agreed"])),
                ("Vastgelegd", f"{format_moment(_moment(outcome['recorded_at']))}, {outcome['recorded_by']}"),
            ]
        )
        doc.prose(outcome["reason"])


def _titles(facts: dict[str, Any]) -> dict[str, str]:
    return {one["code"]: one["title"] for one in facts.get("bottlenecks", [])}


def _agreed_marks(doc: Document, facts: dict[str, Any]) -> None:
    """Every agreement, also one that a later one took the place of."""
    titles = _titles(facts)
    if not facts.get("agreed_marks"):
        return
    doc.heading(3, "Afgesproken cijfers")
    doc.table(
        "Wat de commissie per knelpunt afsprak",
        [
            Column("Knelpunt", 38),
            Column("Cijfers", 18),
            Column("Afgesproken", 24, numeric=True),
            Column("Reden"),
            Column("Vastgelegd", 46),
        ],
        [
            (
                titles.get(one["bottleneck"], one["bottleneck"]),
                join_words([str(mark) for mark in one["before"]]),
                str(one["agreed"]),
                one["reason"],
                f"{format_moment(_moment(one['recorded_at']))}\n{one['recorded_by']}",
            )
            for one in facts["agreed_marks"]
        ],
    )


def _ended(one: dict[str, Any]) -> str:
    if one["state"] == ItemState.POSTPONED.value:
        return "uitgesteld"
    said = ItemOutcome(one["outcome"]).label if one["outcome"] else "geen"
    return f"{said}: {_points(one['counts'])}"


def _merit(doc: Document, facts: dict[str, Any]) -> None:
    doc.heading(2, "Kwaliteitsscore")
    merit, figures = facts["merit"], facts["calibration"]
    if merit is None:
        doc.paragraph("Voor deze aanvraag is geen kwaliteitsscore vastgesteld.")
    else:
        pairs = [
            ("Kwaliteitsscore", _points(merit["merit"])),
            ("Vastgesteld", f"{format_moment(_moment(merit['adopted_at']))}, {merit['adopted_by']}"),
            ("Controlegetal vaststelling", merit["adoption_sha256"]),
        ]
        if merit["confirmed_by"]:
            pairs.append(("Bevestigd door", merit["confirmed_by"]))
        doc.facts(pairs)
    if figures is not None:
        doc.paragraph(
            f"Ter informatie: gecorrigeerd voor strenge en soepele beoordelaars is het gemiddelde "
            f"{_points(figures['adjusted'])}. {figures['remark']}"
        )


def _trail(doc: Document, facts: dict[str, Any]) -> None:
    doc.heading(2, "Spoor")
    doc.paragraph("Elke stap in het systeem, op volgorde. De stappen hangen aan elkaar met controlegetallen.")
    doc.table(
        "Stappen in de beoordeling",
        [
            Column("Nr.", 14, numeric=True),
            Column("Wanneer", 46),
            Column("Wie", 40),
            Column("Stap", 40),
            Column("Reden"),
        ],
        [
            (
                str(row["seq"]),
                format_moment(_moment(row["at"])),
                row["who"],
                row["action"],
                row["reason"] or "–",
            )
            for row in facts["trail"]
        ],
    )


def _points(thousandths: int | None) -> str:
    return "–" if thousandths is None else format_points(thousandths, full=True)


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
