"""States of a scenario, and the rules a scenario can be run with."""

from pool.core.text import LabeledEnum


class ScenarioState(LabeledEnum):
    QUEUED = "queued", "in de wachtrij", "neutral"
    DONE = "done", "klaar", "success"
    FAILED = "failed", "mislukt", "error"


class AllocationRule(LabeledEnum):
    OPTIMAL = "optimal", "beste verdeling (bewezen)"
    RANK_CUT = "rank_cut", "rangorde met streep: stop bij de eerste die niet past"
    RANK_SKIP = "rank_skip", "rangorde: sla over wat niet past"
    RATIO = "ratio", "meeste waarde per euro eerst"
