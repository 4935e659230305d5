"""The trail: one row per change of state, in the same transaction, chained by hash.

Each chain belongs to one aggregate (an application, a round, a user …), so that work on one does not wait for
another. A row's hash covers its own content and the hash before it; `verify_chain` finds a change, a removal
or a reordering, and a cut tail shows against the head.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from .access import Actor
from .db import Model, Moment, db, immutable, lock_if_any
from .text import canonical_json, sha256_hex


class AuditHead(Model):
    """The end of a chain: locked while a row is added."""

    __tablename__ = "audit_head"
    chain: Mapped[str] = mapped_column(primary_key=True)
    length: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(default="")


@immutable
class AuditEntry(Model):
    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("chain", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(ForeignKey("audit_head.chain"))
    seq: Mapped[int]
    at: Mapped[Moment]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    object: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    previous_hash: Mapped[str]
    hash: Mapped[str]


def _digest(e: AuditEntry) -> str:
    body = {
        "chain": e.chain,
        "seq": e.seq,
        "at": e.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "actor": e.actor_id,
        "actor_name": e.actor_name,
        "action": e.action,
        "object": e.object,
        "before": e.before,
        "after": e.after,
        "reason": e.reason,
        "previous": e.previous_hash,
    }
    return sha256_hex(canonical_json(body))


def record(
    actor: Actor,
    action: str,
    chain: str,
    thing: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Add one row to a chain such as `application:12`, inside the running transaction.

    thing: what changed, such as `application:12` or `score:77`. before/after: small, JSON-ready, no floats.
    """
    head = lock_if_any(AuditHead, chain)
    if head is None:
        head = AuditHead(chain=chain, length=0, hash="")
        db.session.add(head)
        db.session.flush()
    entry = AuditEntry(
        chain=chain,
        seq=head.length + 1,
        at=actor.at,
        actor_id=actor.user_id,
        actor_name=actor.name,
        action=action,
        object=thing,
        before=before or {},
        after=after or {},
        reason=reason,
        previous_hash=head.hash,
    )
    entry.hash = _digest(entry)
    head.length, head.hash = entry.seq, entry.hash
    db.session.add(entry)
    db.session.flush()
    return entry


def trail(chain: str) -> list[AuditEntry]:
    """All rows of a chain, oldest first."""
    return list(
        db.session.scalars(select(AuditEntry).where(AuditEntry.chain == chain).order_by(AuditEntry.seq))
    )


def verify_chain(chain: str) -> list[str]:
    """What is wrong with a chain, in English for an operator; empty when it is whole."""
    problems: list[str] = []
    previous, entries = "", trail(chain)
    for expected, entry in enumerate(entries, start=1):
        if entry.seq != expected:
            return [*problems, f"{chain}: row {expected} is missing"]
        if entry.previous_hash != previous or entry.hash != _digest(entry):
            problems.append(f"{chain}: row {entry.seq} was changed")
        previous = entry.hash
    head = db.session.get(AuditHead, chain)
    if head is None or (head.length, head.hash) != (len(entries), previous):
        problems.append(f"{chain}: the chain does not end where its head says")
    return problems


def verify_all() -> list[str]:
    """Problems of every chain in the database."""
    chains = db.session.scalars(select(AuditHead.chain).order_by(AuditHead.chain)).all()
    return [problem for chain in chains for problem in verify_chain(chain)]
