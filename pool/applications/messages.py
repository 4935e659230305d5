"""Tables: the messages between a municipality and the programme team about an application, and who read them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.core.db import Model, Moment, enum_type, immutable
from pool.core.errors import CONSTRAINTS

from .models import Application
from .states import Side

CONSTRAINTS["uq_message_answers_id"] = CONSTRAINTS["message.answers_id"] = (
    "answered",
    "Iemand anders heeft deze vraag net beantwoord of afgesloten. Lees dat bericht eerst.",
    "answers",
)


@immutable
class Message(Model):
    """One message, as it was sent; a correction is a new message.

    side: for whom the writer speaks. by_organisation: where the writer worked then. answer_by: the last day to
    answer, when the programme team needs an answer. answers_id: the question that this message answers, or, from
    the programme team, closes.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("answer_by IS NULL OR side = 'programme'", "only_programme_sets_a_date"),
        CheckConstraint("answer_by IS NULL OR answers_id IS NULL", "question_or_answer"),
        CheckConstraint("text <> ''", "says_something"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    side: Mapped[Side] = mapped_column(enum_type(Side))
    text: Mapped[str]
    written_at: Mapped[Moment]
    written_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_by_name: Mapped[str]
    by_organisation: Mapped[str]
    answer_by: Mapped[dt.date | None]
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), unique=True)
    application: Mapped[Application] = relationship()


class ThreadRead(Model):
    """Up to which message somebody has read the messages about an application."""

    __tablename__ = "thread_read"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    last_id: Mapped[int]
    read_at: Mapped[Moment]
