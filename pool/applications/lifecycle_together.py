"""The moves of a request to a partner, and of a request to a colleague to sign."""

from __future__ import annotations

from pool.core.machine import Lifecycle, Move

from .models_together import PartnerRequest, SignOff
from .rules import partners as rules
from .rules import signing
from .states import PartnerAnswer, SignOffState

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

W = SignOffState
WAITING = frozenset({W.ASKED})

SIGN_LIFE: Lifecycle[SignOff] = Lifecycle(
    "sign_off",
    [
        Move("sign", "Ondertekenen en indienen", WAITING, W.SIGNED, signing.can_sign),
        Move("give_back", "Teruggeven", WAITING, W.RETURNED, signing.can_sign),
        Move("withdraw", "Verzoek intrekken", WAITING, W.WITHDRAWN, signing.can_withdraw),
        # By rule and not by a person: the text changed, or the application was withdrawn.
        Move("lapse", "Verzoek vervalt", WAITING, W.LAPSED),
    ],
)
