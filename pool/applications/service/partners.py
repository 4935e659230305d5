"""Ask partners to confirm what an application says about them, and answer such a request."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from dataclasses import dataclass

from pool.core import audit, outbox
from pool.core.access import Actor, Role, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Conflict, Invalid, InvalidMany, Refused
from pool.core.text import clean, clean_line, sha256_hex
from pool.people import queries as people
from pool.people.models import Organisation, User
from pool.regions import queries as regions
from pool.regions.models import Region

from .. import links, mail_together, queries, queries_partners
from ..inputs import Content
from ..lifecycle_together import PARTNER_LIFE
from ..models import Application
from ..models_together import PartnerRequest
from ..queries_partners import REGION, Named, PartnerLine
from ..rules import LIMITS, is_email
from ..rules import partners as rules
from ..states import PartnerAnswer, PartnerStanding
from .telling import tell
from .writing import hold

AGAIN = frozenset({PartnerStanding.NOT_ASKED, PartnerStanding.CHANGED, PartnerStanding.DECLINED})
"""Standings in which a partner can be asked (again)."""


class ChangedText(Conflict):
    """The text changed between reading and answering; what is there now must be read first."""

    def __init__(self) -> None:
        super().__init__(
            "changed", "De tekst is gewijzigd terwijl u las. Lees hem opnieuw en geef dan antwoord."
        )


@dataclass(frozen=True)
class Addressee:
    """Who can answer inside the system: an organisation with people, or a region with a project leader."""

    organisation: Organisation | None = None
    region: Region | None = None

    @property
    def name(self) -> str:
        if self.organisation is not None:
            return self.organisation.name
        return f"de regionaal projectleider van {self.region.name}" if self.region else ""


def addressees(partners: list[Named]) -> dict[str, Addressee]:
    """Who can answer inside the system, by the key of the partner; the others are invited by mail."""
    organisations = queries_partners.organisations_by_key(partners)
    found = {key: Addressee(o) for key, o in organisations.items() if people.applicants_of(o.id)}
    slugs = [p.key.partition(":")[2] for p in partners if p.kind == REGION]
    for slug, region in regions.regions_by_slug(slugs).items() if slugs else ():
        if _leads(region.id):
            found[f"{REGION}:{slug}"] = Addressee(region=region)
    return found


def _leads(region_id: int) -> list[User]:
    """The project leaders of a region who sit in no committee."""
    committee = (Role.ASSESSOR, Role.CHAIR)
    return [
        user
        for user in people.leads_of({region_id})
        if not any(grant.role in committee and grant.ended_at is None for grant in user.grants)
    ]


# --- the applicant ----------------------------------------------------------------------------------------


def ask(actor: Actor, application: Application, key: str, email: str = "") -> PartnerRequest:
    """Ask the partner with this key to confirm. email: where the invitation goes of one who is not in the system."""
    hold(application)
    require(rules.can_ask_partners(actor, application))
    line = _line(application, key, actor.at)
    if line is None:
        raise Invalid("partner", "Deze partner staat niet (meer) in de aanvraag.")
    if line.standing not in AGAIN:
        raise Conflict("asked", f"{line.named.name} is al gevraagd.")
    if not line.text["title"] or not line.text["role"]:
        raise Invalid("unfinished", "Vul eerst de titel in, en wat deze partner doet.")
    to = addressees([line.named]).get(key, Addressee())
    if to.organisation is not None and to.organisation.id == application.organisation_id:
        raise Invalid("own", "Dit is uw eigen gemeente. Die hoeft niet te bevestigen.")
    email = "" if to.name else _outside(application, email)
    return _ask(actor, application, line, to, email, changed=line.standing == PartnerStanding.CHANGED)


def _outside(application: Application, email: str) -> str:
    """An address to invite, not one of the applicant's own."""
    email = clean_line(email).lower()
    if not is_email(email):
        raise Invalid("email", "Vul een e-mailadres in, bijvoorbeeld naam@organisatie.nl.", "email")
    user = people.by_email(email)
    contact = queries.draft(application).contact.email.lower()
    if email == contact or (user is not None and user.organisation_id == application.organisation_id):
        raise Invalid("own", "Vul het adres in van iemand van de partner, niet van uw gemeente.", "email")
    return email


def _ask(
    actor: Actor, application: Application, line: PartnerLine, to: Addressee, email: str, *, changed: bool
) -> PartnerRequest:
    request = PartnerRequest(
        application_id=application.id,
        partner=line.named.key,
        name=line.named.name,
        organisation_id=to.organisation.id if to.organisation else None,
        region_id=to.region.id if to.region else None,
        email=email,
        asked_at=actor.at,
        asked_by=actor.user_id,
        sent_at=actor.at,
    )
    secret = _new_link(request, actor.at)
    db.session.add(request)
    db.session.flush()
    audit.record(
        actor,
        "partner_request.ask",
        application.audit_chain,
        f"partner_request:{request.id}",
        {},
        {"partner": line.named.name, "state": request.state.value, "sha256": line.sha256},
    )
    _send(actor, request, line, secret, changed=changed)
    return request


def _new_link(request: PartnerRequest, at: dt.datetime) -> str:
    """The secret of a new link, empty for a request inside the system; the link before it stops working."""
    if not request.email:
        return ""
    secret = secrets.token_urlsafe(32)
    request.token_hash = sha256_hex(secret.encode())
    request.expires_at = at + dt.timedelta(days=rules.INVITATION_DAYS)
    return secret


def _recipients(request: PartnerRequest) -> list[tuple[str, int | None]]:
    if request.email:
        return [(request.email, None)]
    users: list[User] = []
    if request.organisation_id is not None:
        users = people.applicants_of(request.organisation_id)
    elif request.region_id is not None:
        users = _leads(request.region_id)
    return [(user.email, user.id) for user in users]


def _send(actor: Actor, request: PartnerRequest, line: PartnerLine, secret: str, *, changed: bool) -> None:
    letter = mail_together.partner_asked(
        line.text["title"],
        line.text["applicant"],
        line.named.name,
        changed=changed,
        again=request.sent > 1,
        link=links.address(secret) if secret else "",
        until=request.expires_at,
    )
    for address, ident in _recipients(request):
        _post(actor, request, f"partner:{request.id}:{request.sent}:{address}", address, letter, ident)


def resend(actor: Actor, request: PartnerRequest) -> None:
    """Send an open request once more; an invitation gets a new link, and the one before it stops working."""
    hold(request.application)
    require(PARTNER_LIFE.may(actor, request, "resend"))
    if request.sent >= rules.MAX_SENT:
        raise Refused("often", "U hebt dit verzoek vaak genoeg gestuurd. Bel of mail de partner zelf.")
    line = _line(request.application, request.partner, actor.at)
    if line is None:
        raise Invalid("partner", "Deze partner staat niet (meer) in de aanvraag. Trek het verzoek in.")
    secret = _new_link(request, actor.at)
    request.sent += 1
    request.sent_at = actor.at
    PARTNER_LIFE.move(actor, request, "resend", facts={"partner": request.name, "sent": request.sent})
    _send(actor, request, line, secret, changed=False)


def withdraw_request(actor: Actor, request: PartnerRequest) -> None:
    """Take an open request back; whoever was asked hears that."""
    hold(request.application)
    PARTNER_LIFE.move(actor, request, "withdraw", facts={"partner": request.name})
    _tell_dropped(actor, request)


def _tell_dropped(actor: Actor, request: PartnerRequest) -> None:
    application = request.application
    letter = mail_together.partner_dropped(application.title, application.organisation.name, request.name)
    for address, ident in _recipients(request):
        _post(actor, request, f"partner:{request.id}:dropped:{address}", address, letter, ident)


def _post(
    actor: Actor, request: PartnerRequest, key: str, address: str, letter: tuple[str, str], ident: int | None
) -> None:
    outbox.post(
        actor,
        key,
        address,
        *letter,
        ident,
        kind=MailKind.PARTNER,
        chain=request.application.audit_chain,
        thing="partner_requests" if ident is not None else "",
    )


# --- what follows from submitting and withdrawing ---------------------------------------------------------


def follow_text(actor: Actor, application: Application, content: Content) -> None:
    """On submitting: ask again where the text changed after it was confirmed, and drop who is named no more."""
    requests = queries_partners.requests_of(application.id)
    lines = queries_partners.partner_lines(application, content, requests, actor.at)
    keys = {line.named.key for line in lines}
    for request in requests:
        if request.state == PartnerAnswer.ASKED and request.partner not in keys:
            _drop(actor, request)
    for line in lines:
        if line.standing == PartnerStanding.CHANGED and line.request is not None:
            before = line.request
            to = Addressee(before.organisation, before.region)
            _ask(actor, application, line, to, before.email, changed=True)


def follow_withdrawal(actor: Actor, application: Application) -> None:
    """On withdrawing an application: nobody needs to answer any more."""
    for request in queries_partners.requests_of(application.id):
        if request.state == PartnerAnswer.ASKED:
            _drop(actor, request)


def _drop(actor: Actor, request: PartnerRequest) -> None:
    PARTNER_LIFE.move(actor, request, "drop", facts={"partner": request.name})
    _tell_dropped(actor, request)


# --- the partner ------------------------------------------------------------------------------------------


def asked_line(request: PartnerRequest, at: dt.datetime) -> PartnerLine | None:
    """What an open request is about now; None when the text no longer names this partner."""
    return _line(request.application, request.partner, at)


def _line(application: Application, key: str, at: dt.datetime) -> PartnerLine | None:
    content = queries.text_for_partners(application, at)
    lines = queries_partners.partners(application, content, at)
    return next((line for line in lines if line.named.key == key), None)


@dataclass(frozen=True)
class Answer:
    """An answer to a request. sha256: of the text that was read; name: who answers, when without an account."""

    confirmed: bool
    sha256: str
    note: str = ""
    name: str = ""


def answer(actor: Actor, request: PartnerRequest, given: Answer) -> None:
    """Confirm or decline what the application says. ChangedText when that is no longer what was read."""
    application = request.application
    hold(application)
    move = "confirm" if given.confirmed else "decline"
    require(PARTNER_LIFE.may(actor, request, move))
    line = asked_line(request, actor.at)
    if line is None:
        raise Refused("gone", "De gemeente noemt u niet meer als partner. U hoeft niet te antwoorden.")
    note, name = clean(given.note), clean_line(given.name) if request.email else actor.name
    problems = []
    if not given.confirmed and not note:
        problems.append(Invalid("note", "Schrijf op wat er niet klopt.", "note"))
    if len(note) > LIMITS["note"]:
        problems.append(Invalid("note", f"Gebruik niet meer dan {LIMITS['note']} tekens.", "note"))
    if not name or len(name) > LIMITS["name"]:
        problems.append(Invalid("name", "Vul uw naam en functie in.", "name"))
    if problems:
        raise InvalidMany(list(problems))
    if line.sha256 != given.sha256:
        raise ChangedText
    request.text, request.sha256, request.note = line.text, line.sha256, note
    request.answered_at, request.answered_by, request.answered_by_name = actor.at, actor.user_id, name
    who = dataclasses.replace(actor, name=f"{name} ({request.name})")
    PARTNER_LIFE.move(who, request, move, note, {"partner": request.name, "sha256": line.sha256})
    letter = mail_together.partner_answered(
        application.reference, line.text["title"], request.name, name, confirmed=given.confirmed, note=note
    )
    key = f"application:{application.id}:partner:{request.id}"
    tell(actor, application, key, letter, kind=MailKind.PARTNER)
