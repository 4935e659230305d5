"""What every template may use: the actor, navigation, words and numbers in Dutch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, session, url_for

from pool.core import markup, money, text
from pool.stages import NAVIGATION, PUBLIC_NAVIGATION

DEMO_BANNER = "Dit is een demonstratie. Bedragen, scores, beoordelaars en afgewezen aanvragen zijn verzonnen."


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool


def navigation() -> list[Link]:
    """The links this actor may follow, in the order of the flow."""
    actor, endpoint = g.actor, request.endpoint or ""
    return [
        Link(item.label, url_for(item.endpoint), endpoint.startswith(item.section))
        for item in NAVIGATION
        if item.endpoint in current_app.view_functions
        and (item.endpoint in PUBLIC_NAVIGATION or actor.has(*item.roles))
    ]


def _page_context() -> dict[str, Any]:
    actor = g.get("actor")
    signed_in = actor is not None and actor.user_id is not None
    return {
        "actor": actor if signed_in else None,
        "nav": navigation() if actor is not None else [],
        "theme": session.get("theme", "auto"),
        "theme_url": url_for("people.set_theme"),
        "sign_in_url": url_for("people.sign_in"),
        "sign_out_url": url_for("people.sign_out"),
        "demo_banner": DEMO_BANNER if current_app.config["POOL_ENV"] == "demo" else None,
    }


def init_context(app: Flask) -> None:
    app.context_processor(_page_context)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = False
    filters = {
        "euros": money.format_euros,
        "date": text.format_date,
        "moment": text.format_moment,
        "points": text.format_points,
        "percent": text.format_percent,
        "count": text.format_count,
        "plural": text.plural,
        "join_words": text.join_words,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(markup.PARTS)
