"""Applications for tests, made through the services as people would make them."""

from __future__ import annotations

import datetime as dt
import io

from pool.applications import rules, service
from pool.applications.inputs import (
    Budget,
    BudgetLine,
    CheckInput,
    Contact,
    Content,
    FileEntry,
    Partner,
    Plan,
    Project,
    Reach,
)
from pool.applications.models import Application, ApplicationFile
from pool.applications.states import BudgetKind, Completeness
from pool.core.access import Actor
from pool.core.db import db
from pool.core.text import sha256_hex
from pool.rounds import queries as rounds
from pool.rounds import service as round_service
from pool.rounds.inputs import RoundInput, RoundRules
from pool.rounds.models import Round
from tests.support import uploads
from tests.support.world import World


def special_round(
    world: World, slug: str, *, closes_at: dt.datetime | None = None, invented: str = ""
) -> Round:
    """As `world.round()`, with another closing moment, or with a sentence about what is made up."""
    plain = world.round(slug=f"{slug}-voorbeeld")
    given = RoundInput(
        scheme_slug=plain.scheme.slug,
        slug=slug,
        title=plain.title,
        year=plain.year,
        instrument=plain.instrument,
        legal_basis=plain.legal_basis,
        publication_reference=plain.publication_reference,
        publication_date=plain.publication_date,
        opens_at=plain.opens_at,
        closes_at=closes_at or plain.closes_at,
        ceiling=plain.budget.ceiling,
        rules=rounds.rules_of(plain),
        invented=invented,
    )
    programme = world.later("programme", days=-10)
    round_ = round_service.create(programme, given)
    round_service.publish(programme, round_)
    db.session.commit()
    return round_


def full_content(
    actor: Actor,
    rules_: RoundRules,
    *,
    title: str = "Samen sneller naar veiligheid",
    theme: str = "mda",
    regions: tuple[str, ...] = ("kennemerland",),
    requested: int = 5_000_000,
    minimum: int = 4_000_000,
) -> Content:
    """Content that lacks nothing under these rules. Amounts in cents."""
    own = 1_000_000
    return Content(
        project=Project(
            title=title,
            summary="Wij brengen de partners rond een gezin eerder bij elkaar.",
            purpose="versnelling",
            theme=theme if theme in rules_.themes else "",
            grounds=tuple(g.slug for g in rules_.grounds[:1]),
        ),
        reach=Reach(regions, (Partner("Blijf Groep", "shelter", "Voert het project uit"),)),
        plan=Plan(
            occasion="Gezinnen wachten te lang op hulp.",
            approach="Een vast team per wijk.",
            results="Binnen vijf dagen een plan.",
            sharing="Een handreiking voor andere regio's.",
            embedding="Na afloop opgenomen in de inkoop.",
            starts_on="2027-09-01",
            ends_on="2028-08-31",
        ),
        budget=Budget(
            lines=(
                BudgetLine(BudgetKind.COST, "Projectleider", requested),
                BudgetLine(BudgetKind.COST, "Scholing", own),
                BudgetLine(BudgetKind.OWN, "Uren van de gemeente", own),
            ),
            requested=requested,
            minimum=minimum if rules_.partial_awards else requested,
            explanation="Gebaseerd op eerdere projecten.",
        ),
        contact=Contact("Contactpersoon", "beleidsadviseur", "contact@example.org", "020 1234567"),
        answers={q.code: "Ja, zie het plan." for q in rules_.questions},
        documents=tuple(
            FileEntry(d.code, f"{d.code}.pdf", "application/pdf", 1000, sha256_hex(d.code.encode()))
            for d in rules_.documents
            if d.required
        ),
    )


def attach(
    actor: Actor,
    application: Application,
    code: str,
    name: str = "plan.pdf",
    content: bytes | None = None,
    replaces: int | None = None,
) -> ApplicationFile:
    """A file sent in for a document that the round asks; without content a PDF of one empty page."""
    document = rules.document_of(rounds.rules_of(application.round), code)
    assert document is not None
    entry = service.receive(document, name, io.BytesIO(content or uploads.pdf()))
    row = service.add_file(actor, application, entry, replaces)
    db.session.commit()
    return row


def attach_to_view(
    actor: Actor,
    application: Application,
    name: str = "bewijs.pdf",
    content: bytes | None = None,
    replaces: int | None = None,
) -> ApplicationFile:
    """A file for the view on an intended refusal; without content a PDF of one empty page."""
    assert application.open_hearing is not None
    document = rules.hearing_document(application.open_hearing)
    entry = service.receive(document, name, io.BytesIO(content or uploads.pdf()))
    row = service.add_hearing_file(actor, application, entry, replaces)
    db.session.commit()
    return row


def make_draft(
    world: World,
    round_: Round,
    key: str = "applicant",
    *,
    title: str = "Samen sneller naar veiligheid",
    theme: str = "mda",
    regions: tuple[str, ...] | None = None,
    requested: int = 5_000_000,
    minimum: int = 4_000_000,
    days: float = 1,
) -> Application:
    """A draft in which nothing is missing, saved `days` after the start of the world."""
    actor = world.later(key, days=days)
    application = service.start(actor, round_)
    own = application.region_links[0].region.slug
    content = full_content(
        actor,
        rounds.rules_of(round_),
        title=title,
        theme=theme,
        regions=regions or (own,),
        requested=requested,
        minimum=minimum,
    )
    for name in ("project", "reach", "plan", "budget", "contact", "answers"):
        service.save_section(actor, application, name, content.section(name), application.revision)
    for entry in content.documents:
        attach(actor, application, entry.document, entry.name)
    db.session.commit()
    return application


def make_application(
    world: World,
    round_: Round,
    key: str = "applicant",
    *,
    title: str = "Samen sneller naar veiligheid",
    theme: str = "mda",
    regions: tuple[str, ...] | None = None,
    requested: int = 5_000_000,
    minimum: int = 4_000_000,
    days: float = 1,
) -> Application:
    """A submitted application of the person's municipality; regions: slugs, the own region first (the default)."""
    application = make_draft(
        world,
        round_,
        key,
        title=title,
        theme=theme,
        regions=regions,
        requested=requested,
        minimum=minimum,
        days=days,
    )
    service.submit(world.later(key, days=days), application)
    db.session.commit()
    return application


def make_complete(
    world: World,
    round_: Round,
    key: str = "applicant",
    *,
    title: str = "Samen sneller naar veiligheid",
    theme: str = "mda",
    regions: tuple[str, ...] | None = None,
    requested: int = 5_000_000,
    minimum: int = 4_000_000,
    days: float = 1,
    checked_days: float = 15,
) -> Application:
    """A submitted application that the programme team found complete, a day after the round closed."""
    application = make_application(
        world,
        round_,
        key,
        title=title,
        theme=theme,
        regions=regions,
        requested=requested,
        minimum=minimum,
        days=days,
    )
    given = CheckInput(Completeness.COMPLETE, rules.all_ok(rounds.rules_of(round_)))
    service.check(world.later("programme", days=checked_days), application, given)
    db.session.commit()
    return application
