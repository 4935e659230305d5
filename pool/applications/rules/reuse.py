"""What of an earlier application fits a round: the rest is left out, and is said to be."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pool.core.money import format_euros
from pool.core.text import join_words
from pool.rounds.inputs import RoundRules

from ..inputs import Budget, Content, Plan, Project, Reach
from ..states import Section


@dataclass(frozen=True)
class Frame:
    """The round that is applied in. own_region: slug of the applicant's, which leads; day: before which no plan ends.

    earlier: the rules under which the earlier application was written. theme_names: by slug.
    """

    rules: RoundRules
    earlier: RoundRules
    own_region: str
    day: dt.date
    theme_names: Mapping[str, str]


@dataclass(frozen=True)
class Fitted:
    """The value of a section that fits. notes: Dutch sentences about what is left out or reads differently."""

    value: Any
    notes: tuple[str, ...] = ()


def fit(section: Section, content: Content, frame: Frame) -> Fitted:
    """What of a section of an earlier application can be taken over."""
    value = content.section(section.value)
    found: Fitted
    if section == Section.PROJECT:
        found = _project(value, frame)
    elif section == Section.REACH:
        found = _reach(value, frame)
    elif section == Section.PLAN:
        found = _plan(value, frame)
    elif section == Section.BUDGET:
        found = _budget(value, frame.rules)
    elif section == Section.ANSWERS:
        found = _answers(value, frame)
    else:
        found = Fitted(value)
    return found


def _project(given: Project, frame: Frame) -> Fitted:
    notes = []
    theme, known = given.theme, {g.slug for g in frame.rules.grounds}
    if theme and theme not in frame.rules.themes:
        name = frame.theme_names.get(theme, theme)
        notes.append(f"Het thema ‘{name}’ hoort niet bij deze ronde. Dat nemen we niet over.")
        theme = ""
    lost = [slug for slug in given.grounds if slug not in known]
    if lost:
        names = {g.slug: g.name for g in frame.earlier.grounds}
        which = join_words([f"‘{names.get(slug, slug)}’" for slug in lost])
        notes.append(f"Deze aanbevelingen horen niet bij deze ronde: {which}. Die nemen we niet over.")
    kept = tuple(slug for slug in given.grounds if slug in known)
    return Fitted(dataclasses.replace(given, theme=theme, grounds=kept), tuple(notes))


def _reach(given: Reach, frame: Frame) -> Fitted:
    others = tuple(slug for slug in given.regions if slug != frame.own_region)
    notes: tuple[str, ...] = ()
    if given.partners or others:
        notes = ("Bevestigingen van partners en regio’s gaan niet mee. Vraag die opnieuw.",)
    regions = (frame.own_region, *others) if frame.own_region else given.regions
    return Fitted(Reach(regions, given.partners), notes)


def _plan(given: Plan, frame: Frame) -> Fitted:
    if given.ends_on and given.ends_on <= frame.day.isoformat():
        plan = dataclasses.replace(given, starts_on="", ends_on="")
        return Fitted(plan, ("De datums liggen voor het sluiten van deze ronde. Die nemen we niet over.",))
    return Fitted(given)


def _budget(given: Budget, rules: RoundRules) -> Fitted:
    notes = []
    requested, minimum = given.requested, given.minimum
    if rules.max_request is not None and requested > rules.max_request:
        notes.append(
            f"U vroeg {format_euros(requested)}. In deze ronde is dat ten hoogste "
            f"{format_euros(rules.max_request)}. De gevraagde bedragen nemen we niet over."
        )
        requested = minimum = 0
    elif requested % rules.amount_step:
        notes.append(
            f"Bedragen zijn in deze ronde een veelvoud van {format_euros(rules.amount_step)}. De gevraagde "
            "bedragen nemen we niet over."
        )
        requested = minimum = 0
    elif rules.partial_awards and minimum % rules.amount_step:
        notes.append(
            f"Bedragen zijn in deze ronde een veelvoud van {format_euros(rules.amount_step)}. Het minimale "
            "bedrag nemen we niet over."
        )
        minimum = 0
    if not rules.partial_awards:
        minimum = requested
    return Fitted(dataclasses.replace(given, requested=requested, minimum=minimum), tuple(notes))


def _answers(given: dict[str, str], frame: Frame) -> Fitted:
    now = {q.code: q.label for q in frame.rules.questions}
    then = {q.code: q.label for q in frame.earlier.questions}
    notes = [
        f"De vraag ‘{then.get(code, code)}’ stelt deze ronde niet. Dat antwoord nemen we niet over."
        for code in given
        if code not in now
    ]
    notes += [
        f"Deze vraag luidt nu anders: ‘{now[code]}’. Lees uw antwoord goed na."
        for code in given
        if code in now and code in then and now[code] != then[code]
    ]
    return Fitted({code: text for code, text in given.items() if code in now}, tuple(notes))
