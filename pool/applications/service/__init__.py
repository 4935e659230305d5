"""The verbs about applications: start, write, submit, withdraw, check, supplement, and look from the region."""

from .checking import check, extend_supplement, give_view, reconsider
from .partners import (
    AGAIN,
    Addressee,
    Answer,
    ChangedText,
    addressees,
    answer,
    ask,
    asked_line,
    resend,
    withdraw_request,
)
from .submitting import lacks, submit, supplement, withdraw
from .writing import StaleSection, save_section, start

__all__ = [
    "AGAIN",
    "Addressee",
    "Answer",
    "ChangedText",
    "StaleSection",
    "addressees",
    "answer",
    "ask",
    "asked_line",
    "check",
    "extend_supplement",
    "give_view",
    "lacks",
    "reconsider",
    "resend",
    "save_section",
    "start",
    "submit",
    "supplement",
    "withdraw",
    "withdraw_request",
]
