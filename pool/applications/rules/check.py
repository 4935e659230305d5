"""The completeness check: its points, what an outcome needs, and the terms that follow from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from pool.core import terms
from pool.core.clock import local_date
from pool.core.errors import Invalid
from pool.rounds.inputs import RoundRules

from ..inputs import CheckedPoint, CheckInput
from ..models import Application
from ..states import Completeness
from .documents import document_point


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
    found += [
        CheckPoint(document_point(d.code), f"Het document ‘{d.name}’ is in orde.", "documents")
        for d in rules.documents
    ]
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
    if given.outcome in (Completeness.NOT_HANDLED, Completeness.INTENDED) and not given.reason.strip():
        problems.append(Invalid("reason", "Geef de reden. De aanvrager krijgt die te lezen.", "reason"))
    if given.outcome == Completeness.NOT_HANDLED and not wrong:
        problems.append(Invalid("points", "Geef aan welk punt nog niet in orde is.", "outcome"))
    if given.outcome == Completeness.INTENDED and (
        given.hearing_by is not None and given.hearing_by <= local_date(at)
    ):
        problems.append(Invalid("hearing_by", "Kies een datum na vandaag.", "hearing_by"))
    if given.outcome == Completeness.INADMISSIBLE:
        message = "Laat de gemeente eerst weten wat u van plan bent, en wacht op haar zienswijze."
        problems.append(Invalid("hearing", message, "outcome"))
    return problems


def supplement_sections(application: Application, rules: RoundRules) -> frozenset[str]:
    """The sections that the last request to supplement is about."""
    if not application.checks:
        return frozenset()
    wrong = {point["point"] for point in application.checks[-1].points if not point["ok"]}
    return frozenset(point.section for point in check_points(rules) if point.code in wrong)


def decision_term(application: Application, rules: RoundRules) -> terms.Term:
    """Until when to decide: the round's weeks from closing, without the days on which we wait for a supplement."""
    waits = [(check.checked_at, check.last_day) for check in application.checks if check.last_day]
    came = [version.submitted_at for version in application.versions]
    return decide_by(application.round.closes_at, rules.decision_weeks, waits, came)


def decide_by(
    closes_at: dt.datetime,
    weeks: int,
    waits: Iterable[tuple[dt.datetime, dt.date]],
    came: Iterable[dt.datetime],
) -> terms.Term:
    """As `decision_term`, from plain facts. waits: when a supplement was asked, and the last day for it; came: when
    a version was submitted, oldest first."""
    supplied = [local_date(moment) for moment in came]
    stops = []
    for moment, last_day in waits:
        asked = local_date(moment)
        answer = next((day for day in supplied if day >= asked), None)
        stops.append(terms.supplement_suspension(asked, last_day, answer))
    return terms.ranked_decision(local_date(closes_at), weeks=weeks, suspensions=stops)
