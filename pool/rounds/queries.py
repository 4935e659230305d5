"""Reads about rounds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.prepared import prepared

from .inputs import RoundRules
from .models import CeilingDecision, Extension, Outage, Round, RuleSet, Scheme
from .states import PUBLIC_STATES


def visible_to(actor: Actor) -> Select[Round]:
    """Rounds this actor may see: drafts only for the programme team; newest first."""
    query = (
        select(Round)
        .options(joinedload(Round.scheme), joinedload(Round.budget))
        .order_by(Round.opens_at.desc(), Round.id.desc())
    )
    return query if actor.has(Role.PROGRAMME) else query.where(Round.state.in_(PUBLIC_STATES))


_visible = prepared(visible_to)


def shown(actor: Actor) -> Sequence[Round]:
    """All rounds this actor may see, newest first."""
    return db.session.scalars(*_visible(actor)).unique().all()


def names(actor: Actor) -> list[tuple[str, str]]:
    """Slug and title of the rounds this actor may see, newest first, for a filter."""
    return [(slug, title) for slug, title in db.session.execute(*_names(actor))]


@prepared
def _names(actor: Actor) -> Select[str, str]:
    return visible_to(actor).with_only_columns(Round.slug, Round.title)


def get(actor: Actor, slug: str) -> Round:
    """The round with this slug; Missing when there is none for this actor."""
    query, mine = _one(actor)
    found = db.session.scalar(query, {**mine, "slug": slug})
    if found is None:
        raise Missing
    return found


@prepared
def _one(actor: Actor) -> Select[Round]:
    return visible_to(actor).where(Round.slug == bindparam("slug"))


def rule_set(round_: Round) -> RuleSet:
    """The rules that hold: the newest published set; Missing while the round is a draft."""
    if not round_.rule_sets:
        raise Missing
    return round_.rule_sets[-1]


_published: dict[str, RoundRules] = {}
"""Rules by the hash of what was published, which never changes: read once per process, not with every request."""


def rules_of(round_: Round) -> RoundRules:
    """The published rules, or the draft while nothing is published."""
    newest = round_.rules_sha256
    if newest is None:
        return RoundRules.from_json(round_.rules)
    if newest not in _published:
        # By its hash: meanwhile a newer set may have been published.
        this = select(RuleSet.body).where(RuleSet.round_id == round_.id, RuleSet.sha256 == newest)
        _published[newest] = RoundRules.from_json(db.session.scalars(this).one())
    return _published[newest]


# The call of a round, which everybody reads, asks both.
_CEILINGS = (
    select(CeilingDecision)
    .where(CeilingDecision.round_id == bindparam("round_id"))
    .order_by(CeilingDecision.id)
)
_EXTENSIONS = (
    select(Extension)
    .options(joinedload(Extension.outage))
    .where(Extension.round_id == bindparam("round_id"))
    .order_by(Extension.id)
)


def ceiling_history(round_id: int) -> list[CeilingDecision]:
    return list(db.session.scalars(_CEILINGS, {"round_id": round_id}))


def extensions(round_id: int) -> list[Extension]:
    """Every later closing moment of a round, oldest first, with the outage it was for."""
    return list(db.session.scalars(_EXTENSIONS, {"round_id": round_id}))


def outages() -> list[Outage]:
    """The register of disturbances, newest first."""
    return list(db.session.scalars(select(Outage).order_by(Outage.started_at.desc(), Outage.id.desc())))


def outage(ident: int) -> Outage:
    found = db.session.get(Outage, ident)
    if found is None:
        raise Missing
    return found


def schemes() -> list[Scheme]:
    return list(db.session.scalars(select(Scheme).order_by(Scheme.name)))


def numbered_rule_set(round_: Round, number: int) -> RuleSet:
    """A published set of rules by its number; Missing when there is none."""
    for found in round_.rule_sets:
        if found.number == number:
            return found
    raise Missing


def scheme_by_slug(slug: str) -> Scheme | None:
    return db.session.scalar(select(Scheme).where(Scheme.slug == slug))


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Round)) or 0
