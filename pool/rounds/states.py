"""States of a round, legal instruments, and ways to distribute."""

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
