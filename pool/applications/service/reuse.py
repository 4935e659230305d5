"""Take answers over from an earlier application of the own municipality, section by section, never by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.clock import local_date
from pool.core.errors import Invalid
from pool.regions import queries as regions
from pool.rounds import queries as rounds

from .. import queries, queries_reuse, rules
from ..inputs import Content
from ..models import Application
from ..rules.reuse import Fitted, Frame, fit
from ..states import Section
from .writing import hold, save_section


@dataclass(frozen=True)
class Offer:
    """A section that can be taken over. now: what is there; written: whether somebody saved it; fitted: what would come."""

    section: Section
    now: Any
    fitted: Fitted
    written: bool


def offers(application: Application, source: Application) -> list[Offer]:
    """What the source has to offer, in the order of the form; what is empty or the same already is left out."""
    round_rules = rounds.rules_of(application.round)
    municipality = application.organisation.municipality
    frame = Frame(
        rules=round_rules,
        earlier=rounds.rules_of(source.round),
        own_region=municipality.region.slug if municipality else "",
        day=local_date(application.round.closes_at),
        theme_names=regions.theme_names(),
    )
    then, draft = queries.content(source), queries.draft(application)
    saved = {save.section for save in application.saves}
    found = []
    for section in queries.sections(round_rules):
        name = section.value
        # Files belong to one application; whoever wants one again adds it again.
        if section == Section.DOCUMENTS:
            continue
        if not rules.can_edit_section(application, name, round_rules):
            continue
        fitted = fit(section, then, frame)
        if then.section(name) == Content().section(name) or fitted.value == draft.section(name):
            continue
        found.append(Offer(section, draft.section(name), fitted, name in saved))
    return found


def take_over(
    actor: Actor, application: Application, source_id: int, sections: Sequence[str], revision: int
) -> list[Section]:
    """Replace these sections by what fits of an earlier application; all of them or none.

    revision: of the application when the person read both texts; StaleSection when one was saved since.
    """
    hold(application)
    require(rules.can_edit(actor, application))
    source = queries_reuse.source(actor, application, source_id)
    chosen = [offer for offer in offers(application, source) if offer.section.value in sections]
    if not chosen:
        raise Invalid("sections", "Kies wat u wilt overnemen.", "sections")
    for offer in chosen:
        save_section(actor, application, offer.section.value, offer.fitted.value, revision)
    audit.record(
        actor,
        "application.take_over",
        application.audit_chain,
        f"application:{application.id}",
        {},
        {"from": source.reference, "sections": [offer.section.value for offer in chosen]},
    )
    return [offer.section for offer in chosen]
