"""Bottlenecks: an assessor's own marks with quotations, and what the committee agreed where marks differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pool.applications import queries as applications
from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db
from pool.core.errors import Invalid, InvalidMany, Refused
from pool.core.text import clean
from pool.rounds import queries as rounds
from pool.rounds.inputs import MARKS, Bottleneck, RoundRules
from pool.rounds.models import Round

from .. import queries, rules, rules_meeting
from ..inputs import BottleneckMark
from ..models import Assessment
from ..models_coding import AgreedMark, Coding
from ..quotation import occurs, texts_of

MAX_QUOTATION = 2000
"""Characters of a quotation."""
NOT_FOUND = (
    "Dit citaat staat niet in de aanvraag. Neem een stuk uit één antwoord letterlijk over, zonder aanhalingstekens of "
    "puntjes."
)


def unfit_codings(given: tuple[BottleneckMark, ...], round_rules: RoundRules) -> Iterator[Invalid]:
    """What can never be kept: an unknown bottleneck, a mark off the scale, a text that is too long."""
    known = {bottleneck.code: bottleneck for bottleneck in round_rules.bottlenecks}
    for one in given:
        if one.bottleneck not in known:
            yield Invalid("bottleneck", "Dit knelpunt bestaat niet in deze ronde.")
        elif one.mark is not None and one.mark not in MARKS:
            message = f"{known[one.bottleneck].title}: kies een cijfer van 0 tot en met 3."
            yield Invalid("mark", message, f"mark_{one.bottleneck}")
        elif len(one.quotation) > MAX_QUOTATION:
            message = f"Gebruik niet meer dan {MAX_QUOTATION} tekens."
            yield Invalid("long", message, f"quotation_{one.bottleneck}")


def keep_codings(assessment: Assessment, given: tuple[BottleneckMark, ...]) -> bool:
    """Keep the marks so far; whether anything changed."""
    by_code = {coding.bottleneck: coding for coding in assessment.codings}
    changed = False
    for one in given:
        coding = by_code.get(one.bottleneck)
        if coding is None:
            coding = Coding(bottleneck=one.bottleneck, quotation="")
            assessment.codings.append(coding)
        quotation = clean(one.quotation)
        if (coding.mark, coding.quotation) != (one.mark, quotation):
            coding.mark, coding.quotation = one.mark, quotation
            changed = True
    return changed


def lacking_codings(assessment: Assessment, round_rules: RoundRules) -> Iterator[Invalid]:
    """What handing in still needs: a mark per bottleneck, and from 1 up a quotation that the version judged holds."""
    if not round_rules.bottlenecks:
        return
    content = applications.content_of(assessment.judged)
    texts = list(texts_of(queries.parts(content, round_rules)))
    by_code = {coding.bottleneck: coding for coding in assessment.codings}
    for bottleneck in round_rules.bottlenecks:
        yield from _lacking(bottleneck, by_code.get(bottleneck.code), texts)


def _lacking(bottleneck: Bottleneck, coding: Coding | None, texts: list[str]) -> Iterator[Invalid]:
    if coding is None or coding.mark is None:
        yield Invalid("missing", f"{bottleneck.title}: kies een cijfer.", f"mark_{bottleneck.code}")
    if coding is None:
        return
    field = f"quotation_{bottleneck.code}"
    if coding.quotation and not occurs(coding.quotation, texts):
        yield Invalid("quotation", f"{bottleneck.title}: {NOT_FOUND[0].lower()}{NOT_FOUND[1:]}", field)
    elif coding.mark and not coding.quotation:
        message = f"{bottleneck.title}: neem over waar dit in de aanvraag staat."
        yield Invalid("missing", message, field)


def codings_json(assessment: Assessment) -> list[dict[str, str | int | None]]:
    """Marks and quotations in a stable order, JSON-ready."""
    return [
        {"bottleneck": coding.bottleneck, "mark": coding.mark, "quotation": coding.quotation}
        for coding in sorted(assessment.codings, key=lambda coding: coding.bottleneck)
    ]


def adopted_marks(application_ids: Iterable[int]) -> list[dict[str, Any]]:
    """What assessors gave and the committee agreed per bottleneck, to freeze with the merits."""
    ids = list(application_ids)
    agreed = queries.agreed_marks(ids)
    found = []
    for (application_id, bottleneck), marks in sorted(queries.marks_by_bottleneck(ids).items()):
        said = agreed.get((application_id, bottleneck))
        holds = said is not None and said.before == marks
        found.append(
            {
                "application": application_id,
                "bottleneck": bottleneck,
                "marks": marks,
                "agreed": said.agreed if said and holds else None,
                "reason": said.reason if said and holds else "",
            }
        )
    return found


def agree_mark(
    actor: Actor, round_: Round, application_id: int, bottleneck: str, agreed: int | None, reason: str
) -> AgreedMark:
    """Record what the committee agreed about one bottleneck of one application, beside what assessors gave.

    A later agreement takes the place of this one; both stay. Raises InvalidMany beside the field, Refused while
    nobody handed in a mark.
    """
    application = queries.committee_file(actor, application_id)
    require(rules.can_record_outcome(queries.acting(actor, application), round_))
    require(rules_meeting.can_open_file(queries.must_still(actor, application)))
    if application.round_id != round_.id:
        raise Invalid("round", "Deze aanvraag hoort niet bij deze ronde.")
    if bottleneck not in {one.code for one in rounds.rules_of(round_).bottlenecks}:
        raise Invalid("bottleneck", "Dit knelpunt bestaat niet in deze ronde.")
    problems = []
    if agreed not in MARKS:
        problems.append(Invalid("agreed", "Kies een cijfer van 0 tot en met 3.", "agreed"))
    if not reason.strip():
        problems.append(Invalid("reason", "Schrijf waarom de commissie dit heeft afgesproken.", "reason"))
    if problems:
        raise InvalidMany(problems)
    before = queries.marks_by_bottleneck([application_id]).get((application_id, bottleneck), [])
    if not before:
        raise Refused(
            "unscored", "Voor dit knelpunt is nog geen cijfer ingediend. Er is nog niets te bespreken."
        )
    earlier = queries.agreed_marks([application_id]).get((application_id, bottleneck))
    made = AgreedMark(
        application_id=application_id,
        bottleneck=bottleneck,
        before=before,
        agreed=agreed,
        reason=clean(reason),
        recorded_at=actor.at,
        recorded_by=actor.user_id,
    )
    db.session.add(made)
    audit.record(
        actor,
        "panel.mark",
        application.audit_chain,
        f"application:{application_id}",
        {"bottleneck": bottleneck, "agreed": earlier.agreed} if earlier else {},
        {"bottleneck": bottleneck, "agreed": agreed, "before": before},
        made.reason,
    )
    db.session.flush()
    return made
