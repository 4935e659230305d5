"""Every route × role: what access.csv says is what really happens.

access.csv is the list that people review: one line per route and method with who may enter. A route that is not
on it fails; a line without a route fails. After a change, `python -m tests.architecture.test_access` writes the
list anew from the doors, and the difference is reviewed like any other change.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from pool.core.access import SAFE_METHODS, Door, Role, refuse_unlisted
from pool.core.errors import Refused
from tests.conftest import Client
from tests.support.world import World

LIST = Path(__file__).parent / "access.csv"
EVERYBODY = "iedereen"
IGNORED = {"HEAD", "OPTIONS"}
# Somebody with this role, from the test world.
WHO = {role: role.value for role in Role} | {Role.REGIONAL_LEAD: "lead"}


def routes(app: Flask) -> Iterator[tuple[Rule, str, Door | None]]:
    """Every route and method of the application with its door."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, r.endpoint)):
        if rule.endpoint != "static":
            for method in sorted((rule.methods or set()) - IGNORED):
                yield rule, method, getattr(app.view_functions[rule.endpoint], "door", None)


def written(door: Door | None) -> str:
    if door is None:
        return "niemand"
    return EVERYBODY if door.public else " ".join(r.value for r in Role if r in door.roles)


def as_list(app: Flask) -> list[list[str]]:
    return [[rule.rule, method, rule.endpoint, written(door)] for rule, method, door in routes(app)]


def reviewed() -> dict[tuple[str, str], str]:
    with LIST.open(encoding="utf-8", newline="") as stream:
        return {(row["route"], row["method"]): row["who"] for row in csv.DictReader(stream)}


def test_every_route_is_on_the_reviewed_list_and_the_reverse(app: Flask) -> None:
    assert {(r[0], r[1]): r[3] for r in as_list(app)} == reviewed()


def test_no_route_is_without_a_door(app: Flask) -> None:
    assert [rule.rule for rule, _method, door in routes(app) if door is None] == []


def test_a_forgotten_door_is_found_and_stays_shut() -> None:
    """The twin: in an application with a route that somebody forgot, the list shows it and nobody comes in."""
    careless = Flask("careless")
    careless.add_url_rule("/vergeten", "forgotten", lambda: "open")
    refuse_unlisted(careless)
    assert [written(door) for _rule, _method, door in routes(careless)] == ["niemand"]
    careless.testing = True
    with pytest.raises(Refused):
        careless.test_client().get("/vergeten")


def _address(app: Flask, rule: Rule) -> str:
    """The address of a route for something that does not exist."""
    values = dict.fromkeys(rule.arguments, "niet-bestaand")
    for name, converter in rule._converters.items():
        if type(converter).__name__ == "IntegerConverter":
            values[name] = 999_999_999
    _host, path = rule.build(values)  # type: ignore[misc]
    return path


@pytest.mark.parametrize("role", [None, *Role], ids=lambda r: r.value if r else "bezoeker")
def test_what_happens_is_what_the_list_says(
    app: Flask, client: Client, world: World, role: Role | None
) -> None:
    if role is not None:
        client.sign_in(world.email(WHO[role]))
    wrong = []
    for rule, method, _door in routes(app):
        if rule.endpoint in ("people.sign_out", "people.sign_in"):
            continue
        who = reviewed()[(rule.rule, method)]
        admitted = who == EVERYBODY or (role is not None and role.value in who.split())
        status = client.open(_address(app, rule), method=method).status_code
        if admitted:
            # Something that does not exist is Missing, a form without content is refused: never the door.
            ok = status in (200, 302, 303, 404, 409, 422)
        elif role is None and method in SAFE_METHODS:
            ok = status == 302
        else:
            ok = status == 403
        if not ok:
            wrong.append((rule.rule, method, role, status))
    assert wrong == []


def main() -> None:
    from pool.app import create_app

    with LIST.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["route", "method", "endpoint", "who"])
        writer.writerows(as_list(create_app()))


if __name__ == "__main__":
    main()
