"""Setting up a round as a draft, part by part. Two people never overwrite each other unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.clock import local_date
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany
from pool.core.text import slugify
from pool.regions import queries as regions

from .. import queries, rules
from ..inputs import Basics, Dates, Money, RoundInput, RoundRules, StartInput
from ..models import Budget, Round, Scheme
from ..states import Instrument, Part

FIELDS: dict[Part, frozenset[str]] = {
    Part.PURPOSE: frozenset({"themes", "grounds", "shelter_partner", "conditions"}),
    Part.CRITERIA: frozenset({"criteria", "grounds_of_choice"}),
    Part.BOTTLENECKS: frozenset({"bottlenecks"}),
    Part.ALLOCATION: frozenset(
        {
            *("value_basis", "reference_amount", "spread_steps", "joint", "min_merit"),
            *("partial_awards", "amount_step", "max_request"),
        }
    ),
    Part.BOUNDS: frozenset({"region_bounds", "theme_bounds"}),
    Part.TIES: frozenset({"tie_seed"}),
    Part.ASSESSMENT: frozenset(
        {"assessors_per_application", "extra_assessor_gap", "calibration", "regional_views", "own_region"}
    ),
    Part.TERMS: frozenset({"decision_weeks", "supplement_days", "objection_address"}),
    Part.REPORTING: frozenset({"reporting"}),
    Part.QUESTIONS: frozenset({"questions"}),
    Part.DOCUMENTS: frozenset({"documents"}),
}
"""Which fields of the rules belong to which part; together they are all fields, each once."""


class StaleRound(Conflict):
    """Somebody else saved this round after the page was loaded."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "stale",
            "Iemand anders heeft deze ronde gewijzigd terwijl u bezig was. Kies hieronder wat blijft.",
        )
        self.version = version


def create_scheme(actor: Actor, slug: str, name: str, purpose: str, prefix: str) -> Scheme:
    """Make a scheme. prefix: the first part of the references of its applications."""
    require(rules.can_configure(actor))
    scheme = Scheme(slug=slug, name=name, purpose=purpose, prefix=prefix)
    db.session.add(scheme)
    db.session.flush()
    return scheme


def create(actor: Actor, given: RoundInput) -> Round:
    """Make a round as a draft."""
    require(rules.can_configure(actor))
    scheme = queries.scheme_by_slug(given.scheme_slug)
    if scheme is None:
        raise Invalid("scheme", "Kies een regeling.", "scheme_slug")
    if given.closes_at <= given.opens_at:
        raise Invalid("closes_at", "De ronde moet sluiten na de opening.", "closes_at")
    round_ = Round(
        scheme=scheme,
        slug=given.slug,
        title=given.title,
        year=given.year,
        instrument=given.instrument,
        legal_basis=given.legal_basis,
        publication_reference=given.publication_reference,
        publication_url=given.publication_url,
        publication_date=given.publication_date,
        articles=list(given.articles or rules.STANDARD_ARTICLES[given.instrument]),
        budget_caveat=given.budget_caveat,
        opens_at=given.opens_at,
        closes_at=given.closes_at,
        rules=given.rules.to_json(),
        invented=given.invented,
        budget=Budget(ceiling=given.ceiling, committed=0),
    )
    db.session.add(round_)
    db.session.flush()
    audit.record(actor, "round.create", round_.audit_chain, f"round:{round_.id}", {}, {"slug": round_.slug})
    return round_


def copy(actor: Actor, given: StartInput) -> Round:
    """Begin a round: as a copy of an earlier one with all its rules, or empty.

    What belongs to one publication (where and when it was announced) is not copied; everything else is.
    """
    require(rules.can_configure(actor))
    source = queries.get(actor, given.copy_of) if given.copy_of else None
    instrument = source.instrument if source else Instrument.SUBSIDY
    problems = rules.unfit_dates(given.opens_at, given.closes_at)
    if not given.title.strip():
        problems.append(Invalid("title", "Geef de ronde een naam.", "title"))
    if len(given.title) > rules.LIMITS["title"]:
        problems.append(Invalid("long", f"Gebruik niet meer dan {rules.LIMITS['title']} tekens.", "title"))
    if problems:
        raise InvalidMany(problems)
    round_ = create(
        actor,
        RoundInput(
            scheme_slug=given.scheme_slug or (source.scheme.slug if source else ""),
            slug=_free_slug(given.title),
            title=given.title,
            year=local_date(given.opens_at).year,
            instrument=instrument,
            legal_basis=source.legal_basis if source else "",
            publication_reference="",
            opens_at=given.opens_at,
            closes_at=given.closes_at,
            ceiling=source.budget.ceiling if source else 0,
            rules=queries.rules_of(source) if source else RoundRules(),
            invented=source.invented if source else "",
            articles=tuple(source.articles) if source else (),
            budget_caveat=source.budget_caveat if source else False,
        ),
    )
    if source is not None:
        audit.record(
            actor,
            "round.copy",
            round_.audit_chain,
            f"round:{round_.id}",
            {},
            {"copy_of": source.slug},
        )
    return round_


def _free_slug(title: str) -> str:
    """An address for a new round that no other round has."""
    base = slugify(title, max_length=rules.LIMITS["slug"] - 4, fallback="ronde")
    taken = set(db.session.scalars(select(Round.slug).where(Round.slug.startswith(base)).order_by(Round.id)))
    taken |= rules.RESERVED_SLUGS
    if base not in taken:
        return base
    return next(slug for n in range(2, 10_000) if (slug := f"{base}-{n}") not in taken)


def _hold(actor: Actor, round_: Round, version: int) -> Round:
    """The draft, locked; StaleRound when it is no longer the version that the person saw."""
    held = lock(Round, round_.id)
    require(rules.can_edit(actor, held))
    if held.version != version:
        raise StaleRound(held.version)
    return held


def _saved(actor: Actor, round_: Round, part: Part, before: dict[str, Any], after: dict[str, Any]) -> None:
    # The version counts every save, also one that changes only the budget's row.
    flag_modified(round_, "title")
    audit.record(
        actor,
        "round.configure",
        round_.audit_chain,
        f"round:{round_.id}",
        {"part": part.value, **before},
        {"part": part.value, **after},
    )
    db.session.flush()


def save_basics(actor: Actor, round_: Round, given: Basics, version: int) -> None:
    """Save what the round is called and rests on."""
    held = _hold(actor, round_, version)
    if problems := rules.unfit_basics(given):
        raise InvalidMany(problems)
    other = db.session.scalar(select(Round.id).where(Round.slug == given.slug, Round.id != held.id))
    if other is not None:
        raise Invalid("slug", "Er is al een ronde met dit webadres.", "slug")
    before = _basics(held)
    held.title, held.slug, held.year = given.title, given.slug, given.year
    if held.instrument != given.instrument and list(given.articles) == held.articles:
        held.articles = list(rules.STANDARD_ARTICLES[given.instrument])
    else:
        held.articles = list(given.articles) or list(rules.STANDARD_ARTICLES[given.instrument])
    held.instrument, held.legal_basis = given.instrument, given.legal_basis
    held.publication_reference, held.publication_url = given.publication_reference, given.publication_url
    held.publication_date, held.invented = given.publication_date, given.invented
    _saved(actor, held, Part.BASICS, before, _basics(held))


def _basics(round_: Round) -> dict[str, Any]:
    published = round_.publication_date
    return {
        "title": round_.title,
        "slug": round_.slug,
        "year": round_.year,
        "instrument": round_.instrument.value,
        "articles": list(round_.articles),
        "legal_basis": round_.legal_basis,
        "publication_reference": round_.publication_reference,
        "publication_url": round_.publication_url,
        "publication_date": published.isoformat() if published else "",
        "invented": round_.invented,
    }


def save_dates(actor: Actor, round_: Round, given: Dates, version: int) -> None:
    """Save when the round opens and closes."""
    held = _hold(actor, round_, version)
    if problems := rules.unfit_dates(given.opens_at, given.closes_at):
        raise InvalidMany(problems)
    before = {"opens_at": held.opens_at.isoformat(), "closes_at": held.closes_at.isoformat()}
    held.opens_at, held.closes_at = given.opens_at, given.closes_at
    after = {"opens_at": given.opens_at.isoformat(), "closes_at": given.closes_at.isoformat()}
    _saved(actor, held, Part.DATES, before, after)


def save_money(actor: Actor, round_: Round, given: Money, version: int) -> None:
    """Save the ceiling, and whether its publication warns that it may be lowered."""
    held = _hold(actor, round_, version)
    if given.ceiling < 0:
        raise Invalid("ceiling", "Vul een bedrag in van nul of hoger.", "ceiling")
    budget = lock(Budget, held.id)
    before = {"ceiling": budget.ceiling, "budget_caveat": held.budget_caveat}
    budget.ceiling, held.budget_caveat = given.ceiling, given.budget_caveat
    after = {"ceiling": given.ceiling, "budget_caveat": given.budget_caveat}
    _saved(actor, held, Part.MONEY, before, after)


def save_rules(actor: Actor, round_: Round, part: Part, values: dict[str, Any], version: int) -> None:
    """Save the rules of one part. values: fields of RoundRules that belong to it; others are a programming error."""
    held = _hold(actor, round_, version)
    if set(values) - FIELDS[part]:
        raise ValueError(f"{part.value} does not hold {sorted(set(values) - FIELDS[part])}")
    old = RoundRules.from_json(held.rules)
    new = replace(old, **values)
    problems = rules.unfit_rules(
        new, [t.slug for t in regions.all_themes()], [r.slug for r in regions.all_regions()]
    )
    if part == Part.REPORTING and new.reporting is not None:
        problems += rules.unfit_reporting(held.instrument, new.reporting)
    if problems:
        raise InvalidMany(problems)
    before, after = old.to_json(), new.to_json()
    held.rules = after
    names = sorted(values)
    _saved(actor, held, part, {n: before.get(n) for n in names}, {n: after.get(n) for n in names})
