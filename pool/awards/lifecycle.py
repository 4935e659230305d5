"""The moves of an advice and of a decision in preparation."""

from __future__ import annotations

from pool.core.machine import Lifecycle, Move

from . import rules
from .models import Advice, Proposal
from .states import AdviceState, ProposalState

A, P = AdviceState, ProposalState

ADVICE: Lifecycle[Advice] = Lifecycle(
    "advice",
    [
        Move("give", "Advies geven", frozenset({A.DRAFT}), A.GIVEN, rules.can_move_advice),
        Move("discard", "Opnieuw beginnen", frozenset({A.DRAFT}), A.WITHDRAWN, rules.can_move_advice),
        Move("withdraw", "Advies herzien", frozenset({A.GIVEN}), A.WITHDRAWN, rules.can_move_advice),
    ],
)

PROPOSAL: Lifecycle[Proposal] = Lifecycle(
    "proposal",
    [Move("decide", "Besluit nemen", frozenset({P.PREPARED}), P.DECIDED, rules.can_decide)],
)
