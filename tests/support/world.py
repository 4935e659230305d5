"""A small world for tests: reference data, people in every role, and a round ready to open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.people import passwords
from pool.people import service as people
from pool.people.inputs import GrantInput, UserInput
from pool.people.models import Organisation, User
from pool.people.rules import actor_for
from pool.people.states import OrganisationKind
from pool.regions import queries as regions
from pool.regions import service as regions_service
from pool.rounds import queries as round_queries
from pool.rounds import service as rounds
from pool.rounds.inputs import Criterion, RoundInput, RoundRules
from pool.rounds.models import Round
from pool.rounds.states import Instrument

LONG_AGO = dt.datetime(2019, 1, 1, tzinfo=dt.UTC)
START = dt.datetime(2027, 1, 4, 9, 0, tzinfo=dt.UTC)
"""The moment at which a test world begins."""

ANCHORS = {"1": "niet", "3": "matig", "5": "voldoende", "7": "goed", "9": "uitstekend"}
RULES = RoundRules(
    criteria=(
        Criterion("kwaliteit", "Kwaliteit", "Is het plan goed doordacht?", 40, ANCHORS),
        Criterion("impuls", "Impuls", "Geeft het een kansrijke impuls?", 35, ANCHORS),
        Criterion("leren", "Leren", "Zijn de lessen snel bruikbaar voor anderen?", 25, ANCHORS),
    ),
    themes=("mda", "plegeraanpak", "lokale-teams", "ouderenmishandeling", "overig"),
    spread_steps=(35_000, 17_500, 8_750, 3_500),
    min_merit=55_000,
    tie_seed="loting ronde voorbeeld",
    assessors_per_application=2,
    objection_address="Ministerie van Voorbeeld, Postbus 1, 2500 AA Den Haag",
)

_hashes: dict[str, str] = {}


@dataclass
class World:
    """People by key: applicant (Haarlem), applicant_b (Zwolle), lead (Kennemerland), assessor, assessor_b,
    assessor_c, chair, programme, programme_b, decider, auditor, admin."""

    PASSWORD: ClassVar[str] = "correct horse battery staple"
    ids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def build(cls) -> World:
        regions_service.load_reference()
        world = cls()
        haarlem, zwolle = (_municipality(name) for name in ("Haarlem", "Zwolle"))
        programme = _organisation(OrganisationKind.PROGRAMME, "Programmateam Geweld hoort nergens thuis")
        committee = _organisation(OrganisationKind.COMMITTEE, "Beoordelingscommissie")
        kennemerland = regions.regions_by_slug(["kennemerland"])["kennemerland"].id
        add = world._add
        add("admin", "Anna Beheer", programme, Role.ADMIN)
        add("applicant", "Ali Haarlem", haarlem, Role.APPLICANT)
        add("applicant_b", "Bea Zwolle", zwolle, Role.APPLICANT)
        add("lead", "Lea Kennemerland", None, Role.REGIONAL_LEAD, region_id=kennemerland)
        add("assessor", "Ada Beoordelaar", committee, Role.ASSESSOR)
        add("assessor_b", "Bob Beoordelaar", committee, Role.ASSESSOR)
        add("assessor_c", "Cas Beoordelaar", committee, Role.ASSESSOR)
        add("chair", "Carla Voorzitter", committee, Role.CHAIR)
        add("programme", "Petra Programma", programme, Role.PROGRAMME)
        add("programme_b", "Paul Programma", programme, Role.PROGRAMME)
        add("decider", "Dirk Beslisser", programme, Role.DECIDER)
        add("auditor", "Aukje Auditor", programme, Role.AUDITOR)
        db.session.commit()
        return world

    def _add(
        self, key: str, name: str, organisation: Organisation | None, role: Role, region_id: int | None = None
    ) -> None:
        if self.PASSWORD not in _hashes:
            _hashes[self.PASSWORD] = passwords.make_hash(self.PASSWORD)
        given = UserInput(
            email=f"{key}@example.org",
            name=name,
            password="",
            organisation_id=organisation.id if organisation else None,
            grants=(GrantInput(role, region_id),),
        )
        boss = Actor(None, "test", frozenset({Role.ADMIN}), at=LONG_AGO)
        self.ids[key] = people._store_user(boss, given, _hashes[self.PASSWORD]).id

    def user(self, key: str) -> User:
        return db.session.get_one(User, self.ids[key])

    def key_of(self, user_id: int) -> str:
        """What a person is called in here."""
        return next(key for key, ident in self.ids.items() if ident == user_id)

    @property
    def users(self) -> dict[str, User]:
        return {key: self.user(key) for key in self.ids}

    def actor(self, key: str, at: dt.datetime = START) -> Actor:
        """The actor that a person is, at a moment."""
        return actor_for(self.user(key), at)

    def later(self, key: str, **delta: float) -> Actor:
        """The actor some time after the start: `world.later("programme", days=3)`."""
        return self.actor(key, START + dt.timedelta(**delta))

    def email(self, key: str) -> str:
        return f"{key}@example.org"

    def round(
        self,
        *,
        slug: str = "ronde-1",
        rules: RoundRules = RULES,
        ceiling: int = 20_000_000,
        title: str = "Voorbeeldronde 2027",
        invented: str = "",
        instrument: Instrument = Instrument.SUBSIDY,
    ) -> Round:
        """A published round that opens at START and closes 14 days later. ceiling in cents.

        Its publication warns that the ceiling may be lowered when the budget is adopted.
        """
        programme = self.actor("programme", START - dt.timedelta(days=10))
        if round_queries.scheme_by_slug("pool") is None:
            rounds.create_scheme(programme, "pool", "Projectenpool", "Een impuls voor de aanpak.", "VDND")
        given = RoundInput(
            scheme_slug="pool",
            slug=slug,
            title=title,
            year=2027,
            instrument=instrument,
            legal_basis="Regeling voorbeeld",
            publication_reference="Staatscourant (voorbeeld)",
            publication_date=(START - dt.timedelta(days=10)).date(),
            opens_at=START,
            closes_at=START + dt.timedelta(days=14),
            ceiling=ceiling,
            rules=rules,
            invented=invented,
        )
        round_ = rounds.create(programme, given)
        rounds.publish(programme, round_)
        db.session.commit()
        return round_


def _municipality(name: str) -> Organisation:
    found = regions.municipality_by_name(name)
    assert found is not None
    organisation = Organisation(
        kind=OrganisationKind.MUNICIPALITY, name=f"Gemeente {name}", municipality_id=found.id
    )
    db.session.add(organisation)
    db.session.flush()
    return organisation


def _organisation(kind: OrganisationKind, name: str) -> Organisation:
    organisation = Organisation(kind=kind, name=name)
    db.session.add(organisation)
    db.session.flush()
    return organisation
