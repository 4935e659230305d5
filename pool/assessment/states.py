"""States of an assessment, and what an assessor says about an interest."""

from pool.core.text import LabeledEnum


class AssessmentState(LabeledEnum):
    DRAFT = "draft", "nog bezig", "neutral"
    SUBMITTED = "submitted", "ingediend", "success"
    LOCKED = "locked", "vastgezet", "info"


COUNTING = (AssessmentState.SUBMITTED, AssessmentState.LOCKED)
"""States in which scores count."""


class InterestAnswer(LabeledEnum):
    NONE = "none", "geen belang", "success"
    DECLARED = "declared", "wel een belang", "warning"
