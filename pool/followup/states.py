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


class Embedding(LabeledEnum):
    """Borging: how the result lives on when the project is over."""

    NONE = "none", "gaat niet door na het project", "neutral"
    PLANNED = "planned", "is gepland", "info"
    REGULAR = "regular", "is gewoon werk geworden", "success"


class Due(LabeledEnum):
    """Where a report stands, or what a region says, over a half-year."""

    LATER = "later", "nog niet aan de beurt", "neutral"
    OPEN = "open", "periode loopt", "neutral"
    NOW = "now", "nu indienen", "warning"
    OVERDUE = "overdue", "te laat", "error"
    SUBMITTED = "submitted", "ingediend", "success"
    LAPSED = "lapsed", "niet meer nodig", "neutral"

    @property
    def of_view(self) -> str:
        """The label where it is about what a region says: that is given, and not handed in."""
        return {Due.NOW: "nu geven", Due.SUBMITTED: "gegeven"}.get(self, self.label)

    @property
    def asked(self) -> bool:
        """Whether somebody has to do something now."""
        return self in (Due.NOW, Due.OVERDUE)
