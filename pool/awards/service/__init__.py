"""The verbs about awards: advise, prepare, decide, send the letter, publish."""

from .advising import begin_advice, discard_advice, give_advice, give_problems, set_line, withdraw_advice
from .deciding import decide, decide_several, lapse_proposal, let_go, prepare, publish_decisions, revise
from .sending import make_letter

__all__ = [
    "begin_advice",
    "decide",
    "decide_several",
    "discard_advice",
    "give_advice",
    "give_problems",
    "lapse_proposal",
    "let_go",
    "make_letter",
    "prepare",
    "publish_decisions",
    "revise",
    "set_line",
    "withdraw_advice",
]
