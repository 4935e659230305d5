"""Open data: what the register says, for programs. Only reading, for everybody, from any site."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, request, url_for

from pool.core.access import current_actor, door
from pool.core.errors import Missing

from . import openapi, queries
from .blueprint import bp
from .queries import RoundLine
from .schemas import AwardSchema, LinksSchema, RoundSchema

PREFIX = f"{openapi.BASE}/"
_ROUND = RoundSchema(exclude=["links"])


def open_to_all(response: Response) -> Response:
    """Headers of every answer of the API, also of refusals: any site may read it, and which version this is."""
    if request.path.startswith(PREFIX):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["API-Version"] = openapi.VERSION
    return response


@bp.record_once
def _init(state: Any) -> None:
    app: Flask = state.app
    app.after_request(open_to_all)


def _with_links(line: RoundLine) -> dict[str, Any]:
    body: dict[str, Any] = _ROUND.dump(line)
    slug = line.round.slug
    links = {
        "page": url_for("web.register_round", slug=slug, _external=True),
        "awards": url_for("web.api_awards", slug=slug, _external=True) if line.is_decided else None,
    }
    return {**body, "links": LinksSchema().dump(links)}


@bp.get("/api/v1/rounds")
@door(public=True)
def api_rounds() -> Any:
    lines = queries.round_lines(current_actor().at)
    return jsonify(rounds=[_with_links(line) for line in lines])


@bp.get("/api/v1/rounds/<slug>/awards")
@door(public=True)
def api_awards(slug: str) -> Any:
    line = queries.round_line(slug, current_actor().at)
    if not line.is_decided:
        raise Missing("missing", "Van deze ronde zijn nog geen besluiten bekend.")
    awards = AwardSchema(many=True).dump(queries.awards_of(line.round))
    return jsonify(round=_with_links(line), awards=awards)


@bp.get("/api/v1/openapi.json")
@door(public=True)
def api_description() -> Any:
    """What the API is, for programs that make programs."""
    return jsonify(openapi.description())
