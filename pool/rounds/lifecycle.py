"""The moves of a round."""

from __future__ import annotations

from pool.core.machine import Lifecycle, Move, always

from . import rules
from .models import Round
from .states import RoundState

S = RoundState


def _move(name: str, label: str, source: set[S], target: S, rule: object = rules.can_move) -> Move[Round]:
    return Move(name, label, frozenset(source), target, rule)  # type: ignore[arg-type]


LIFE: Lifecycle[Round] = Lifecycle(
    "round",
    [
        _move("publish", "Publiceren", {S.DRAFT}, S.PUBLISHED),
        # Opening and closing happen by the clock; whether an application is in time is judged on the moments.
        _move("open", "Openen", {S.PUBLISHED}, S.OPEN, always),
        _move("close", "Sluiten", {S.PUBLISHED, S.OPEN}, S.CLOSED, always),
        # Only as a part of an extension because of an outage, see service.extend.
        _move("reopen", "Heropenen", {S.CLOSED}, S.OPEN, rules.can_reopen),
        _move(
            "begin_assessment",
            "Beoordeling beginnen",
            {S.CLOSED},
            S.IN_ASSESSMENT,
            rules.can_begin_assessment,
        ),
        _move("begin_decision", "Besluitvorming beginnen", {S.IN_ASSESSMENT}, S.IN_DECISION, always),
        _move("decide", "Besluiten bekendmaken", {S.IN_DECISION}, S.DECIDED),
        _move("start_progress", "Uitvoering beginnen", {S.DECIDED}, S.IN_PROGRESS),
        _move("finish", "Ronde afronden", {S.IN_PROGRESS}, S.FINISHED),
    ],
)
