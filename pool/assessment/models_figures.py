"""Tables: what was calculated from scores in the background, and how an assessor orders equal totals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pool.core.db import Model, Moment, enum_type, immutable

from .states import StudyKind


@immutable
class Study(Model):
    """What the statistics say about one set of inputs; see `figures` for the body. sha256: of those inputs.

    People who may not see the same applications have different inputs, so different studies.
    """

    __tablename__ = "assessment_study"
    __table_args__ = (UniqueConstraint("kind", "sha256"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    kind: Mapped[StudyKind] = mapped_column(enum_type(StudyKind))
    sha256: Mapped[str]
    body: Mapped[dict[str, Any]]
    made_at: Mapped[Moment]


class OwnPlace(Model):
    """The place an assessor gives an application among own equal totals, from 1 for the best."""

    __tablename__ = "assessment_own_place"
    __table_args__ = (CheckConstraint("place > 0", "place_positive"),)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    place: Mapped[int]
    set_at: Mapped[Moment]
