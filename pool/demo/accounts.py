"""The people of the demonstration. Their accounts carry is_demo, so production refuses to start with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.text import slugify
from pool.people import queries as people
from pool.people import service
from pool.people.inputs import GrantInput, UserInput
from pool.people.models import Organisation, User
from pool.people.rules import actor_for
from pool.people.states import OrganisationKind
from pool.regions import queries as regions
from pool.regions.models import Municipality, Region

PASSWORD = "projectenpool-demo"
"""Of every demo account; printed by `demo run`."""
DOMAIN = "demo.example"
BEGINNING = dt.datetime(2019, 1, 7, 8, 0, tzinfo=dt.UTC)
READERS = 9
COLLEAGUE_REGION = "kennemerland"
"""Where two people of the centre municipality write together."""


def address(name: str) -> str:
    return f"{slugify(name)}@{DOMAIN}"


@dataclass(frozen=True)
class Sample:
    """One account to try a role with."""

    role: Role
    email: str
    hint: str


SAMPLES = (
    Sample(
        Role.APPLICANT, address("aanvrager haarlem"), "gemeente Haarlem, met een concept in de open ronde"
    ),
    Sample(
        Role.APPLICANT, address("ondertekenaar Enschede"), "gemeente Enschede, waar een collega ondertekent"
    ),
    Sample(Role.REGIONAL_LEAD, address("projectleider kennemerland"), "regio Kennemerland"),
    Sample(Role.ASSESSOR, address("beoordelaar 1"), "heeft nog aanvragen te beoordelen"),
    Sample(Role.CHAIR, address("voorzitter"), "leidt de commissie"),
    Sample(Role.PROGRAMME, address("programma"), "toetst, verdeelt, bereidt besluiten voor, volgt projecten"),
    Sample(Role.DECIDER, address("beslisser"), "neemt besluiten die een ander voorbereidde"),
    Sample(Role.AUDITOR, address("auditor"), "leest alles wat besloten is"),
    Sample(Role.ADMIN, address("beheerder"), "beheert accounts"),
)


class Cast:
    """Makes the accounts, and gives the actor that one of them is at a moment."""

    def __init__(self) -> None:
        self.boss = Actor(None, "demonstratie", frozenset({Role.ADMIN}), at=BEGINNING)

    def make(self) -> None:
        """All accounts, once."""
        programme = self._organisation(OrganisationKind.PROGRAMME, "Programma Geweld hoort nergens thuis")
        ministry = self._organisation(
            OrganisationKind.OTHER, "Ministerie van Volksgezondheid, Welzijn en Sport"
        )
        committee = self._organisation(OrganisationKind.COMMITTEE, "Beoordelingscommissie Projectenpool")
        self._user("beheerder", "Bea Beheer", programme, Role.ADMIN)
        self._user("programma", "Pim Programma", programme, Role.PROGRAMME)
        self._user("programma 2", "Puck Programma", programme, Role.PROGRAMME)
        self._user("beslisser", "Dana Directeur", ministry, Role.DECIDER)
        self._user("auditor", "Ad Auditor", ministry, Role.AUDITOR)
        self._user("voorzitter", "Vera Voorzitter", committee, Role.CHAIR)
        for number in range(1, READERS + 1):
            self._user(f"beoordelaar {number}", f"Beoordelaar {number}", committee, Role.ASSESSOR)
        for region in regions.all_regions():
            lead = f"projectleider {region.slug}"
            self._user(lead, f"Projectleider {region.name}", None, Role.REGIONAL_LEAD, region.id)
            centre = centre_of(region)
            organisation = self._organisation(
                OrganisationKind.MUNICIPALITY, f"Gemeente {centre.name}", centre.id
            )
            self._user(f"aanvrager {centre.name}", f"Aanvrager {centre.name}", organisation, Role.APPLICANT)
            if region.slug == COLLEAGUE_REGION:
                self._user(f"collega {centre.name}", f"Collega {centre.name}", organisation, Role.APPLICANT)

    def at(self, name: str, moment: dt.datetime) -> Actor:
        """The actor that somebody is, e.g. `cast.at("programma", moment)`."""
        return actor_for(self.user(name), moment)

    def user(self, name: str) -> User:
        user = people.by_email(address(name))
        if user is None:
            raise LookupError(name)
        return user

    def applicant_of(self, region: Region, moment: dt.datetime) -> Actor:
        """Who applies for a region: the centre municipality's applicant."""
        return self.at(f"aanvrager {centre_of(region).name}", moment)

    def _organisation(
        self, kind: OrganisationKind, name: str, municipality_id: int | None = None
    ) -> Organisation:
        organisation = Organisation(kind=kind, name=name, municipality_id=municipality_id)
        db.session.add(organisation)
        db.session.flush()
        return organisation

    def colleague(self, key: str, name: str, organisation: Organisation) -> User:
        """One more account that writes for a municipality."""
        self._user(key, name, organisation, Role.APPLICANT)
        return self.user(key)

    def _user(
        self, key: str, name: str, organisation: Organisation | None, role: Role, region_id: int | None = None
    ) -> None:
        given = UserInput(
            email=address(key),
            name=name,
            password=PASSWORD,
            organisation_id=organisation.id if organisation else None,
            grants=(GrantInput(role, region_id),),
            is_demo=True,
        )
        service.create_user(self.boss, given)


def centre_of(region: Region) -> Municipality:
    """The first centre municipality of a region, by name."""
    return next(m for m in region.municipalities if m.is_centre)
