"""The description of the API says what the API does, and the reverse."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from flask import Flask

from pool.web import openapi
from tests.conftest import Client
from tests.support.followup_factory import make_known, make_project
from tests.support.world import World


def _described(client: Client) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.headers["API-Version"] == openapi.VERSION
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = answer.json
    assert isinstance(found, dict)
    return found


def _rules(app: Flask) -> set[tuple[str, str]]:
    """Path and method of every rule of the API, as a description writes them."""
    return {
        (rule.rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_rule_is_described_and_the_reverse(client: Client, app: Flask) -> None:
    found = _described(client)
    assert found["openapi"].startswith("3.")
    assert found["servers"] == [{"url": "/api/v1"}]
    described = {
        (path, method) for path, item in found["paths"].items() for method in item if method != "parameters"
    }
    assert described == _rules(app)


def test_it_keeps_the_design_rules(client: Client, app: Flask) -> None:
    found = _described(client)
    assert found["info"]["version"] == openapi.VERSION
    names = []
    for path, item in found["paths"].items():
        assert not path.endswith("/")
        for operation in (item[method] for method in item if method != "parameters"):
            names.append(operation["operationId"])
            assert "API-Version" in operation["responses"]["200"]["headers"]
            assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
        inside = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert {p["name"] for p in item.get("parameters", [])} == inside
    assert len(set(names)) == len(names)
    assert set(found["components"]["responses"]["Problem"]["content"]) == {"application/problem+json"}


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_every_reference_leads_somewhere(client: Client) -> None:
    found = _described(client)
    references = set(_references(found))
    assert references
    for reference in references:
        place: Any = found
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def _fits(found: dict[str, Any], schema: dict[str, Any], value: Any, where: str) -> None:
    """What is answered is what is described: the same names, the types named, null only where it may be."""
    if "$ref" in schema:
        schema = found["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for part in schema.get("allOf", []):
        _fits(found, part, value, where) if value is not None else None
    if value is None:
        assert schema.get("nullable"), where
        return
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    if "type" in schema:
        assert isinstance(value, kinds[schema["type"]]), (where, value)
    for item in value if isinstance(value, list) else ():
        _fits(found, schema["items"], item, where)
    if "properties" in schema:
        assert set(value) == set(schema["properties"]), where
        for name, inner in schema["properties"].items():
            _fits(found, inner, value[name], f"{where}.{name}")


def test_answers_are_as_described(client: Client, world: World) -> None:
    round_ = world.round()
    make_project(world, round_)
    make_known(world, round_)
    world.round(slug="ronde-2")
    found = _described(client)
    for path, where in (
        ("/rounds", "/api/v1/rounds"),
        ("/rounds/{slug}/awards", "/api/v1/rounds/ronde-1/awards"),
    ):
        content = found["paths"][path]["get"]["responses"]["200"]["content"]
        _fits(found, content["application/json"]["schema"], client.get(where).json, path)
    problem = found["components"]["responses"]["Problem"]["content"]["application/problem+json"]["schema"]
    _fits(found, problem, client.get("/api/v1/rounds/niets/awards").json, "problem")


def test_the_library_is_loaded_only_when_it_is_asked_for() -> None:
    code = "import sys, pool.web.routes_api; sys.exit('apispec' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
