"""What people may ask for around a decision."""

from __future__ import annotations

from dataclasses import dataclass

from .states import Ground


@dataclass(frozen=True)
class ProposalInput:
    """What the programme team writes in a decision it prepares. ground: None only for a full award.

    version: of the proposal when the person began to write; None skips the check.
    """

    reason: str
    ground: Ground | None = None
    version: int | None = None
