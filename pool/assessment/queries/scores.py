"""An assessor's own scores beside each other: in order, per level, and where totals are equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from pool.applications.models import Application
from pool.core.access import Actor
from pool.core.db import db
from pool.core.text import fingerprint
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from ..models import Assessment, Assignment, OwnPlace, Score
from ..states import COUNTING, AssessmentState
from .committee import readers_of_round
from .own import visible_to
from .results import levels


@dataclass(frozen=True)
class OwnScore:
    """One application that the assessor scored or is scoring. total: in thousandths, None while it is not handed in.

    place: among own equal totals, from 1, as the assessor put it; None while not put.
    """

    assignment: Assignment
    levels: Mapping[str, int]
    total: int | None
    place: int | None

    @property
    def application(self) -> Application:
        return self.assignment.application

    @property
    def changeable(self) -> bool:
        """Whether the place may still be put: not once the committee adopted."""
        assessment = self.assignment.assessment
        return assessment is not None and assessment.state == AssessmentState.SUBMITTED


@dataclass(frozen=True)
class OwnScores:
    """All own scores of a round, highest total first, equals in the own order; those not handed in come last."""

    scores: Sequence[OwnScore]

    @property
    def handed_in(self) -> list[OwnScore]:
        return [one for one in self.scores if one.total is not None]

    @property
    def ties(self) -> list[list[OwnScore]]:
        """Groups of equal totals, of two or more."""
        groups = [list(group) for _, group in groupby(self.handed_in, lambda one: one.total)]
        return [group for group in groups if len(group) > 1]

    @property
    def counts(self) -> Mapping[int, int]:
        """How often each level was given, over all criteria."""
        return Counter(level for one in self.handed_in for level in one.levels.values())

    def counts_of(self, criterion: str) -> Mapping[int, int]:
        return Counter(one.levels[criterion] for one in self.handed_in if criterion in one.levels)

    @property
    def sha256(self) -> str:
        """Of the order as it was put, so that a change in another window shows."""
        return fingerprint({str(one.application.id): one.place for one in self.handed_in})


def own_scores(actor: Actor, round_: Round) -> OwnScores:
    """What this actor gave in a round, without what an interest hides."""
    rules = rounds.rules_of(round_)
    query = visible_to(actor).where(Application.round_id == round_.id)
    own = [a for a in db.session.scalars(query).unique() if _counts(a)]
    put = _places(a.id for a in own)
    found = []
    for assignment in own:
        assessment = assignment.assessment
        given = levels(assessment) if assessment else {}
        done = assessment is not None and assessment.state in COUNTING
        found.append(
            OwnScore(assignment, given, rules.points(given) if done else None, put.get(assignment.id))
        )
    found.sort(
        key=lambda one: (
            one.total is None,
            -(one.total or 0),
            one.place is None,
            one.place or 0,
            one.application.id,
        )
    )
    return OwnScores(found)


def _counts(assignment: Assignment) -> bool:
    return assignment.assessment is None or not assignment.assessment.quarantined


def _places(assignment_ids: Iterable[int]) -> dict[int, int]:
    query = select(OwnPlace.assignment_id, OwnPlace.place).where(
        OwnPlace.assignment_id.in_(list(assignment_ids))
    )
    return dict(iter(db.session.execute(query.order_by(OwnPlace.assignment_id))))


def earlier_levels(actor: Actor, assessment: Assessment) -> list[OwnScore]:
    """Own levels for other applications of the same round, to be consistent while scoring."""
    own = own_scores(actor, assessment.assignment.application.round)
    return [one for one in own.scores if one.levels and one.assignment.id != assessment.assignment_id]


@dataclass(frozen=True)
class TieHint:
    """Where an assessor put an application among own equal totals: place of so many."""

    place: int
    of: int


def tie_hints(
    round_: Round, application_id: int, given: Sequence[Assessment], hidden: Collection[int] = ()
) -> dict[int, TieHint]:
    """Assessor to the hint for one application; only of who handed in everything, and of what may be seen.

    given: the assessments of that application that count. What is hidden is left out of a group before its places
    are counted.
    """
    people = {one.assignment.user_id for one in given}
    readers = [one for one in readers_of_round(round_.id) if one.user_id in people]
    busy = {one.user_id for one in readers if one.assessment is None or one.assessment.state not in COUNTING}
    seen = [one for one in readers if one.user_id not in busy and one.application_id not in hidden]
    put = _places([one.id for one in seen])
    ranked = [one for one in seen if one.id in put]
    if not any(one.application_id == application_id for one in ranked):
        return {}
    totals = _totals(round_, [one.id for one in ranked])
    hints = {}
    for mine in ranked:
        if mine.application_id != application_id:
            continue
        group = sorted(
            put[one.id] for one in ranked if one.user_id == mine.user_id and totals[one.id] == totals[mine.id]
        )
        if len(group) > 1:
            hints[mine.user_id] = TieHint(group.index(put[mine.id]) + 1, len(group))
    return hints


def _totals(round_: Round, assignment_ids: Collection[int]) -> dict[int, int]:
    """Assignment to its total in thousandths."""
    rules = rounds.rules_of(round_)
    query = (
        select(Assessment.assignment_id, Score.criterion, Score.level)
        .join(Score, Score.assessment_id == Assessment.id)
        .where(Assessment.assignment_id.in_(list(assignment_ids)))
        .order_by(Assessment.assignment_id, Score.id)
    )
    found: dict[int, dict[str, int]] = {}
    for ident, criterion, level in db.session.execute(query):
        if level is not None:
            found.setdefault(ident, {})[criterion] = level
    return {ident: rules.points(given) for ident, given in found.items()}
