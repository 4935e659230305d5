"""What can go wrong, as one tree. Services raise these; the edge turns them into a page or problem+json.

Messages are Dutch (B1) and meant for the person who sees them.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError


class PoolError(Exception):
    """Base of every expected refusal.

    code: stable, machine-readable; message: Dutch; field: the form field it belongs to, or None.
    """

    status = 400

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class Invalid(PoolError):
    """What was typed cannot be accepted."""

    status = 422


class InvalidMany(Invalid):
    """Several things that were typed cannot be accepted; reported together."""

    def __init__(self, problems: list[Invalid]) -> None:
        super().__init__("invalid", problems[0].message, problems[0].field)
        self.problems = problems


class Refused(PoolError):
    """The actor may not do this, or the thing is not in a state that allows it."""

    status = 403


class Missing(PoolError):
    """It does not exist, or not for this actor: the two look alike on purpose."""

    status = 404

    def __init__(self, code: str = "missing", message: str = "Deze pagina bestaat niet.") -> None:
        super().__init__(code, message)


class Conflict(PoolError):
    """Somebody else was first, or the same thing was done before."""

    status = 409


class TooSoon(PoolError):
    """Asked again too quickly."""

    status = 429


# Constraint name -> (code, message, field). Slices add theirs beside their models.
CONSTRAINTS: dict[str, tuple[str, str, str | None]] = {}


def from_integrity(error: IntegrityError) -> PoolError:
    """The refusal that a violated constraint stands for; an unknown one is a plain conflict.

    PostgreSQL names the constraint; SQLite names a CHECK, and for UNIQUE only the columns, so both forms
    are looked up (`uq_table_column` and `table.column`).
    """
    diag = getattr(error.orig, "diag", None)
    text = getattr(diag, "constraint_name", None) or str(error.orig)
    for name, (code, message, field) in CONSTRAINTS.items():
        if name in text:
            return Conflict(code, message, field)
    return Conflict(
        "conflict", "Iemand anders was u net voor. Laad de pagina opnieuw en probeer het nog eens."
    )
