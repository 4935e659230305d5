"""States of a scenario, the rules a scenario can be run with, and what is worked out beside it."""

from pool.core.text import LabeledEnum


class ScenarioState(LabeledEnum):
    QUEUED = "queued", "wordt berekend", "info"
    DONE = "done", "klaar", "success"
    FAILED = "failed", "mislukt", "error"


class AllocationRule(LabeledEnum):
    OPTIMAL = "optimal", "beste verdeling, met bewijs"
    RANK_CUT = "rank_cut", "rangorde met streep: stop bij de eerste die niet past"
    RANK_SKIP = "rank_skip", "rangorde: sla over wat niet past"
    RATIO = "ratio", "meeste waarde per euro eerst"


PRACTICE = (AllocationRule.RANK_CUT, AllocationRule.RANK_SKIP, AllocationRule.RATIO)
"""Rules of practice: simple to follow, and shown beside the best allocation."""


class StudyKind(LabeledEnum):
    """What is worked out beside an outcome, each by a job of its own."""

    RANKINGS = "rankings", "de rangorde ernaast"
    EXPLANATIONS = "explanations", "de uitleg per aanvraag"
    FRONTIER = "frontier", "de afweging tussen kwaliteit en spreiding"
    STABILITY = "stability", "hoe vast de verdeling staat"


class Decision(LabeledEnum):
    """What a scenario can fix beforehand for one application."""

    IN = "in", "in elk geval toekennen"
    OUT = "out", "niet toekennen"
