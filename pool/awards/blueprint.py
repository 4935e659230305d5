"""The blueprint of this slice, and what its pages share: crumbs, tabs, downloads and what is invented."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from pool.applications.models import Application
from pool.core import outbox
from pool.core.access import Role, current_actor
from pool.core.errors import Refused
from pool.rounds.models import Round

from . import queries, rules
from .models import Advice

bp = Blueprint("awards", __name__)
outbox.place("decision", "awards.show", "ident")

Crumbs = list[tuple[str, str | None]]


def crumbs(round_: Round, *more: tuple[str, str | None]) -> Crumbs:
    """The path to a page about a round; the last one is the page itself."""
    home: tuple[str, str | None] = ("Besluiten", url_for("awards.index"))
    return [home, (round_.title, url_for("awards.overview", slug=round_.slug) if more else None), *more]


def tabs(round_: Round, advice: Advice | None, current: str) -> list[dict[str, Any]]:
    """The pages about a round that this actor may open."""
    actor = current_actor()
    found = [("awards.overview", "Besluiten")]
    if rules.can_see_advice(actor, round_, advice, barred=False):
        found.insert(0, ("awards.advice", "Advies"))
    if actor.has(Role.PROGRAMME):
        found.insert(-1, ("awards.preparation", "Voorbereiden"))
    if actor.has(Role.DECIDER):
        found.insert(-1, ("awards.taking", "Beslissen"))
    return [
        {"label": label, "url": url_for(endpoint, slug=round_.slug), "current": endpoint == current}
        for endpoint, label in found
    ]


def open_round(slug: str) -> Round:
    """The round with this slug, for an actor without an interest in it; Missing or Refused otherwise."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    if queries.is_barred(actor, round_.id):
        raise Refused("barred", rules.BARRED)
    return round_


def invented(application: Application) -> str:
    """What is made up about an application, in Dutch; empty for a real one."""
    return application.round.invented or (
        "Deze aanvraag is verzonnen voor de demonstratie." if application.invented else ""
    )


def download(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    return {"invented_text": invented}
