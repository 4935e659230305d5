"""Who asks, and who may enter: actors, roles, verdicts and doors.

A door is the edge of a request: it admits roles, opens the transaction, replays a command that was sent
twice, and commits once, before anything is confirmed. A route without a door is refused (see `refuse_unlisted`).
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask, Response, g, make_response, redirect, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from . import clock
from .db import Model, Moment, db, end_reading
from .errors import Conflict, PoolError, Refused, from_integrity
from .text import LabeledEnum


class Role(LabeledEnum):
    APPLICANT = "applicant", "aanvrager"
    REGIONAL_LEAD = "regional_lead", "regionaal projectleider"
    ASSESSOR = "assessor", "beoordelaar"
    CHAIR = "chair", "voorzitter"
    PROGRAMME = "programme", "programmateam"
    DECIDER = "decider", "beslisser"
    AUDITOR = "auditor", "auditor"
    ADMIN = "admin", "beheerder"


@dataclass(frozen=True)
class Actor:
    """Somebody who asks for something at a moment.

    at: when the request reached the server (aware UTC); deadlines are judged on it, never on a later clock.
    organisation_id: the municipality an applicant works for. region_ids: the regions of a regional lead.
    """

    user_id: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    organisation_id: int | None = None
    organisation_name: str = ""
    region_ids: frozenset[int] = frozenset()
    at: dt.datetime = field(default_factory=clock.now)

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def role_labels(self) -> str:
        return ", ".join(role.label for role in Role if role in self.roles)


def visitor(at: dt.datetime | None = None) -> Actor:
    """Somebody who is not signed in."""
    return Actor(None, "bezoeker", at=at or clock.now())


def system(at: dt.datetime | None = None) -> Actor:
    """The system itself, for what happens by rule and not by a person."""
    return Actor(None, "systeem", at=at or clock.now())


# --- verdicts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """Yes, or no with a Dutch reason."""

    ok: bool
    reason: str = ""
    code: str = "refused"

    def __bool__(self) -> bool:
        return self.ok


YES = Verdict(True)


def no(reason: str, code: str = "refused") -> Verdict:
    return Verdict(False, reason, code)


def require(verdict: Verdict) -> None:
    """Raise Refused when the verdict is no."""
    if not verdict:
        raise Refused(verdict.code, verdict.reason)


# --- commands that may arrive twice -------------------------------------------------------------------------


class HandledCommand(Model):
    """One row per command that was carried out: the same key again gets the same answer."""

    __tablename__ = "handled_command"
    key: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column()
    endpoint: Mapped[str] = mapped_column()
    location: Mapped[str] = mapped_column()
    at: Mapped[Moment]


ONCE_FIELD = "once"


def _earlier_answer(key: str, who: str) -> Response | None:
    row = db.session.get(HandledCommand, key)
    if row is None:
        return None
    if row.who != who or row.endpoint != request.endpoint:
        raise Conflict("once", "Dit formulier is al voor iets anders gebruikt. Laad de pagina opnieuw.")
    return cast(Response, redirect(row.location))


def _answer_of_twin(key: str, who: str) -> Response | None:
    """What a refused command gets when a copy of it ran beside it and was first: the answer of that copy.

    The copy has committed, or nothing of it could have been in the way. Asked in a new transaction.
    """
    return _earlier_answer(key, who) if key else None


# --- doors --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """Who may come in: the roles, or everybody when public."""

    roles: frozenset[Role]
    public: bool

    def admits(self, actor: Actor) -> bool:
        return self.public or actor.has(*self.roles)


SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def current_actor() -> Actor:
    """The actor of this request."""
    return cast(Actor, g.actor)


def door(*roles: Role, public: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Decorate a view with who may enter, and with the one commit at the edge.

    A view answers by returning; an answer below 400 to a mutating request commits, everything else rolls
    back. A form that carries the field `once` is carried out at most once per key and person.
    """
    rule = Door(frozenset(roles), public)
    if not roles and not public:
        raise ValueError("a door needs roles, or public=True")

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        @functools.wraps(view)
        def entry(*args: Any, **kwargs: Any) -> Response:
            actor = current_actor()
            if not rule.admits(actor):
                if actor.user_id is None and request.method in SAFE_METHODS:
                    target = request.full_path.rstrip("?")
                    return cast(Response, redirect(url_for("people.sign_in", next=target)))
                raise Refused("door", "U heeft geen toegang tot deze pagina.")
            if request.method in SAFE_METHODS:
                response = make_response(view(*args, **kwargs))
                end_reading()
                return response
            return _carry_out(view, actor, args, kwargs)

        entry.door = rule  # type: ignore[attr-defined]
        return entry

    return decorate


def _carry_out(view: Callable[..., Any], actor: Actor, args: Any, kwargs: Any) -> Response:
    key = request.form.get(ONCE_FIELD, "")[:64]
    who = str(actor.user_id or "")
    try:
        if key and (earlier := _earlier_answer(key, who)):
            end_reading()
            return earlier
        response = make_response(view(*args, **kwargs))
        if response.status_code >= 400:
            db.session.rollback()
            return _answer_of_twin(key, who) or response
        if key and response.status_code in (301, 302, 303):
            db.session.add(
                HandledCommand(
                    key=key, who=who, endpoint=request.endpoint or "", location=response.location, at=actor.at
                )
            )
        db.session.commit()
        return response
    except IntegrityError as error:
        db.session.rollback()
        if earlier := _answer_of_twin(key, who):
            return earlier
        raise from_integrity(error) from error
    except StaleDataError as error:
        db.session.rollback()
        if earlier := _answer_of_twin(key, who):
            return earlier
        raise Conflict("stale", "Iemand anders heeft dit net gewijzigd. Laad de pagina opnieuw.") from error
    except PoolError:
        db.session.rollback()
        if earlier := _answer_of_twin(key, who):
            return earlier
        raise
    except BaseException:
        db.session.rollback()
        raise


def refuse_unlisted(app: Flask) -> None:
    """Refuse every route that has no door, so that forgetting one is safe."""

    @app.before_request
    def check() -> None:
        if request.endpoint in (None, "static"):
            return
        view = app.view_functions[request.endpoint]
        if not hasattr(view, "door"):
            raise Refused("door", "U heeft geen toegang tot deze pagina.")
