"""Scores that count, the ranking they make, and the merits that were adopted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from pool.core.db import db
from pool.people.models import User
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import Calibration, RoundState

from ..adjusted import USE, Adjusted, Total, adjust
from ..models import Assessment, Assignment, MeritAdoption, PanelOutcome, Score
from ..ranking import Row, line, mean, rank
from ..states import COUNTING
from .committee import in_assessment, readers_of_round


def _that_count(query: Any, application_ids: Iterable[int]) -> Any:
    """A query on assessments and assignments, narrowed to scores that count, by application and assessor's name."""
    return query.where(
        Assignment.application_id.in_(list(application_ids)),
        Assignment.ended_at.is_(None),
        Assessment.state.in_(COUNTING),
        Assessment.quarantined.is_(False),
    ).order_by(Assignment.application_id, User.name, User.id)


def counting(application_ids: Iterable[int]) -> list[Assessment]:
    """Handed-in assessments that count, with their scores, by application and assessor's name."""
    query = select(Assessment).join(Assessment.assignment).join(Assignment.user)
    query = query.options(
        contains_eager(Assessment.assignment).contains_eager(Assignment.user),
        joinedload(Assessment.judged, innerjoin=True),
        selectinload(Assessment.scores),
        selectinload(Assessment.codings),
    )
    return list(db.session.scalars(_that_count(query, application_ids)).unique())


def marks(application_ids: Iterable[int]) -> dict[int, dict[int, dict[str, int]]]:
    """Application to assessor to criterion to level, of what counts; without the texts, for lists."""
    query = (
        select(Assignment.application_id, Assignment.user_id, Score.criterion, Score.level)
        .select_from(Assessment)
        .join(Assessment.assignment)
        .join(Assignment.user)
        .join(Score, Score.assessment_id == Assessment.id)
    )
    found: dict[int, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for application_id, user_id, criterion, level in db.session.execute(_that_count(query, application_ids)):
        found[application_id][user_id][criterion] = level
    return found


def levels(assessment: Assessment) -> dict[str, int]:
    """Criterion to level, of the criteria that have one."""
    return {score.criterion: score.level for score in assessment.scores if score.level is not None}


def outcomes(application_ids: Iterable[int]) -> dict[int, PanelOutcome]:
    """What the committee agreed, by application."""
    query = (
        select(PanelOutcome)
        .where(PanelOutcome.application_id.in_(list(application_ids)))
        .order_by(PanelOutcome.id)
    )
    return {outcome.application_id: outcome for outcome in db.session.scalars(query)}


def mean_of(round_: Round, application_id: int) -> int | None:
    """The mean total of one application in thousandths; None while nobody has scored it."""
    rules = rounds.rules_of(round_)
    return mean([rules.points(levels(one)) for one in counting([application_id])])


@dataclass(frozen=True)
class Given:
    """What assessors gave in a round, as one person may know it: everything as if what is hidden were not there.

    rows: not ranked yet, by application. marks: application to assessor to criterion to level. totals: per
    application and assessor, for the statistics.
    """

    rows: list[Row]
    marks: Mapping[int, Mapping[int, Mapping[str, int]]]
    totals: tuple[Total, ...]


def given(round_: Round, hidden: Collection[int] = ()) -> Given:
    """Totals, mean levels and agreed outcomes of every application of a round."""
    rules = rounds.rules_of(round_)
    found = in_assessment(round_.id, hidden)
    ids = [application.id for application in found]
    scored, agreed = marks(ids), outcomes(ids)
    totals: list[Total] = []
    rows = []
    for application in found:
        per_assessor = scored.get(application.id, {})
        points = {user_id: rules.points(mark) for user_id, mark in per_assessor.items()}
        means = {
            c.code: sum(mark[c.code] for mark in per_assessor.values()) * 1000 // len(per_assessor)
            for c in rules.criteria
            if per_assessor
        }
        outcome = agreed.get(application.id)
        rows.append(
            Row(
                application,
                tuple(points.values()),
                means,
                outcome.agreed if outcome else None,
                outcome.reason if outcome else "",
            )
        )
        totals += [(str(application.id), str(user_id), total) for user_id, total in points.items()]
    return Given(rows, scored, tuple(totals))


@dataclass(frozen=True)
class Correction:
    """What the correction for strict and lenient assessors does in a round.

    rule: what the published rules say. counts: whether the adjusted mean is the proposed merit. why: in Dutch,
    why or why not. adjusted: None when nothing is corrected, by the rules or because nothing can be compared.
    line: after how many places the plain line falls (see `ranking.line`). crosses: application to whether the
    correction lifts it over that line or puts it below.
    """

    rule: Calibration
    counts: bool
    why: str
    adjusted: Adjusted | None
    line: int | None
    crosses: Mapping[int, bool]

    @property
    def shown(self) -> bool:
        """Whether there are adjusted means to show beside the given ones."""
        return self.adjusted is not None and bool(self.adjusted.means)

    @property
    def comparable(self) -> str:
        """In Dutch: whether the assessors may be compared."""
        return self.adjusted.remark if self.adjusted else ""


IS_ADVICE = "De gecorrigeerde score is een advies en telt niet mee voor de plaats."
COUNTS = (
    "Volgens de regels van deze ronde telt de gecorrigeerde score, tenzij de commissie met reden iets anders "
    "afspreekt."
)
NOT_YET = (
    "Volgens de regels van deze ronde telt straks de gecorrigeerde score. Nog niet alle beoordelingen zijn "
    "ingediend. Tot die tijd telt het gegeven gemiddelde."
)
NOT_COUPLED = (
    "De regels van deze ronde gaan uit van de gecorrigeerde score. Maar de beoordelaars lazen daarvoor te weinig "
    "dezelfde aanvragen. Daarom telt het gegeven gemiddelde."
)
NOTHING_TO_COMPARE = "Er is niets te corrigeren: er zijn te weinig verschillende scores."


def correction(round_: Round, found: Given, hidden: Collection[int] = ()) -> Correction:
    """Whether the adjusted means may be shown, and whether they count: never unless the published rules said so
    beforehand, the committee is coupled well enough, and every score is in."""
    rules = rounds.rules_of(round_)
    rule = Calibration(rules.calibration)
    k = line(found.rows, round_.budget.ceiling, rules.min_merit)
    if rule == Calibration.OFF:
        return Correction(rule, False, "", None, k, {})
    adjusted = adjust(found.totals)
    if adjusted is None:
        return Correction(rule, False, NOTHING_TO_COMPARE, None, k, {})
    crosses = {
        int(key): place.adjusted <= k
        for key, place in adjusted.places.items()
        if k is not None and adjusted.means and (place.raw <= k) != (place.adjusted <= k)
    }
    counts, why = False, IS_ADVICE
    if rule == Calibration.USE:
        if adjusted.gate != USE:
            why = NOT_COUPLED
        elif _open(round_.id, hidden):
            why = NOT_YET
        else:
            counts, why = True, COUNTS
    return Correction(rule, counts, why, adjusted, k, crosses)


def _open(round_id: int, hidden: Collection[int]) -> bool:
    """Whether somebody still has to hand in."""
    readers = readers_of_round(round_id, hidden)
    return any(one.assessment is None or one.assessment.state not in COUNTING for one in readers)


@dataclass(frozen=True)
class Results:
    """The ranking of a round as one person may see it, what the correction does in it, and the totals behind it."""

    rows: list[Row]
    correction: Correction
    totals: tuple[Total, ...]

    @property
    def scored(self) -> int:
        return sum(row.value is not None for row in self.rows)


def results(round_: Round, hidden: Collection[int] = ()) -> Results:
    """Totals, means, spread, agreed outcomes and ranking; where the published rules know them adjusted means, and
    once they are adopted the frozen merits."""
    rules = rounds.rules_of(round_)
    found = given(round_, hidden)
    corrected = correction(round_, found, hidden)
    means: Mapping[str, int | None] = corrected.adjusted.means if corrected.adjusted else {}
    adopted: dict[int, int] = {}
    if round_.state != RoundState.IN_ASSESSMENT and (adoption := latest_adoption(round_.id)):
        adopted = {merit.application_id: merit.merit for merit in adoption.merits}
        said = adoption.body.get("correction")
        if said and said["counts"]:
            # What was adopted, not what it would be for who may not see every application.
            corrected = replace(corrected, counts=True, why=said["why"])
            means = said["means"]
    rows = [
        replace(
            row,
            adjusted=means.get(str(row.application.id)),
            corrected=corrected.counts,
            adopted=adopted.get(row.application.id),
        )
        for row in found.rows
    ]
    return Results(rank(rows, round_.budget.ceiling, rules.min_merit), corrected, found.totals)


def proposed_of(round_: Round, application_id: int) -> int | None:
    """What counts for one application when the committee agrees nothing else: its mean, or the corrected one where
    that rules; thousandths."""
    return next((row.before for row in results(round_).rows if row.application.id == application_id), None)


def latest_adoption(round_id: int) -> MeritAdoption | None:
    """The merits of a round as adopted, with each application; None while nothing is adopted."""
    query = (
        select(MeritAdoption)
        .where(MeritAdoption.round_id == round_id)
        .options(selectinload(MeritAdoption.merits))
        .order_by(MeritAdoption.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def merits(round_id: int) -> dict[int, int]:
    """Application to adopted merit in thousandths; empty while nothing is adopted."""
    adoption = latest_adoption(round_id)
    return {merit.application_id: merit.merit for merit in adoption.merits} if adoption else {}
