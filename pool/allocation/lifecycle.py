"""The moves of a scenario."""

from __future__ import annotations

from pool.core.machine import Lifecycle, Move

from .models import Scenario
from .states import ScenarioState

S = ScenarioState

# The worker finishes or fails a scenario; whether somebody may make or retry one is judged on the round.
LIFE: Lifecycle[Scenario] = Lifecycle(
    "scenario",
    [
        Move("finish", "Afronden", frozenset({S.QUEUED}), S.DONE),
        Move("fail", "Mislukken", frozenset({S.QUEUED}), S.FAILED),
        Move("retry", "Opnieuw berekenen", frozenset({S.FAILED}), S.QUEUED),
    ],
)
