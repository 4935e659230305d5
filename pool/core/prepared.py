"""Queries that are built once per set of roles, and not with every request.

Most of what a small query costs is building it and recognising it in the cache; asking it takes a tenth of that. A
query that every page asks is built for anybody with the same roles, with places for who it is about.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy import Executable, bindparam

from .access import Actor

Q = TypeVar("Q", bound=Executable)


def _anybody(like: Actor) -> Actor:
    """Somebody with the same roles, and places instead of values. Whoever builds on a value itself gets a TypeError."""
    return Actor(
        user_id=cast(Any, None if like.user_id is None else bindparam("actor_user_id")),
        name="",
        roles=like.roles,
        organisation_id=cast(
            Any, None if like.organisation_id is None else bindparam("actor_organisation_id")
        ),
        region_ids=cast(Any, bindparam("actor_region_ids", expanding=True)),
        at=like.at,
    )


def prepared(build: Callable[[Actor], Q]) -> Callable[[Actor], tuple[Q, dict[str, Any]]]:
    """Decorate a function that builds a query for an actor: what to execute, and the values to execute it with.

    The query may depend on the roles, and on whether there is a user or an organisation; user_id, organisation_id
    and region_ids only as values in conditions, `at` not at all. Other values are places (`bindparam`) to be added
    to the ones that come back.
    """
    built: dict[tuple[Any, ...], Q] = {}

    @functools.wraps(build)
    def query_for(actor: Actor) -> tuple[Q, dict[str, Any]]:
        shape = (actor.roles, actor.user_id is None, actor.organisation_id is None)
        if shape not in built:
            built[shape] = build(_anybody(actor))
        values = {
            "actor_user_id": actor.user_id,
            "actor_organisation_id": actor.organisation_id,
            "actor_region_ids": sorted(actor.region_ids),
        }
        return built[shape], values

    return query_for
