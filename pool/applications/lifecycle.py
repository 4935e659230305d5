"""The moves of an application."""

from __future__ import annotations

from collections.abc import Callable

from pool.core.access import Actor, Verdict
from pool.core.machine import Lifecycle, Move

from . import rules
from .models import Application
from .states import ApplicationState

S = ApplicationState
REPLACEABLE = frozenset({S.DRAFT, S.SUBMITTED, S.SUPPLEMENTED, S.COMPLETE, S.INADMISSIBLE})
"""Until closing an applicant may submit from here; what was checked before is then checked anew."""
CHECKABLE = frozenset({S.SUBMITTED, S.SUPPLEMENTED, S.SUPPLEMENT_REQUESTED})


def _move(
    name: str,
    label: str,
    sources: frozenset[S],
    target: S,
    rule: Callable[[Actor, Application], Verdict],
) -> Move[Application]:
    return Move(name, label, sources, target, rule)


LIFE: Lifecycle[Application] = Lifecycle(
    "application",
    [
        _move("submit", "Indienen", REPLACEABLE, S.SUBMITTED, rules.can_submit),
        _move(
            "supplement",
            "Aanvulling indienen",
            frozenset({S.SUPPLEMENT_REQUESTED}),
            S.SUPPLEMENTED,
            rules.can_supplement,
        ),
        _move(
            "withdraw",
            "Intrekken",
            frozenset(S) - {S.WITHDRAWN, S.INADMISSIBLE},
            S.WITHDRAWN,
            rules.can_withdraw,
        ),
        _move("complete", "Volledig verklaren", CHECKABLE, S.COMPLETE, rules.can_check),
        _move("ask_supplement", "Om aanvulling vragen", CHECKABLE, S.SUPPLEMENT_REQUESTED, rules.can_check),
        _move("refuse", "Niet in behandeling nemen", CHECKABLE, S.INADMISSIBLE, rules.can_check),
        _move(
            "extend_supplement",
            "Langer de tijd geven",
            frozenset({S.SUPPLEMENT_REQUESTED}),
            S.SUPPLEMENT_REQUESTED,
            rules.can_extend,
        ),
        _move(
            "reconsider",
            "Opnieuw toetsen",
            frozenset({S.COMPLETE, S.INADMISSIBLE}),
            S.SUBMITTED,
            rules.can_reconsider,
        ),
    ],
)
