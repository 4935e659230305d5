"""The trail of an application as steps on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pool.core.access import Actor, Role
from pool.core.audit import AuditEntry
from pool.core.text import format_moment

_STEPS: dict[str, tuple[str, str]] = {
    "application.start": ("Concept begonnen", "neutral"),
    "application.submit": ("Ingediend", "info"),
    "application.supplement": ("Aanvulling ingediend", "info"),
    "application.withdraw": ("Ingetrokken", "neutral"),
    "application.complete": ("Volledig verklaard", "success"),
    "application.ask_supplement": ("Om aanvulling gevraagd", "warning"),
    "application.extend_supplement": ("Langer de tijd gegeven om aan te vullen", "warning"),
    "application.leave": ("Niet behandeld, omdat de aanvulling ontbreekt", "danger"),
    "application.intend": ("Voornemen om niet in behandeling te nemen", "warning"),
    "application.be_heard": ("De gemeente is gehoord", "info"),
    "application.refuse": ("Niet in behandeling genomen", "danger"),
    "application.drop_intention": ("Voornemen ingetrokken", "success"),
    "hearing.lapse": ("Voornemen vervallen", "neutral"),
    "application.reconsider": ("Uitkomst van de toets vervallen", "warning"),
    "partner_request.ask": ("Partner gevraagd om te bevestigen", "info"),
    "partner_request.resend": ("Partner opnieuw gevraagd", "info"),
    "partner_request.confirm": ("Bevestigd door partner", "success"),
    "partner_request.decline": ("Afgewezen door partner", "danger"),
    "partner_request.withdraw": ("Vraag aan partner ingetrokken", "neutral"),
    "partner_request.drop": ("Vraag aan partner vervallen", "neutral"),
    "sign_off.ask": ("Om ondertekening gevraagd", "info"),
    "sign_off.sign": ("Ondertekend", "success"),
    "sign_off.give_back": ("Niet ondertekend, teruggegeven", "warning"),
    "sign_off.withdraw": ("Vraag om ondertekening ingetrokken", "neutral"),
    "sign_off.lapse": ("Vraag om ondertekening vervallen", "neutral"),
    "application.give_view": ("Regionale zienswijze gegeven", "info"),
    "file.condemn": ("Virus gevonden in een bestand", "danger"),
}

_FOR_THE_AUDITOR: dict[str, tuple[str, str]] = {
    "application.add_file": ("Bestand toegevoegd aan het concept", "neutral"),
    "application.remove_file": ("Bestand verwijderd uit het concept", "neutral"),
    "hearing.add_file": ("Bijlage toegevoegd voor de zienswijze", "neutral"),
    "hearing.remove_file": ("Bijlage verwijderd voor de zienswijze", "neutral"),
    "file.clear": ("Bestand gecontroleerd op virussen", "neutral"),
    "file.quarantine": ("Bestand wacht op viruscontrole", "neutral"),
    "file.let_go": ("Bestand vrijgegeven zonder viruscontrole", "warning"),
}


def steps(entries: Sequence[AuditEntry], actor: Actor) -> list[dict[str, Any]]:
    """Oldest first. What other parts of the system wrote in this chain is for the auditor alone."""
    shown = []
    for entry in entries:
        if entry.action not in _STEPS and not actor.has(Role.AUDITOR):
            continue
        known = _STEPS | _FOR_THE_AUDITOR
        title, tone = known.get(entry.action, (entry.action, "neutral"))
        number, partner = entry.after.get("version"), entry.after.get("partner")
        shown.append(
            {
                "when": format_moment(entry.at, seconds=True),
                "title": f"{title} (versie {number})"
                if number
                else f"{title}: {partner}"
                if partner
                else title,
                "actor": entry.actor_name,
                "text": entry.reason,
                "tone": tone,
            }
        )
    return shown
