"""The blueprint of the slice, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from pool.core.access import current_actor
from pool.regions import queries as regions

from . import overview, queries
from .inputs import RoundRules
from .models import Round
from .states import Part

bp = Blueprint("rounds", __name__)

Crumbs = list[tuple[str, str | None]]


def load(slug: str) -> Round:
    """The round with this address for the current actor; Missing otherwise."""
    return queries.get(current_actor(), slug)


def names() -> dict[str, str]:
    """Names of themes and regions by slug."""
    return regions.region_names() | regions.theme_names()


def summary(round_: Round, rules: RoundRules) -> list[tuple[Part, overview.Facts]]:
    """All that a round says, part by part."""
    known = names()
    return [(part, overview.of_part(part, round_, rules, known)) for part in Part]


def team_crumbs(round_: Round, *more: tuple[str, str | None]) -> Crumbs:
    """The path to a page of the programme team about a round."""
    here = url_for("rounds.manage", slug=round_.slug) if more else None
    return [("Rondes", url_for("rounds.index")), (round_.title, here), *more]


def public_crumbs(round_: Round, here: str) -> Crumbs:
    """The path to a page for everybody that belongs to the call."""
    return [(round_.title, url_for("rounds.call", slug=round_.slug)), (here, None)]


def facts_of_call(round_: Round) -> dict[str, Any]:
    """What the pages for everybody show beside the round itself."""
    rules = queries.rules_of(round_)
    themes = {theme.slug: theme for theme in regions.all_themes()}
    return {
        "round": round_,
        "rules": rules,
        "themes": [themes[slug] for slug in rules.themes if slug in themes],
    }
