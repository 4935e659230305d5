"""Tables: how far an application takes away each bottleneck, by each assessor and as the committee agreed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pool.core.db import Model, Moment, frozen_when, immutable


@frozen_when("OLD.locked")
class Coding(Model):
    """One assessor's mark (0 to 3) for one bottleneck of the published rules, from 1 up with a quotation from the
    version judged. Locked with its assessment, for good."""

    __tablename__ = "coding"
    __table_args__ = (
        UniqueConstraint("assessment_id", "bottleneck"),
        CheckConstraint("mark between 0 and 3", "mark_in_scale"),
        CheckConstraint(
            "NOT locked OR (mark IS NOT NULL AND (mark = 0 OR quotation <> ''))", "locked_is_whole"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    bottleneck: Mapped[str]
    mark: Mapped[int | None]
    quotation: Mapped[str] = mapped_column(default="")
    locked: Mapped[bool] = mapped_column(default=False)


@immutable
class AgreedMark(Model):
    """The mark that the committee agreed for one bottleneck of one application, beside what assessors gave.

    before: their marks at that moment, lowest first; once these change the agreement no longer holds. The newest
    counts.
    """

    __tablename__ = "agreed_mark"
    __table_args__ = (
        CheckConstraint("agreed between 0 and 3", "agreed_in_scale"),
        CheckConstraint("reason <> ''", "has_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    bottleneck: Mapped[str]
    before: Mapped[list[Any]]
    agreed: Mapped[int]
    reason: Mapped[str]
    recorded_at: Mapped[Moment]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
