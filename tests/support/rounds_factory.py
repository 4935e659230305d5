"""Rounds for tests: complete rules that use every field, and a draft that can be published."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from pool.core.db import db
from pool.rounds import queries, service
from pool.rounds.inputs import (
    STANDARD_MARKS,
    Accountability,
    Bottleneck,
    Bound,
    Condition,
    DocumentRule,
    Ground,
    Question,
    RoundInput,
    RoundRules,
)
from pool.rounds.models import Round
from pool.rounds.states import Instrument
from tests.support.world import RULES, START, World

FULL = replace(
    RULES,
    themes=("lokale-teams", "mda", "ouderenmishandeling", "plegeraanpak", "overig"),
    grounds=(Ground("tsd", "Toezicht Sociaal Domein"),),
    shelter_partner=True,
    questions=(
        Question("doelgroep", "Voor wie is het?", "Noem de mensen.", True),
        Question("extra", "Nog iets?"),
    ),
    conditions=(
        Condition("nieuw", "Is het project nieuw?", True, "Alleen nieuwe projecten passen."),
        Condition("regulier", "Is dit gewoon werk van de gemeente?", False),
    ),
    documents=(
        DocumentRule("plan", "Projectplan", "Ten hoogste tien pagina's", True, ("pdf", "odt", "docx")),
    ),
    value_basis="amount",
    reference_amount=10_000_000,
    joint="lead",
    max_request=15_000_000,
    region_bounds={"kennemerland": Bound(0, 3, 9_000_000)},
    theme_bounds={"mda": Bound(1)},
    calibration="use",
    extra_assessor_gap=12_500,
    reporting=Accountability("none", "performance", "performance", "Het risico is klein."),
    grounds_of_choice=("kwaliteit", "spreiding"),
    bottlenecks=(
        Bottleneck("huis", "Een eigen huis", "Er is te weinig ruimte.", {**STANDARD_MARKS, "0": "Niets."}),
    ),
)
"""Rules in which every field says something else than when nothing was chosen, where it can."""

OPENS = START + dt.timedelta(days=20)
CLOSES = OPENS + dt.timedelta(days=30)


def make_draft_round(world: World, rules: RoundRules = FULL, **changes: Any) -> Round:
    """A draft that lacks nothing; changes: fields of RoundInput."""
    actor = world.actor("programme")
    if queries.scheme_by_slug("pool") is None:
        service.create_scheme(actor, "pool", "Projectenpool", "Een impuls.", "VDND")
    given = RoundInput(
        scheme_slug="pool",
        slug="concept",
        title="Conceptronde",
        year=2027,
        instrument=Instrument.SUBSIDY,
        legal_basis="Regeling voorbeeld, artikel 3",
        publication_reference="Staatscourant 2027, 1",
        publication_url="https://example.org/stcrt",
        publication_date=START.date(),
        opens_at=OPENS,
        closes_at=CLOSES,
        ceiling=20_000_000,
        rules=rules,
    )
    round_ = service.create(actor, replace(given, **changes))
    db.session.commit()
    return round_


def make_published_round(world: World, rules: RoundRules = FULL, **changes: Any) -> Round:
    """The same round, published at START; it opens twenty days later."""
    round_ = make_draft_round(world, rules, **changes)
    service.publish(world.actor("programme"), round_)
    db.session.commit()
    return round_
