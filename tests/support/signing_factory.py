"""A municipality for tests in which a colleague signs."""

from __future__ import annotations

from pool.core.access import Role
from pool.core.db import db
from pool.people import service as people
from pool.people.models import Organisation
from tests.support.world import World


def add_colleague(world: World, key: str, like: str = "applicant") -> int:
    """Another account of the municipality of somebody; gives its id."""
    world._add(key, f"{key.capitalize()} van {like}", world.user(like).organisation, Role.APPLICANT)
    db.session.commit()
    return world.ids[key]


def sign_off_on(world: World, signer: str = "signer", like: str = "applicant") -> Organisation:
    """From now on `signer`, a new colleague, signs what the municipality submits."""
    add_colleague(world, signer, like)
    organisation = world.user(like).organisation
    assert organisation is not None
    people.name_signatory(world.later("admin", days=-1), organisation, world.ids[signer])
    db.session.commit()
    return organisation
