"""The moves of an assessment, and of a plan of who reads what."""

from __future__ import annotations

from pool.core.machine import Lifecycle, Move

from . import rules
from .models import Assessment, AssignmentPlan
from .states import AssessmentState as S
from .states import PlanState

LIFE: Lifecycle[Assessment] = Lifecycle(
    "assessment",
    [
        Move("submit", "Indienen", frozenset({S.DRAFT}), S.SUBMITTED, rules.can_score),
        Move("reopen", "Heropenen", frozenset({S.SUBMITTED}), S.DRAFT, rules.can_reopen),
        Move("lock", "Vastzetten", frozenset({S.SUBMITTED}), S.LOCKED, rules.can_lock),
    ],
)

PLAN: Lifecycle[AssignmentPlan] = Lifecycle(
    "assignment_plan",
    [
        Move(
            "finalise",
            "Vaststellen",
            frozenset({PlanState.DRAFT}),
            PlanState.FINAL,
            rules.can_change_plan,
        ),
        Move("drop", "Weggooien", frozenset({PlanState.DRAFT}), PlanState.DROPPED, rules.can_change_plan),
    ],
)
