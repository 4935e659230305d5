"""The verbs of assessing: interests, assigning, scoring, and what the committee decides together.

| module | holds |
|---|---|
| `interests` | confirm none, declare one |
| `assigning` | propose, assign, add, end |
| `scoring` | save, submit, reopen |
| `panel` | agree an outcome, adopt the merits |
"""

from .assigning import Proposal, add_assignment, assign, end_assignment, propose
from .interests import declare_interest
from .panel import adopt_merits, adoption_problems, record_outcome
from .scoring import reopen, save_scores, submit_assessment

__all__ = [
    "Proposal",
    "add_assignment",
    "adopt_merits",
    "adoption_problems",
    "assign",
    "declare_interest",
    "end_assignment",
    "propose",
    "record_outcome",
    "reopen",
    "save_scores",
    "submit_assessment",
]
