"""The words of a decision: its legal names, and the reasons as the programme team finds them prefilled."""

from __future__ import annotations

from dataclasses import dataclass

from pool.core.money import format_euros
from pool.core.text import format_points, plural
from pool.rounds.states import Instrument

from .states import Ground, Outcome

AWB = "Algemene wet bestuursrecht"
GRANT = {
    Instrument.SUBSIDY: "subsidie",
    Instrument.SPECIFIC_GRANT: "specifieke uitkering",
    Instrument.DECENTRALISED_GRANT: "decentralisatie-uitkering",
}
"""What the money is called in a letter."""


def article(ground: Ground, instrument: Instrument, legal_basis: str) -> str:
    """Where a ground to refuse is written down. Title 4.2 Awb holds for subsidies; else the scheme itself does."""
    if ground == Ground.CEILING and instrument == Instrument.SUBSIDY:
        return f"artikel 4:25, tweede lid, van de {AWB}"
    return legal_basis


def suggested_ground(amount: int, requested: int, merit: int | None, min_merit: int) -> Ground | None:
    """The ground that the facts point to; the programme team chooses. Amounts in cents, merit in thousandths."""
    if Outcome.of(amount, requested) == Outcome.AWARDED:
        return None
    if amount == 0 and merit is not None and merit < min_merit:
        return Ground.QUALITY
    return Ground.CEILING


@dataclass(frozen=True)
class ReasonFacts:
    """What a reason is made from. Amounts in cents, merits in thousandths of a point.

    computed: what the allocation gave; deviation: the committee's reason where its advice differs from that.
    asked, count: what was asked in the round together, and by how many. explanation: a sentence of the
    allocation about this application, or empty.
    """

    requested: int
    minimum: int
    amount: int
    computed: int
    merit: int | None
    min_merit: int
    ceiling: int
    asked: int
    count: int
    spread: bool
    deviation: str = ""
    explanation: str = ""


def reason(f: ReasonFacts) -> str:
    """Why this decision, for the municipality, in a few short paragraphs."""
    parts = [_quality(f), _choice(f)]
    if f.amount != f.computed:
        given = f"{format_euros(f.computed)} op" if f.computed else "geen bedrag op"
        parts.append(
            f"De commissie wijkt hier af van de berekende verdeling. De berekening leverde {given}. "
            f"De reden van de commissie is:\n{f.deviation}"
        )
    elif f.explanation:
        parts.append(f.explanation)
    parts.append(_conclusion(f))
    return "\n\n".join(part for part in parts if part)


def _quality(f: ReasonFacts) -> str:
    if f.merit is None:
        return ""
    text = (
        f"De commissie gaf uw aanvraag een kwaliteitsscore van {format_points(f.merit)} punten (van de 100)."
    )
    if not f.min_merit:
        return text
    enough = "Uw aanvraag haalt dat." if f.merit >= f.min_merit else "Uw aanvraag haalt dat niet."
    return f"{text} Er zijn minimaal {format_points(f.min_merit)} punten nodig. {enough}"


def _too_low(f: ReasonFacts) -> bool:
    return f.merit is not None and f.merit < f.min_merit


def _choice(f: ReasonFacts) -> str:
    """How the choice was made, unless the merit alone decides."""
    if f.amount == 0 and f.computed == 0 and _too_low(f):
        return ""
    what = "de kwaliteit en de spreiding over de regio's" if f.spread else "de kwaliteit"
    how = f"Daarom is gekozen voor de verdeling waarin {what} samen het meeste opleveren."
    if not f.spread:
        how = "Daarom is gekozen voor de verdeling waarin de kwaliteit het meeste oplevert."
    if f.asked > f.ceiling:
        return (
            f"Er is meer gevraagd dan er geld is: {plural(f.count, 'aanvraag', 'aanvragen')} vroegen samen "
            f"{format_euros(f.asked)} en het plafond is {format_euros(f.ceiling)}. {how}"
        )
    return f"Het plafond van deze ronde is {format_euros(f.ceiling)}."


def _conclusion(f: ReasonFacts) -> str:
    outcome = Outcome.of(f.amount, f.requested)
    if outcome == Outcome.AWARDED:
        return "Wij kennen daarom het hele gevraagde bedrag toe."
    if outcome == Outcome.PARTLY_AWARDED:
        text = (
            f"Binnen het plafond is {format_euros(f.amount)} beschikbaar voor uw aanvraag. U vroeg "
            f"{format_euros(f.requested)}; het verschil van {format_euros(f.requested - f.amount)} kunnen wij niet "
            "toekennen."
        )
        return (
            f"{text} Het bedrag is niet lager dan wat u minimaal nodig hebt ({format_euros(f.minimum)})."
            if f.amount >= f.minimum
            else text
        )
    if _too_low(f) and f.amount == f.computed:
        return "Wij wijzen uw aanvraag daarom af."
    if f.amount == f.computed and f.asked > f.ceiling:
        return "In die verdeling past uw aanvraag niet. Wij wijzen uw aanvraag daarom af."
    return "Wij wijzen uw aanvraag daarom af."
