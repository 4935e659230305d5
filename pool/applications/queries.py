"""Reads about applications. Everything is ordered; every list starts from `visible_to`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased, defer, joinedload, selectinload

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.money import format_euros
from pool.core.text import format_date, join_words
from pool.people.models import Organisation
from pool.people.states import OrganisationKind
from pool.regions import queries as regions
from pool.regions.models import Region, Theme
from pool.rounds import queries as rounds
from pool.rounds.inputs import RoundRules
from pool.rounds.models import Round, RuleSet
from pool.rounds.rules import accepts_applications

from . import message_queries, rules
from .inputs import Budget, Content, Plan
from .models import Application, ApplicationRegion, ApplicationVersion, Hearing, RegionalView
from .queries_documents import FileGroup, file_groups
from .queries_documents import Shelf as Shelf
from .queries_documents import file_among as file_among
from .queries_documents import file_facts as file_facts
from .queries_documents import file_of as file_of
from .queries_documents import files_of as files_of
from .queries_documents import notes as notes
from .queries_documents import shelf as shelf
from .queries_partners import partner_requests_open as partner_requests_open
from .queries_partners import partners as partners
from .queries_signing import given_back as given_back
from .queries_signing import to_sign as to_sign
from .states import IN_HEARING, RECEIVED, TO_CHECK, ApplicationState, BudgetKind, Purpose, Section

READERS = (Role.PROGRAMME, Role.DECIDER, Role.AUDITOR)
"""Roles that read every submitted application."""


def _with_facts(query: Select[Application]) -> Select[Application]:
    """What lists show, loaded in a fixed number of queries."""
    return query.options(
        selectinload(Application.organisation),
        selectinload(Application.round),
        selectinload(Application.theme),
        selectinload(Application.region_links).joinedload(ApplicationRegion.region, innerjoin=True),
    )


def _rounds_with_views() -> Select[int]:
    """Rounds whose newest rules let regional leads see applications."""
    later = aliased(RuleSet)
    newest = select(func.max(later.number)).where(later.round_id == RuleSet.round_id).scalar_subquery()
    return select(RuleSet.round_id).where(
        RuleSet.number == newest, RuleSet.body["regional_views"].as_boolean()
    )


def _may_see(actor: Actor) -> ColumnElement[bool]:
    submitted = Application.submitted_at.is_not(None)
    # Members of the committee come through the door of the assessment, which knows their interests.
    in_committee = actor.has(Role.ASSESSOR, Role.CHAIR)
    reasons: list[ColumnElement[bool]] = []
    if actor.has(Role.APPLICANT) and actor.organisation_id is not None:
        reasons.append(Application.organisation_id == actor.organisation_id)
    if actor.has(*READERS) and not in_committee:
        reasons.append(submitted)
    if actor.has(Role.REGIONAL_LEAD) and not in_committee:
        here = select(ApplicationRegion.application_id).where(
            ApplicationRegion.region_id.in_(actor.region_ids)
        )
        in_round = Application.round_id.in_(_rounds_with_views())
        reasons.append(and_(submitted, Application.id.in_(here), in_round))
    return or_(false(), *reasons)


def visible_to(actor: Actor) -> Select[Application]:
    """Applications this actor may see, newest first: the own municipality's, the own regions', or all submitted."""
    query = select(Application).where(_may_see(actor)).order_by(Application.id.desc())
    return _with_facts(query)


def get(actor: Actor, ident: int) -> Application:
    """The application with this id; Missing when there is none for this actor."""
    found = db.session.scalar(visible_to(actor).where(Application.id == ident))
    if found is None:
        raise Missing
    return found


def draft(application: Application) -> Content:
    """The text that is being written."""
    return Content.from_json(application.content)


def content(application: Application) -> Content:
    """What counts: the newest submitted version, or the draft while nothing was submitted."""
    version = application.current_version
    return content_of(version) if version else draft(application)


def candidate(application: Application, rules_: RoundRules) -> Content:
    """What would be submitted now: the draft; under supplement the newest version with the parts that are asked.

    A change that somebody saved before closing but never submitted stays in the draft, and out of the version.
    """
    given, version = draft(application), application.current_version
    if application.state != ApplicationState.SUPPLEMENT_REQUESTED or version is None:
        return given
    kept = content_of(version)
    for section in rules.supplement_sections(application, rules_):
        value = given.section(section)
        if section == Section.DOCUMENTS:
            value = rules.merged(kept, given, rules.supplement_documents(application))
        kept = kept.with_section(section, value)
    return kept


def text_for_partners(application: Application, at: dt.datetime) -> Content:
    """What partners confirm: what would be submitted while that can change, and after that what was submitted."""
    may_change = application.state == ApplicationState.SUPPLEMENT_REQUESTED or (
        accepts_applications(application.round, at)
    )
    return candidate(application, rounds.rules_of(application.round)) if may_change else content(application)


def content_of(version: ApplicationVersion) -> Content:
    """What this version says."""
    return Content.from_json(version.content)


def version(application: Application, number: int) -> ApplicationVersion:
    """The submitted version with this number; Missing when there is none."""
    for found in application.versions:
        if found.number == number:
            return found
    raise Missing


def of_round(round_id: int, states: Iterable[ApplicationState]) -> list[Application]:
    """Applications of a round in these states, by reference, with regions, theme and organisation."""
    query = select(Application).where(Application.round_id == round_id, Application.state.in_(list(states)))
    return list(db.session.scalars(_with_facts(query.order_by(Application.id))).unique())


def complete_of_round(round_id: int) -> list[Application]:
    """Applications of a round that passed the completeness check."""
    return of_round(round_id, [ApplicationState.COMPLETE])


def alike(application: Application) -> list[Application]:
    """Other applications in the round that may overlap: of the same municipality, or with the same title."""
    query = select(Application).where(
        Application.round_id == application.round_id,
        Application.id != application.id,
        Application.state.in_(RECEIVED),
        or_(
            Application.organisation_id == application.organisation_id,
            func.lower(Application.title) == application.title.lower(),
        ),
    )
    return list(db.session.scalars(_with_facts(query.order_by(Application.id))))


def views_of(application_id: int) -> list[RegionalView]:
    """Regional views on an application, by region."""
    query = (
        select(RegionalView)
        .join(Region)
        .where(RegionalView.application_id == application_id)
        .options(joinedload(RegionalView.region, innerjoin=True))
        .order_by(Region.name)
    )
    return list(db.session.scalars(query))


def last_reference(stem: str) -> str | None:
    """The highest reference that begins with `<prefix>-<year>-`, also past 999."""
    query = (
        select(Application.reference)
        .where(Application.reference.startswith(stem, autoescape=True))
        .order_by(func.length(Application.reference).desc(), Application.reference.desc())
        .limit(1)
    )
    return db.session.scalar(query)


# --- the text as people read it ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """A table in a text: cells as shown; total is its last row, or empty."""

    caption: str
    columns: tuple[str, ...]
    numeric: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One section for readers: short facts, longer texts and tables. An empty value was not filled in."""

    section: Section
    facts: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Rows, ...] = ()
    files: tuple[FileGroup, ...] = ()


def parts(given: Content, rules_: RoundRules) -> list[Part]:
    """The content as it is shown on pages and in documents, section by section."""
    return [part(given, rules_, section) for section in sections(rules_)]


def sections(rules_: RoundRules) -> list[Section]:
    """The sections of the form in a round: own questions and documents only when it has them."""
    empty = {Section.ANSWERS: not rules_.questions, Section.DOCUMENTS: not rules_.documents}
    return [section for section in Section if not empty.get(section)]


def part(given: Content, rules_: RoundRules, section: Section) -> Part:
    """One section of the content as it is shown."""
    return _PARTS[section](given, rules_)


def _project_part(given: Content, rules_: RoundRules) -> Part:
    project = given.project
    purposes = {p.value: p.label for p in Purpose}
    facts = [("Titel", project.title), ("Doel", purposes.get(project.purpose, ""))]
    if rules_.themes:
        theme = regions.theme_by_slug(project.theme) if project.theme else None
        facts.append(("Thema", theme.name if theme else ""))
    if rules_.grounds:
        names = {g.slug: g.name for g in rules_.grounds}
        facts.append(("Aanbevelingen", join_words([names.get(slug, slug) for slug in project.grounds])))
    return Part(Section.PROJECT, tuple(facts), (("Samenvatting", project.summary),))


def _reach_part(given: Content, _rules: RoundRules) -> Part:
    names = {slug: region.name for slug, region in regions.regions_by_slug(given.reach.regions).items()}
    chosen = [names.get(slug, slug) for slug in given.reach.regions]
    kinds = {k.value: k.label for k in OrganisationKind}
    facts = (
        ("Eerste regio", chosen[0] if chosen else ""),
        ("Samen met", join_words(chosen[1:]) if len(chosen) > 1 else "geen andere regio's"),
    )
    lines = tuple((p.name, kinds.get(p.kind, ""), p.role, p.contribution) for p in given.reach.partners)
    heads = ("Naam", "Soort organisatie", "Rol", "Bijdrage")
    tables = (Rows("Partners", heads, (), lines),) if lines else ()
    return Part(Section.REACH, facts, tables=tables)


def _plan_part(given: Content, _rules: RoundRules) -> Part:
    plan = given.plan
    texts = (
        ("Aanleiding", plan.occasion),
        ("Aanpak", plan.approach),
        ("Beoogde resultaten", plan.results),
        ("Delen van lessen", plan.sharing),
        ("Borging", plan.embedding),
    )
    facts = (("Startdatum", _day(plan.starts_on)), ("Einddatum", _day(plan.ends_on)))
    return Part(Section.PLAN, facts, texts, tuple(_plan_tables(plan)))


def _plan_tables(plan: Plan) -> Iterator[Rows]:
    if plan.indicators:
        measured = tuple((line.what, line.baseline, line.target) for line in plan.indicators)
        yield Rows("Resultaten om te meten", ("Wat meten we?", "Nu", "Doel"), (), measured)
    if plan.milestones:
        reached = tuple((_day(line.on) or "–", line.what) for line in plan.milestones)
        yield Rows("Mijlpalen", ("Datum", "Wat is er dan klaar?"), (), reached)


def _day(text: str) -> str:
    return format_date(dt.date.fromisoformat(text)) if text else ""


def _budget_part(given: Content, rules_: RoundRules) -> Part:
    budget = given.budget
    facts = [("Gevraagd bedrag", format_euros(budget.requested) if budget.requested else "")]
    if rules_.partial_awards:
        facts.append(("Minimaal benodigd bedrag", format_euros(budget.minimum) if budget.minimum else ""))
    return Part(
        Section.BUDGET,
        tuple(facts),
        (("Toelichting", budget.explanation),),
        tuple(_budget_tables(budget)) if budget.lines or budget.requested else (),
    )


def _budget_tables(budget: Budget) -> Iterator[Rows]:
    costs = tuple((b.description, format_euros(b.amount)) for b in budget.lines if b.kind == BudgetKind.COST)
    spent = format_euros(budget.total(BudgetKind.COST))
    yield Rows("Kosten", ("Omschrijving", "Bedrag"), (1,), costs, ("Totaal kosten", spent))
    labels = {k.value: k.label for k in BudgetKind}
    income = tuple(
        (b.description, labels.get(b.kind, ""), format_euros(b.amount))
        for b in budget.lines
        if b.kind != BudgetKind.COST
    )
    asked = ("Gevraagd bedrag", "deze aanvraag", format_euros(budget.requested))
    covered = format_euros(budget.total(BudgetKind.OWN, BudgetKind.OTHER) + budget.requested)
    yield Rows(
        "Dekking",
        ("Omschrijving", "Soort", "Bedrag"),
        (2,),
        (*income, asked),
        ("Totaal dekking", "", covered),
    )


def _contact_part(given: Content, _rules: RoundRules) -> Part:
    contact = given.contact
    return Part(
        Section.CONTACT,
        (
            ("Naam", contact.name),
            ("Functie", contact.function),
            ("E-mailadres", contact.email),
            ("Telefoon", contact.phone),
        ),
    )


def _answers_part(given: Content, rules_: RoundRules) -> Part:
    return Part(
        Section.ANSWERS, texts=tuple((q.label, given.answers.get(q.code, "")) for q in rules_.questions)
    )


def _documents_part(given: Content, rules_: RoundRules) -> Part:
    return Part(Section.DOCUMENTS, files=file_groups(given, rules_))


_PARTS = {
    Section.PROJECT: _project_part,
    Section.REACH: _reach_part,
    Section.PLAN: _plan_part,
    Section.BUDGET: _budget_part,
    Section.CONTACT: _contact_part,
    Section.ANSWERS: _answers_part,
    Section.DOCUMENTS: _documents_part,
}


# --- lists ------------------------------------------------------------------------------------------------


CHECK_DUE = "to_check"
TO_CONCLUDE = "to_conclude"
QUESTION_OPEN = "question_open"
MESSAGE_NEW = "message_new"


@dataclass(frozen=True)
class Filter:
    """What somebody looks for in a list. state: of an application, or a work list such as `to_check`. sort: see
    SORTS."""

    round_slug: str = ""
    state: str = ""
    theme: str = ""
    region: str = ""
    text: str = ""
    sort: str = "newest"


_DEADLINE = func.coalesce(
    Application.supplement_until,
    select(Hearing.until)
    .where(Hearing.application_id == Application.id, Hearing.outcome.is_(None))
    .scalar_subquery(),
)
"""Until when the municipality can supplement, or give its view."""
_SORTS = {
    "newest": (Application.id.desc(),),
    "oldest": (Application.submitted_at.is_(None), Application.submitted_at, Application.id),
    "deadline": (_DEADLINE.is_(None), _DEADLINE, Application.id),
    "title": (func.lower(Application.title), Application.id),
}
SORTS = tuple(_SORTS)


def counts(actor: Actor, round_slug: str = "") -> dict[ApplicationState, int]:
    """How many applications this actor may see per state, in one round or in all."""
    query = select(Application.state, func.count()).where(_may_see(actor)).group_by(Application.state)
    if round_slug:
        query = query.where(Application.round_id.in_(select(Round.id).where(Round.slug == round_slug)))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _concludable(actor: Actor) -> ColumnElement[bool]:
    """Whether an intended refusal can become one: the municipality was heard, or let the time pass."""
    over = select(Hearing.application_id).where(
        Hearing.outcome.is_(None), or_(Hearing.answered_at.is_not(None), Hearing.until < actor.at)
    )
    return and_(Application.state.in_(IN_HEARING), Application.id.in_(over))


def to_conclude(actor: Actor, round_slug: str = "") -> int:
    """How many intended refusals the programme team can decide about, in one round or in all."""
    query = select(func.count()).select_from(Application).where(_may_see(actor), _concludable(actor))
    if round_slug:
        query = query.where(Application.round_id.in_(select(Round.id).where(Round.slug == round_slug)))
    return db.session.scalar(query) or 0


_BY_MESSAGES = {
    QUESTION_OPEN: message_queries.waiting_applications,
    MESSAGE_NEW: message_queries.unread_applications,
}


def message_counts(actor: Actor, round_slug: str = "") -> dict[str, int]:
    """How many applications have a question that waits, and how many a new message, in one round or in all."""
    numbers = {}
    for name, idents in _BY_MESSAGES.items():
        query = select(func.count()).select_from(Application).where(Application.id.in_(idents(actor)))
        if round_slug:
            query = query.where(Application.round_id.in_(select(Round.id).where(Round.slug == round_slug)))
        numbers[name] = db.session.scalar(query) or 0
    return numbers


MessageWork = message_queries.Work


def message_work(actor: Actor, today: dt.date) -> MessageWork:
    """What waits for somebody in the messages about applications."""
    return message_queries.work(actor, today)


def found(actor: Actor, wanted: Filter) -> Select[Application]:
    """The applications this actor may see that fit, in the order asked for."""
    # A list shows no texts, and they are by far the largest part of a row.
    query = visible_to(actor).options(defer(Application.content), selectinload(Application.hearings))
    if wanted.round_slug:
        query = query.where(Application.round_id.in_(select(Round.id).where(Round.slug == wanted.round_slug)))
    if wanted.state == CHECK_DUE:
        query = query.where(Application.state.in_(TO_CHECK))
    elif wanted.state == TO_CONCLUDE:
        query = query.where(_concludable(actor))
    elif wanted.state in _BY_MESSAGES:
        query = query.where(Application.id.in_(_BY_MESSAGES[wanted.state](actor)))
    elif wanted.state in {s.value for s in ApplicationState}:
        query = query.where(Application.state == ApplicationState(wanted.state))
    if wanted.theme:
        query = query.where(Application.theme_id.in_(select(Theme.id).where(Theme.slug == wanted.theme)))
    if wanted.region:
        there = select(ApplicationRegion.application_id).join(Region).where(Region.slug == wanted.region)
        query = query.where(Application.id.in_(there))
    for word in wanted.text.split()[:8]:
        query = query.where(_mentions(word))
    return query.order_by(None).order_by(*_SORTS.get(wanted.sort, _SORTS["newest"]))


def _mentions(word: str) -> ColumnElement[bool]:
    return or_(
        Application.title.icontains(word, autoescape=True),
        Application.reference.icontains(word, autoescape=True),
        Application.organisation.has(Organisation.name.icontains(word, autoescape=True)),
    )
