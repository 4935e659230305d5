"""What may be asked about people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pool.core.access import Role


@dataclass(frozen=True)
class GrantInput:
    """A role to give; a regional lead's names the region."""

    role: Role
    region_id: int | None = None


@dataclass(frozen=True)
class EmployerInput:
    """A former employer with the last day there."""

    employer: str
    until: dt.date


@dataclass(frozen=True)
class UserInput:
    """A new account. password: plain text, hashed before it is stored."""

    email: str
    name: str
    password: str
    organisation_id: int | None
    grants: tuple[GrantInput, ...]
    is_demo: bool = False
