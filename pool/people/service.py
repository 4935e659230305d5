"""The verbs about people: accounts, roles, signing in and out."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.clock import local_date
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, Missing, TooSoon
from pool.core.signals import background_changed
from pool.core.text import clean, plural, sha256_hex
from pool.regions import queries as regions

from . import passwords, queries, rules
from .inputs import EmployerInput, UserInput
from .models import (
    Expertise,
    FormerEmployer,
    Organisation,
    RoleGrant,
    Signatory,
    SignInAttempt,
    User,
    UserSession,
)

SESSION_IDLE = dt.timedelta(hours=2)
SESSION_LENGTH = dt.timedelta(hours=12)
FREE_FAILURES = 5
LONGEST_WAIT = 60
FAILURES_FORGOTTEN_AFTER = dt.timedelta(hours=1)

WRONG = "Dit e-mailadres en wachtwoord horen niet bij elkaar."


def create_user(actor: Actor, given: UserInput) -> User:
    """Make an account. Raises Invalid for a weak password, Refused when the actor is no admin."""
    require(rules.can_manage_people(actor))
    if len(given.password) < passwords.MINIMUM_LENGTH:
        raise Invalid(
            "weak", f"Kies een wachtwoord van minstens {passwords.MINIMUM_LENGTH} tekens.", "password"
        )
    return _store_user(actor, given, passwords.make_hash(given.password))


def _store_user(actor: Actor, given: UserInput, password_hash: str) -> User:
    user = User(
        email=given.email.strip().lower(),
        name=given.name,
        password_hash=password_hash,
        organisation_id=given.organisation_id,
        is_demo=given.is_demo,
        created_at=actor.at,
        grants=[RoleGrant(role=g.role, region_id=g.region_id, started_at=actor.at) for g in given.grants],
    )
    db.session.add(user)
    db.session.flush()
    roles = [g.role.value for g in given.grants]
    audit.record(actor, "user.create", user.audit_chain, f"user:{user.id}", {}, {"roles": roles})
    return user


def deactivate(actor: Actor, user: User) -> None:
    """Close an account: every session ends at once."""
    require(rules.can_manage_people(actor))
    user.is_active = False
    end_all_sessions(actor, user)
    audit.record(
        actor, "user.deactivate", user.audit_chain, f"user:{user.id}", {"active": True}, {"active": False}
    )


LONGEST_NAME = 200
"""Characters of the name of an employer."""


def add_employer(actor: Actor, user: User, given: EmployerInput) -> FormerEmployer:
    """Note where somebody worked before, until which day. Raises Invalid beside the field that is wrong."""
    require(rules.can_tell_background(actor, user.id))
    name = clean(given.employer)
    if not name:
        raise Invalid("missing", "Vul in waar u werkte.", "employer")
    if len(name) > LONGEST_NAME:
        raise Invalid("long", f"Gebruik niet meer dan {LONGEST_NAME} tekens.", "employer")
    if given.until > local_date(actor.at):
        raise Invalid("future", "Kies een dag die voorbij is.", "until")
    noted = FormerEmployer(
        user_id=user.id, employer=name, until=given.until, noted_at=actor.at, noted_by=actor.user_id
    )
    db.session.add(noted)
    db.session.flush()
    facts = {"employer": name, "until": given.until.isoformat()}
    audit.record(actor, "user.add_employer", user.audit_chain, f"former_employer:{noted.id}", {}, facts)
    background_changed.send("people", actor=actor, user_id=user.id)
    return noted


def drop_employer(actor: Actor, user: User, ident: int) -> None:
    """Strike out a former employer that was noted by mistake; Missing when it is not there."""
    require(rules.can_tell_background(actor, user.id))
    noted = db.session.get(FormerEmployer, ident)
    if noted is None or noted.user_id != user.id or noted.dropped_at is not None:
        raise Missing
    noted.dropped_at = actor.at
    facts = {"employer": noted.employer, "until": noted.until.isoformat()}
    audit.record(actor, "user.drop_employer", user.audit_chain, f"former_employer:{noted.id}", facts, {})
    db.session.flush()
    background_changed.send("people", actor=actor, user_id=user.id)


def set_expertise(actor: Actor, user: User, theme_ids: Iterable[int]) -> None:
    """Note which themes somebody knows well, instead of what was noted before."""
    require(rules.can_tell_background(actor, user.id))
    wanted, before = set(theme_ids), set(queries.expertise([user.id]).get(user.id, ()))
    if not wanted <= {theme.id for theme in regions.all_themes()}:
        raise Invalid("theme", "Kies thema's uit de lijst.", "themes")
    if wanted == before:
        return
    db.session.execute(delete(Expertise).where(Expertise.user_id == user.id))
    db.session.add_all(Expertise(user_id=user.id, theme_id=ident) for ident in sorted(wanted))
    audit.record(
        actor,
        "user.set_expertise",
        user.audit_chain,
        f"user:{user.id}",
        {"themes": sorted(before)},
        {"themes": sorted(wanted)},
    )
    db.session.flush()


def end_all_sessions(actor: Actor, user: User) -> None:
    statement = (
        update(UserSession)
        .where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
        .values(ended_at=actor.at)
    )
    db.session.execute(statement)


def _attempts(account: str, address: str) -> Select[SignInAttempt]:
    return select(SignInAttempt).where(SignInAttempt.account == account, SignInAttempt.address == address)


def seconds_to_wait(attempt: SignInAttempt | None, at: dt.datetime) -> int:
    """How long this account must wait from this address: 2, 4, 8 … 60 seconds after five failures."""
    if attempt is None or attempt.failures < FREE_FAILURES or at - attempt.last_at > FAILURES_FORGOTTEN_AFTER:
        return 0
    pause = min(2 ** (attempt.failures - FREE_FAILURES + 1), LONGEST_WAIT)
    ready = attempt.last_at + dt.timedelta(seconds=pause)
    return max(0, -int((at - ready).total_seconds() // 1))


def _refuse_too_soon(attempt: SignInAttempt | None, at: dt.datetime) -> None:
    if wait := seconds_to_wait(attempt, at):
        raise TooSoon(
            "wait", f"Te veel pogingen. Wacht {plural(wait, 'seconde', 'seconden')} en probeer opnieuw."
        )


def _note_failure(kept: Select[SignInAttempt], account: str, address: str, at: dt.datetime) -> None:
    """Count one more failure; TooSoon when those that came together with it were too many already."""
    # Of several first failures at the same moment, one makes the row.
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    first = insert(SignInAttempt).values(account=account, address=address, failures=0, last_at=at)
    db.session.execute(first.on_conflict_do_nothing())
    locked = kept.with_for_update().execution_options(populate_existing=True)
    attempt = db.session.scalars(locked).one()
    _refuse_too_soon(attempt, at)
    if at - attempt.last_at > FAILURES_FORGOTTEN_AFTER:
        attempt.failures = 0
    attempt.failures += 1
    attempt.last_at = at


def sign_in(actor: Actor, email: str, password: str, address: str) -> str | None:
    """Check who it is and start a session; returns the session's secret, or None when it does not fit.

    The failure is part of the transaction: the caller commits in both cases. Unknown people and wrong
    passwords look and last alike. Raises TooSoon while this account must wait at this address; that account
    can still be entered from elsewhere.
    """
    # Accounts that do not exist are slowed down alike; their names are kept as a digest only.
    account = sha256_hex(email.strip().lower().encode())
    kept = _attempts(account, address)
    _refuse_too_soon(db.session.scalar(kept), actor.at)
    user = queries.by_email(email)
    compared = user.password_hash if user else None
    fits = passwords.matches(password, compared)
    # That took long, and nobody waited for it. Only now it counts, so guesses that came together come in one by one.
    if user is not None:
        user = lock(User, user.id)
        fits = fits and user.password_hash == compared
    if user is None or not fits or not user.is_active:
        _note_failure(kept, account, address, actor.at)
        return None
    attempt = db.session.scalar(kept.with_for_update().execution_options(populate_existing=True))
    _refuse_too_soon(attempt, actor.at)
    if attempt is not None:
        db.session.delete(attempt)
    secret = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(
            user_id=user.id,
            token_hash=sha256_hex(secret.encode()),
            started_at=actor.at,
            seen_at=actor.at,
            expires_at=actor.at + SESSION_LENGTH,
        )
    )
    audit.record(actor, "user.sign_in", user.audit_chain, f"user:{user.id}")
    return secret


def sign_out(actor: Actor, secret: str) -> None:
    """End a session for good: the cookie opens nothing any more, also when it was copied."""
    statement = (
        update(UserSession)
        .where(UserSession.token_hash == sha256_hex(secret.encode()), UserSession.ended_at.is_(None))
        .values(ended_at=actor.at)
    )
    db.session.execute(statement)


# --- who may sign for a municipality ----------------------------------------------------------------------


def name_signatory(actor: Actor, organisation: Organisation, user_id: int) -> Signatory:
    """Let somebody of the municipality sign its applications; from the first one on, submitting takes two people."""
    organisation = lock(Organisation, organisation.id)
    named = {row.user_id for row in queries.signatories(organisation.id)}
    require(rules.can_name_signatory(actor, organisation, named))
    writers = {user.id for user in queries.applicants_of(organisation.id)}
    if user_id not in writers:
        raise Invalid("user", "Kies iemand die voor deze gemeente aanvraagt.", "user")
    if user_id in named:
        raise Conflict("named", "Deze collega mag al ondertekenen.", "user")
    if len(writers) < 2:
        raise Invalid(
            "alone",
            "Er zijn twee mensen nodig: één vraagt, een ander tekent. Maak eerst nog een account.",
            "user",
        )
    row = Signatory(
        organisation_id=organisation.id, user_id=user_id, named_at=actor.at, named_by=actor.user_id
    )
    db.session.add(row)
    db.session.flush()
    thing = f"signatory:{row.id}"
    audit.record(actor, "signatory.name", organisation.audit_chain, thing, {}, {"user": user_id})
    return row


def end_signatory(actor: Actor, organisation: Organisation, user_id: int) -> None:
    """Somebody signs no more for the municipality; after the last one, one person can submit again."""
    organisation = lock(Organisation, organisation.id)
    found = queries.signatories(organisation.id)
    require(rules.can_end_signatory(actor, organisation, {row.user_id for row in found}))
    row = next((row for row in found if row.user_id == user_id), None)
    if row is None:
        raise Missing
    row.ended_at = actor.at
    thing = f"signatory:{row.id}"
    audit.record(actor, "signatory.end", organisation.audit_chain, thing, {"user": user_id}, {})
    db.session.flush()
