"""The text of an application as people read it: sections with facts, texts, tables and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from pool.core.money import format_euros
from pool.core.text import format_date, join_words
from pool.people.states import OrganisationKind
from pool.regions import queries as regions
from pool.rounds.inputs import RoundRules

from .inputs import Budget, Content, Plan
from .queries_documents import FileGroup, file_groups
from .states import BudgetKind, Purpose, Section


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
