"""Reads about assessing. Whoever has an interest in an application meets it nowhere in here.

| module | reads |
|---|---|
| `interests` | who may not know what |
| `committee` | what is before the committee, and who reads it |
| `results` | scores, ranking, adopted merits |
| `figures` | what stands out in the scores |
| `own` | an assessor's own work |
| `leading` | who does the chair's work on which application |
| `dossier` | what a dossier is made from |
| `meeting` | panel meetings: agenda, presence, who must leave |
| `draws` | what the merits might have been; imported by itself |
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
from .dossier import assignments_of, dossier_file, dossier_files, statements_about, users
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
from .leading import (
    acting,
    chair_ids,
    closed_to_chairs,
    confirmations,
    deputies,
    deputised,
    is_deputy,
    leads,
    led_among,
    must_still,
    open_files,
    open_readers,
)
from .meeting import (
    agenda,
    all_items,
    approvals,
    attendance_of,
    concluded,
    item,
    items_about,
    may_speak_about,
    meeting,
    meetings_of,
    must_leave,
    postponed,
    present,
    reasons_to_discuss,
    still_inside,
    unfinished,
    unseen,
)
from .own import open_own, open_text, others_scores, own_assignment, parts, regions_of, visible_to
from .results import Results, counting, latest_adoption, levels, marks, mean_of, merits, outcomes, results

__all__ = [
    "COUNTING",
    "Interest",
    "Results",
    "acting",
    "agenda",
    "all_items",
    "approvals",
    "assessment",
    "assignment",
    "assignments_of",
    "assignments_of_round",
    "attendance_of",
    "attention_list",
    "barred_applications",
    "barred_pairs",
    "chair_ids",
    "closed_to_chairs",
    "committee_file",
    "committee_members",
    "concluded",
    "confirmations",
    "counting",
    "deputies",
    "deputised",
    "dossier_file",
    "dossier_files",
    "hidden_from",
    "in_assessment",
    "is_deputy",
    "is_reader",
    "item",
    "items_about",
    "latest_adoption",
    "leads",
    "led_among",
    "levels",
    "marks",
    "may_speak_about",
    "mean_of",
    "meeting",
    "meetings_of",
    "merits",
    "must_leave",
    "must_still",
    "open_files",
    "open_own",
    "open_readers",
    "open_text",
    "others_scores",
    "outcomes",
    "own_assignment",
    "own_regions",
    "partner_names",
    "parts",
    "pending",
    "postponed",
    "present",
    "progress",
    "readers_of_round",
    "reasons_to_discuss",
    "regions_of",
    "results",
    "round_in_hand",
    "rounds_in_hand",
    "statement_of",
    "statements_about",
    "statements_of_round",
    "still_inside",
    "unfinished",
    "unseen",
    "users",
    "visible_to",
]
