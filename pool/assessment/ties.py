"""Interests that follow from the facts: who worked where, and which region it was. Pure: no database, no clock.

The kinds, and which of them bar by themselves, follow article 2:4 Awb and the code of conduct on personal interests
of NWO and ZonMw: what is certain bars at once, what may be harmless is for the chair to weigh.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pool.core.text import format_date
from pool.rounds.states import OwnRegion

from .states import TieKind

YEARS = 3
"""Who worked for the applicant in so many years before the round closed, is barred."""


def fold(name: str) -> str:
    """A name to compare by: 'Gemeente Haarlem' and 'haarlem' are the same employer."""
    return " ".join(name.casefold().split()).removeprefix("gemeente ")


@dataclass(frozen=True)
class Person:
    """Where somebody works and worked. former: (employer, last day). region_id: of the present employer."""

    user_id: int
    employer: str = ""
    organisation_id: int | None = None
    region_id: int | None = None
    former: tuple[tuple[str, dt.date], ...] = ()

    @property
    def is_tied(self) -> bool:
        """Whether there is anything to derive from."""
        return bool(self.employer or self.former)


@dataclass(frozen=True)
class Asked:
    """What counts of an application. partners: folded names in the newest version. closed_on: of its round."""

    application_id: int
    organisation_id: int
    applicant: str
    partners: frozenset[str]
    region_ids: frozenset[int]
    closed_on: dt.date
    own_region: OwnRegion


@dataclass(frozen=True)
class Tie:
    """A reason why somebody may have an interest. words: what follows a name or 'u', without a full stop."""

    kind: TieKind
    hard: bool
    words: str


def direct(person: Person, asked: Asked) -> list[Tie]:
    """The ties of a person to an application itself, the hard ones first."""
    found = []
    if person.organisation_id == asked.organisation_id:
        found.append(Tie(TieKind.EMPLOYER, True, f"werkt voor de aanvrager, {asked.applicant}"))
    elif person.employer and fold(person.employer) in asked.partners:
        words = f"werkt voor {person.employer}, een partner in deze aanvraag"
        found.append(Tie(TieKind.PARTNER, True, words))
    for employer, until in person.former:
        last = f"werkte tot en met {format_date(until)} bij {employer}"
        if until < _years_before(asked.closed_on):
            continue
        if fold(employer) == fold(asked.applicant):
            found.append(Tie(TieKind.FORMER_EMPLOYER, True, f"{last}, de aanvrager"))
        elif fold(employer) in asked.partners:
            found.append(Tie(TieKind.FORMER_PARTNER, False, f"{last}, een partner in deze aanvraag"))
    if person.region_id in asked.region_ids:
        hard = asked.own_region == OwnRegion.HARD
        found.append(Tie(TieKind.REGION, hard, "werkt in een regio waar deze aanvraag over gaat"))
    return sorted(found, key=lambda tie: not tie.hard)


def derive(person: Person, asked: Asked, others: Iterable[Asked]) -> list[Tie]:
    """All ties to an application. others: the applications that compete with it in the same round.

    A tie to a competitor is told without its name: whoever has one may not know anything of that application.
    """
    found = direct(person, asked)
    rivals = {TieKind.EMPLOYER, TieKind.PARTNER, TieKind.FORMER_EMPLOYER}
    if not any(tie.kind in rivals for tie in found) and any(
        tie.kind in rivals for other in others for tie in direct(person, other)
    ):
        words = "heeft een band met een organisatie achter een andere aanvraag in deze ronde"
        found.append(Tie(TieKind.COMPETITOR, False, words))
    return found


def _years_before(day: dt.date) -> dt.date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    year = day.year - YEARS
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def every(people: Iterable[Person], asked: Mapping[int, Asked]) -> dict[tuple[int, int], list[Tie]]:
    """(application, person) to ties, for all applications of one round; pairs without any are left out."""
    found = {}
    for person in people:
        if not person.is_tied:
            continue
        for ident, one in asked.items():
            ties = derive(person, one, (other for key, other in asked.items() if key != ident))
            if ties:
                found[ident, person.user_id] = ties
    return found
