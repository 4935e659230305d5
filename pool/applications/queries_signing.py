"""Reads about signing: what waits, for whom, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.prepared import prepared
from pool.people import queries as people

from .models import Application
from .models_together import SignOff
from .states import ApplicationState, SignOffState

# Asked with every save.
_OPEN = select(SignOff).where(
    SignOff.application_id == bindparam("application_id"), SignOff.state == SignOffState.ASKED
)


def open_of(application_id: int) -> SignOff | None:
    """The request that waits for a signature, if there is one."""
    return db.session.scalar(_OPEN, {"application_id": application_id})


def latest_of(application_id: int) -> SignOff | None:
    """The newest request, whatever became of it."""
    query = select(SignOff).where(SignOff.application_id == application_id).order_by(SignOff.id.desc())
    return db.session.scalar(query.limit(1))


@dataclass(frozen=True)
class Signing:
    """What waits for somebody where colleagues sign, the oldest first.

    to_sign: what waits for this person's signature. given_back: what this person asked to sign and got back, as
    long as nothing was asked since and it can be mended.
    """

    to_sign: Sequence[SignOff] = ()
    given_back: Sequence[SignOff] = ()


_LATER = aliased(SignOff)
_IS_NEWEST = ~exists().where(_LATER.application_id == SignOff.application_id, _LATER.id > SignOff.id)
_CAN_BE_MENDED = Application.state.not_in((ApplicationState.WITHDRAWN, ApplicationState.INADMISSIBLE))


@prepared
def _signing(actor: Actor) -> Select[SignOff, bool]:
    organisation_id = cast(int, actor.organisation_id)
    asked = and_(SignOff.state == SignOffState.ASKED, SignOff.asked_by != actor.user_id)
    returned = and_(SignOff.state == SignOffState.RETURNED, SignOff.asked_by == actor.user_id, _CAN_BE_MENDED)
    return (
        select(SignOff, people.is_signatory(actor.user_id, organisation_id))
        .join(SignOff.application)
        .where(Application.organisation_id == organisation_id, _IS_NEWEST, or_(asked, returned))
        .options(contains_eager(SignOff.application).joinedload(Application.round, innerjoin=True))
        .order_by(SignOff.id)
    )


def signing(actor: Actor) -> Signing:
    """What waits for this actor to sign, or came back without a signature; one query."""
    if not actor.has(Role.APPLICANT) or actor.organisation_id is None:
        return Signing()
    found = db.session.execute(*_signing(actor)).all()
    in_committee = actor.has(Role.ASSESSOR, Role.CHAIR)
    return Signing(
        [
            request
            for request, signs in found
            if request.state == SignOffState.ASKED and signs and not in_committee
        ],
        [request for request, _signs in found if request.state == SignOffState.RETURNED],
    )
