"""The moves of an assessment."""

from __future__ import annotations

from pool.core.machine import Lifecycle, Move

from . import rules
from .models import Assessment
from .states import AssessmentState as S

LIFE: Lifecycle[Assessment] = Lifecycle(
    "assessment",
    [
        Move("submit", "Indienen", frozenset({S.DRAFT}), S.SUBMITTED, rules.can_score),
        Move("reopen", "Heropenen", frozenset({S.SUBMITTED}), S.DRAFT, rules.can_reopen),
        Move("lock", "Vastzetten", frozenset({S.SUBMITTED}), S.LOCKED, rules.can_lock),
    ],
)
