"""States of a project and of a progress report, and how things stand."""

from pool.core.text import LabeledEnum


class ProjectState(LabeledEnum):
    RUNNING = "running", "loopt", "info"
    FINISHED = "finished", "afgerond", "success"
    STOPPED = "stopped", "gestopt", "warning"


class ReportState(LabeledEnum):
    DRAFT = "draft", "concept", "neutral"
    SUBMITTED = "submitted", "ingediend", "success"


class Standing(LabeledEnum):
    """How a project stands, in the eyes of the applicant or the regional lead."""

    ON_TRACK = "on_track", "op schema", "success"
    ATTENTION = "attention", "vraagt aandacht", "warning"
    STUCK = "stuck", "loopt vast", "error"
