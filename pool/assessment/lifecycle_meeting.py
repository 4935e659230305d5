"""The moves of a panel meeting and of the items on its agenda."""

from __future__ import annotations

from pool.core.machine import Lifecycle, Move

from . import rules_meeting as rules
from .models_meeting import Meeting, MeetingItem
from .states import ItemState as I
from .states import MeetingState as M

MEETING: Lifecycle[Meeting] = Lifecycle(
    "meeting",
    [
        Move("open", "Vergadering openen", frozenset({M.PLANNED}), M.RUNNING, rules.can_lead),
        Move("close", "Vergadering sluiten", frozenset({M.RUNNING}), M.CLOSED, rules.can_lead),
        Move("cancel", "Laten vervallen", frozenset({M.PLANNED}), M.CANCELLED, rules.can_lead),
    ],
)
ITEM: Lifecycle[MeetingItem] = Lifecycle(
    "meeting_item",
    [
        Move("conclude", "Afronden", frozenset({I.OPEN}), I.DISCUSSED, rules.can_handle),
        Move("postpone", "Uitstellen", frozenset({I.OPEN}), I.POSTPONED, rules.can_handle),
        Move("resume", "Opnieuw bespreken", frozenset({I.DISCUSSED, I.POSTPONED}), I.OPEN, rules.can_handle),
    ],
)
