"""'Past dit?': a few questions that follow from the rules, and what the answers mean. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pool.core.money import format_euros
from pool.core.text import join_words

from .inputs import RoundRules

YES, NO = "ja", "nee"


@dataclass(frozen=True)
class Check:
    """A yes-or-no question. code: name of the field; fits: the answer that fits; explanation: if it does not."""

    code: str
    question: str
    explanation: str
    hint: str = ""
    fits: str = YES


@dataclass(frozen=True)
class Result:
    """What the answers mean. open_: questions without an answer; misfits: those that do not fit."""

    fits: bool
    open_: tuple[Check, ...]
    misfits: tuple[Check, ...]


def questions(rules: RoundRules, themes: Sequence[str]) -> list[Check]:
    """The questions of a round. themes: the names of the themes that it knows."""
    found = [
        Check(
            "gemeente",
            "Vraagt u aan namens een gemeente?",
            "Alleen een gemeente kan aanvragen. Werkt u bij een andere organisatie? Neem contact op met een "
            "gemeente in uw regio; u kunt partner zijn.",
        )
    ]
    if themes:
        found.append(
            Check(
                "thema",
                "Past uw project bij een van de thema's van deze ronde?",
                "Een project dat bij geen van de thema's past, kan in deze ronde geen geld krijgen.",
                f"De thema's zijn: {join_words(themes, last='of')}.",
            )
        )
    if rules.grounds:
        names = [ground.name for ground in rules.grounds]
        found.append(
            Check(
                "aanbeveling",
                "Helpt uw project bij een of meer van de aanbevelingen?",
                "Een project moet bij ten minste een van de aanbevelingen passen.",
                f"De aanbevelingen zijn: {join_words(names, last='of')}.",
            )
        )
    if rules.shelter_partner:
        found.append(
            Check(
                "opvang",
                "Doet een organisatie voor vrouwenopvang mee als partner?",
                "Zonder organisatie voor vrouwenopvang kunt u in deze ronde niet aanvragen.",
            )
        )
    if rules.max_request is not None:
        most = format_euros(rules.max_request, whole=True)
        found.append(
            Check(
                "bedrag",
                f"Vraagt u {most} of minder?",
                f"U kunt ten hoogste {most} vragen.",
            )
        )
    found += [
        Check(
            f"v_{condition.code}",
            condition.question,
            condition.explanation or "Aan deze voorwaarde moet uw aanvraag voldoen.",
            fits=YES if condition.fits else NO,
        )
        for condition in rules.conditions
    ]
    return found


def judge(checks: Sequence[Check], answers: Mapping[str, str]) -> Result:
    """What these answers mean. Whatever is neither yes nor no counts as no answer."""
    open_ = tuple(check for check in checks if answers.get(check.code) not in (YES, NO))
    misfits = tuple(c for c in checks if c not in open_ and answers[c.code] != c.fits)
    return Result(not open_ and not misfits, open_, misfits)
