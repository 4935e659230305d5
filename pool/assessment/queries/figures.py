"""What stands out in the scores of a round, as one person may know it.

Statistics are made without what is hidden from the person who looks: not only is such an application left out of a
list, no number about another one was made with its scores either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pool.applications.models import Application
from pool.core.access import Actor
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import Calibration

from .. import adjusted
from ..calibration.words import Remark
from ..ranking import line
from ..rules import can_see_progress, can_see_results
from .interests import hidden_from
from .own import open_own
from .results import Given, given

SOMEBODY = "een beoordelaar"
"""Who gave an unusual score. No names: the list is read out in a meeting."""


@dataclass(frozen=True)
class _Placed:
    proposal: str
    scores: int
    raw_rank: float
    adjusted_rank: float
    top_k: float | None


def attention_list(actor: Actor, round_: Round) -> list[tuple[Application, tuple[Remark, ...]]]:
    """What the meeting should talk about: applications with, in Dutch, every reason to look again.

    For chair and programme team, once their own scores are in; empty for everybody else. The uncertain ones
    around the line come first, then those with most reasons. What is hidden from the actor is not there and was
    not used. A round that does not correct for strictness gets the reasons that follow from the given scores alone.
    """
    may = can_see_progress(actor) and can_see_results(actor, round_, open_own(actor, round_.id))
    if not may:
        return []
    return attention_of(round_, given(round_, hidden_from(actor)))


def attention_of(
    round_: Round, found: Given, chances: Mapping[int, float] | None = None
) -> list[tuple[Application, tuple[Remark, ...]]]:
    """The same from what was read already. chances: of a place above the line per application, when known."""
    from ..calibration.attention import flags
    from ..calibration.results import ScoreFit

    rules = rounds.rules_of(round_)
    k = line(found.rows, round_.budget.ceiling, rules.min_merit)
    fit = adjusted.adjust(found.totals) if rules.calibration != Calibration.OFF else None
    counts = {str(row.application.id): len(row.totals) for row in found.rows if row.totals}
    if fit is None:
        # Nothing is expected of a score, so nothing is unusual, and nobody is compared with anybody.
        scores = tuple(ScoreFit(a, u, total / 1000, total / 1000, 0.0) for a, u, total in found.totals)
        placed = [_Placed(key, count, 0.0, 0.0, None) for key, count in counts.items()]
        coupled = {user: 1.0 for _, user, _ in found.totals}
    else:
        scores, coupled = fit.scores, dict(fit.coupled)
        shown = bool(fit.means)
        placed = [
            _Placed(
                key,
                count,
                fit.places[key].raw,
                fit.places[key].adjusted if shown else fit.places[key].raw,
                (chances or {}).get(int(key)) if shown else None,
            )
            for key, count in counts.items()
        ]
    names = {criterion.code: criterion.name for criterion in rules.criteria}
    levels = {
        (str(application), str(user)): {names[code]: level for code, level in mark.items()}
        for application, users in found.marks.items()
        for user, mark in users.items()
    }
    by_key = {str(row.application.id): row.application for row in found.rows}
    return [
        (by_key[item.proposal], tuple(_nameless(remark) for remark in item.remarks))
        for item in flags(placed, scores, coupled, k, levels)
    ]


def _nameless(remark: Remark) -> Remark:
    values = dict(remark.values)
    return Remark.of(remark.code, **values | {"assessor": SOMEBODY}) if "assessor" in values else remark
