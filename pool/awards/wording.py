"""The words of a decision: its legal names, and the reasons as the programme team finds them prefilled."""

from __future__ import annotations

from dataclasses import dataclass

from pool.allocation.states import AllocationRule
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


@dataclass(frozen=True)
class ReasonFacts:
    """What a reason is made from. Amounts in cents, merits in thousandths of a point.

    computed: what the allocation gave; deviation: the committee's reason where its advice differs from that.
    asked, count: what was asked in the round together, and by how many. spread, rule: how the allocation chose.
    explanation: what the allocation says about this application, or empty.
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
    rule: AllocationRule = AllocationRule.OPTIMAL
    deviation: str = ""
    explanation: str = ""


def suggested_ground(f: ReasonFacts) -> Ground | None:
    """The ground that the facts point to; the programme team has the last word."""
    if Outcome.of(f.amount, f.requested) == Outcome.AWARDED:
        return None
    if f.amount == 0 and _too_low(f):
        return Ground.QUALITY
    # There was money for more, so it is not the ceiling that stands in the way.
    return Ground.PURPOSE if f.amount < f.computed else Ground.CEILING


def reason(f: ReasonFacts) -> str:
    """Why this decision, for the municipality, in a few short paragraphs."""
    parts = [_quality(f)]
    if not (f.amount == f.computed == 0 and _too_low(f)):
        parts.append(_choice(f))
    if f.amount != f.computed:
        given = (
            f"uit op {format_euros(f.computed)}" if f.computed else "niet uit op een bedrag voor uw aanvraag"
        )
        parts.append(
            f"De berekening kwam {given}. De commissie heeft anders geadviseerd. Haar reden is:\n{f.deviation}"
        )
    elif f.amount != f.requested:
        parts.append(f.explanation)
    parts.append(_conclusion(f))
    return "\n\n".join(part for part in parts if part)


def _too_low(f: ReasonFacts) -> bool:
    return f.merit is not None and f.merit < f.min_merit


def _quality(f: ReasonFacts) -> str:
    if f.merit is None:
        return ""
    text = (
        f"De commissie gaf uw aanvraag een kwaliteitsscore van {format_points(f.merit)} punten (van de 100)."
    )
    if not f.min_merit:
        return text
    enough = "Uw aanvraag haalt dat niet." if _too_low(f) else "Uw aanvraag haalt dat."
    return f"{text} Er zijn minimaal {format_points(f.min_merit)} punten nodig. {enough}"


def _choice(f: ReasonFacts) -> str:
    """How the choice was made: what there was, what was asked, and by which rule."""
    ceiling = format_euros(f.ceiling)
    if f.asked <= f.ceiling:
        return f"Het plafond van deze ronde is {ceiling}."
    return (
        f"In deze ronde vroegen {plural(f.count, 'aanvraag', 'aanvragen')} samen {format_euros(f.asked)}. Het plafond "
        f"is {ceiling}. {_by_rule(f)}"
    )


def _by_rule(f: ReasonFacts) -> str:
    if f.rule == AllocationRule.OPTIMAL:
        best = "de kwaliteit en de spreiding over de regio's samen zo hoog mogelijk zijn"
        if not f.spread:
            best = "de kwaliteit van alle toekenningen samen zo hoog mogelijk is"
        return f"Daarom is de verdeling berekend waarin {best}."
    if f.rule == AllocationRule.RATIO:
        return "Daarom gingen de aanvragen voor met de meeste waarde per euro."
    return "Daarom gingen de aanvragen met de hoogste kwaliteitsscore voor."


def _conclusion(f: ReasonFacts) -> str:
    outcome = Outcome.of(f.amount, f.requested)
    if outcome == Outcome.AWARDED:
        return "Wij kennen daarom het hele gevraagde bedrag toe."
    if outcome == Outcome.REFUSED:
        return "Wij wijzen uw aanvraag daarom af."
    enough = (
        f" Dat is niet minder dan wat u minimaal nodig hebt ({format_euros(f.minimum)})."
        if f.amount >= f.minimum
        else ""
    )
    return (
        f"Wij kennen daarom {format_euros(f.amount)} toe.{enough} U vroeg {format_euros(f.requested)}; het verschil van "
        f"{format_euros(f.requested - f.amount)} wijzen wij af."
    )
