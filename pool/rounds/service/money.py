"""Taking money of a round, never past its ceiling."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.engine import CursorResult

from pool.core.db import db
from pool.core.errors import Conflict

from ..models import Budget


def commit_money(round_id: int, cents: int) -> None:
    """Take money of a round for an award; Conflict `over_ceiling` when it does not fit.

    One guarded UPDATE decides, so that two awards at the same time can never pass the ceiling together.
    """
    if cents <= 0:
        raise ValueError("an award takes a positive amount")
    statement = (
        update(Budget)
        .where(Budget.round_id == round_id, Budget.committed + cents <= Budget.ceiling)
        .values(committed=Budget.committed + cents)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise Conflict("over_ceiling", "Dit past niet binnen het plafond van deze ronde.", "amount")
