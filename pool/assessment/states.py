"""States of an assessment, and what an assessor says about an interest."""

from pool.core.text import LabeledEnum


class AssessmentState(LabeledEnum):
    DRAFT = "draft", "nog bezig", "neutral"
    SUBMITTED = "submitted", "ingediend", "success"
    LOCKED = "locked", "vastgezet", "info"


COUNTING = (AssessmentState.SUBMITTED, AssessmentState.LOCKED)
"""States in which scores count."""


class TieKind(LabeledEnum):
    """What the facts say of an assessor and an application."""

    EMPLOYER = "employer", "huidige werkgever", "danger"
    PARTNER = "partner", "partner in de aanvraag", "danger"
    FORMER_EMPLOYER = "former_employer", "vroegere werkgever", "danger"
    FORMER_PARTNER = "former_partner", "vroegere werkgever is partner", "warning"
    REGION = "region", "eigen regio", "warning"
    COMPETITOR = "competitor", "band met een andere aanvraag", "warning"


class Measure(LabeledEnum):
    """What the chair decided about an interest."""

    BARRED = "barred", "ziet de aanvraag niet", "warning"
    ALLOWED = "allowed", "mag de aanvraag beoordelen", "success"


class Abstention(LabeledEnum):
    """Why an assessor gives an application back, when it is not for an interest."""

    EXPERTISE = "expertise", "niet mijn vakgebied"
    TOO_MANY = "too_many", "te veel aanvragen"


class InterestAnswer(LabeledEnum):
    NONE = "none", "geen belang", "success"
    DECLARED = "declared", "wel een belang", "warning"


class PlanState(LabeledEnum):
    """Of a plan of who reads what. Only the programme team knows of one that is not final."""

    DRAFT = "draft", "concept", "warning"
    FINAL = "final", "definitief", "success"
    DROPPED = "dropped", "weggegooid"


class Excluded(LabeledEnum):
    """Why somebody cannot read an application, as far as planning goes."""

    INTEREST = "interest", "heeft een belang"
    GIVEN_BACK = "given_back", "gaf de aanvraag terug"
    REGION = "region", "werkt in de regio van de aanvraag"
    FORBIDDEN = "forbidden", "door het programmateam uitgesloten"
    UNWEIGHED = "unweighed", "de voorzitter beslist nog over een belang"


class MeetingState(LabeledEnum):
    PLANNED = "planned", "gepland", "info"
    RUNNING = "running", "bezig", "warning"
    CLOSED = "closed", "gesloten", "success"
    CANCELLED = "cancelled", "vervallen"


class ItemKind(LabeledEnum):
    """How an application is on the agenda. A formality passes with its score as it is, unless somebody wants to talk."""

    DISCUSS = "discuss", "bespreken", "info"
    FORMALITY = "formality", "hamerstuk"


class ItemState(LabeledEnum):
    OPEN = "open", "nog te behandelen"
    DISCUSSED = "discussed", "behandeld", "success"
    POSTPONED = "postponed", "uitgesteld", "warning"


class ItemOutcome(LabeledEnum):
    KEPT = "kept", "de score blijft"
    AGREED = "agreed", "score afgesproken"


class LeaveReason(LabeledEnum):
    """Why a member is not in the room while an application is discussed."""

    INTEREST = "interest", "belang"
    BLIND = "blind", "eigen scores nog niet ingediend"


class StudyKind(LabeledEnum):
    """What is calculated in the background."""

    PLACES = "places", "zekerheid van de volgorde"
    INFLUENCE = "influence", "andere invloeden op de scores"
