"""The moves of an application."""

from __future__ import annotations

from collections.abc import Callable

from pool.core.access import Actor, Verdict
from pool.core.machine import Lifecycle, Move

from . import rules
from .models import Application, ApplicationFile
from .states import IN_HEARING, ApplicationState, FileState

S = ApplicationState
REPLACEABLE = frozenset(S) - {S.SUPPLEMENT_REQUESTED, S.WITHDRAWN}
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
        _move("leave", "Niet behandelen: aanvulling ontbreekt", CHECKABLE, S.INADMISSIBLE, rules.can_leave),
        _move("intend", "Voornemen: niet in behandeling nemen", CHECKABLE, S.HEARING, rules.can_check),
        _move("be_heard", "Zienswijze geven", frozenset({S.HEARING}), S.HEARD, rules.can_be_heard),
        _move("refuse", "Niet in behandeling nemen", IN_HEARING, S.INADMISSIBLE, rules.can_refuse),
        _move("drop_intention", "Voornemen intrekken", IN_HEARING, S.SUBMITTED, rules.can_drop),
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

F = FileState
FILE_LIFE: Lifecycle[ApplicationFile] = Lifecycle(
    "file",
    [
        Move("clear", "Vrijgeven", frozenset({F.QUARANTINED, F.UNSCANNED}), F.CLEAN, rules.is_scanner),
        Move("condemn", "Afkeuren", frozenset({F.QUARANTINED, F.UNSCANNED}), F.INFECTED, rules.is_scanner),
        Move(
            "quarantine", "In quarantaine zetten", frozenset({F.UNSCANNED}), F.QUARANTINED, rules.is_scanner
        ),
        Move("let_go", "Zonder scan laten gaan", frozenset({F.QUARANTINED}), F.UNSCANNED, rules.is_scanner),
    ],
)
"""The moves of a file. Nobody makes them by hand: they follow from what the scanner says, or that there is none."""
