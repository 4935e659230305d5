"""The verbs about applications: start, write, submit, withdraw, check, supplement, and look from the region."""

from .checking import check, extend_supplement, give_view, reconsider
from .submitting import lacks, submit, supplement, withdraw
from .writing import StaleSection, save_section, start

__all__ = [
    "StaleSection",
    "check",
    "extend_supplement",
    "give_view",
    "lacks",
    "reconsider",
    "save_section",
    "start",
    "submit",
    "supplement",
    "withdraw",
]
