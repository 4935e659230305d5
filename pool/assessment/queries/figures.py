"""What stands out in the scores of a round, as one person may know it.

Statistics are made without what is hidden from the person who looks: not only is such an application left out of a
list, no number about another one was made with its scores either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
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
from .committee import readers_of_round
from .coverage import coverage, wide_marks
from .interests import hidden_from
from .own import open_own
from .results import Given, given
from .studies import Places, places

GREY_FROM, GREY_TO = 2000, 8000
"""Chance of a place above the line, per 10 000, between which it is uncertain (scoring notes, 4.3)."""
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
    found = given(round_, hidden_from(actor))
    return attention_of(round_, found, places(found.totals))


def attention_of(
    round_: Round, found: Given, sure: Places | None
) -> list[tuple[Application, tuple[Remark, ...]]]:
    """The same from what was read already. sure: how sure the places are, when that was worked out."""
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
                sure.chance(int(key), k) / 10_000 if shown and sure and k is not None else None,
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
    listed = {
        by_key[item.proposal]: tuple(_nameless(remark) for remark in item.remarks)
        for item in flags(placed, scores, coupled, k, levels)
    }
    return _with_marks(round_, found, listed)


def _with_marks(
    round_: Round, found: Given, listed: Mapping[Application, tuple[Remark, ...]]
) -> list[tuple[Application, tuple[Remark, ...]]]:
    """The list with where marks of bottlenecks are far apart; what is on it for that alone comes last."""
    files = {row.application.id: row.application for row in found.rows}
    wide = wide_marks(coverage(round_, among=files.values()))
    whole = {**listed, **{file: listed.get(file, ()) for ident, file in files.items() if ident in wide}}
    return [(file, (*remarks, *wide.get(file.id, ()))) for file, remarks in whole.items()]


@dataclass(frozen=True)
class Extra:
    """An application for which one more assessor may be asked. gap: between its highest and lowest total, in
    thousandths; uncertain: the chance of a place above the line, per 10 000, where that is why; readers: now."""

    application: Application
    gap: int
    by_rule: bool
    uncertain: int | None
    readers: int


def extra_wanted(
    round_: Round, found: Given, sure: Places | None, hidden: Collection[int] = ()
) -> list[Extra]:
    """Where the published rules want one more assessor, widest gap first, and then, as a proposal, the most
    uncertain ones around the line. Empty when the rules know no such round; an application that has more
    assessors than the rules ask for had its turn."""
    rules = rounds.rules_of(round_)
    if rules.extra_assessor_gap is None:
        return []
    k = line(found.rows, round_.budget.ceiling, rules.min_merit)
    shown = sure if sure and k and rules.calibration != Calibration.OFF else None
    readers = Counter(one.application_id for one in readers_of_round(round_.id, hidden))
    wanted: list[tuple[bool, int, Extra]] = []
    for row in found.rows:
        ident, gap = row.application.id, row.spread or 0
        if readers[ident] > rules.assessors_per_application or len(row.totals) < readers[ident]:
            continue
        by_rule = gap > rules.extra_assessor_gap
        chance = shown.chance(ident, k) if shown and k and ident in shown else None
        uncertain = chance if chance is not None and GREY_FROM <= chance <= GREY_TO else None
        if by_rule or uncertain is not None:
            order = -gap if by_rule else abs((uncertain or 0) - 5000)
            wanted.append(
                (not by_rule, order, Extra(row.application, gap, by_rule, uncertain, readers[ident]))
            )
    return [extra for *_, extra in sorted(wanted, key=lambda one: one[:2])]


def _nameless(remark: Remark) -> Remark:
    values = dict(remark.values)
    return Remark.of(remark.code, **values | {"assessor": SOMEBODY}) if "assessor" in values else remark
