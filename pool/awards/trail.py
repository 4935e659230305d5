"""The trail of a decision as steps on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pool.core.audit import AuditEntry
from pool.core.text import format_moment

_STEPS = {
    "proposal.prepare": ("Besluit voorbereid", "info"),
    "proposal.revise": ("Tekst van het besluit gewijzigd", "info"),
    "proposal.lapse": ("Voorbereiding vervallen", "warning"),
    "proposal.decide": ("Besluit genomen", "success"),
    "letter.make": ("Brief gemaakt en klaargezet", "success"),
}


def steps(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """What happened around the decision, oldest first."""
    shown = []
    for entry in entries:
        if entry.action in _STEPS:
            title, tone = _STEPS[entry.action]
            shown.append(
                {
                    "when": format_moment(entry.at, seconds=True),
                    "title": title,
                    "actor": entry.actor_name,
                    "text": entry.reason,
                    "tone": tone,
                }
            )
    return shown
