"""The blueprint of the slice, and what its pages share: loading, crumbs, and the sections as addresses."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from pool.core import outbox
from pool.core.access import Actor, Role, current_actor
from pool.core.errors import Missing
from pool.core.pdf import Document
from pool.rounds import queries as rounds
from pool.rounds.inputs import RoundRules

from . import letter, queries, rules
from .inputs import Content
from .models import Application
from .states import Section

bp = Blueprint("applications", __name__)
outbox.place("application", "applications.show", "ident")
outbox.place("thread", "applications.messages", "ident")
outbox.place("partner_requests", "applications.partner_requests")

READERS = (Role.APPLICANT, Role.REGIONAL_LEAD, Role.PROGRAMME, Role.DECIDER, Role.AUDITOR)

SLUGS = {
    Section.PROJECT: "project",
    Section.REACH: "regios",
    Section.PLAN: "plan",
    Section.BUDGET: "begroting",
    Section.CONTACT: "contact",
    Section.ANSWERS: "vragen",
    Section.DOCUMENTS: "documenten",
}
_BY_SLUG = {slug: section for section, slug in SLUGS.items()}


def load(ident: int) -> tuple[Application, RoundRules]:
    """The application with this id for the current actor, with the rules of its round; Missing otherwise."""
    application = queries.get(current_actor(), ident)
    return application, rounds.rules_of(application.round)


def section_of(slug: str, round_rules: RoundRules) -> Section:
    section = _BY_SLUG.get(slug)
    if section is None or section not in queries.sections(round_rules):
        raise Missing
    return section


def section_url(application: Application, section: str, anchor: str | None = None) -> str:
    slug = SLUGS[Section(section)]
    return url_for("applications.section", ident=application.id, slug=slug, _anchor=anchor)


def shelf(application: Application, content: Content) -> queries.Shelf:
    """Where the files of a text are found by those who come through this slice."""
    return queries.shelf(
        application,
        content,
        lambda row: url_for("applications.document_file", ident=row.application_id, file_id=row.id),
    )


def overlaps(actor: Actor, application: Application) -> dict[str, Any]:
    """What the programme team and the regions look at beside an application: possible duplicates, and overlaps."""
    alike = queries.alike(application) if actor.has(Role.PROGRAMME) else []
    known = {other.id for other in alike}
    found = queries.overlapping(actor, application) if actor.has(Role.PROGRAMME, Role.REGIONAL_LEAD) else []
    here = {link.region_id for link in application.region_links}
    return {
        "alike": alike,
        "overlapping": [
            (other, [link.region.name for link in other.region_links if link.region_id in here])
            for other in found
            if other.id not in known
        ],
    }


def crumbs(application: Application, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The path to a page about an application; the last one is the page itself."""
    here = url_for("applications.show", ident=application.id) if more else None
    return [("Aanvragen", url_for("applications.index")), (application.reference, here), *more]


def invented(application: Application) -> tuple[str, ...]:
    """Dutch sentences that say what is made up, for pages and documents."""
    own = ("Deze aanvraag is verzonnen voor de demonstratie.",) if application.invented else ()
    return (*own, *((application.round.invented,) if application.round.invented else ()))


def letter_facts(application: Application, title: str) -> letter.Facts:
    return letter.Facts(
        reference=application.reference,
        title=title,
        applicant=application.organisation.name,
        round_title=application.round.title,
        scheme=application.round.scheme.name,
        invented=invented(application),
    )


def pdf(document: Document, name: str) -> Response:
    """A document as a file to keep."""
    from pool.core.pdf import render

    response = Response(render(document), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    return {
        "invented_texts": invented,
        "section_url": section_url,
        "can_read_file": rules.can_read_file,
        "file_facts": queries.file_facts,
    }
