"""What the pages of this slice share: who may see a round, where a page stands, and an outcome laid out."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, url_for

from pool.applications.models import Application
from pool.core.access import current_actor, require
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from . import queries, results, rules
from .models import Scenario
from .states import StudyKind

Crumb = tuple[str, str | None]
HOME: Crumb = ("Verdelen", "/verdelen")


def round_to_see(slug: str) -> Round:
    """The round, when this actor may see its allocations."""
    actor = current_actor()
    round_ = rounds.get(actor, slug)
    require(rules.can_see(actor, round_, queries.is_barred(actor, round_.id)))
    return round_


def may_make(round_: Round) -> bool:
    actor = current_actor()
    return bool(rules.can_make(actor, round_, queries.is_barred(actor, round_.id)))


def crumbs_of(round_: Round, *more: Crumb) -> list[Crumb]:
    own = url_for("allocation.round_", slug=round_.slug)
    return [HOME, (round_.title, own if more else None), *more]


def everyone_in(round_: Round) -> dict[int, Application]:
    """Every application of a round by key, also one that was withdrawn after a scenario was made."""
    return {one.id: one for one in queries.everyone_in(round_.id)}


def known_by(everyone: Mapping[int, Application], scenario: Scenario) -> dict[str, Application]:
    """Id in the file -> application."""
    return {ident: everyone[key] for ident, key in scenario.snapshot.names.items()}


def result_of(
    known: dict[str, Application], scenario: Scenario, *, rankings: bool = False
) -> results.Result | None:
    outcome = queries.outcome(scenario)
    if outcome is None:
        return None
    study = queries.study(scenario, StudyKind.RANKINGS) if rankings else None
    return results.Result(scenario.snapshot.problem, outcome, known, study)


def json_file(content: bytes, name: str) -> Response:
    """A download, byte for byte as it is kept."""
    response = Response(content, content_type="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
