"""What the public may read: rounds with their sums, and awards once the decisions are made known."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from pool.applications.models import Application, ApplicationRegion
from pool.applications.states import ApplicationState
from pool.awards import queries as awards
from pool.awards.models import Decision
from pool.awards.states import Outcome
from pool.core import clock
from pool.core.access import visitor
from pool.core.db import db
from pool.people.models import Organisation
from pool.regions.models import Region, Theme
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES


@dataclass(frozen=True)
class RoundLine:
    """A round in the register. Amounts in cents; what was asked and awarded is None until it was decided."""

    round: Round
    ceiling: int
    applications: int | None
    requested: int | None
    awards: int | None
    awarded: int | None

    @property
    def is_decided(self) -> bool:
        return self.round.state in DECIDED_STATES


def round_lines(at: dt.datetime) -> list[RoundLine]:
    """Every published round, newest first. Whoever looks sees what a visitor sees."""
    return _lines(rounds.shown(visitor(at)))


def round_line(slug: str, at: dt.datetime) -> RoundLine:
    """The round with this slug; Missing when there is none for a visitor."""
    return _lines([rounds.get(visitor(at), slug)])[0]


def _lines(found: Iterable[Round]) -> list[RoundLine]:
    found = list(found)
    decided = [r.id for r in found if r.state in DECIDED_STATES]
    if not decided:
        return [RoundLine(r, r.budget.ceiling, None, None, None, None) for r in found]
    asked_query = (
        select(Application.round_id, func.count(), func.sum(Application.requested))
        .where(
            Application.round_id.in_(decided),
            Application.submitted_at.is_not(None),
            Application.state != ApplicationState.WITHDRAWN,
        )
        .group_by(Application.round_id)
    )
    asked = {ident: (count, int(total)) for ident, count, total in db.session.execute(asked_query)}
    awarded = awards.public_totals()
    lines = []
    for round_ in found:
        known = round_.id in decided
        count, requested = asked.get(round_.id, (0, 0))
        number, total = awarded.get(round_.id, (0, 0))
        lines.append(
            RoundLine(
                round=round_,
                ceiling=round_.budget.ceiling,
                applications=count if known else None,
                requested=requested if known else None,
                awards=number if known else None,
                awarded=total if known else None,
            )
        )
    return lines


# --- awards -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A region or theme by its code and name."""

    slug: str
    name: str


@dataclass(frozen=True)
class Award:
    """An award as the public reads it. amount in cents; invented: the project itself is made up.

    theme is None in a round that knows no themes; theme_order is its place among the others.
    """

    reference: str
    title: str
    round: Round
    municipality: str
    theme: Place | None
    theme_order: int
    regions: tuple[Place, ...]
    outcome: Outcome
    amount: int
    decided_on: dt.date
    invented: bool

    @property
    def is_joint(self) -> bool:
        return len(self.regions) > 1

    @property
    def region_names(self) -> list[str]:
        return [region.name for region in self.regions]

    @property
    def theme_name(self) -> str:
        """The theme; in a round that knows no themes the scheme stands in its place."""
        return self.theme.name if self.theme else self.round.scheme.name


LAST = 10_000
"""The place of what has no theme."""


def _awards(known: dict[int, Round]) -> list[Award]:
    """The public awards of these rounds, as plain facts in two queries, by title."""
    wanted = Decision.id.in_(awards.public_award_ids()), Decision.round_id.in_(list(known))
    places: dict[int, list[Place]] = {}
    region_query = (
        select(ApplicationRegion.application_id, Region.slug, Region.name)
        .join(Region, Region.id == ApplicationRegion.region_id)
        .join(Decision, Decision.application_id == ApplicationRegion.application_id)
        .where(*wanted)
        .order_by(ApplicationRegion.application_id, ApplicationRegion.position)
    )
    for ident, slug, name in db.session.execute(region_query):
        places.setdefault(ident, []).append(Place(slug, name))
    query = (
        select(
            Application.id,
            Application.reference,
            Application.title,
            Application.invented,
            Organisation.name,
            Theme.slug,
            Theme.name,
            Theme.position,
            Decision.round_id,
            Decision.outcome,
            Decision.amount,
            Decision.decided_at,
        )
        .join(Application, Application.id == Decision.application_id)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(Theme, Theme.id == Application.theme_id)
        .where(*wanted)
        .order_by(Decision.id)
    )
    found = []
    for row in db.session.execute(query):
        ident, reference, title, invented, municipality, slug, theme, position, round_id, *rest = row
        outcome, amount, decided_at = rest
        found.append(
            Award(
                reference=reference,
                title=title or f"Project{f' over {theme}' if theme else ''} (titel niet openbaar)",
                round=known[round_id],
                municipality=municipality,
                theme=Place(slug, theme) if slug else None,
                theme_order=LAST if position is None else position,
                regions=tuple(places.get(ident, ())),
                outcome=outcome,
                amount=amount,
                decided_on=clock.local_date(decided_at),
                invented=invented,
            )
        )
    return sorted(found, key=_by_title)


def awards_of(round_: Round) -> list[Award]:
    """The awards of a round, by title; none before the decisions are made known."""
    return _awards({round_.id: round_})


def all_awards(at: dt.datetime) -> list[Award]:
    """The awards of every decided round: the newest round first, then by title."""
    known = db.session.scalars(rounds.visible_to(visitor(at))).unique()
    found = _awards({r.id: r for r in known if r.state in DECIDED_STATES})
    return sorted(found, key=lambda award: award.round.opens_at, reverse=True)


def _by_title(award: Award) -> tuple[str, str]:
    return (fold(award.title), award.reference)


# --- looking for something --------------------------------------------------------------------------------


@dataclass(frozen=True)
class AwardFilter:
    """What somebody looks for; theme and region are slugs, joint is 'ja', 'nee' or empty, text is free."""

    theme: str = ""
    region: str = ""
    joint: str = ""
    text: str = ""


def fold(text: str) -> str:
    """Text without capitals and accents, so that 'creeren' finds 'Creëren'."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def matching(found: Sequence[Award], wanted: AwardFilter) -> list[Award]:
    """The awards that fit, in the order in which they came. Every word must occur somewhere."""
    sought = [fold(word) for word in wanted.text.split()[:8]]
    return [award for award in found if _fits(award, wanted, sought)]


def _fits(award: Award, wanted: AwardFilter, sought: Sequence[str]) -> bool:
    if wanted.theme and (award.theme is None or award.theme.slug != wanted.theme):
        return False
    if wanted.region and wanted.region not in {region.slug for region in award.regions}:
        return False
    if wanted.joint in ("ja", "nee") and award.is_joint != (wanted.joint == "ja"):
        return False
    if not sought:
        return True
    said = fold(
        " ".join((award.title, award.reference, award.municipality, award.theme_name, *award.region_names))
    )
    return all(word in said for word in sought)
