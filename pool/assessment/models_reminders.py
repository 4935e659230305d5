"""Table: until when assessors score, and when they are reminded of it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from pool.core.db import Model, Moment, immutable


@immutable
class ScoringDeadline(Model):
    """The last day for scores of a round, agreed with the assessors; the newest counts. It shuts nothing.

    remind_days: so many days before it, who is not ready gets a reminder; 0 for none.
    """

    __tablename__ = "scoring_deadline"
    __table_args__ = (CheckConstraint("remind_days BETWEEN 0 AND 30", "remind_days_in_range"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    last_day: Mapped[dt.date]
    remind_days: Mapped[int]
    set_at: Mapped[Moment]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
