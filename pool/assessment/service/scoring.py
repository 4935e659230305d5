"""Scoring: an assessor's own levels and reasons (and marks of bottlenecks, see `coding`), from draft to handed in, and back only by the chair."""

from __future__ import annotations

from pool.core import outbox
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.delivery import MailKind
from pool.core.errors import Conflict, Invalid, InvalidMany
from pool.core.text import canonical_json, clean, sha256_hex
from pool.rounds import queries as rounds
from pool.rounds.inputs import LEVELS, RoundRules

from .. import mail, queries, rules
from ..inputs import ScoresInput
from ..lifecycle import LIFE
from ..models import Assessment, Score
from .coding import codings_json, keep_codings, lacking_codings, unfit_codings
from .figures import follow_scores

MAX_REASON = 4000
"""Characters of a reason."""


def save_scores(actor: Actor, assessment: Assessment, given: ScoresInput) -> None:
    """Keep what was scored so far; anything may still be open.

    Raises Refused when these scores may not change, Invalid for a level off the scale or an unknown criterion,
    Conflict `stale` when they were changed in another window.
    """
    assessment = _locked(actor, assessment)
    _store(actor, assessment, given, _round_rules(assessment))
    db.session.flush()


def submit_assessment(actor: Actor, assessment: Assessment, given: ScoresInput) -> None:
    """Save and hand in. Every criterion needs a level and a reason, every bottleneck a mark and perhaps a quotation;
    InvalidMany names each that lacks one."""
    assessment = _locked(actor, assessment)
    round_rules = _round_rules(assessment)
    _store(actor, assessment, given, round_rules)
    by_code = {score.criterion: score for score in assessment.scores}
    lacks: list[Invalid] = []
    for criterion in round_rules.criteria:
        score = by_code.get(criterion.code)
        if score is None or score.level is None:
            message = f"{criterion.name}: kies een niveau."
            lacks.append(Invalid("missing", message, f"level_{criterion.code}"))
        if score is None or not score.reason:
            message = f"{criterion.name}: schrijf waarom u dit niveau geeft."
            lacks.append(Invalid("missing", message, f"reason_{criterion.code}"))
    lacks += lacking_codings(assessment, round_rules)
    if lacks:
        raise InvalidMany(lacks)
    if assessment.judged.id != getattr(assessment.assignment.application.current_version, "id", None):
        raise Conflict("version", "De aanvraag is intussen gewijzigd. Lees haar opnieuw.")
    assessment.submitted_at = actor.at
    total = round_rules.points(queries.levels(assessment))
    LIFE.move(actor, assessment, "submit", facts={"sha256": scores_sha256(assessment), "total": total})
    db.session.flush()
    follow_scores(assessment.assignment.application.round)


def reopen(actor: Actor, assessment: Assessment, reason: str) -> None:
    """Give handed-in scores back to their assessor, with a reason; they count again when handed in again."""
    if not reason.strip():
        raise Invalid("reason", "Geef de reden.", "reason")
    before: dict[str, object] = {"scores": scores_json(assessment)}
    if assessment.codings:
        before["codings"] = codings_json(assessment)
    leader = queries.acting(actor, assessment.assignment.application)
    LIFE.move(leader, assessment, "reopen", reason.strip(), before)
    user, round_ = assessment.assignment.user, assessment.assignment.application.round
    subject, body = mail.reopened(user.name, round_.title)
    key = f"reopened:{assessment.id}:{assessment.version}"
    outbox.post(
        actor,
        key,
        user.email,
        subject,
        body,
        user.id,
        kind=MailKind.ASSESSMENT,
        chain=assessment.audit_chain,
        thing=f"assessment_file:{assessment.assignment.application_id}",
    )


def scores_json(assessment: Assessment) -> list[dict[str, str | int | None]]:
    """Levels and reasons in a stable order, JSON-ready."""
    return [
        {"criterion": score.criterion, "level": score.level, "reason": score.reason}
        for score in sorted(assessment.scores, key=lambda score: score.criterion)
    ]


def scores_sha256(assessment: Assessment) -> str:
    """SHA-256 of the canonical JSON of levels and reasons, with marks and quotations where there are any."""
    scores, codings = scores_json(assessment), codings_json(assessment)
    return sha256_hex(canonical_json({"scores": scores, "codings": codings} if codings else scores))


def _round_rules(assessment: Assessment) -> RoundRules:
    return rounds.rules_of(assessment.assignment.application.round)


def _locked(actor: Actor, assessment: Assessment) -> Assessment:
    """The row, locked, when the actor may score it now. An interest makes it Missing, as everywhere."""
    queries.own_assignment(actor, assessment.assignment.application_id)
    fresh = lock(Assessment, assessment.id)
    require(rules.can_score(actor, fresh))
    return fresh


def _store(actor: Actor, assessment: Assessment, given: ScoresInput, round_rules: RoundRules) -> None:
    if given.version is not None and given.version != assessment.version:
        raise Conflict("stale", "U hebt deze beoordeling in een ander venster gewijzigd. Bekijk die eerst.")
    known = {criterion.code: criterion for criterion in round_rules.criteria}
    problems: list[Invalid] = []
    for one in given.scores:
        if one.criterion not in known:
            problems.append(Invalid("criterion", "Dit criterium bestaat niet in deze ronde."))
        elif one.level is not None and one.level not in LEVELS:
            message = f"{known[one.criterion].name}: kies een niveau van 1 tot en met 9."
            problems.append(Invalid("level", message, f"level_{one.criterion}"))
        elif len(one.reason) > MAX_REASON:
            message = f"Gebruik niet meer dan {MAX_REASON} tekens."
            problems.append(Invalid("long", message, f"reason_{one.criterion}"))
    problems += unfit_codings(given.codings, round_rules)
    if problems:
        raise InvalidMany(problems)
    by_code = {score.criterion: score for score in assessment.scores}
    changed = False
    for one in given.scores:
        score = by_code.get(one.criterion)
        if score is None:
            score = Score(criterion=one.criterion, reason="")
            assessment.scores.append(score)
        reason = clean(one.reason)
        if (score.level, score.reason) != (one.level, reason):
            score.level, score.reason = one.level, reason
            changed = True
    if keep_codings(assessment, given.codings) or changed:
        # So that the version counts every save, also when only rows of `score` or `coding` change.
        assessment.saved_at = actor.at
