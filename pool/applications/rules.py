"""Who may do what with an application, and what its content still needs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from pool.core import terms
from pool.core.access import YES, Actor, Role, Verdict, no
from pool.core.clock import local_date
from pool.core.errors import Invalid
from pool.core.money import MAX_CENTS, format_euros
from pool.core.text import format_moment
from pool.people.states import OrganisationKind
from pool.rounds import rules as round_rules
from pool.rounds.inputs import RoundRules
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES, RoundState

from .inputs import Budget, CheckedPoint, CheckInput, Content
from .models import Application
from .states import RECEIVED, ApplicationState, BudgetKind, Completeness, Purpose

S = ApplicationState

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
    "function": 150,
    "email": 200,
    "phone": 40,
    "description": 200,
    "answers": 4000,
    "view": 4000,
    "reason": 2000,
    "note": 1000,
}
"""Characters per field, for the form and for the service alike."""
MAX_LINES = 100
MAX_PARTNERS = 40
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
        elif name in ("starts_on", "ends_on"):
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


# --- the completeness check -------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckPoint:
    """A point that the programme team checks; section: where the applicant can mend it."""

    code: str
    label: str
    section: str


def check_points(rules: RoundRules) -> tuple[CheckPoint, ...]:
    """The points of the completeness check in a round, in order."""
    found = [
        CheckPoint("requester", "De aanvrager is een gemeente en de contactpersoon klopt.", "contact"),
        CheckPoint("project", "Het project past bij deze ronde en bij het gekozen thema.", "project"),
        CheckPoint("regions", "De regio's en partners steunen de aanvraag.", "reach"),
        CheckPoint("plan", "Aanleiding, aanpak, resultaten, lessen en borging zijn beschreven.", "plan"),
        CheckPoint("dates", "Het project heeft een begin- en einddatum die kunnen kloppen.", "plan"),
        CheckPoint("budget", "De begroting is duidelijk en sluit.", "budget"),
        CheckPoint("amounts", "Het gevraagde en het minimale bedrag passen bij de begroting.", "budget"),
    ]
    if rules.grounds:
        found.append(CheckPoint("grounds", "Het project gaat in op de gekozen aanbevelingen.", "project"))
    if rules.shelter_partner:
        found.append(CheckPoint("shelter", "Een opvangorganisatie doet mee als partner.", "reach"))
    if rules.questions:
        found.append(CheckPoint("answers", "De eigen vragen van de ronde zijn beantwoord.", "answers"))
    return tuple(found)


def all_ok(rules: RoundRules) -> tuple[CheckedPoint, ...]:
    """Every point of the round marked as in order."""
    return tuple(CheckedPoint(point.code, True) for point in check_points(rules))


def unfit_check(given: CheckInput, rules: RoundRules, at: dt.datetime) -> list[Invalid]:
    """What is wrong with an outcome of the check: points left out, or an outcome that they do not carry."""
    codes = [point.code for point in check_points(rules)]
    problems: list[Invalid] = []
    if sorted(p.code for p in given.points) != sorted(codes):
        problems.append(Invalid("points", "Vul bij elk punt in of het in orde is."))
    wrong = [p for p in given.points if not p.ok]
    if given.outcome == Completeness.COMPLETE and wrong:
        problems.append(Invalid("points", "Een aanvraag is pas volledig als elk punt in orde is.", "outcome"))
    if given.outcome == Completeness.SUPPLEMENT:
        if not wrong:
            problems.append(Invalid("points", "Geef aan welk punt nog niet in orde is.", "outcome"))
        problems += [
            Invalid("note", "Schrijf op wat de aanvrager moet aanvullen.", f"note_{p.code}")
            for p in wrong
            if not p.note.strip()
        ]
        if given.supplement_by is not None and given.supplement_by <= local_date(at):
            problems.append(Invalid("supplement_by", "Kies een datum na vandaag.", "supplement_by"))
    if given.outcome == Completeness.INADMISSIBLE and not given.reason.strip():
        problems.append(Invalid("reason", "Geef de reden. De aanvrager krijgt die te lezen.", "reason"))
    return problems


def supplement_sections(application: Application, rules: RoundRules) -> frozenset[str]:
    """The sections that the last request to supplement is about."""
    if not application.checks:
        return frozenset()
    wrong = {point["point"] for point in application.checks[-1].points if not point["ok"]}
    return frozenset(point.section for point in check_points(rules) if point.code in wrong)


def decision_term(application: Application, rules: RoundRules) -> terms.Term:
    """Until when to decide: the round's weeks from closing, without the days on which we wait for a supplement."""
    supplied = [local_date(version.submitted_at) for version in application.versions]
    stops = []
    for check in application.checks:
        last_day = check.last_day
        if last_day is None:
            continue
        asked = local_date(check.checked_at)
        answer = next((day for day in supplied if day >= asked), None)
        stops.append(terms.supplement_suspension(asked, last_day, answer))
    closed = local_date(application.round.closes_at)
    return terms.ranked_decision(closed, weeks=rules.decision_weeks, suspensions=stops)


# --- who may ----------------------------------------------------------------------------------------------


def is_own(actor: Actor, application: Application) -> bool:
    return actor.has(Role.APPLICANT) and actor.organisation_id == application.organisation_id


def _only_own(actor: Actor, application: Application) -> Verdict:
    return YES if is_own(actor, application) else no("Alleen de gemeente die aanvraagt kan dit.")


def can_start(actor: Actor, round_: Round) -> Verdict:
    if not actor.has(Role.APPLICANT) or actor.organisation_id is None:
        return no("Alleen een gemeente kan aanvragen.")
    return round_rules.accepts_applications(round_, actor.at)


def can_submit(actor: Actor, application: Application) -> Verdict:
    return _only_own(actor, application) and round_rules.accepts_applications(application.round, actor.at)


def can_supplement(actor: Actor, application: Application) -> Verdict:
    if not is_own(actor, application):
        return _only_own(actor, application)
    until = application.supplement_until
    if application.state != S.SUPPLEMENT_REQUESTED or until is None:
        return no("Er is niet om een aanvulling gevraagd.", "state")
    if actor.at > until:
        return no(f"U kon aanvullen tot en met {format_moment(until)}. Dat is voorbij.", "late")
    return YES


def can_edit_section(application: Application, section: str, rules: RoundRules) -> Verdict:
    """Whether this section is one that may change: all of them, or under supplement those that are asked for."""
    asked = application.state == S.SUPPLEMENT_REQUESTED
    if asked and section not in supplement_sections(application, rules):
        return no("Over dit onderdeel is geen aanvulling gevraagd.", "not_asked")
    return YES


def can_edit(actor: Actor, application: Application) -> Verdict:
    """Whether the text can change now."""
    if application.state == S.WITHDRAWN:
        return no("Deze aanvraag is ingetrokken.", "state")
    if application.state == S.SUPPLEMENT_REQUESTED:
        return can_supplement(actor, application)
    verdict = can_submit(actor, application)
    if not verdict and verdict.code == "late" and application.state in RECEIVED:
        return no("De ronde is gesloten. Na sluiting verandert u alleen waar wij om vragen.", "late")
    return verdict


def can_withdraw(actor: Actor, application: Application) -> Verdict:
    if application.round.state in DECIDED_STATES:
        return no("Over deze ronde is besloten. U kunt uw aanvraag niet meer intrekken.", "decided")
    return _only_own(actor, application)


def can_check(actor: Actor, application: Application) -> Verdict:
    if not actor.has(Role.PROGRAMME):
        return no("Alleen het programmateam kan dit.")
    until = application.supplement_until
    if application.state == S.SUPPLEMENT_REQUESTED and until is not None and actor.at <= until:
        return no(f"De gemeente kan nog aanvullen tot en met {format_moment(until)}.", "early")
    return YES


def can_extend(actor: Actor, _application: Application) -> Verdict:
    return YES if actor.has(Role.PROGRAMME) else no("Alleen het programmateam kan dit.")


VIEW_CLOSED = frozenset({RoundState.IN_DECISION}) | DECIDED_STATES


def can_give_view(actor: Actor, application: Application, region_id: int, rules: RoundRules) -> Verdict:
    if not actor.has(Role.REGIONAL_LEAD) or region_id not in actor.region_ids:
        return no("Alleen de regionaal projectleider van deze regio kan dit.")
    if not rules.regional_views:
        return no("In deze ronde vragen we geen regionale zienswijze.")
    if region_id not in {link.region_id for link in application.region_links}:
        return no("Deze aanvraag is niet voor uw regio.")
    if application.state not in RECEIVED:
        return no("Deze aanvraag is niet (meer) ingediend.", "state")
    if application.round.state in VIEW_CLOSED:
        return no("De ronde is in besluitvorming. U kunt geen zienswijze meer geven.", "late")
    return YES
