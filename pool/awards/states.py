"""Outcomes of a decision, grounds to refuse, and states of advice and proposal."""

from __future__ import annotations

from pool.core.text import LabeledEnum


class Outcome(LabeledEnum):
    AWARDED = "awarded", "toegekend", "success"
    PARTLY_AWARDED = "partly_awarded", "deels toegekend", "success"
    REFUSED = "refused", "afgewezen", "error"

    @classmethod
    def of(cls, amount: int, requested: int) -> Outcome:
        """The outcome that an amount is, in cents."""
        if amount == 0:
            return cls.REFUSED
        return cls.AWARDED if amount == requested else cls.PARTLY_AWARDED


class Ground(LabeledEnum):
    """Why something is refused, wholly or in part. The article follows from the instrument: see `wording`."""

    CEILING = "ceiling", "het plafond is bereikt"
    QUALITY = "quality", "de kwaliteitsscore ligt onder de ondergrens"
    PURPOSE = "purpose", "het project past niet bij het doel of de voorwaarden van de ronde"


class AdviceState(LabeledEnum):
    DRAFT = "draft", "in voorbereiding", "neutral"
    GIVEN = "given", "gegeven", "success"
    WITHDRAWN = "withdrawn", "ingetrokken", "neutral"


class ProposalState(LabeledEnum):
    PREPARED = "prepared", "voorbereid", "info"
    DECIDED = "decided", "besloten", "success"
