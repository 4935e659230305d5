"""Marks of bottlenecks that count, and what the committee agreed about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select

from pool.core.db import db

from ..models import AgreedMark, Assessment, Assignment, Coding
from ..states import COUNTING


def codings_of(assessment: Assessment) -> dict[str, Coding]:
    """Bottleneck to what this assessor marked and quoted."""
    return {coding.bottleneck: coding for coding in assessment.codings}


Cell = tuple[int, str]
"""(application, bottleneck)"""


def marks_by_bottleneck(application_ids: Iterable[int]) -> dict[Cell, list[int]]:
    """The marks that count per application and bottleneck, lowest first; nothing of drafts and quarantine."""
    query = (
        select(Assignment.application_id, Coding.bottleneck, Coding.mark)
        .select_from(Coding)
        .join(Assessment, Assessment.id == Coding.assessment_id)
        .join(Assignment, Assignment.id == Assessment.assignment_id)
        .where(
            Assignment.application_id.in_(list(application_ids)),
            Assignment.ended_at.is_(None),
            Assessment.state.in_(COUNTING),
            Assessment.quarantined.is_(False),
        )
        .order_by(Assignment.application_id, Coding.bottleneck, Coding.mark)
    )
    found: dict[Cell, list[int]] = {}
    for application_id, bottleneck, mark in db.session.execute(query):
        if mark is not None:
            found.setdefault((application_id, bottleneck), []).append(mark)
    return found


def agreements(application_id: int) -> list[AgreedMark]:
    """Everything that was agreed about the marks of one application, in order."""
    query = select(AgreedMark).where(AgreedMark.application_id == application_id).order_by(AgreedMark.id)
    return list(db.session.scalars(query))


def agreed_between(
    application_ids: Iterable[int], start: dt.datetime, end: dt.datetime
) -> dict[Cell, AgreedMark]:
    """What was agreed from one moment to another, the newest per application and bottleneck."""
    query = (
        select(AgreedMark)
        .where(
            AgreedMark.application_id.in_(list(application_ids)), AgreedMark.recorded_at.between(start, end)
        )
        .order_by(AgreedMark.id)
    )
    return {(one.application_id, one.bottleneck): one for one in db.session.scalars(query)}


def agreed_marks(application_ids: Iterable[int]) -> dict[Cell, AgreedMark]:
    """The newest agreement per application and bottleneck, whether it still holds or not."""
    query = (
        select(AgreedMark).where(AgreedMark.application_id.in_(list(application_ids))).order_by(AgreedMark.id)
    )
    return {(one.application_id, one.bottleneck): one for one in db.session.scalars(query)}
