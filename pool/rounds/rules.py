"""Who may do what with a round, and what publishing needs."""

from __future__ import annotations

import datetime as dt

from pool.core.access import YES, Actor, Role, Verdict, no

from .inputs import ANCHORED_LEVELS, RoundRules
from .models import Round
from .states import RoundState

ONLY_PROGRAMME = "Alleen het programmateam kan dit."


def can_configure(actor: Actor, _round: Round | None = None) -> Verdict:
    return YES if actor.has(Role.PROGRAMME) else no(ONLY_PROGRAMME)


def accepts_applications(round_: Round, at: dt.datetime) -> Verdict:
    """Whether something that arrived at this moment is in time. Judged on the published moments alone."""
    if round_.state == RoundState.DRAFT or at < round_.opens_at:
        return no("Deze ronde is nog niet open.", "early")
    if at > round_.closes_at:
        return no("De ronde is gesloten. U kunt niet meer indienen.", "late")
    return YES


def can_move(actor: Actor, round_: Round) -> Verdict:
    return can_configure(actor, round_)


def can_begin_assessment(actor: Actor, round_: Round) -> Verdict:
    if actor.at <= round_.closes_at:
        return no("De ronde is nog open voor aanvragen.", "early")
    return can_configure(actor, round_)


def missing_for_publishing(round_: Round, ceiling: int) -> list[str]:
    """What the rules of a draft still lack, in Dutch, in the order of the form; empty when it can be published."""
    rules, lacks = RoundRules.from_json(round_.rules), []
    if ceiling <= 0:
        lacks.append("Het plafond ontbreekt.")
    if not round_.legal_basis:
        lacks.append("De juridische grondslag ontbreekt.")
    if not rules.criteria:
        lacks.append("Er zijn geen criteria.")
    elif sum(c.weight for c in rules.criteria) != 100:
        lacks.append("De gewichten van de criteria zijn samen niet 100%.")
    for criterion in rules.criteria:
        if any(not criterion.anchors.get(str(level)) for level in ANCHORED_LEVELS):
            lacks.append(f"Criterium ‘{criterion.name}’: de uitleg van een niveau ontbreekt.")
    if not rules.themes and not rules.grounds:
        lacks.append("Kies welke thema's of aanbevelingen in deze ronde passen.")
    if rules.value_basis == "amount" and not rules.reference_amount:
        lacks.append("Het bedrag waarbij de kwaliteitsscore precies één keer telt, ontbreekt.")
    if any(
        later > earlier for earlier, later in zip(rules.spread_steps, rules.spread_steps[1:], strict=False)
    ):
        lacks.append("Het spreidingsgewicht moet gelijk blijven of dalen per volgende toekenning.")
    if not rules.tie_seed:
        lacks.append("De tekst voor de loting bij gelijke uitkomst ontbreekt.")
    if not rules.objection_address:
        lacks.append("Het adres voor bezwaar ontbreekt.")
    return lacks
