"""What a round says, part by part, in words: for summaries, for the second of two savers, and for amendments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pool.core.money import format_euros
from pool.core.text import format_date, format_moment, format_points, join_words, plural

from . import rules as round_rules
from .agenda import day_note
from .inputs import Bound, RoundRules
from .models import Round
from .states import Account, Calibration, DocumentKind, Joint, OwnRegion, Part, ValueBasis

Facts = list[tuple[str, str]]


def points(thousandths: int) -> str:
    """'17,5 punten'."""
    text = format_points(thousandths, full=True).rstrip("0").rstrip(",")
    return f"{text} punt" if text == "1" else f"{text} punten"


def _yes(value: bool) -> str:
    return "ja" if value else "nee"


def _money(cents: int | None) -> str:
    return "geen grens" if cents is None else format_euros(cents, whole=True)


def _each(lines: list[str]) -> str:
    return "\n".join(lines)


def of_part(part: Part, round_: Round, rules: RoundRules, names: Mapping[str, str]) -> Facts:
    """The facts of one part as pairs of label and text. names: of themes and regions, by slug."""
    maker = _MAKERS[part]
    return maker(round_, rules, names)


def _basics(round_: Round, _rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    published = format_date(round_.publication_date) if round_.publication_date else ""
    return [
        ("Naam", round_.title),
        ("Webadres", f"/rondes/{round_.slug}"),
        ("Jaar", str(round_.year)),
        ("Juridische vorm", round_.instrument.label),
        ("Van toepassing", _each([str(article) for article in round_.articles])),
        ("Grondslag", round_.legal_basis),
        ("Bekendgemaakt in", round_.publication_reference),
        ("Bekendgemaakt op", published),
        ("Adres van de bekendmaking", round_.publication_url),
        *([("Verzonnen", round_.invented)] if round_.invented else []),
    ]


def _dates(round_: Round, _rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    return [
        ("Opent", _each([format_moment(round_.opens_at), day_note(round_.opens_at)])),
        ("Sluit", _each([format_moment(round_.closes_at), day_note(round_.closes_at)])),
    ]


def _ceiling(round_: Round, _rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    return [
        ("Plafond", format_euros(round_.budget.ceiling, whole=True) if round_.budget.ceiling else ""),
        ("Voorbehoud voor de begroting", _yes(round_.budget_caveat)),
    ]


def _purpose(_round: Round, rules: RoundRules, names: Mapping[str, str]) -> Facts:
    return [
        ("Thema's", _each([names.get(slug, slug) for slug in rules.themes])),
        ("Aanbevelingen", _each([ground.name for ground in rules.grounds])),
        ("Vrouwenopvang als partner", _yes(rules.shelter_partner)),
        ("Voorwaarden", _each([f"{c.question} ({_yes(c.fits)})" for c in rules.conditions])),
    ]


def _criteria(_round: Round, rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    return [
        ("Criteria", _each([f"{c.name}: {c.weight}%" for c in rules.criteria])),
        ("De keuze hangt af van", join_words(rules.grounds_of_choice)),
    ]


def _bottlenecks(_round: Round, rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    return [("Knelpunten", _each([b.title for b in rules.bottlenecks]) or "geen")]


def _allocation(_round: Round, rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    facts = [("De score telt", ValueBasis(rules.value_basis).label)]
    if rules.value_basis == ValueBasis.AMOUNT:
        amount = rules.reference_amount
        facts.append(("Score telt één keer bij", format_euros(amount, whole=True) if amount else ""))
    return [
        *facts,
        ("Spreidingsgewicht", join_words([points(step) for step in rules.spread_steps])),
        ("Gezamenlijke aanvraag", Joint(rules.joint).label),
        ("Ondergrens voor de score", points(rules.min_merit)),
        ("Deels toekennen", _yes(rules.partial_awards)),
        ("Veelvoud van", format_euros(rules.amount_step, whole=True)),
        ("Hoogste bedrag per aanvraag", _money(rules.max_request)),
    ]


def bound_text(bound: Bound) -> str:
    parts = []
    if bound.min_awards:
        parts.append(f"minstens {plural(bound.min_awards, 'toekenning', 'toekenningen')}")
    if bound.max_awards is not None:
        parts.append(f"hoogstens {plural(bound.max_awards, 'toekenning', 'toekenningen')}")
    if bound.max_amount is not None:
        parts.append(f"samen hoogstens {format_euros(bound.max_amount, whole=True)}")
    return join_words(parts) or "geen grens"


def _bounds(_round: Round, rules: RoundRules, names: Mapping[str, str]) -> Facts:
    return [
        (label, _each([f"{names.get(slug, slug)}: {bound_text(b)}" for slug, b in bounds.items()]))
        for label, bounds in (("Per regio", rules.region_bounds), ("Per thema", rules.theme_bounds))
    ]


def _ties(_round: Round, rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    return [("Tekst voor de loting", rules.tie_seed)]


def _assessment(_round: Round, rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    gap = rules.extra_assessor_gap
    return [
        ("Beoordelaars per aanvraag", str(rules.assessors_per_application)),
        ("Extra beoordelaar", "nooit" if gap is None else f"bij een verschil van meer dan {points(gap)}"),
        ("Streng en mild", Calibration(rules.calibration).label),
        ("Aanvraag uit de eigen regio beoordelen", OwnRegion(rules.own_region).label),
        ("Regionale zienswijze", _yes(rules.regional_views)),
    ]


def _terms(_round: Round, rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    return [
        ("Beslistermijn", f"{plural(rules.decision_weeks, 'week', 'weken')} na sluiting"),
        ("Tijd om aan te vullen", plural(rules.supplement_days, "dag", "dagen")),
        ("Adres voor bezwaar", rules.objection_address),
    ]


def _account(value: str) -> str:
    account = Account(value)
    return f"{account.label}; tussentijds verslag: {round_rules.progress_for(account).label}"


def _reporting(round_: Round, rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    given = round_rules.reporting_of(round_.instrument, rules)
    return [
        ("Tot € 25.000", _account(given.small)),
        ("Van € 25.000 tot € 125.000", _account(given.middle)),
        ("Vanaf € 125.000", _account(given.large)),
        *([("Risicoanalyse", given.risk_analysis)] if given.risk_analysis else []),
        *([("SiSa-code", given.sisa_code)] if given.sisa_code else []),
    ]


def _duty(required: bool) -> str:
    return "verplicht" if required else "niet verplicht"


def _questions(_round: Round, rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    return [(q.label, _each([_duty(q.required), q.hint])) for q in rules.questions]


def kinds_text(kinds: tuple[str, ...]) -> str:
    return join_words([DocumentKind(kind).label for kind in kinds], last="of")


def _documents(_round: Round, rules: RoundRules, _names: Mapping[str, str]) -> Facts:
    return [
        (d.name, _each([f"{_duty(d.required)}, als {kinds_text(d.kinds)}", d.hint])) for d in rules.documents
    ]


_MAKERS = {
    Part.BASICS: _basics,
    Part.DATES: _dates,
    Part.MONEY: _ceiling,
    Part.PURPOSE: _purpose,
    Part.CRITERIA: _criteria,
    Part.BOTTLENECKS: _bottlenecks,
    Part.ALLOCATION: _allocation,
    Part.BOUNDS: _bounds,
    Part.TIES: _ties,
    Part.ASSESSMENT: _assessment,
    Part.TERMS: _terms,
    Part.REPORTING: _reporting,
    Part.QUESTIONS: _questions,
    Part.DOCUMENTS: _documents,
}

_AMENDED = {
    "objection_address": "Adres voor bezwaar",
    "decision_weeks": "Beslistermijn in weken",
    "supplement_days": "Dagen om aan te vullen",
    "assessors_per_application": "Beoordelaars per aanvraag",
}


def amendment_lines(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What an amendment changed, as label, old text and new text."""
    lines = []
    for change in round_rules.amended_fields(before, after):
        if change.field in ("questions", "documents"):
            name = "label" if change.field == "questions" else "name"
            for old, new in zip(change.before, change.after, strict=True):
                if old != new:
                    lines.append((old[name], _row_text(old), _row_text(new)))
        else:
            lines.append((_AMENDED.get(change.field, change.field), str(change.before), str(change.after)))
    return lines


def _row_text(row: dict[str, Any]) -> str:
    return ". ".join(text for text in (_duty(row["required"]).capitalize(), row["hint"]) if text)
