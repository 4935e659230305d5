"""What a draft of a round may hold. A draft may be empty everywhere, but never wrong.

Every problem names the field of the form it belongs to, or none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from pool.core.errors import Invalid
from pool.core.text import slugify

from ..inputs import Basics, Bound, RoundRules
from ..states import OPEN_KINDS, Calibration, DocumentKind, Joint, ValueBasis

LIMITS = {
    "title": 120,
    "slug": 60,
    "legal_basis": 1000,
    "articles": 3000,
    "publication_reference": 200,
    "publication_url": 500,
    "invented": 1000,
    "name": 150,
    "question": 600,
    "hint": 1000,
    "anchor": 600,
    "tie_seed": 200,
    "objection_address": 500,
    "explanation": 600,
    "risk_analysis": 3000,
    "sisa_code": 20,
    "reason": 3000,
    "what": 1000,
    "purpose": 1000,
    "prefix": 8,
}
"""Characters per field, for the form and for the service alike."""
MAX_ROWS = 40
MAX_POINTS = 100_000
RESERVED_SLUGS = frozenset({"nieuw", "storingen"})
"""Addresses under /rondes that are pages of their own."""
FIRST_YEAR, LAST_YEAR = 2000, 2100


def unfit_basics(given: Basics) -> list[Invalid]:
    problems = []
    if not given.title.strip():
        problems.append(Invalid("title", "Geef de ronde een naam.", "title"))
    if given.slug != slugify(given.slug, max_length=LIMITS["slug"]) or given.slug in RESERVED_SLUGS:
        problems.append(
            Invalid(
                "slug",
                "Gebruik in het webadres alleen kleine letters, cijfers en streepjes, bijvoorbeeld projectenpool-2027.",
                "slug",
            )
        )
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        problems.append(Invalid("year", "Vul een jaar in, bijvoorbeeld 2027.", "year"))
    if given.publication_url and not _is_web_address(given.publication_url):
        problems.append(
            Invalid(
                "publication_url", "Vul een adres in dat begint met https:// of http://.", "publication_url"
            )
        )
    long = ("title", "slug", "legal_basis", "publication_reference", "publication_url", "invented")
    problems += _too_long({name: getattr(given, name) for name in long})
    problems += _too_long({"articles": "\n".join(given.articles)})
    return problems


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not set(text) & set(' "<>\\')


def unfit_dates(opens_at: dt.datetime, closes_at: dt.datetime) -> list[Invalid]:
    if closes_at <= opens_at:
        return [Invalid("closes_at", "De ronde moet sluiten na de opening.", "closes_on")]
    return []


def unfit_rules(rules: RoundRules, themes: Iterable[str], regions: Iterable[str]) -> list[Invalid]:
    """Problems of the rules of a draft. themes, regions: the slugs that exist."""
    return [
        *_rows(rules),
        *_documents(rules),
        *_numbers(rules),
        *_choices(rules),
        *_bounds("region_bounds", rules.region_bounds, set(regions)),
        *_bounds("theme_bounds", rules.theme_bounds, set(themes)),
        *(
            Invalid("themes", "Dit thema bestaat niet.", "themes")
            for slug in rules.themes
            if slug not in set(themes)
        ),
        *_too_long({"tie_seed": rules.tie_seed, "objection_address": rules.objection_address}),
    ]


def _too_long(texts: dict[str, str]) -> list[Invalid]:
    return [
        Invalid("long", f"Gebruik niet meer dan {LIMITS[name]} tekens.", name)
        for name, text in texts.items()
        if len(text) > LIMITS[name]
    ]


def _rows(rules: RoundRules) -> Iterator[Invalid]:
    """Rows have unique codes, a name, and a number that people can oversee."""
    for field, found in (
        ("criteria", [(c.code, c.name) for c in rules.criteria]),
        ("bottlenecks", [(b.code, b.title) for b in rules.bottlenecks]),
        ("questions", [(q.code, q.label) for q in rules.questions]),
        ("documents", [(d.code, d.name) for d in rules.documents]),
        ("conditions", [(c.code, c.question) for c in rules.conditions]),
        ("grounds", [(g.slug, g.name) for g in rules.grounds]),
    ):
        codes = [code for code, _ in found]
        if len(codes) != len(set(codes)) or not all(codes):
            yield Invalid("rows", "Twee regels lijken te veel op elkaar. Geef ze een andere naam.", field)
        if len(found) > MAX_ROWS:
            yield Invalid("rows", f"Gebruik niet meer dan {MAX_ROWS} regels.", field)
        if any(not name.strip() for _, name in found):
            yield Invalid("rows", "Vul bij elke regel een naam in.", field)
        if any(len(name) > LIMITS["question"] for _, name in found):
            yield Invalid("rows", "Een van de namen is te lang.", field)
    for criterion in rules.criteria:
        if not 0 <= criterion.weight <= 100:
            yield Invalid("weight", "Een gewicht ligt tussen 0 en 100.", "criteria")


def _documents(rules: RoundRules) -> Iterator[Invalid]:
    known = {kind.value for kind in DocumentKind}
    for document in rules.documents:
        if not document.kinds or set(document.kinds) - known:
            yield Invalid("kinds", f"Kies bij ‘{document.name}’ welke soorten bestanden mogen.", "documents")
        elif not set(document.kinds) & {kind.value for kind in OPEN_KINDS}:
            yield Invalid(
                "kinds",
                f"Sta bij ‘{document.name}’ ook PDF, ODT of ODS toe: u mag niemand verplichten een gesloten "
                "bestandsformaat te gebruiken.",
                "documents",
            )


def _numbers(rules: RoundRules) -> Iterator[Invalid]:
    for field, value, low, high, message in (
        ("min_merit", rules.min_merit, 0, MAX_POINTS, "Kies een score van 0 tot en met 100."),
        ("amount_step", rules.amount_step, 1, 10**9, "Kies een stap groter dan nul."),
        ("assessors_per_application", rules.assessors_per_application, 1, 9, "Kies 1 tot en met 9."),
        ("decision_weeks", rules.decision_weeks, 1, 52, "Kies 1 tot en met 52 weken."),
        ("supplement_days", rules.supplement_days, 1, 90, "Kies 1 tot en met 90 dagen."),
    ):
        if not low <= value <= high:
            yield Invalid("number", message, field)
    if rules.max_request is not None and rules.max_request < max(rules.amount_step, 1):
        yield Invalid("number", "Het hoogste bedrag is lager dan de stap waarin we toekennen.", "max_request")
    if rules.reference_amount is not None and rules.reference_amount < 1:
        yield Invalid("number", "Vul een bedrag in dat hoger is dan nul.", "reference_amount")
    if rules.extra_assessor_gap is not None and not 0 < rules.extra_assessor_gap <= MAX_POINTS:
        yield Invalid("number", "Kies een verschil van meer dan 0 en ten hoogste 100.", "extra_assessor_gap")
    if any(not 0 <= step <= MAX_POINTS for step in rules.spread_steps) or len(rules.spread_steps) > 8:
        yield Invalid(
            "spread", "Gebruik ten hoogste 8 stappen, elk van 0 tot en met 100 punten.", "spread_steps"
        )


def _choices(rules: RoundRules) -> Iterator[Invalid]:
    for field, value, known in (
        ("value_basis", rules.value_basis, [v.value for v in ValueBasis]),
        ("joint", rules.joint, [j.value for j in Joint]),
        ("calibration", rules.calibration, [c.value for c in Calibration]),
    ):
        if value not in known:
            yield Invalid("choice", "Kies een van de mogelijkheden.", field)


def _bounds(field: str, bounds: dict[str, Bound], known: set[str]) -> Iterator[Invalid]:
    for slug, bound in bounds.items():
        if slug not in known:
            yield Invalid("bound", "Deze regio of dit thema bestaat niet.", field)
        if bound.min_awards < 0 or (bound.max_awards is not None and bound.max_awards < bound.min_awards):
            yield Invalid("bound", "Het hoogste aantal is lager dan het laagste aantal.", field)
        if bound.max_amount is not None and bound.max_amount < 0:
            yield Invalid("bound", "Vul een bedrag in van nul of hoger.", field)
