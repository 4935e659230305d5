"""Tables: applications, their submitted versions, checks and regional views."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.core.db import Cents, Model, Moment, enum_type, frozen_columns, frozen_when, immutable
from pool.people.models import Organisation
from pool.regions.models import Region, Theme
from pool.rounds.models import Round

from .states import ApplicationState, Completeness, FileState, HearingOutcome


class Application(Model):
    """What a municipality asks for.

    content: the text that is being written (see `inputs.Content`); what was submitted stays in the versions.
    title, theme, regions and amounts repeat the newest version, or the draft while there is none, for lists,
    searches and downstream; `service` keeps them together. revision counts changes, so that two people in one
    draft notice each other. supplement_until: the last moment to supplement, while that is asked. invented:
    made up for a demonstration.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("requested >= 0 AND minimum >= 0 AND minimum <= requested", "amounts_in_order"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", "submitted_has_moment"
        ),
        CheckConstraint(
            "state <> 'supplement_requested' OR supplement_until IS NOT NULL", "supplement_has_term"
        ),
        Index("ix_application_round_state", "round_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[ApplicationState] = mapped_column(
        enum_type(ApplicationState), default=ApplicationState.DRAFT
    )
    title: Mapped[str] = mapped_column(default="")
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    requested: Mapped[Cents] = mapped_column(default=0)
    minimum: Mapped[Cents] = mapped_column(default=0)
    content: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    invented: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[Moment | None]
    supplement_until: Mapped[Moment | None]
    round: Mapped[Round] = relationship()
    organisation: Mapped[Organisation] = relationship()
    theme: Mapped[Theme | None] = relationship()
    region_links: Mapped[list[ApplicationRegion]] = relationship(
        order_by="ApplicationRegion.position", cascade="all, delete-orphan"
    )
    versions: Mapped[list[ApplicationVersion]] = relationship(
        back_populates="application", order_by="ApplicationVersion.number"
    )
    checks: Mapped[list[CompletenessCheck]] = relationship(order_by="CompletenessCheck.id")
    hearings: Mapped[list[Hearing]] = relationship(order_by="Hearing.id")
    saves: Mapped[list[SectionSave]] = relationship(order_by="SectionSave.section")
    __mapper_args__ = {"version_id_col": revision}

    @property
    def audit_chain(self) -> str:
        return f"application:{self.id}"

    @property
    def regions(self) -> list[Region]:
        """The regions it is for, the leading one first."""
        return [link.region for link in self.region_links]

    @property
    def is_joint(self) -> bool:
        return len(self.region_links) > 1

    @property
    def current_version(self) -> ApplicationVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def open_hearing(self) -> Hearing | None:
        """The intended refusal that was not concluded yet."""
        return next((hearing for hearing in reversed(self.hearings) if hearing.outcome is None), None)


class SectionSave(Model):
    """Who last saved a section of a draft, and at which revision: a save that started before it is stale."""

    __tablename__ = "application_section_save"
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    section: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    saved_at: Mapped[Moment]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    saved_by_name: Mapped[str]


class ApplicationRegion(Model):
    """An application counts in each of its regions; position 0 leads."""

    __tablename__ = "application_region"
    __table_args__ = (UniqueConstraint("application_id", "region_id"),)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    region: Mapped[Region] = relationship()


@immutable
class ApplicationVersion(Model):
    """What was submitted, at a moment, by whom. sha256: of the canonical JSON of content."""

    __tablename__ = "application_version"
    __table_args__ = (UniqueConstraint("application_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    submitted_at: Mapped[Moment]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_by_name: Mapped[str]
    application: Mapped[Application] = relationship(back_populates="versions")


@frozen_columns(
    "OLD.version_id IS NOT NULL",
    ("id", "application_id", "document", "name", "media_type", "size", "sha256", "received_at", "version_id"),
)
class ApplicationFile(Model):
    """A file that came in with an application. document: the code of what the round asks; size in bytes.

    The draft or a version lists it by document, name and sha256; the bytes are in `core.blobs`. version_id: the
    first version that lists it; from then on the row stays. What comes with a view on an intended refusal has a
    code of its own (`rules.hearing_document`) and is listed in `HearingFile`. finding: the virus, or why there is no outcome yet.
    """

    __tablename__ = "application_file"
    __table_args__ = (
        UniqueConstraint("application_id", "document", "name", "sha256"),
        CheckConstraint("size > 0", "size_above_zero"),
        CheckConstraint("length(sha256) = 64", "sha256_is_whole"),
        CheckConstraint("state NOT IN ('clean', 'infected') OR scanned_at IS NOT NULL", "scanned_has_moment"),
        Index("ix_application_file_sha256", "sha256"),
        # The number of a file that was taken away is never given to another one.
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    document: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    state: Mapped[FileState] = mapped_column(enum_type(FileState))
    received_at: Mapped[Moment]
    received_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    received_by_name: Mapped[str]
    scanned_at: Mapped[Moment | None]
    finding: Mapped[str] = mapped_column(default="")
    version_id: Mapped[int | None] = mapped_column(ForeignKey("application_version.id"), index=True)

    @property
    def audit_chain(self) -> str:
        return f"application:{self.application_id}"


@immutable
class CompletenessCheck(Model):
    """One outcome of the check. points: list of {point, ok, note}. supplement_by: last day to supplement, ISO."""

    __tablename__ = "completeness_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    outcome: Mapped[Completeness] = mapped_column(enum_type(Completeness))
    points: Mapped[list[Any]]
    reason: Mapped[str]
    supplement_by: Mapped[str | None]
    checked_at: Mapped[Moment]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    @property
    def last_day(self) -> dt.date | None:
        """The last day to supplement, when that was asked."""
        return dt.date.fromisoformat(self.supplement_by) if self.supplement_by else None


@frozen_when("OLD.outcome IS NOT NULL")
class Hearing(Model):
    """An intended refusal of which the municipality hears first (4:7 Awb); the check holds its reason and points.

    until: the last moment for a view. answered_at: when the municipality gave one, or said that it has none.
    weighing: how the view was weighed, or why the intention was dropped.
    """

    __tablename__ = "hearing"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (concluded_at IS NULL)", "outcome_has_moment"),
        CheckConstraint("answered_at IS NULL OR answered_at <= until", "answer_in_time"),
        CheckConstraint(
            "outcome IS NULL OR outcome <> 'upheld' OR answered_at IS NOT NULL OR concluded_at > until",
            "refused_after_hearing",
        ),
        CheckConstraint("outcome IS NULL OR outcome <> 'dropped' OR weighing <> ''", "dropped_has_reason"),
        Index(
            "ix_hearing_open",
            "application_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("completeness_check.id"), unique=True)
    until: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    outcome: Mapped[HearingOutcome | None] = mapped_column(enum_type(HearingOutcome))
    weighing: Mapped[str] = mapped_column(default="")
    concluded_at: Mapped[Moment | None]
    concluded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    check: Mapped[CompletenessCheck] = relationship()
    view: Mapped[HearingView | None] = relationship()


@immutable
class HearingView(Model):
    """What the municipality said about an intended refusal. text: empty when it has no view."""

    __tablename__ = "hearing_view"
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), primary_key=True)
    text: Mapped[str]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    given_by_name: Mapped[str]
    files: Mapped[list[HearingFile]] = relationship(order_by="HearingFile.position")


@immutable
class HearingFile(Model):
    """A file that was sent along with a view: what it was then. Its row, with the scan, stays for as long as this."""

    __tablename__ = "hearing_file"
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing_view.hearing_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("application_file.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    file: Mapped[ApplicationFile] = relationship()


class RegionalView(Model):
    """What the regional project leader thinks of an application, seen from the region."""

    __tablename__ = "regional_view"
    __table_args__ = (UniqueConstraint("application_id", "region_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    text: Mapped[str]
    written_at: Mapped[Moment]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    region: Mapped[Region] = relationship()
