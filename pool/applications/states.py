"""States of an application, outcomes of the completeness check, and kinds of budget lines."""

from pool.core.text import LabeledEnum


class ApplicationState(LabeledEnum):
    """The applicant's side of the life of an application. What was decided is read from awards, never written here."""

    DRAFT = "draft", "concept", "neutral"
    SUBMITTED = "submitted", "ingediend", "info"
    SUPPLEMENT_REQUESTED = "supplement_requested", "aanvulling gevraagd", "warning"
    SUPPLEMENTED = "supplemented", "aangevuld", "info"
    HEARING = "hearing", "zienswijze gevraagd", "warning"
    HEARD = "heard", "gemeente gehoord", "info"
    COMPLETE = "complete", "volledig", "success"
    INADMISSIBLE = "inadmissible", "niet in behandeling", "error"
    WITHDRAWN = "withdrawn", "ingetrokken", "neutral"


S = ApplicationState
RECEIVED = frozenset(S) - {S.DRAFT, S.WITHDRAWN}
"""States in which the programme team has the application."""
TO_CHECK = frozenset({S.SUBMITTED, S.SUPPLEMENTED})
"""States in which the completeness check is due."""
IN_HEARING = frozenset({S.HEARING, S.HEARD})
"""States in which the programme team intends to refuse, and hears the municipality or weighs what it said."""


class Completeness(LabeledEnum):
    """Outcomes of the completeness check. INADMISSIBLE only follows from INTENDED, after the municipality was heard."""

    COMPLETE = "complete", "volledig", "success"
    SUPPLEMENT = "supplement", "aanvulling nodig", "warning"
    NOT_HANDLED = "not_handled", "niet behandelen omdat de aanvulling ontbreekt", "error"
    INTENDED = "intended", "voornemen om niet in behandeling te nemen", "warning"
    INADMISSIBLE = "inadmissible", "niet in behandeling nemen", "error"


CHECK_OUTCOMES = (
    Completeness.COMPLETE,
    Completeness.SUPPLEMENT,
    Completeness.NOT_HANDLED,
    Completeness.INTENDED,
)
"""What somebody who checks can choose."""


class HearingOutcome(LabeledEnum):
    """How an intention to refuse ended. LAPSED: the municipality withdrew or replaced the application."""

    UPHELD = "upheld", "doorgegaan", "error"
    DROPPED = "dropped", "ingetrokken", "success"
    LAPSED = "lapsed", "vervallen", "neutral"


class PartnerAnswer(LabeledEnum):
    """The life of one request to a partner to confirm."""

    ASKED = "asked", "gevraagd", "info"
    CONFIRMED = "confirmed", "bevestigd", "success"
    DECLINED = "declined", "afgewezen", "error"
    WITHDRAWN = "withdrawn", "ingetrokken", "neutral"


class PartnerStanding(LabeledEnum):
    """How it stands with a partner that an application names, as everybody who may read it sees."""

    NOT_ASKED = "not_asked", "niet gevraagd", "neutral"
    ASKED = "asked", "gevraagd", "info"
    EXPIRED = "expired", "gevraagd, maar de uitnodiging is verlopen", "warning"
    CONFIRMED = "confirmed", "bevestigd", "success"
    CHANGED = "changed", "gewijzigd na de bevestiging", "warning"
    DECLINED = "declined", "afgewezen", "error"


class SignOffState(LabeledEnum):
    """The life of one request to a colleague to sign."""

    ASKED = "asked", "wacht op ondertekening", "warning"
    SIGNED = "signed", "ondertekend", "success"
    RETURNED = "returned", "teruggegeven", "warning"
    WITHDRAWN = "withdrawn", "ingetrokken", "neutral"
    LAPSED = "lapsed", "vervallen", "neutral"


class BudgetKind(LabeledEnum):
    COST = "cost", "kosten"
    OWN = "own", "eigen bijdrage"
    OTHER = "other", "andere bijdrage"


class Purpose(LabeledEnum):
    ACCELERATE = "versnelling", "versnelling: iets wat al gebeurt gaat sneller"
    DEEPEN = "verdieping", "verdieping: wat al gebeurt wordt beter"
    BROADEN = "verbreding", "verbreding: wat al gebeurt bereikt meer mensen of gemeenten"
    BOTTLENECK = "knelpunt", "een knelpunt wegnemen"


class Section(LabeledEnum):
    """The parts of the form, in order; each is written and kept on its own."""

    PROJECT = "project", "Het project"
    REACH = "reach", "Regio's en partners"
    PLAN = "plan", "Plan"
    BUDGET = "budget", "Begroting"
    CONTACT = "contact", "Contactpersoon"
    ANSWERS = "answers", "Vragen van deze ronde"
    DOCUMENTS = "documents", "Documenten"


class FileState(LabeledEnum):
    """What is known about a file. Every file was inspected before it was kept; this is about viruses."""

    QUARANTINED = "quarantined", "wacht op viruscontrole", "info"
    CLEAN = "clean", "gecontroleerd op virussen", "success"
    INFECTED = "infected", "virus gevonden", "error"
    UNSCANNED = "unscanned", "niet op virussen gescand", "warning"


READABLE = frozenset({FileState.CLEAN, FileState.UNSCANNED})
"""States in which a file is given to whoever may see it."""


class Side(LabeledEnum):
    """Who speaks in the messages about an application."""

    APPLICANT = "applicant", "gemeente"
    PROGRAMME = "programme", "programmateam"
