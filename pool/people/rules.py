"""Who an account is at a moment, and who may do what with accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Protocol

from pool.core.access import YES, Actor, Role, Verdict, no

from .models import Organisation, User
from .states import OrganisationKind


class Grant(Protocol):
    """What a role grant says; a row of the table or of a query."""

    @property
    def role(self) -> Role: ...
    @property
    def region_id(self) -> int | None: ...
    @property
    def started_at(self) -> dt.datetime: ...
    @property
    def ended_at(self) -> dt.datetime | None: ...


def actor_from(
    user_id: int,
    name: str,
    organisation_id: int | None,
    organisation_name: str,
    given: Iterable[Grant],
    at: dt.datetime,
) -> Actor:
    """The actor with these facts at a moment; of what was given to it, the grants that hold then."""
    grants = [x for x in given if x.started_at <= at and (x.ended_at is None or at < x.ended_at)]
    return Actor(
        user_id=user_id,
        name=name,
        roles=frozenset(x.role for x in grants),
        organisation_id=organisation_id,
        organisation_name=organisation_name,
        region_ids=frozenset(
            x.region_id for x in grants if x.role == Role.REGIONAL_LEAD and x.region_id is not None
        ),
        at=at,
    )


def actor_for(user: User, at: dt.datetime) -> Actor:
    """The actor that an account is at a moment: with the grants that hold then."""
    organisation = user.organisation.name if user.organisation else ""
    return actor_from(user.id, user.name, user.organisation_id, organisation, user.grants, at)


def can_tell_background(actor: Actor, user_id: int) -> Verdict:
    """Tell where somebody worked and what somebody knows: the person, or an administrator."""
    own = actor.user_id is not None and actor.user_id == user_id
    return YES if own or actor.has(Role.ADMIN) else no("U kunt dit alleen over uzelf vertellen.")


def can_follow_mail(actor: Actor) -> Verdict:
    """See which mail was not delivered, and do something about it.

    Not in the committee: its members learn of applications through the assessment alone.
    """
    if not actor.has(Role.PROGRAMME) or actor.has(Role.ASSESSOR, Role.CHAIR):
        return no("Alleen het programmateam kan dit.")
    return YES


def can_manage_people(actor: Actor) -> Verdict:
    return YES if actor.has(Role.ADMIN) else no("Alleen een beheerder kan dit.")


def can_see_signatories(actor: Actor, organisation: Organisation) -> Verdict:
    """An admin, and everybody who writes for the municipality."""
    own = actor.has(Role.APPLICANT) and actor.organisation_id == organisation.id
    return YES if own or actor.has(Role.ADMIN) else no("Dit gaat over een andere gemeente.")


def can_name_signatory(actor: Actor, organisation: Organisation, signers: Collection[int]) -> Verdict:
    """An admin, or somebody who may sign already: nobody gives this authority to himself.

    signers: ids of the users who may sign now.
    """
    if organisation.kind != OrganisationKind.MUNICIPALITY:
        return no("Alleen een gemeente vraagt aan.")
    own = actor.organisation_id == organisation.id and actor.user_id in signers
    if own or actor.has(Role.ADMIN):
        return YES
    return no("Alleen een beheerder, of een collega die zelf mag ondertekenen, kan dit.")


def can_end_signatory(actor: Actor, organisation: Organisation, signers: Collection[int]) -> Verdict:
    """As naming; the last one only by an admin, because then one person can submit alone again."""
    if len(signers) == 1 and not actor.has(Role.ADMIN):
        return no("Dit is de laatste die mag ondertekenen. Alleen een beheerder kan ondertekenen uitzetten.")
    return can_name_signatory(actor, organisation, signers)
