"""The verbs of assessing: interests, assigning, scoring, and what the committee decides together.

| module | holds |
|---|---|
| `interests` | confirm none, declare one, weigh one |
| `abstaining` | give an application back |
| `planning` | a plan of who reads what: make, adjust, make final |
| `assigning` | add, end |
| `figures` | have the statistics worked out, keep them |
| `ordering` | an own order among equal totals |
| `reminding` | until when to score, reminders |
| `scoring` | save, submit, reopen |
| `coding` | marks of bottlenecks: an agreed one |
| `panel` | agree an outcome, adopt the merits |
| `deputies` | appoint a deputy of the chair, confirm a merit the chair may not see |
| `meeting` | plan, agenda, presence, open and close |
| `items` | one item of a meeting, from taken up to concluded |
| `dossier` | everything about one assessment in one file |
| `minutes` | what a meeting did, approved and fixed |
"""

from .abstaining import abstain
from .assigning import add_assignment, end_assignment
from .coding import agree_mark
from .deputies import appoint_deputy, confirm_merit, end_deputy
from .dossier import produce_dossier
from .figures import follow_scores, keep_study, request_studies
from .interests import decide_measure, declare_interest, follow_facts
from .items import conclude, confirm_left, pass_formalities, postpone, resume, save_notes, take_up
from .meeting import (
    add_item,
    cancel_meeting,
    change_meeting,
    close_meeting,
    complete_agenda,
    move_item,
    open_meeting,
    plan_meeting,
    remove_item,
    set_kind,
    set_presence,
)
from .minutes import approve_minutes, approver, minutes_facts, minutes_for
from .ordering import order_ties
from .panel import adopt_merits, adoption_problems, record_outcome
from .planning import (
    allow,
    drop_plan,
    finalise_plan,
    forbid,
    make_plan,
    move,
    options_of,
    pin,
    swap,
    unpin,
)
from .reminding import remind, remind_all, set_deadline
from .scoring import reopen, save_scores, submit_assessment

__all__ = [
    "abstain",
    "add_assignment",
    "add_item",
    "adopt_merits",
    "adoption_problems",
    "agree_mark",
    "allow",
    "appoint_deputy",
    "approve_minutes",
    "approver",
    "cancel_meeting",
    "change_meeting",
    "close_meeting",
    "complete_agenda",
    "conclude",
    "confirm_left",
    "confirm_merit",
    "decide_measure",
    "declare_interest",
    "drop_plan",
    "end_assignment",
    "end_deputy",
    "finalise_plan",
    "follow_facts",
    "follow_scores",
    "forbid",
    "keep_study",
    "make_plan",
    "minutes_facts",
    "minutes_for",
    "move",
    "move_item",
    "open_meeting",
    "options_of",
    "order_ties",
    "pass_formalities",
    "pin",
    "plan_meeting",
    "postpone",
    "produce_dossier",
    "record_outcome",
    "remind",
    "remind_all",
    "remove_item",
    "reopen",
    "request_studies",
    "resume",
    "save_notes",
    "save_scores",
    "set_deadline",
    "set_kind",
    "set_presence",
    "submit_assessment",
    "swap",
    "take_up",
    "unpin",
]
