"""The verbs about applications: start, write, submit, withdraw, check, supplement, and look from the region."""

from .checking import check, extend_supplement, give_view, reconsider
from .documents import add_file, ask_scan, receive, remove_file
from .hearing import be_heard, drop_intention, refuse
from .hearing_files import add_hearing_file, remove_hearing_file
from .messaging import mark_thread_read, send_message
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
from .reuse import Offer, offers, take_over
from .scanning import await_scan, let_go, record_scan
from .signing import OtherText, ask_sign_off, give_back, sign, withdraw_sign_off
from .submitting import lacks, submit, supplement, withdraw
from .telling import tell, told
from .writing import StaleSection, save_section, start

__all__ = [
    "AGAIN",
    "Addressee",
    "Answer",
    "ChangedText",
    "Offer",
    "OtherText",
    "StaleSection",
    "add_file",
    "add_hearing_file",
    "addressees",
    "answer",
    "ask",
    "ask_scan",
    "ask_sign_off",
    "asked_line",
    "await_scan",
    "be_heard",
    "check",
    "drop_intention",
    "extend_supplement",
    "give_back",
    "give_view",
    "lacks",
    "let_go",
    "mark_thread_read",
    "offers",
    "receive",
    "reconsider",
    "record_scan",
    "refuse",
    "remove_file",
    "remove_hearing_file",
    "resend",
    "save_section",
    "send_message",
    "sign",
    "start",
    "submit",
    "supplement",
    "take_over",
    "tell",
    "told",
    "withdraw",
    "withdraw_request",
    "withdraw_sign_off",
]
