"""States of a round, legal instruments, and the choices that its rules know."""

from pool.core.text import LabeledEnum


class RoundState(LabeledEnum):
    DRAFT = "draft", "concept", "neutral"
    PUBLISHED = "published", "gepubliceerd", "info"
    OPEN = "open", "open voor aanvragen", "success"
    CLOSED = "closed", "gesloten", "warning"
    IN_ASSESSMENT = "in_assessment", "in beoordeling", "info"
    IN_DECISION = "in_decision", "in besluitvorming", "info"
    DECIDED = "decided", "besloten", "success"
    IN_PROGRESS = "in_progress", "in uitvoering", "success"
    FINISHED = "finished", "afgerond", "neutral"


PUBLIC_STATES = frozenset(RoundState) - {RoundState.DRAFT}
DECIDED_STATES = frozenset({RoundState.DECIDED, RoundState.IN_PROGRESS, RoundState.FINISHED})


class Instrument(LabeledEnum):
    SUBSIDY = "subsidie_awb42", "subsidie (Awb, titel 4.2)"
    SPECIFIC_GRANT = "specifieke_uitkering", "specifieke uitkering"
    DECENTRALISED_GRANT = "decentralisatie_uitkering", "decentralisatie-uitkering"


class Distribution(LabeledEnum):
    RANKED = "rangschikking", "op kwaliteit en regionale spreiding (rangschikking)"


class Part(LabeledEnum):
    """The parts in which a round is set up, in order; the value is also the address of its page."""

    BASICS = "basisgegevens", "Naam en grondslag"
    DATES = "openstelling", "Openen en sluiten"
    MONEY = "plafond", "Plafond"
    PURPOSE = "doel", "Thema's en voorwaarden"
    CRITERIA = "criteria", "Criteria en gewichten"
    BOTTLENECKS = "knelpunten", "Knelpunten"
    ALLOCATION = "verdeling", "Verdelen van het geld"
    BOUNDS = "grenzen", "Grenzen per regio en thema"
    TIES = "loting", "Loting bij gelijke uitkomst"
    ASSESSMENT = "beoordeling", "Beoordelen"
    TERMS = "termijnen", "Termijnen en bezwaar"
    REPORTING = "verantwoording", "Verantwoording"
    QUESTIONS = "vragen", "Eigen vragen"
    DOCUMENTS = "documenten", "Documenten"


class ValueBasis(LabeledEnum):
    APPLICATION = "application", "per aanvraag: elke aanvraag telt met haar kwaliteitsscore"
    AMOUNT = "amount", "per euro: de kwaliteitsscore telt voor elke euro die wordt toegekend"


class Joint(LabeledEnum):
    EVERY = "every", "elke regio die meedoet telt"
    LEAD = "lead", "alleen de regio die als eerste is genoemd telt"


class Calibration(LabeledEnum):
    """What is done with the correction for strict and lenient assessors."""

    OFF = "off", "niet: de commissie ziet alleen de gegeven scores"
    ADVICE = "advice", "als advies: de commissie ziet beide en stelt zelf de kwaliteitsscore vast"
    USE = "use", "als uitgangspunt: de gecorrigeerde score geldt, tenzij de commissie met reden afwijkt"


class OwnRegion(LabeledEnum):
    """Whether an assessor may read an application that lies in the region of his or her employer."""

    SOFT = "soft", "alleen als de voorzitter het goedvindt, met een reden"
    HARD = "hard", "nooit"


class Account(LabeledEnum):
    """How a municipality accounts for an award, from light to heavy."""

    NONE = "none", "geen verantwoording"
    ON_REQUEST = "on_request", "alleen als wij erom vragen (steekproef)"
    PERFORMANCE = "performance", "verslag van de activiteiten, zonder kosten"
    COSTS = "costs", "verslag van de activiteiten en financieel verslag"
    SISA = "sisa", "via de jaarrekening (SiSa)"


class Progress(LabeledEnum):
    """How often a municipality tells meanwhile how its project goes."""

    HALF_YEARLY = "half_yearly", "elk halfjaar"
    YEARLY = "yearly", "na elke twaalf maanden, als het project langer duurt"
    NONE = "none", "geen"


class DocumentKind(LabeledEnum):
    PDF = "pdf", "PDF"
    ODT = "odt", "ODT (tekst)"
    ODS = "ods", "ODS (rekenblad)"
    DOCX = "docx", "DOCX (Word)"
    XLSX = "xlsx", "XLSX (Excel)"
    IMAGE = "image", "afbeelding (PNG of JPEG)"


OPEN_KINDS = frozenset({DocumentKind.PDF, DocumentKind.ODT, DocumentKind.ODS})
"""Open standards: a document that is asked for can always be sent as one of these."""
