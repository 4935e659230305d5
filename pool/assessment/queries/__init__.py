"""Reads about assessing. Whoever has an interest in an application meets it nowhere in here.

| module | reads |
|---|---|
| `interests` | who may not know what |
| `committee` | what is before the committee, and who reads it |
| `results` | scores, ranking, adopted merits |
| `figures` | what stands out in the scores |
| `own` | an assessor's own work |
"""

from ..states import COUNTING
from .committee import (
    assessment,
    assignment,
    assignments_of_round,
    committee_file,
    committee_members,
    in_assessment,
    is_reader,
    pending,
    progress,
    readers_of_round,
    round_in_hand,
    rounds_in_hand,
)
from .figures import attention_list
from .interests import (
    Interest,
    barred_applications,
    barred_pairs,
    hidden_from,
    own_regions,
    partner_names,
    statement_of,
    statements_of_round,
)
from .own import open_own, others_scores, own_assignment, parts, regions_of, visible_to
from .results import Results, counting, latest_adoption, levels, marks, mean_of, merits, outcomes, results

__all__ = [
    "COUNTING",
    "Interest",
    "Results",
    "assessment",
    "assignment",
    "assignments_of_round",
    "attention_list",
    "barred_applications",
    "barred_pairs",
    "committee_file",
    "committee_members",
    "counting",
    "hidden_from",
    "in_assessment",
    "is_reader",
    "latest_adoption",
    "levels",
    "marks",
    "mean_of",
    "merits",
    "open_own",
    "others_scores",
    "outcomes",
    "own_assignment",
    "own_regions",
    "partner_names",
    "parts",
    "pending",
    "progress",
    "readers_of_round",
    "regions_of",
    "results",
    "round_in_hand",
    "rounds_in_hand",
    "statement_of",
    "statements_of_round",
    "visible_to",
]
