"""What happened to a project, as steps on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pool.core.audit import AuditEntry
from pool.core.text import format_moment

from .periods import parse
from .states import Embedding, Standing

_STEPS: dict[str, tuple[str, str]] = {
    "application.submit": ("Aanvraag ingediend", "info"),
    "application.supplement": ("Aanvulling ingediend", "info"),
    "application.complete": ("Aanvraag volledig", "info"),
    "proposal.decide": ("Besluit genomen", "success"),
    "project.start": ("Project begonnen met de toekenning", "success"),
    "report.submit": ("Voortgangsrapportage ingediend", "info"),
    # As it was called while only reports were looked at.
    "report.give_view": ("Regio gaf haar beeld van de voortgang", "info"),
    "project.give_view": ("Regio gaf haar beeld van de voortgang", "info"),
    "project.finish": ("Project afgerond", "success"),
    "project.stop": ("Project gestopt", "warning"),
}


def _more(entry: AuditEntry) -> str:
    after = entry.after
    if entry.action == "report.submit" and (period := parse(str(after.get("period", "")))):
        return f"Over de {period.label}."
    if entry.action in ("report.give_view", "project.give_view"):
        said = f"Stand volgens de regio: {Standing(after['standing']).label}."
        period = parse(str(after.get("period", "")))
        return f"Over de {period.label}. {said}" if period else said
    if entry.action == "project.finish":
        return f"{entry.reason}\nHet resultaat {Embedding(after['embedded']).label}."
    return entry.reason


def steps(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """Oldest first. Only what belongs to the project: how the committee weighed the application is not told here."""
    return [
        {
            "when": format_moment(entry.at),
            "title": _STEPS[entry.action][0],
            "actor": entry.actor_name,
            "text": _more(entry),
            "tone": _STEPS[entry.action][1],
        }
        for entry in entries
        if entry.action in _STEPS
    ]
