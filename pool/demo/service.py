"""Load the demonstration, and say how its rounds stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from pool.applications import queries as applications
from pool.applications.states import RECEIVED
from pool.awards import queries as awards
from pool.core import jobs
from pool.core.db import db
from pool.people import queries as people
from pool.regions import service as regions
from pool.rounds.models import Budget, Round

from . import rounds
from .accounts import Cast


def is_loaded() -> bool:
    return people.demo_accounts() > 0


def load(now: dt.datetime, say: Callable[[str], None] = lambda _line: None) -> bool:
    """Make all rounds and people of the demonstration; False when they were there. now: dates count from here.

    Commits step by step; what is loaded half can be thrown away with `make demo-reset`.
    """
    if is_loaded():
        return False
    regions.load_reference()
    cast = Cast()
    say("Mensen en organisaties")
    cast.make()
    rounds.make_schemes(cast)
    db.session.commit()
    say("Projectenpool 2019: 51 echte toekenningen, de rest verzonnen")
    rounds.pool_2019(cast)
    say("Experimenten vrouwenopvang 2019: 6 echte toekenningen, de rest verzonnen")
    rounds.shelter_2019(cast)
    say("Een ronde met kleine projecten, waarover vorig jaar is besloten")
    rounds.small_lately(cast, now)
    # First what has passed: in the open round a municipality begins to let a colleague sign, also for what follows.
    say("Een ronde die wordt beoordeeld")
    rounds.in_assessment_today(cast, now)
    say("Een ronde die vandaag open is")
    rounds.open_today(cast, now)
    return True


def finish_jobs() -> int:
    """Carry out what is still waiting: letters, mail, explanations."""
    return jobs.work(until_idle=True)


@dataclass(frozen=True)
class Status:
    """How a round stands. Amounts in cents."""

    slug: str
    title: str
    state: str
    applications: int
    asked: int
    ceiling: int
    awards: int
    awarded: int
    region_entries: int
    regions_reached: int
    themes: int


def status() -> list[Status]:
    """One line per round, oldest first."""
    found = []
    for round_ in db.session.scalars(select(Round).order_by(Round.opens_at, Round.id)):
        received = applications.of_round(round_.id, RECEIVED)
        granted = [d for d in awards.decisions(round_.id) if d.amount > 0]
        places = [region.slug for d in granted for region in d.application.regions]
        found.append(
            Status(
                slug=round_.slug,
                title=round_.title,
                state=round_.state.label,
                applications=len(received),
                asked=sum(a.requested for a in received),
                ceiling=db.session.get_one(Budget, round_.id).ceiling,
                awards=len(granted),
                awarded=sum(d.amount for d in granted),
                region_entries=len(places),
                regions_reached=len(set(places)),
                themes=len({d.application.theme_id for d in granted if d.application.theme_id}),
            )
        )
    return found
