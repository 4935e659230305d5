"""What fits in the fields of an application, and what its content still needs before it can be submitted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from pool.core.errors import Invalid
from pool.core.money import MAX_CENTS, format_euros
from pool.people.states import OrganisationKind
from pool.rounds.inputs import RoundRules

from ..inputs import Budget, Content, Plan
from ..states import BudgetKind, Purpose

# --- what fits in a field ---------------------------------------------------------------------------------

LIMITS = {
    "title": 150,
    "summary": 1500,
    "theme": 80,
    "occasion": 4000,
    "approach": 8000,
    "results": 4000,
    "sharing": 3000,
    "embedding": 3000,
    "explanation": 3000,
    "name": 150,
    "role": 300,
    "contribution": 300,
    "function": 150,
    "email": 200,
    "phone": 40,
    "description": 200,
    "what": 200,
    "baseline": 100,
    "target": 100,
    "answers": 4000,
    "view": 4000,
    "reason": 2000,
    "note": 1000,
}
"""Characters per field, for the form and for the service alike."""
MAX_LINES = 100
MAX_PARTNERS = 40
MAX_PLAN_LINES = 30
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_CHOICES: dict[tuple[str, str], frozenset[str]] = {
    ("project", "purpose"): frozenset(p.value for p in Purpose),
    ("partners", "kind"): frozenset(k.value for k in OrganisationKind),
    ("lines", "kind"): frozenset(k.value for k in BudgetKind),
}


class Lack(Invalid):
    """Something that submitting still needs. section and field say where it is filled in."""

    def __init__(self, section: str, field: str, message: str) -> None:
        super().__init__("missing", message, field)
        self.section = section


def answer_field(code: str) -> str:
    """The name of the field in which an own question of the round is answered."""
    return f"q_{code}"


def file_field(code: str) -> str:
    """The name of the field in which a file is chosen for a document that the round asks."""
    return f"file_{code}"


def is_email(text: str) -> bool:
    return len(text) <= LIMITS["email"] and _EMAIL.fullmatch(text) is not None


def as_date(text: str) -> dt.date | None:
    """The day that an ISO text says, or None."""
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def unacceptable(section: str, value: Any, rules: RoundRules) -> list[Invalid]:
    """Why a section cannot even be kept as a draft: too long, or not something the form can hold."""
    if section == "answers":
        return list(_bad_answers(value, rules))
    problems = list(_bad_values(section, value))
    if section == "project":
        # A theme or ground that the round does not know can come from no form.
        if value.theme and value.theme not in rules.themes:
            problems.append(Invalid("theme", "Dit thema hoort niet bij deze ronde.", "theme"))
        if set(value.grounds) - {g.slug for g in rules.grounds}:
            problems.append(Invalid("grounds", "Deze aanbevelingen horen niet bij deze ronde.", "grounds"))
    if section == "reach" and len(value.partners) > MAX_PARTNERS:
        problems.append(Invalid("too_many", f"Noem niet meer dan {MAX_PARTNERS} partners.", "partners"))
    if section == "plan":
        problems += [
            Invalid("too_many", f"Gebruik niet meer dan {MAX_PLAN_LINES} regels.", name)
            for name in ("indicators", "milestones")
            if len(getattr(value, name)) > MAX_PLAN_LINES
        ]
    if section == "budget" and len(value.lines) > MAX_LINES:
        problems.append(Invalid("too_many", f"Gebruik niet meer dan {MAX_LINES} begrotingsregels.", "lines"))
    return problems


def _bad_answers(answers: dict[str, str], rules: RoundRules) -> Iterator[Invalid]:
    known = {q.code for q in rules.questions}
    for code, text in answers.items():
        if code not in known:
            yield Invalid("answers", "Deze vraag hoort niet bij deze ronde.", answer_field(code))
        elif len(text) > LIMITS["answers"]:
            yield _too_long(answer_field(code), LIMITS["answers"])


def _too_long(field: str, limit: int) -> Invalid:
    return Invalid("too_long", f"Gebruik niet meer dan {limit} tekens.", field)


def _bad_values(group: str, value: Any) -> Iterator[Invalid]:
    for part in fields(value):
        found, name = getattr(value, part.name), part.name
        if isinstance(found, tuple):
            for item in found:
                if is_dataclass(item):
                    yield from _bad_values(name, item)
        elif isinstance(found, int):
            if not 0 <= found <= MAX_CENTS:
                yield Invalid("amount", "Dit bedrag kan niet.", name)
        elif (allowed := _CHOICES.get((group, name))) is not None:
            if found and found not in allowed:
                yield Invalid("choice", "Deze keuze bestaat niet.", name)
        elif name in ("starts_on", "ends_on", "on"):
            if found and as_date(found) is None:
                yield Invalid("date", "Deze datum bestaat niet.", name)
        elif len(found) > LIMITS[name]:
            yield _too_long(name, LIMITS[name])


# --- what submitting needs --------------------------------------------------------------------------------


def missing(content: Content, rules: RoundRules, own_region: str | None = None) -> list[Lack]:
    """What the content still needs before it can be submitted, in the order of the form; empty when ready.

    own_region: slug of the applicant's region, which must lead; None skips that one test.
    """
    return [
        *_missing_project(content, rules),
        *_missing_reach(content, rules, own_region),
        *_missing_plan(content),
        *_missing_budget(content.budget, rules),
        *_missing_contact(content),
        *_missing_answers(content, rules),
        *_missing_documents(content, rules),
    ]


def _missing_project(content: Content, rules: RoundRules) -> Iterator[Lack]:
    project = content.project
    if not project.title:
        yield Lack("project", "title", "De titel van het project ontbreekt.")
    if not project.summary:
        yield Lack("project", "summary", "De samenvatting ontbreekt.")
    if not project.purpose:
        yield Lack("project", "purpose", "Kies wat het project doet met de aanpak.")
    if rules.themes and not project.theme:
        yield Lack("project", "theme", "Kies een thema.")
    if rules.grounds and not project.grounds:
        yield Lack("project", "grounds", "Kies op welke aanbevelingen het project ingaat.")


def _missing_reach(content: Content, rules: RoundRules, own_region: str | None) -> Iterator[Lack]:
    reach = content.reach
    if not reach.regions:
        yield Lack("reach", "regions", "Kies voor welke regio of regio's het project is.")
    elif own_region and reach.regions[0] != own_region:
        yield Lack("reach", "regions", "Uw eigen regio moet de eerste regio zijn.")
    if any(not p.name or not p.kind for p in reach.partners):
        yield Lack("reach", "partners", "Vul van elke partner de naam en de soort organisatie in.")
    named = [(p.kind, p.name.casefold()) for p in reach.partners if p.name]
    if len(set(named)) != len(named):
        yield Lack("reach", "partners", "Noem elke partner één keer.")
    if any(not p.role for p in reach.partners):
        yield Lack("reach", "partners", "Vul van elke partner in wat die doet in het project.")
    shelter = OrganisationKind.SHELTER.value
    if rules.shelter_partner and not any(p.kind == shelter and p.name for p in reach.partners):
        yield Lack("reach", "partners", "Noem ten minste één opvangorganisatie als partner.")


_PLAN_TEXTS = (
    ("occasion", "Beschrijf de aanleiding."),
    ("approach", "Beschrijf de aanpak."),
    ("results", "Beschrijf de beoogde resultaten."),
    ("sharing", "Beschrijf hoe u de lessen deelt."),
    ("embedding", "Beschrijf hoe u het resultaat borgt."),
)


def _missing_plan(content: Content) -> Iterator[Lack]:
    plan = content.plan
    for field, message in _PLAN_TEXTS:
        if not getattr(plan, field):
            yield Lack("plan", field, message)
    if not plan.starts_on:
        yield Lack("plan", "starts_on", "De startdatum ontbreekt.")
    if not plan.ends_on:
        yield Lack("plan", "ends_on", "De einddatum ontbreekt.")
    elif plan.starts_on and plan.ends_on <= plan.starts_on:
        yield Lack("plan", "ends_on", "De einddatum moet na de startdatum liggen.")
    yield from _missing_plan_lines(plan)


def _missing_plan_lines(plan: Plan) -> Iterator[Lack]:
    """Measuring and planning in lines is not asked of everybody, but a line that is begun must be whole."""
    if any(not (line.what and line.baseline and line.target) for line in plan.indicators):
        yield Lack(
            "plan", "indicators", "Vul bij elk resultaat in wat u meet, hoe het nu is en wat u wilt bereiken."
        )
    if any(not (line.on and line.what) for line in plan.milestones):
        yield Lack("plan", "milestones", "Vul bij elke mijlpaal de datum in en wat er dan klaar is.")
    first, last = plan.starts_on, plan.ends_on
    outside = [m for m in plan.milestones if m.on and not (first or m.on) <= m.on <= (last or m.on)]
    if outside:
        yield Lack("plan", "milestones", "Elke mijlpaal moet tussen de startdatum en de einddatum liggen.")


def imbalance(budget: Budget) -> int:
    """Costs minus what pays for them, in cents: zero when the budget balances, above zero when money lacks."""
    income = budget.total(BudgetKind.OWN, BudgetKind.OTHER) + budget.requested
    return budget.total(BudgetKind.COST) - income


def _missing_budget(budget: Budget, rules: RoundRules) -> Iterator[Lack]:
    if not any(line.kind == BudgetKind.COST for line in budget.lines):
        yield Lack("budget", "lines", "Vul ten minste één regel met kosten in.")
    if any(not line.description or line.amount <= 0 or not line.kind for line in budget.lines):
        yield Lack("budget", "lines", "Vul bij elke regel de soort, een omschrijving en een bedrag in.")
    if budget.requested <= 0:
        yield Lack("budget", "requested", "Vul in welk bedrag u vraagt.")
        return
    yield from _misfitting_amounts(budget, rules)
    gap = imbalance(budget)
    if gap:
        more = "hoger" if gap > 0 else "lager"
        yield Lack(
            "budget",
            "requested",
            f"De begroting sluit niet: de kosten zijn {format_euros(abs(gap))} {more} dan de eigen bijdrage, "
            "de andere bijdragen en het gevraagde bedrag samen.",
        )


def _misfitting_amounts(budget: Budget, rules: RoundRules) -> Iterator[Lack]:
    step = rules.amount_step
    if budget.requested % step:
        yield Lack(
            "budget", "requested", f"Het gevraagde bedrag moet een veelvoud zijn van {format_euros(step)}."
        )
    if rules.max_request is not None and budget.requested > rules.max_request:
        most = format_euros(rules.max_request)
        yield Lack("budget", "requested", f"U kunt in deze ronde ten hoogste {most} vragen.")
    if not rules.partial_awards:
        if budget.minimum != budget.requested:
            yield Lack("budget", "minimum", "In deze ronde wordt het hele bedrag toegekend of niets.")
    elif budget.minimum <= 0:
        yield Lack("budget", "minimum", "Vul in welk bedrag u minimaal nodig hebt.")
    elif budget.minimum > budget.requested:
        yield Lack("budget", "minimum", "Het minimaal benodigde bedrag kan niet hoger zijn dan wat u vraagt.")
    elif budget.minimum % step:
        yield Lack(
            "budget", "minimum", f"Het minimale bedrag moet een veelvoud zijn van {format_euros(step)}."
        )


def _missing_contact(content: Content) -> Iterator[Lack]:
    contact = content.contact
    if not contact.name:
        yield Lack("contact", "name", "Vul in wie de contactpersoon is.")
    if not contact.function:
        yield Lack("contact", "function", "Vul de functie van de contactpersoon in.")
    if not contact.email:
        yield Lack("contact", "email", "Vul het e-mailadres van de contactpersoon in.")
    elif not is_email(contact.email):
        yield Lack("contact", "email", "Dit e-mailadres klopt niet. Een voorbeeld: naam@gemeente.nl.")


def _missing_answers(content: Content, rules: RoundRules) -> Iterator[Lack]:
    for question in rules.questions:
        if question.required and not content.answers.get(question.code):
            yield Lack("answers", answer_field(question.code), f"Beantwoord de vraag ‘{question.label}’.")


def _missing_documents(content: Content, rules: RoundRules) -> Iterator[Lack]:
    given = {entry.document for entry in content.documents}
    for document in rules.documents:
        if document.required and document.code not in given:
            yield Lack("documents", file_field(document.code), f"Voeg het document ‘{document.name}’ toe.")
