"""Pages of the roof: home per role, and what every site tells about itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, current_app, render_template, url_for

from pool.core.access import current_actor, door
from pool.rounds.rules import accepts_applications

from . import queries, routes_api, routes_health, routes_register
from .blueprint import bp
from .tasks import waiting_for

blueprints = [bp]
__all__ = ["blueprints", "routes_api", "routes_health", "routes_register"]

LATEST = 3
"""How many decided rounds the home page shows."""


@bp.get("/")
@door(public=True)
def home() -> Any:
    actor = current_actor()
    lines = queries.round_lines(actor.at)
    return render_template(
        "web/home.html",
        tasks=waiting_for(actor) if actor.user_id is not None else [],
        signed_in=actor.user_id is not None,
        open_rounds=[line for line in lines if accepts_applications(line.round, actor.at)],
        decided=[line for line in lines if line.is_decided][:LATEST],
    )


def _about(template: str) -> Any:
    config = current_app.config
    return render_template(
        template,
        mail=config["POOL_MAIL_FROM"],
        address=config["POOL_BASE_URL"],
        is_demo=config["POOL_ENV"] != "production",
    )


@bp.get("/toegankelijkheid")
@door(public=True)
def accessibility() -> Any:
    return _about("web/accessibility.html")


@bp.get("/privacy")
@door(public=True)
def privacy() -> Any:
    return _about("web/privacy.html")


@bp.get("/colofon")
@door(public=True)
def colophon() -> Any:
    return _about("web/colophon.html")


@bp.get("/robots.txt")
@door(public=True)
def robots() -> Any:
    """The register may be found; pages behind a sign-in and endless filters need no visit."""
    lines = [
        "User-agent: *",
        "Disallow: /inloggen",
        "Disallow: /register/zoeken",
        "Disallow: /partnerverzoek/",
        "Allow: /",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@bp.get("/.well-known/security.txt")
@door(public=True)
def security_txt() -> Any:
    """Where to report a weakness (RFC 9116). It says when it expires: within a year, as the standard advises."""
    expires = (current_actor().at + dt.timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{current_app.config['POOL_MAIL_FROM']}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: nl, en",
        f"Canonical: {current_app.config['POOL_BASE_URL']}{url_for('web.security_txt')}",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
