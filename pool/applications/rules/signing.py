"""Who may ask a colleague to sign, sign, give back, and take back."""

from __future__ import annotations

from pool.core.access import YES, Actor, Verdict, no

from ..models_together import SignOff
from .verdicts import is_own


def can_sign(actor: Actor, request: SignOff) -> Verdict:
    """A colleague, not the one who asked. Whether the colleague has authority is `has_authority`."""
    if not is_own(actor, request.application):
        return no("Alleen een collega van deze gemeente kan ondertekenen.")
    if actor.user_id == request.asked_by:
        return no("U hebt zelf om ondertekening gevraagd. Een collega moet ondertekenen.", "own")
    return YES


def can_withdraw(actor: Actor, request: SignOff) -> Verdict:
    if not is_own(actor, request.application):
        return no("Alleen de gemeente die aanvraagt kan dit.")
    return YES


def has_authority(actor: Actor, signers: set[int]) -> Verdict:
    """signers: ids of those who may sign for the municipality now."""
    if actor.user_id in signers:
        return YES
    return no("Uw gemeente heeft u niet aangewezen om te ondertekenen.", "authority")


def somebody_else_signs(actor: Actor, signers: set[int]) -> Verdict:
    """Whether there is a colleague who can sign what this actor asks for."""
    if signers - {actor.user_id}:
        return YES
    if signers:
        return no(
            "U bent nu de enige die mag ondertekenen, en u tekent niet wat u zelf vraagt. Laat een collega "
            "om ondertekening vragen.",
            "own",
        )
    return no("Niemand van uw gemeente kan nu ondertekenen. Bel of mail de beheerder.", "nobody")
