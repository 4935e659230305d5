"""How a message reaches somebody: at once by mail, in a daily or weekly overview, or only in the portal.

Every message stands in the portal from the moment it is written; this is only about mail. Who chose nothing gets
what `DEFAULTS` says. Messages that start or end a legal term (`LEGAL`) are always mailed at once: somebody who is
told too late by an overview could miss the term (Awb, section 2.3 as amended by the Wmebv). So is a virus in a file
that was sent: the file can be opened by nobody, and the place that it came from is in danger.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Enum, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .access import Role
from .db import Model, Moment, db, enum_type
from .text import LabeledEnum


class MailKind(LabeledEnum):
    """What a message is about; people choose per kind."""

    RECEIPT = "receipt", "Ontvangstbevestiging van een aanvraag"
    SUPPLEMENT = "supplement", "Vraag om een aanvraag aan te vullen"
    HEARING = "hearing", "Voornemen om een aanvraag niet in behandeling te nemen"
    DECISION = "decision", "Besluit over een aanvraag"
    VIRUS = "virus", "Virus gevonden in een bestand"
    MESSAGE = "message", "Nieuw bericht bij een aanvraag"
    SIGNING = "signing", "Een aanvraag ondertekenen"
    PROGRESS = "progress", "Hoe het met een aanvraag staat"
    PARTNER = "partner", "Vragen aan partners, en hun antwoord"
    ASSESSMENT = "assessment", "Aanvragen om te beoordelen"
    PROJECT = "project", "Voortgang en einde van projecten"
    DIGEST = "digest", "Overzicht van berichten"


class Delivery(LabeledEnum):
    AT_ONCE = "at_once", "meteen"
    DAILY = "daily", "één keer per dag"
    WEEKLY = "weekly", "één keer per week"
    PORTAL = "portal", "niet mailen"


LEGAL = frozenset({MailKind.RECEIPT, MailKind.SUPPLEMENT, MailKind.HEARING, MailKind.DECISION})
"""Kinds that start or end a legal term."""
ALWAYS = LEGAL | {MailKind.VIRUS}
"""Kinds that are always mailed at once."""
NOT_CHOSEN = ALWAYS | {MailKind.DIGEST}
"""Kinds about which nobody chooses."""
DEFAULTS = {MailKind.PROJECT: Delivery.DAILY}
"""What holds for who chose nothing, where it is not at once."""
RECEIVERS = {
    MailKind.RECEIPT: (Role.APPLICANT,),
    MailKind.SUPPLEMENT: (Role.APPLICANT,),
    MailKind.HEARING: (Role.APPLICANT,),
    MailKind.DECISION: (Role.APPLICANT,),
    MailKind.VIRUS: (Role.APPLICANT,),
    MailKind.MESSAGE: (Role.APPLICANT, Role.PROGRAMME),
    MailKind.SIGNING: (Role.APPLICANT,),
    MailKind.PROGRESS: (Role.APPLICANT,),
    MailKind.PARTNER: (Role.APPLICANT, Role.REGIONAL_LEAD),
    MailKind.ASSESSMENT: (Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME),
    MailKind.PROJECT: (Role.APPLICANT, Role.REGIONAL_LEAD),
}
"""In which roles somebody gets a kind of message."""

DIGEST_TIME = dt.time(7, 30)
"""On the Dutch clock: before the working day begins, and far from the hours that summer time skips or repeats."""
DIGEST_WEEKDAY = 0
"""Monday."""


def kind_type() -> Enum:
    """Column type of a kind: without a CHECK, so that a new kind needs no migration."""
    return Enum(
        MailKind,
        values_callable=lambda e: [m.value for m in e],
        native_enum=False,
        create_constraint=False,
        length=40,
        name="mail_kind",
    )


class MailPreference(Model):
    """What somebody chose for a kind of message. No row: the default."""

    __tablename__ = "mail_preference"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    kind: Mapped[MailKind] = mapped_column(kind_type(), primary_key=True)
    delivery: Mapped[Delivery] = mapped_column(enum_type(Delivery))
    chosen_at: Mapped[Moment]


def default_of(kind: MailKind) -> Delivery:
    return DEFAULTS.get(kind, Delivery.AT_ONCE)


def choices_of(user_id: int) -> dict[MailKind, Delivery]:
    """What somebody chose, by kind; only what was chosen."""
    query = select(MailPreference.kind, MailPreference.delivery).where(MailPreference.user_id == user_id)
    return dict(iter(db.session.execute(query.order_by(MailPreference.kind))))


def delivery_to(user_id: int | None, kind: MailKind) -> Delivery:
    """How a message of this kind goes to somebody; an address without an account always gets mail at once."""
    if user_id is None or kind in NOT_CHOSEN:
        return Delivery.AT_ONCE
    chosen = db.session.get(MailPreference, (user_id, kind))
    return chosen.delivery if chosen else default_of(kind)


def next_digest(after: dt.datetime, delivery: Delivery) -> dt.datetime:
    """The first moment later than `after` at which an overview goes out, in UTC."""
    day = clock.local_date(after)
    if delivery == Delivery.WEEKLY:
        day += dt.timedelta(days=(DIGEST_WEEKDAY - day.weekday()) % 7)
    step = dt.timedelta(days=7 if delivery == Delivery.WEEKLY else 1)
    moment = clock.at_local(day, DIGEST_TIME)
    return moment if moment > after else clock.at_local(day + step, DIGEST_TIME)
