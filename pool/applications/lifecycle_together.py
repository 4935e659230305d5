"""The moves of a request to a partner."""

from __future__ import annotations

from pool.core.machine import Lifecycle, Move

from .models_together import PartnerRequest
from .rules import partners as rules
from .states import PartnerAnswer

A = PartnerAnswer
OPEN = frozenset({A.ASKED})

PARTNER_LIFE: Lifecycle[PartnerRequest] = Lifecycle(
    "partner_request",
    [
        Move("confirm", "Bevestigen", OPEN, A.CONFIRMED, rules.can_answer),
        Move("decline", "Afwijzen", OPEN, A.DECLINED, rules.can_answer),
        Move("resend", "Opnieuw sturen", OPEN, A.ASKED, rules.can_change_request),
        Move("withdraw", "Verzoek intrekken", OPEN, A.WITHDRAWN, rules.can_change_request),
        # By rule and not by a person: the text names this partner no more, or the application was withdrawn.
        Move("drop", "Verzoek vervalt", OPEN, A.WITHDRAWN),
    ],
)
