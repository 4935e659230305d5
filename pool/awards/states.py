"""Outcomes of a decision, and states of the advice."""

from pool.core.text import LabeledEnum


class Outcome(LabeledEnum):
    AWARDED = "awarded", "toegekend", "success"
    PARTLY_AWARDED = "partly_awarded", "deels toegekend", "success"
    REFUSED = "refused", "afgewezen", "error"


class AdviceState(LabeledEnum):
    DRAFT = "draft", "in voorbereiding", "neutral"
    GIVEN = "given", "gegeven", "success"


class ProposalState(LabeledEnum):
    PREPARED = "prepared", "voorbereid", "info"
    DECIDED = "decided", "besloten", "success"
