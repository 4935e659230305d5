"""Having the statistics of a round worked out in the background, and keeping what comes out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pool.core import jobs
from pool.core.access import Actor, require
from pool.core.db import db
from pool.rounds.models import Round

from .. import figures, queries, rules
from ..models import Study
from ..states import StudyKind


def request_studies(actor: Actor, round_: Round, kinds: Iterable[StudyKind]) -> int:
    """Have worked out, as far as that was not done, what this actor may know; returns how many that are.

    For chair and programme team, and for a member once the own scores are in. Without scores to compare nothing is
    asked for.
    """
    require(rules.can_have_figures(actor, round_, queries.open_own(actor, round_.id)))
    return _request(round_, queries.hidden_from(actor), kinds)


def follow_scores(round_: Round) -> None:
    """When the last score of a round is in, have the places worked out for everybody who may look."""
    if queries.unfinished_readers(round_.id):
        return
    views = {frozenset(queries.barred_applications(user.id)) for user in queries.committee_members()}
    mine = {application.id for application in queries.in_assessment(round_.id)}
    for hidden in sorted({frozenset(), *(view & mine for view in views)}, key=sorted):
        _request(round_, hidden, [StudyKind.PLACES])


def _request(round_: Round, hidden: Collection[int], kinds: Iterable[StudyKind]) -> int:
    found, count = queries.given(round_, hidden), 0
    if queries.adjust(found.totals) is None:
        return 0
    for kind in kinds:
        inputs = queries.inputs_of(kind, round_, found, hidden)
        if queries.study(inputs) is None:
            payload = {"round_id": round_.id, "kind": kind.value, "hidden": sorted(hidden)}
            jobs.enqueue("assessment.study", queries.job_key(inputs), payload)
            count += 1
    return count


def keep_study(actor: Actor, round_id: int, inputs: figures.Given, body: Mapping[str, Any]) -> None:
    """Keep what was worked out; the same inputs twice are one study."""
    if queries.study(inputs) is not None:
        return
    db.session.add(
        Study(
            round_id=round_id,
            kind=figures.kind_of(inputs),
            sha256=inputs.sha256,
            body=dict(body),
            made_at=actor.at,
        )
    )
    db.session.flush()
