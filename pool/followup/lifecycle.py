"""The moves of a project, and of a progress report."""

from __future__ import annotations

from pool.core.machine import Lifecycle, Move

from . import rules
from .models import ProgressReport, Project
from .states import ProjectState, ReportState

LIFE: Lifecycle[Project] = Lifecycle(
    "project",
    [
        Move(
            "finish",
            "Project afronden",
            frozenset({ProjectState.RUNNING}),
            ProjectState.FINISHED,
            rules.can_end,
        ),
        Move(
            "stop", "Project stoppen", frozenset({ProjectState.RUNNING}), ProjectState.STOPPED, rules.can_end
        ),
    ],
)

REPORT_LIFE: Lifecycle[ProgressReport] = Lifecycle(
    "report",
    [
        Move(
            "submit",
            "Voortgangsrapportage indienen",
            frozenset({ReportState.DRAFT}),
            ReportState.SUBMITTED,
            rules.can_submit,
        ),
    ],
)
