"""Documents of the demonstration: small PDFs, invented like the rest of it."""

from __future__ import annotations

import datetime as dt
import io

from pool.applications import rules
from pool.applications import service as applications
from pool.applications.inputs import Content
from pool.applications.models import Application
from pool.core.access import Actor
from pool.core.pdf import Column, Document, render
from pool.rounds import queries as rounds
from pool.rounds.inputs import DocumentRule

from . import words

ASKED = (
    DocumentRule(
        "projectplan", "Projectplan", "Ten hoogste tien bladzijden, met een planning.", True, ("pdf", "odt")
    ),
    DocumentRule("steunbrieven", "Steunbrieven van partners", "", False, ("pdf", "odt", "image")),
)
"""What the rounds of today ask for."""


def plan_of(application: Application, content: Content, moment: dt.datetime) -> bytes:
    """The project plan as PDF."""
    title = content.project.title
    document = Document(
        title=f"Projectplan {title}", moment=moment, subject=title, reference=application.reference
    )
    document.heading(1, f"Projectplan {title}")
    document.note("Dit plan is verzonnen voor de demonstratie.")
    document.heading(2, "Aanleiding en aanpak")
    document.prose(content.plan.occasion)
    document.prose(content.plan.approach)
    document.heading(2, "Planning")
    steps = ("Voorbereiden met de partners", "Uitvoeren en bijsturen", "Lessen delen en borgen")
    document.table(
        "Stappen in het project",
        [Column("Stap"), Column("Wanneer")],
        [(step, f"kwartaal {2 * place + 1} en {2 * place + 2}") for place, step in enumerate(steps)],
    )
    return render(document)


def send(actor: Actor, application: Application, content: Content) -> None:
    """Send in what the round demands, as the municipality does."""
    for document in rounds.rules_of(application.round).documents:
        if document.required:
            paper = io.BytesIO(plan_of(application, content, actor.at))
            name = f"{document.name} {application.reference}.pdf"
            applications.add_file(actor, application, applications.receive(document, name, paper))


def support(actor: Actor, application: Application) -> None:
    """A letter of the police, sent along with a view on an intended refusal."""
    hearing = application.open_hearing
    assert hearing is not None
    letter = Document(
        title="Brief over de samenwerking",
        moment=actor.at,
        subject="Samenwerking van politie en lokaal team",
        reference=application.reference,
    )
    letter.heading(1, "Brief over de samenwerking")
    letter.note("Deze brief is verzonnen voor de demonstratie.")
    letter.prose(words.POLICE)
    received = applications.receive(
        rules.hearing_document(hearing), "Brief van de politie.pdf", io.BytesIO(render(letter))
    )
    applications.add_hearing_file(actor, application, received)
