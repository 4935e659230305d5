"""The description of the open data API, OpenAPI 3: made from the very schemas that write the answers.

API Design Rules of the Dutch government (ADR): the description stands at `openapi.json` under the base path, every
answer names its version, errors are problem+json, and no address ends in a slash.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pool.core.schemas import Amount, UTCMoment

from .schemas import AwardsSchema, ProblemSchema, RoundsSchema

VERSION = "1.0.0"
BASE = "/api/v1"


@cache
def description() -> dict[str, Any]:
    """The whole description, as plain data; the library that makes it is loaded when it is asked for."""
    from apispec import APISpec
    from apispec.ext.marshmallow import MarshmallowPlugin

    plugin = MarshmallowPlugin(
        schema_name_resolver=lambda schema: type(_made(schema)).__name__[: -len("Schema")]
    )
    spec = APISpec(
        title="Projectenpool: open data",
        version=VERSION,
        openapi_version="3.0.3",
        plugins=[plugin],
        info={
            "description": "Rondes en toekenningen van de Projectenpool. Alleen lezen, zonder inloggen. Bedragen zijn "
            "teksten in euro's met twee cijfers achter de punt. Wat voor de demonstratie is verzonnen, zegt dat."
        },
        servers=[{"url": BASE}],
    )
    plugin.map_to_openapi_type(Amount, "string", "decimal")  # type: ignore[no-untyped-call]
    plugin.map_to_openapi_type(UTCMoment, "string", "date-time")  # type: ignore[no-untyped-call]
    spec.components.header("ApiVersion", {"description": "Versie van de API.", "schema": {"type": "string"}})
    spec.components.response(
        "Problem",
        {
            "description": "Waarom er geen antwoord is (RFC 9457).",
            "headers": _HEADERS,
            "content": {"application/problem+json": {"schema": ProblemSchema}},
        },
    )
    slug = {
        "in": "path",
        "name": "slug",
        "required": True,
        "description": "De korte naam van een ronde.",
        "schema": {"type": "string"},
    }
    spec.path(
        "/rounds",
        operations={"get": _get("getRounds", "Alle gepubliceerde rondes, nieuwste eerst", RoundsSchema)},
    )
    spec.path(
        "/rounds/{slug}/awards",
        parameters=[slug],
        operations={
            "get": _get("getAwards", "De toekenningen van een ronde waarover is besloten", AwardsSchema)
        },
    )
    spec.path(
        "/openapi.json",
        operations={"get": _get("getDescription", "Deze beschrijving", {"type": "object"})},
    )
    return spec.to_dict()


_HEADERS = {"API-Version": {"$ref": "#/components/headers/ApiVersion"}}


def _made(schema: Any) -> Any:
    return schema() if isinstance(schema, type) else schema


def _get(name: str, summary: str, schema: Any) -> dict[str, Any]:
    """An operation that reads: what it gives, or a problem."""
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {
                "description": summary,
                "headers": _HEADERS,
                "content": {"application/json": {"schema": schema}},
            },
            "default": "Problem",
        },
    }
