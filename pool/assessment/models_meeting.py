"""Tables of the panel meeting: deputies of the chair, meetings with their agenda, who was there, and the minutes.

Docs: docs/decisions/0044-deputy-chair.md and 0045-panel-meeting.md.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.applications.models import Application
from pool.core.db import Model, Moment, Thousandths, enum_type, frozen_when, immutable
from pool.core.errors import CONSTRAINTS
from pool.people.models import User
from pool.rounds.models import Round

from .states import ItemKind, ItemOutcome, ItemState, LeaveReason, MeetingState

CONSTRAINTS["uq_meeting_round_id"] = CONSTRAINTS["meeting.round_id, meeting.number"] = (
    "meeting",
    "Iemand anders heeft net een vergadering gepland. Laad de pagina opnieuw.",
    None,
)
CONSTRAINTS["uq_meeting_minutes_meeting_id"] = CONSTRAINTS["meeting_minutes.meeting_id"] = (
    "approved",
    "Het verslag is al goedgekeurd.",
    None,
)


class DeputyChair(Model):
    """A member who does the chair's work on applications in which every chair has an interest."""

    __tablename__ = "deputy_chair"
    __table_args__ = (
        Index(
            "ux_deputy_chair_running",
            "round_id",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("reason <> ''", "has_reason"),
        CheckConstraint("ended_at IS NULL OR ended_at >= appointed_at", "ends_after_start"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str]
    appointed_at: Mapped[Moment]
    appointed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[Moment | None]
    user: Mapped[User] = relationship(foreign_keys=[user_id])


@immutable
class MeritConfirmation(Model):
    """The deputy's word for the merit of an application that the chair may not see. sha256: of everything the
    merit follows from; when that changes, the confirmation counts no more."""

    __tablename__ = "merit_confirmation"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    merit: Mapped[Thousandths]
    sha256: Mapped[str]
    confirmed_at: Mapped[Moment]
    confirmed_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


@frozen_when("OLD.state IN ('closed', 'cancelled')")
class Meeting(Model):
    """A meeting of the committee about the applications of a round.

    show_names: whether the screen names assessors; otherwise they are letters.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("state IN ('planned', 'cancelled') OR opened_at IS NOT NULL", "opened_has_moment"),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", "closed_has_moment"),
        CheckConstraint("place <> ''", "has_place"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    starts_at: Mapped[Moment]
    place: Mapped[str]
    show_names: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MeetingState] = mapped_column(enum_type(MeetingState), default=MeetingState.PLANNED)
    planned_at: Mapped[Moment]
    planned_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[Moment | None]
    opened_by_name: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[Round] = relationship()
    items: Mapped[list[MeetingItem]] = relationship(
        back_populates="meeting", order_by="MeetingItem.position, MeetingItem.id"
    )
    attendance: Mapped[list[Attendance]] = relationship(order_by="Attendance.joined_at, Attendance.id")
    minutes: Mapped[MeetingMinutes | None] = relationship(back_populates="meeting")
    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_chain(self) -> str:
        return f"round:{self.round_id}"


@frozen_when("OLD.closed")
class MeetingItem(Model):
    """One application on the agenda of one meeting.

    why: sentences that say why it is to be discussed. before: the mean of the scores when it was concluded;
    counts: the score that counted then, which stays when the outcome is `kept`. at_hand: it is being discussed now.
    closed: its meeting is closed, so nothing changes any more.
    """

    __tablename__ = "meeting_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "application_id"),
        CheckConstraint("state <> 'discussed' OR outcome IS NOT NULL", "discussed_has_outcome"),
        CheckConstraint("outcome IS NULL OR counts IS NOT NULL", "outcome_has_score"),
        CheckConstraint("outcome IS NULL OR outcome <> 'agreed' OR reason <> ''", "agreed_has_reason"),
        CheckConstraint("state <> 'postponed' OR reason <> ''", "postponed_has_reason"),
        CheckConstraint("NOT (closed AND state = 'open')", "closed_is_not_open"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    position: Mapped[int]
    kind: Mapped[ItemKind] = mapped_column(enum_type(ItemKind))
    why: Mapped[list[Any]]
    state: Mapped[ItemState] = mapped_column(enum_type(ItemState), default=ItemState.OPEN)
    at_hand: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(default="")
    outcome: Mapped[ItemOutcome | None] = mapped_column(enum_type(ItemOutcome))
    before: Mapped[Thousandths | None]
    counts: Mapped[Thousandths | None]
    reason: Mapped[str] = mapped_column(default="")
    concluded_at: Mapped[Moment | None]
    concluded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    concluded_by_name: Mapped[str] = mapped_column(default="")
    closed: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    meeting: Mapped[Meeting] = relationship(back_populates="items")
    application: Mapped[Application] = relationship()
    absences: Mapped[list[ItemAbsence]] = relationship(order_by="ItemAbsence.id")
    __mapper_args__ = {"version_id_col": revision}

    @property
    def audit_chain(self) -> str:
        return f"application:{self.application_id}"


@frozen_when("OLD.left_at IS NOT NULL")
class Attendance(Model):
    """From when until when a member was at a meeting; who was there twice has two rows."""

    __tablename__ = "attendance"
    __table_args__ = (
        Index(
            "ux_attendance_present",
            "meeting_id",
            "user_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        CheckConstraint("left_at IS NULL OR left_at >= joined_at", "leaves_after_joining"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    joined_at: Mapped[Moment]
    left_at: Mapped[Moment | None]
    user: Mapped[User] = relationship()


@frozen_when("OLD.returned_at IS NOT NULL")
class ItemAbsence(Model):
    """A present member who left the room for one application, as whoever led confirmed."""

    __tablename__ = "item_absence"
    __table_args__ = (
        Index(
            "ux_item_absence_outside",
            "item_id",
            "user_id",
            unique=True,
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("meeting_item.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[LeaveReason] = mapped_column(enum_type(LeaveReason))
    left_at: Mapped[Moment]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    returned_at: Mapped[Moment | None]
    user: Mapped[User] = relationship(foreign_keys=[user_id])


@immutable
class MinutesApproval(Model):
    """Somebody who led approved the part of the minutes that he or she may see; sha256 of that part."""

    __tablename__ = "minutes_approval"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    sha256: Mapped[str]
    approved_at: Mapped[Moment]
    approved_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User] = relationship()


@immutable
class MeetingMinutes(Model):
    """The approved minutes of a meeting in full. facts: everything the text was made from; sha256: of the bytes."""

    __tablename__ = "meeting_minutes"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    facts: Mapped[dict[str, Any]]
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    approved_at: Mapped[Moment]
    meeting: Mapped[Meeting] = relationship(back_populates="minutes")
