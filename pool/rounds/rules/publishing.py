"""What a draft still needs before it can be published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from pool.core.clock import local_date
from pool.core.text import join_words

from ..inputs import ANCHORED_LEVELS, MARKS, RoundRules
from ..models import Round
from ..states import Part, ValueBasis
from .reporting import reporting_of, unfit_reporting


@dataclass(frozen=True)
class Lack:
    """Something that publishing still needs. part: where it is filled in."""

    part: Part
    message: str


def lacks(round_: Round, ceiling: int, at: dt.datetime | None = None) -> list[Lack]:
    """What a draft still lacks, in the order of the parts; empty when it can be published.

    ceiling in cents. at: the moment of publishing, when what has already passed must show as well.
    """
    rules = RoundRules.from_json(round_.rules)
    found = [
        *_of_the_round(round_, ceiling, at),
        *_of_purpose(rules),
        *_of_criteria(rules),
        *_of_bottlenecks(rules),
        *_of_allocation(rules, ceiling),
        *_of_terms(rules),
    ]
    for problem in unfit_reporting(round_.instrument, reporting_of(round_.instrument, rules)):
        found.append(Lack(Part.REPORTING, problem.message))
    return found


def missing_for_publishing(round_: Round, ceiling: int, at: dt.datetime | None = None) -> list[str]:
    """The same, as Dutch sentences."""
    return [lack.message for lack in lacks(round_, ceiling, at)]


def _of_the_round(round_: Round, ceiling: int, at: dt.datetime | None) -> Iterator[Lack]:
    if not round_.legal_basis:
        yield Lack(Part.BASICS, "De juridische grondslag ontbreekt.")
    if not round_.publication_reference:
        yield Lack(
            Part.BASICS, "De vindplaats van de bekendmaking ontbreekt, bijvoorbeeld in de Staatscourant."
        )
    if round_.publication_date is None:
        yield Lack(Part.BASICS, "De datum van de bekendmaking ontbreekt.")
    elif round_.publication_date > local_date(round_.opens_at):
        yield Lack(
            Part.BASICS,
            "De ronde gaat open vóór de bekendmaking. Het plafond moet bekend zijn voor de opening "
            "(artikel 4:27, eerste lid, Awb).",
        )
    if at is not None and round_.opens_at <= at:
        yield Lack(Part.DATES, "De opening is al voorbij. Kies een opening die nog moet komen.")
    if ceiling <= 0:
        yield Lack(Part.MONEY, "Het plafond ontbreekt.")


def _of_purpose(rules: RoundRules) -> Iterator[Lack]:
    if not rules.themes and not rules.grounds:
        yield Lack(Part.PURPOSE, "Kies welke thema's of aanbevelingen in deze ronde passen.")


def _of_criteria(rules: RoundRules) -> Iterator[Lack]:
    if not rules.criteria:
        yield Lack(Part.CRITERIA, "Er zijn geen criteria.")
    elif sum(c.weight for c in rules.criteria) != 100:
        total = sum(c.weight for c in rules.criteria)
        yield Lack(
            Part.CRITERIA, f"De gewichten van de criteria zijn samen niet 100%. Nu zijn ze samen {total}%."
        )
    for criterion in rules.criteria:
        if not criterion.question.strip():
            yield Lack(Part.CRITERIA, f"Criterium ‘{criterion.name}’: de vraag ontbreekt.")
        empty = [str(level) for level in ANCHORED_LEVELS if not criterion.anchors.get(str(level), "").strip()]
        if empty:
            which = "van een niveau" if len(empty) == 1 else "van niveaus"
            yield Lack(
                Part.CRITERIA,
                f"Criterium ‘{criterion.name}’: de uitleg {which} ontbreekt ({join_words(empty)}).",
            )


def _of_bottlenecks(rules: RoundRules) -> Iterator[Lack]:
    for bottleneck in rules.bottlenecks:
        if not bottleneck.explanation.strip():
            yield Lack(Part.BOTTLENECKS, f"Knelpunt ‘{bottleneck.title}’: de uitleg ontbreekt.")
        empty = [str(mark) for mark in MARKS if not bottleneck.anchors.get(str(mark), "").strip()]
        if empty:
            which = "van een cijfer" if len(empty) == 1 else "van cijfers"
            yield Lack(
                Part.BOTTLENECKS,
                f"Knelpunt ‘{bottleneck.title}’: de uitleg {which} ontbreekt ({join_words(empty)}).",
            )


def _of_allocation(rules: RoundRules, ceiling: int) -> Iterator[Lack]:
    if rules.value_basis == ValueBasis.AMOUNT and not rules.reference_amount:
        yield Lack(Part.ALLOCATION, "Het bedrag waarbij de kwaliteitsscore precies één keer telt, ontbreekt.")
    if any(
        later > earlier for earlier, later in zip(rules.spread_steps, rules.spread_steps[1:], strict=False)
    ):
        yield Lack(
            Part.ALLOCATION, "Het spreidingsgewicht moet gelijk blijven of dalen per volgende toekenning."
        )
    if rules.max_request is not None and rules.max_request % rules.amount_step:
        yield Lack(Part.ALLOCATION, "Het hoogste bedrag is geen veelvoud van de stap waarin we toekennen.")
    if rules.max_request is not None and rules.max_request > ceiling > 0:
        yield Lack(Part.ALLOCATION, "Het hoogste bedrag per aanvraag is hoger dan het plafond.")
    if rules.theme_bounds and set(rules.theme_bounds) - set(rules.themes):
        yield Lack(Part.BOUNDS, "Er is een grens voor een thema dat niet in deze ronde past.")
    if not rules.tie_seed:
        yield Lack(Part.TIES, "De tekst voor de loting bij gelijke uitkomst ontbreekt.")


def _of_terms(rules: RoundRules) -> Iterator[Lack]:
    if not rules.objection_address:
        yield Lack(Part.TERMS, "Het adres voor bezwaar ontbreekt.")
