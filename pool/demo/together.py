"""What the demonstration shows of working together: partners who confirm, and a colleague who signs."""

from __future__ import annotations

import datetime as dt

from pool.applications import queries as applications
from pool.applications import service
from pool.applications.models import Application
from pool.core.db import db
from pool.people import service as people
from pool.people.queries import municipality_organisation
from pool.regions import queries as regions
from pool.rounds.models import Round

from . import paper, story
from .accounts import Cast, centre_of
from .invent import Plan

SIGNING_REGION = "twente"
"""Whose centre municipality lets a colleague sign."""


def confirm_partners(cast: Cast, draft: Application, now: dt.datetime) -> None:
    """The draft of Haarlem has asked its partners: one region confirmed, another still has to, and one was invited."""
    applicant = cast.applicant_of(draft.regions[0], now - dt.timedelta(hours=2))
    content = applications.draft(draft)
    lines = applications.partners(draft, content, applicant.at)
    asked = [
        service.ask(
            applicant, draft, line.named.key, "" if line.named.kind == "region" else "jan@partner.example"
        )
        for line in lines
    ]
    first = next(request for request in asked if request.region is not None)
    assert first.region is not None
    lead = cast.at(f"projectleider {first.region.slug}", now - dt.timedelta(hours=1))
    line = service.asked_line(first, lead.at)
    assert line is not None
    service.answer(lead, first, service.Answer(True, line.sha256, "Wij doen graag mee."))
    db.session.commit()


def wait_for_signature(cast: Cast, round_: Round, now: dt.datetime) -> None:
    """In one municipality a colleague signs; a request waits."""
    region = regions.regions_by_slug([SIGNING_REGION])[SIGNING_REGION]
    centre = centre_of(region)
    organisation = municipality_organisation(centre.id)
    assert organisation is not None
    name = f"Ondertekenaar {centre.name}"
    signer = cast.colleague(name, name, organisation)
    boss = cast.at("beheerder", now - dt.timedelta(days=1))
    people.name_signatory(boss, organisation, signer.id)
    plan = Plan("Veilig blijven na de melding", "lokale-teams", (region.slug,), 4_000_000, 3_000_000, 0, True)
    draft = story.apply(cast, round_, plan, now - dt.timedelta(hours=2), 1, submit=False)
    applicant = cast.applicant_of(region, now - dt.timedelta(hours=1))
    paper.send(applicant, draft, applications.draft(draft))
    service.ask_sign_off(applicant, draft, draft.revision, "Wil je hier vandaag naar kijken?")
    db.session.commit()
