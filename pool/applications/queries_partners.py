"""Reads about partners: whom a text names, what each is asked to confirm, and how it stands with them.

A confirmation holds for the hash of what was confirmed, so it lapses by itself when the text changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.prepared import prepared
from pool.core.text import fingerprint
from pool.people.models import Organisation
from pool.people.states import OrganisationKind
from pool.regions import queries as regions

from .inputs import Content
from .models import Application
from .models_together import PartnerRequest
from .states import PartnerAnswer, PartnerStanding

REGION = "region"
REGION_ROLE = "Doet als regio mee in deze gezamenlijke aanvraag."


@dataclass(frozen=True)
class Named:
    """A partner as a text names it. key: `kind:name` or `region:slug`; kind: an OrganisationKind value or `region`."""

    key: str
    name: str
    kind: str
    role: str
    contribution: str

    @property
    def kind_label(self) -> str:
        return "regio" if self.kind == REGION else OrganisationKind(self.kind).label

    def text(self, title: str, applicant: str) -> dict[str, str]:
        """Exactly what this partner is asked to confirm, and nothing more."""
        return {
            "title": title,
            "applicant": applicant,
            "partner": self.name,
            "kind": self.kind,
            "role": self.role,
            "contribution": self.contribution,
        }


def named(content: Content) -> list[Named]:
    """Whom a text names: the other regions, then the partners in the order of the form; each once."""
    slugs = content.reach.regions[1:]
    known = regions.regions_by_slug(slugs) if slugs else {}
    found = {
        f"{REGION}:{slug}": Named(f"{REGION}:{slug}", f"Regio {known[slug].name}", REGION, REGION_ROLE, "")
        for slug in slugs
        if slug in known
    }
    for partner in content.reach.partners:
        if partner.name and partner.kind:
            key = partner_key(partner.kind, partner.name)
            found.setdefault(key, Named(key, partner.name, partner.kind, partner.role, partner.contribution))
    return list(found.values())


def partner_key(kind: str, name: str) -> str:
    return f"{kind}:{' '.join(name.casefold().split())}"


@dataclass(frozen=True)
class PartnerLine:
    """A partner with what it would confirm now, the request that counts (or None), and how it stands."""

    named: Named
    text: dict[str, str]
    sha256: str
    request: PartnerRequest | None
    standing: PartnerStanding


def partner_lines(
    application: Application, content: Content, requests: Sequence[PartnerRequest], at: dt.datetime
) -> list[PartnerLine]:
    """How it stands with everybody a text names. requests: of this application, see `requests_of`."""
    lines = []
    for partner in named(content):
        text = partner.text(content.project.title, application.organisation.name)
        sha256 = fingerprint(text)
        own = [r for r in requests if r.partner == partner.key and r.state != PartnerAnswer.WITHDRAWN]
        request = next((r for r in own if r.state == PartnerAnswer.ASKED), own[-1] if own else None)
        lines.append(PartnerLine(partner, text, sha256, request, _standing(request, sha256, at)))
    return lines


def partners(application: Application, given: Content, at: dt.datetime) -> list[PartnerLine]:
    """How it stands with every partner and other region that this text names."""
    return partner_lines(application, given, requests_of(application.id), at)


def _standing(request: PartnerRequest | None, sha256: str, at: dt.datetime) -> PartnerStanding:
    if request is None:
        return PartnerStanding.NOT_ASKED
    if request.state == PartnerAnswer.ASKED:
        return PartnerStanding.EXPIRED if has_expired(request, at) else PartnerStanding.ASKED
    if request.state == PartnerAnswer.DECLINED:
        return PartnerStanding.DECLINED
    return PartnerStanding.CONFIRMED if request.sha256 == sha256 else PartnerStanding.CHANGED


def has_expired(request: PartnerRequest, at: dt.datetime) -> bool:
    """Whether the link of an invitation no longer opens; a request inside the system has no term of its own."""
    return request.expires_at is not None and at > request.expires_at


# Asked on every page of an application.
_REQUESTS = (
    select(PartnerRequest)
    .where(PartnerRequest.application_id == bindparam("application_id"))
    .options(joinedload(PartnerRequest.organisation), joinedload(PartnerRequest.region))
    .order_by(PartnerRequest.id)
)


def requests_of(application_id: int) -> list[PartnerRequest]:
    """Every request about an application, oldest first."""
    return list(db.session.scalars(_REQUESTS, {"application_id": application_id}))


def of_application(application: Application, ident: int) -> PartnerRequest:
    """The request with this id about this application; Missing when there is none."""
    found = next((r for r in requests_of(application.id) if r.id == ident), None)
    if found is None:
        raise Missing
    return found


# --- for those who are asked ------------------------------------------------------------------------------


def _asked_of(actor: Actor) -> ColumnElement[bool]:
    # Whoever assesses reads no part of a file through another door than that of the assessment.
    if actor.has(Role.ASSESSOR, Role.CHAIR):
        return false()
    reasons: list[ColumnElement[bool]] = []
    if actor.has(Role.APPLICANT) and actor.organisation_id is not None:
        reasons.append(PartnerRequest.organisation_id == actor.organisation_id)
    if actor.has(Role.REGIONAL_LEAD):
        reasons.append(PartnerRequest.region_id.in_(actor.region_ids))
    return and_(PartnerRequest.state != PartnerAnswer.WITHDRAWN, or_(false(), *reasons))


def asked_of(actor: Actor) -> Select[PartnerRequest]:
    """Requests to the organisation or regions of this actor that were not taken back, newest first."""
    return (
        select(PartnerRequest)
        .where(_asked_of(actor))
        .options(
            selectinload(PartnerRequest.application).selectinload(Application.organisation),
            selectinload(PartnerRequest.application).selectinload(Application.round),
            selectinload(PartnerRequest.application).selectinload(Application.versions),
            selectinload(PartnerRequest.application).selectinload(Application.checks),
        )
        .order_by(PartnerRequest.id.desc())
    )


def partner_requests_open(actor: Actor) -> int:
    """How many requests to confirm wait for the organisation or regions of this actor."""
    return db.session.scalar(*_open(actor)) or 0


@prepared
def _open(actor: Actor) -> Select[int]:
    asked = PartnerRequest.state == PartnerAnswer.ASKED
    return select(func.count(PartnerRequest.id)).where(_asked_of(actor), asked)


def request_to(actor: Actor, ident: int) -> PartnerRequest:
    """The request with this id; Missing when there is none to this actor."""
    found = db.session.scalar(asked_of(actor).where(PartnerRequest.id == ident))
    if found is None:
        raise Missing
    return found


def confirmed_before(request: PartnerRequest) -> PartnerRequest | None:
    """The newest earlier confirmation by the same partner: its text changed, so it is asked again."""
    query = (
        select(PartnerRequest)
        .where(
            PartnerRequest.application_id == request.application_id,
            PartnerRequest.partner == request.partner,
            PartnerRequest.id < request.id,
            PartnerRequest.state == PartnerAnswer.CONFIRMED,
        )
        .order_by(PartnerRequest.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def invitation(token_hash: str) -> PartnerRequest:
    """The request that this link opened, also when it is over; Missing when no link ever was like this."""
    found = db.session.scalar(select(PartnerRequest).where(PartnerRequest.token_hash == token_hash))
    if found is None:
        raise Missing
    return found


def organisations_by_key(partners: Iterable[Named]) -> dict[str, Organisation]:
    """The organisations of the system that partners are, by the key of the partner: same kind and same name.

    A municipality is also known by its bare name: `Haarlem` is `Gemeente Haarlem`.
    """
    wanted = [p for p in partners if p.kind != REGION]
    if not wanted:
        return {}
    kinds = {OrganisationKind(p.kind) for p in wanted}
    # Compared in Python, because databases fold letters with accents differently.
    query = select(Organisation).where(Organisation.kind.in_(kinds)).order_by(Organisation.id)
    known = {partner_key(o.kind.value, _bare(o.name)): o for o in db.session.scalars(query)}
    found = {p.key: known.get(partner_key(p.kind, _bare(p.name))) for p in wanted}
    return {key: organisation for key, organisation in found.items() if organisation is not None}


def _bare(name: str) -> str:
    folded = " ".join(name.casefold().split())
    return folded.removeprefix("gemeente ")
