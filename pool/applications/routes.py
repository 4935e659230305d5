"""Pages that several roles share: the list, one application, one version and its receipt."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from pool.core import audit
from pool.core.access import Actor, Role, current_actor, door
from pool.core.clock import local_date
from pool.core.text import fingerprint, format_moment
from pool.regions import queries as regions
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.rules import accepts_applications
from pool.rounds.states import DECIDED_STATES

from . import (
    letter,
    message_queries,
    queries,
    queries_reuse,
    queries_signing,
    routes_applicant,
    routes_documents,
    routes_hearing,
    routes_messages,
    routes_partners,
    routes_programme,
    routes_questions,
    routes_reuse,
    routes_signing,
    rules,
    service,
)
from .blueprint import READERS, bp, crumbs, letter_facts, load, overlaps, pdf, shelf
from .forms import StartForm
from .lifecycle import LIFE
from .models import Application
from .states import TO_CHECK, ApplicationState
from .trail import steps

blueprints = [bp]
PER_PAGE = 50
MAX_PAGE = 100_000
"""A larger number in the address is no page, and would not fit in the database's own numbers."""
_MESSAGE_LISTS = [
    (queries.QUESTION_OPEN, "vraag wacht op antwoord"),
    (queries.MESSAGE_NEW, "nieuwe berichten"),
]
_OWN_ORDERS = [
    ("newest", "nieuwste eerst"),
    ("oldest", "langst geleden ingediend eerst"),
    ("deadline", "termijn van de gemeente die het eerst verloopt"),
    ("title", "op titel"),
]
_ORDERS = {True: _OWN_ORDERS, False: [*_OWN_ORDERS, ("decision", "besluittermijn die het eerst verloopt")]}
__all__ = [
    "blueprints",
    "routes_applicant",
    "routes_documents",
    "routes_hearing",
    "routes_messages",
    "routes_partners",
    "routes_programme",
    "routes_questions",
    "routes_reuse",
    "routes_signing",
]


@bp.get("/aanvragen")
@door(*READERS)
def index() -> Any:
    actor = current_actor()
    given = request.args
    wanted = queries.Filter(
        round_slug=given.get("ronde", ""),
        state=given.get("status", ""),
        theme=given.get("thema", ""),
        region=given.get("regio", ""),
        text=given.get("zoek", "")[:200],
        sort=given.get("volgorde", "deadline" if actor.has(Role.PROGRAMME) else "newest"),
    )
    page = min(max(1, given.get("page", 1, type=int)), MAX_PAGE)
    rows, total = queries.listed(actor, wanted, page, PER_PAGE)
    is_applicant = actor.has(Role.APPLICANT)
    open_rounds = _open_rounds(actor) if is_applicant else []
    return render_template(
        "applications/index.html",
        rows=rows,
        total=total,
        page=page,
        pages=-(-total // PER_PAGE),
        orders=_ORDERS[is_applicant],
        wanted=wanted,
        args={k: v for k, v in given.items() if k != "page" and v},
        rounds=rounds.names(actor),
        open_rounds=open_rounds,
        start_form=StartForm() if open_rounds else None,
        tabs=_tabs(wanted) if actor.has(Role.PROGRAMME) else [],
        states=[s for s in ApplicationState if s != ApplicationState.DRAFT or is_applicant],
        themes=[] if is_applicant else [*regions.theme_names().items()],
        regions=[] if is_applicant else [*regions.region_names().items()],
        message_lists=_MESSAGE_LISTS if actor.has(*message_queries.WRITERS) else [],
        threads=message_queries.standings(actor, [row.item.id for row in rows]),
        today=local_date(actor.at),
        local_date=local_date,
        is_applicant=is_applicant,
        signing=queries.signing(actor),
    )


def _open_rounds(actor: Actor) -> list[Round]:
    """Rounds in which a municipality can start an application now."""
    return [round_ for round_ in rounds.shown(actor) if accepts_applications(round_, actor.at)]


def _tabs(wanted: queries.Filter) -> list[dict[str, Any]]:
    """The work lists of the programme team, with how much is in each."""
    actor = current_actor()
    numbers = queries.counts(actor, wanted.round_slug)
    waiting, complete = ApplicationState.SUPPLEMENT_REQUESTED, ApplicationState.COMPLETE
    hearing = ApplicationState.HEARING
    work = queries.work_counts(actor, wanted.round_slug)
    lists = [
        ("", "Alle", sum(numbers.values())),
        (queries.CHECK_DUE, "Te toetsen", sum(numbers.get(state, 0) for state in TO_CHECK)),
        (waiting.value, "Wacht op aanvulling", numbers.get(waiting, 0)),
        (hearing.value, "Wacht op zienswijze", numbers.get(hearing, 0)),
        (queries.TO_CONCLUDE, "Voornemens", work[queries.TO_CONCLUDE]),
        (complete.value, "Volledig", numbers.get(complete, 0)),
        (queries.QUESTION_OPEN, "Wacht op antwoord", work[queries.QUESTION_OPEN]),
        (queries.MESSAGE_NEW, "Nieuwe berichten", work[queries.MESSAGE_NEW]),
    ]
    return [
        {
            "label": label,
            "count": count,
            "current": wanted.state == state,
            "url": url_for(".index", ronde=wanted.round_slug or None, status=state or None),
        }
        for state, label, count in lists
    ]


@bp.get("/aanvragen/<int:ident>")
@door(*READERS)
def show(ident: int) -> Any:
    actor = current_actor()
    application, round_rules = load(ident)
    if rules.is_own(actor, application):
        return _own_page(application)
    content = queries.content(application)
    views = queries.views_of(application.id)
    mine = [
        link.region
        for link in application.region_links
        if rules.can_give_view(actor, application, link.region_id, round_rules)
    ]
    return render_template(
        "applications/file.html",
        application=application,
        parts=queries.parts(content, round_rules),
        shelf=shelf(application, content),
        notes=queries.notes(application, content),
        points={p.code: p.label for p in rules.check_points(round_rules)},
        partners=queries.partners(application, content, actor.at),
        views=views,
        my_regions=mine,
        **overlaps(actor, application),
        term=rules.decision_term(application, round_rules),
        **_messages(application),
        moves={move.name for move in LIFE.open_moves(actor, application)},
        steps=steps(audit.trail(application.audit_chain), actor) if actor.has(*queries.READERS) else [],
        crumbs=crumbs(application),
    )


def _messages(application: Application) -> dict[str, Any]:
    """How the messages stand, for the pages about one application."""
    actor = current_actor()
    found = message_queries.standings(actor, [application.id])
    return {"thread": found.get(application.id), "today": local_date(actor.at)}


def _own_page(application: Application) -> Any:
    actor = current_actor()
    round_rules = rounds.rules_of(application.round)
    version = application.current_version
    waiting = queries.candidate(application, round_rules)
    content, lacks = queries.content(application), service.lacks(application)
    return render_template(
        "applications/own.html",
        application=application,
        tasks=routes_applicant.tasks(application, round_rules, lacks),
        lacks=lacks,
        can_edit=rules.can_edit(actor, application),
        can_withdraw=LIFE.may(actor, application, "withdraw"),
        can_be_heard=LIFE.may(actor, application, "be_heard"),
        changed=version is not None and fingerprint(waiting.to_json()) != version.sha256,
        points={p.code: p.label for p in rules.check_points(round_rules)},
        parts=queries.parts(content, round_rules) if version else [],
        shelf=shelf(application, content),
        notes=queries.notes(application, content) if version else [],
        state=ApplicationState,
        decided=application.state == ApplicationState.COMPLETE and application.round.state in DECIDED_STATES,
        partners=queries.partners(application, queries.text_for_partners(application, actor.at), actor.at),
        waiting=queries_signing.open_of(application.id),
        can_reuse=queries_reuse.has_sources(actor, application),
        **_messages(application),
        crumbs=crumbs(application),
    )


@bp.get("/aanvragen/<int:ident>/versies/<int:number>")
@door(*READERS)
def version(ident: int, number: int) -> Any:
    application, round_rules = load(ident)
    found = queries.version(application, number)
    content = queries.content_of(found)
    return render_template(
        "applications/version.html",
        application=application,
        version=found,
        received=format_moment(found.submitted_at, seconds=True),
        parts=queries.parts(content, round_rules),
        shelf=shelf(application, content),
        crumbs=crumbs(application, (f"Versie {number}", None)),
    )


@bp.get("/aanvragen/<int:ident>/versies/<int:number>/ontvangstbevestiging.pdf")
@door(*READERS)
def receipt_pdf(ident: int, number: int) -> Any:
    application, round_rules = load(ident)
    found = queries.version(application, number)
    content = queries.content_of(found)
    document = letter.receipt(
        letter_facts(application, content.project.title),
        found.content,
        queries.parts(content, round_rules),
        number=found.number,
        submitted_at=found.submitted_at,
        submitted_by=found.submitted_by_name,
        sha256=found.sha256,
    )
    return pdf(document, f"{application.reference}-versie-{number}.pdf")
